/* SPDX-License-Identifier: PostgreSQL */
#include "dump/copy_rows.h"
#include "dump/rows_digest.h"
#include "stat/rng.h"

#include <check.h>
#include <xxhash.h>

#include <stdio.h>
#include <string.h>

Suite *suite_dump_rows_digest(void);

enum { TEXT_MAX = 2000 };

/* ---- the definition, written down a second time ------------------------------------------------
 */

struct text {
    char p[8 * TEXT_MAX];
    size_t n;
};

static void say(struct text *t, const char *bytes, size_t n)
{
    ck_assert_uint_le(t->n + n, sizeof t->p);
    memcpy(t->p + t->n, bytes, n);
    t->n += n;
}

/* As CopyAttributeOutText prints one byte. */
static void print_byte(struct text *t, char c)
{
    static const char *const pairs[] = {"\b\\b", "\f\\f", "\n\\n", "\r\\r",
                                        "\t\\t", "\v\\v", "\\\\\\"};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == c) {
            say(t, pairs[i] + 1, 2);
            return;
        }
    say(t, &c, 1);
}

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : at == NULL || c < 'A' ? -1 : (int)(at - digits);
}

/* A number behind a backslash, up to `most` digits below `base`. Gives how many there were. */
static size_t number(const char *p, size_t n, int base, size_t most, char *value)
{
    unsigned sum = 0;
    size_t i = 0;
    for (; i < n && i < most && digit_of(p[i]) >= 0 && digit_of(p[i]) < base; i++)
        sum = sum * (unsigned)base + (unsigned)digit_of(p[i]);
    *value = (char)(unsigned char)sum;
    return i;
}

/* One column as CopyReadAttributesText reads and CopyAttributeOutText prints it. */
static void print_column(struct text *t, const char *p, size_t n)
{
    static const char letters[] = "b\bf\fn\nr\rt\tv\v";
    if (n == 2 && memcmp(p, "\\N", 2) == 0) {
        say(t, p, 2);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char c = p[i], value;
        size_t digits = 0;
        if (c == '\\' && i + 1 < n) {
            c = p[++i];
            const char *letter = c == '\0' ? NULL : strchr("bfnrtv", c);
            if ((digits = number(p + i, n - i, 8, 3, &value)) > 0)
                i += digits - 1;
            else if (c == 'x' && (digits = number(p + i + 1, n - i - 1, 16, 2, &value)) > 0)
                i += digits;
            else if (letter != NULL)
                value = strchr(letters, c)[1];
            else
                value = c;
            c = value;
        }
        print_byte(t, c);
    }
}

/* The digest of whole rows of text, each up to its newline that no backslash precedes. */
static struct rows_digest by_definition(const char *p, size_t n)
{
    struct rows_digest sum = {0};
    static struct text t;
    t.n = 0;
    for (size_t i = 0, column = 0; i < n; i++) {
        if (p[i] == '\\') {
            i++;
            continue;
        }
        if (p[i] != '\t' && p[i] != '\n')
            continue;
        size_t end =
            p[i] == '\n' && i > column && p[i - 1] == '\r' &&
                    !(i - 1 > column && p[i - 2] == '\\' && (i - 2 == column || p[i - 3] != '\\'))
                ? i - 1
                : i;
        print_column(&t, p + column, end - column);
        column = i + 1;
        if (p[i] == '\t') {
            say(&t, "\t", 1);
            continue;
        }
        XXH128_hash_t h = XXH3_128bits_withSeed(t.p, t.n, 0);
        rows_digest_join(&sum, &(struct rows_digest){h.low64, h.high64});
        t.n = 0;
    }
    return sum;
}

/* ---- through the counter of rows ---------------------------------------------------------------
 */

static struct rows_digest digest_in(const char *p, size_t n, size_t piece, copy_masks_fn *masks)
{
    CLEANUP(copy_rows_cleanup)
    struct copy_rows r = {.masks = masks, .at_raw_start = true};
    bool more = true;
    for (size_t at = 0, used = 0; more && at < n; at += used)
        more = copy_rows_add(&r, p + at, n - at < piece ? n - at : piece, &used) == COPY_MORE;
    ck_assert(more);
    return r.digest;
}

static struct rows_digest digest_of(const char *text)
{
    return digest_in(text, strlen(text), strlen(text), copy_masks_best());
}

static void expect_equal(const char *one, const char *other)
{
    struct rows_digest x = digest_of(one), y = digest_of(other);
    ck_assert_msg(x.low == y.low && x.high == y.high, "differ: %s and %s", one, other);
}

static void expect_differ(const char *one, const char *other)
{
    struct rows_digest x = digest_of(one), y = digest_of(other);
    ck_assert_msg(x.low != y.low || x.high != y.high, "are equal: %s and %s", one, other);
}

static void hex_of(const char *text, char hex[ROWS_DIGEST_HEX_BYTES])
{
    struct rows_digest sum = digest_of(text);
    rows_digest_hex(&sum, hex);
}

START_TEST(test_digest_is_the_published_hash_of_the_line)
{
    char hex[ROWS_DIGEST_HEX_BYTES];
    struct rows_digest none = {0}, sum;
    rows_digest_hex(&none, hex);
    ck_assert_str_eq(hex, "00000000000000000000000000000000");
    hex_of("\n", hex); /* XXH3-128 of no bytes, as xxhsum -H2 prints it */
    ck_assert_str_eq(hex, "99aa06d3014798d86001c324468d497f");
    hex_of("a\n", hex);
    ck_assert_str_eq(hex, "a96faf705af16834e6c632b61e964e1f");
    ck_assert(rows_digest_read(hex, &sum));
    ck_assert(sum.high == 0xa96faf705af16834 && sum.low == 0xe6c632b61e964e1f);
    ck_assert(!rows_digest_read("a96faf705af16834e6c632b61e964e1", &sum));
    ck_assert(!rows_digest_read("A96faf705af16834e6c632b61e964e1f", &sum));
}
END_TEST

START_TEST(test_sum_carries_into_the_upper_half)
{
    struct rows_digest sum = {.low = UINT64_MAX, .high = 1};
    rows_digest_join(&sum, &(struct rows_digest){.low = 2, .high = UINT64_MAX});
    ck_assert(sum.low == 1 && sum.high == 1);
}
END_TEST

START_TEST(test_order_does_not_matter_but_number_does)
{
    expect_equal("1\ta\n2\tb\n3\tc\n", "3\tc\n1\ta\n2\tb\n");
    expect_differ("1\ta\n", "1\ta\n1\ta\n");
    expect_differ("1\n1\n", "2\n2\n"); /* an exclusive or would call both of them nothing */
    expect_differ("1\n1\n", "");
    expect_differ("\n", "");
    expect_differ("ab\tc\n", "a\tbc\n");
    expect_differ("\\N\n", "\n");
}
END_TEST

START_TEST(test_other_notations_count_as_what_the_server_prints)
{
    expect_equal("a\\011b\n", "a\\tb\n");
    expect_equal("a\\x9\\X\\q\n", "a\\tXq\n");
    expect_equal("\\1011\\x411\\xg\n", "A1A1xg\n");
    expect_equal("\\60\\8\\377\n", "08\xff\n");
    expect_equal("a\\\nb\n", "a\\nb\n");
    expect_equal("a\\\tb\n", "a\\tb\n");
    expect_equal("a\bb\fc\vd\n", "a\\bb\\fc\\vd\n");
    expect_equal("a\\Nb\t\\N\tN\n", "aNb\t\\N\tN\n");
    expect_equal("\\Na\t\\N\n", "Na\t\\N\n");
    expect_equal("1\ta\r\n2\t\\N\r\n", "1\ta\n2\t\\N\n");
    expect_equal("1\ta\\\r\n", "1\ta\\r\n");
    expect_equal("\\N\n\\N\t\\N\n", "\\N\t\\N\n\\N\n");
    expect_differ("\\\\N\n", "\\N\n");
    expect_differ("a\001b\n", "a\\001c\n");
}
END_TEST

static size_t below(struct rng *rng, size_t n)
{
    return (size_t)rng_range(rng, 0, (int64_t)n - 1);
}

/* Bytes of which many mean something; no terminator, no carriage return but at line ends. */
static size_t random_rows(struct rng *rng, char *p, bool usual)
{
    static const char *const parts[] = {"a",     "longer text", "\t",   "\\\\", "\\t",  "\\b",
                                        "\n",    "\xc3\xa4",    "\t\t", "N",    "x",    "1",
                                        "\\N\t", /* from here on: not as the server writes */
                                        "\\101", "\\x4a",       "\\q",  "\\N",  "\\\n", "\v",
                                        "\\x",   "\\7",         "\b",   "\\\t", "\r\n"};
    size_t n = 0, kinds = usual ? 13 : COUNT_OF(parts), size = below(rng, TEXT_MAX - 20);
    while (n < size) {
        const char *part = parts[below(rng, kinds)];
        if (usual && part[0] == '\\' && part[1] == 'N' && n > 0 && p[n - 1] != '\t' &&
            p[n - 1] != '\n')
            continue;
        while (*part != '\0')
            p[n++] = *part++;
    }
    p[n++] = 'z';
    p[n++] = '\n';
    return n;
}

START_TEST(test_digest_is_that_of_the_definition_in_pieces_of_every_size)
{
    enum { ROUNDS = 400 };
    struct rng rng = rng_seeded(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        char text[TEXT_MAX];
        size_t n = random_rows(&rng, text, round % 2 == 0);
        struct rows_digest wanted = by_definition(text, n);
        size_t pieces[] = {n, 1, 2, 63, 64, 65, 1 + below(&rng, n)};
        for (size_t i = 0; i < COUNT_OF(pieces); i++) {
            struct rows_digest x = digest_in(text, n, pieces[i], copy_masks_best());
            struct rows_digest y = digest_in(text, n, pieces[i], copy_masks_portable);
            ck_assert_msg(x.low == wanted.low && x.high == wanted.high, "round %d in pieces of %zu",
                          round, pieces[i]);
            ck_assert_mem_eq(&x, &y, sizeof x);
        }
    }
}
END_TEST

/* In Shift JIS the second byte of a character may be a backslash: masked, it is none. */
START_TEST(test_masked_bytes_are_digested_as_they_are)
{
    static const char raw[] = "\x83\\a\t\x83\\\\101\x83\\\n", text[] = "\x83\xdc"
                                                                       "a\t\x83\xdc\\101\x83\xdc\n";
    static const char printed[] = "\x83\\a\t\x83\\"
                                  "A\x83\\";
    struct rows_digest wanted = {0};
    rows_digest_add(&wanted, printed, sizeof printed - 1);
    for (size_t piece = 1; piece < sizeof raw; piece++) {
        CLEANUP(copy_rows_cleanup)
        struct copy_rows r = {.masks = copy_masks_best(), .at_raw_start = true};
        for (size_t at = 0, used = 0; at < sizeof raw - 1; at += used) {
            size_t left = sizeof raw - 1 - at;
            r.raw = raw + at;
            ck_assert_int_eq(copy_rows_add(&r, text + at, left < piece ? left : piece, &used),
                             COPY_MORE);
        }
        ck_assert_mem_eq(&r.digest, &wanted, sizeof wanted);
    }
}
END_TEST

START_TEST(test_every_changed_bit_of_a_letter_changes_it)
{
    enum { N = 300 };
    char text[N + 1];
    for (size_t i = 0; i < N; i++)
        text[i] = i % 40 == 39 ? '\n' : i % 7 == 6 ? '\t' : 'm';
    text[N - 1] = '\n';
    struct rows_digest whole = digest_in(text, N, N, copy_masks_best());
    for (size_t i = 0; i < N; i++)
        for (unsigned bit = 0; text[i] == 'm' && bit < 8; bit++) {
            text[i] = (char)(text[i] ^ 1 << bit);
            struct rows_digest other = digest_in(text, N, N, copy_masks_best());
            ck_assert(other.low != whole.low || other.high != whole.high);
            text[i] = 'm';
        }
}
END_TEST

START_TEST(test_unfinished_row_and_terminator_are_not_in_it)
{
    size_t used = 0;
    CLEANUP(copy_rows_cleanup)
    struct copy_rows r = {.masks = copy_masks_best(), .at_raw_start = true};
    struct rows_digest whole = digest_of("1\n2\n");
    ck_assert_int_eq(copy_rows_add(&r, "1\n2\n3", 5, &used), COPY_MORE);
    ck_assert_mem_eq(&r.digest, &whole, sizeof whole);
    ck_assert_int_eq(copy_rows_add(&r, "\n\\.\n", 4, &used), COPY_TERMINATOR);
    whole = digest_of("1\n2\n3\n");
    ck_assert_mem_eq(&r.digest, &whole, sizeof whole);
}
END_TEST

Suite *suite_dump_rows_digest(void)
{
    Suite *suite = suite_create("dump_rows_digest");
    TCase *tc = tcase_create("rows_digest");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_digest_is_the_published_hash_of_the_line);
    tcase_add_test(tc, test_sum_carries_into_the_upper_half);
    tcase_add_test(tc, test_order_does_not_matter_but_number_does);
    tcase_add_test(tc, test_other_notations_count_as_what_the_server_prints);
    tcase_add_test(tc, test_digest_is_that_of_the_definition_in_pieces_of_every_size);
    tcase_add_test(tc, test_masked_bytes_are_digested_as_they_are);
    tcase_add_test(tc, test_every_changed_bit_of_a_letter_changes_it);
    tcase_add_test(tc, test_unfinished_row_and_terminator_are_not_in_it);
    suite_add_tcase(suite, tc);
    return suite;
}
