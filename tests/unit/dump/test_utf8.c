/* SPDX-License-Identifier: PostgreSQL */
#include "dump/utf8.h"
#include "dump/utf8_blocks.h"
#include "stat/rng.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_utf8(void);

enum { BYTES = 512 };

/* The Unicode Standard, table 3-7, one character after the other; bytes of the sound ones at the
 * front. */
static size_t sound_front(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t first, last, low, high; /* of the first byte, of the second */
        size_t bytes;
    } rows[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    size_t at = 0;
    while (at < n) {
        size_t k = 0, i = 1;
        while (k < sizeof rows / sizeof *rows && !(p[at] >= rows[k].first && p[at] <= rows[k].last))
            k++;
        if (k == sizeof rows / sizeof *rows || n - at < rows[k].bytes)
            return at;
        if (rows[k].bytes > 1 && (p[at + 1] < rows[k].low || p[at + 1] > rows[k].high))
            return at;
        for (i = 2; i < rows[k].bytes; i++)
            if ((p[at + i] & 0xc0) != 0x80)
                return at;
        at += rows[k].bytes;
    }
    return at;
}

static size_t add_in_pieces(struct utf8 *u, const char *p, size_t n, size_t piece)
{
    size_t first = n;
    for (size_t at = 0; at < n; at += piece) {
        size_t some = n - at < piece ? n - at : piece, bad;
        utf8_add(u, p + at, some, &bad);
        if (bad < some && first == n)
            first = at + bad;
    }
    return first;
}

/* Blocks of this processor vouch for what is sound alone, and for nearly all of that. */
static void expect_right(const char *p, size_t n)
{
    size_t front = sound_front((const uint8_t *)p, n), vouched = utf8_blocks_best()(p, n);
    ck_assert_uint_le(vouched, front);
    if (front == n && utf8_blocks_best() != utf8_blocks_portable)
        ck_assert_uint_gt(vouched + 64 + 4, n);
    ck_assert_uint_le(utf8_blocks_portable(p, n), front);
    const size_t pieces[] = {n, 1, 3, 64, 100};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct utf8 u = {0};
        size_t bad = add_in_pieces(&u, p, n, pieces[i]);
        bool sound = utf8_end(&u) && u.n_bad == 0;
        ck_assert_msg(sound == (front == n), "in pieces of %zu", pieces[i]);
        ck_assert_msg(bad >= front && bad <= front + 3 + (n - front < 4 ? n : 0),
                      "noticed at %zu, broken from %zu on", bad, front);
    }
}

/* Characters of every length, mixed. */
static size_t fill(struct rng *rng, char *p, size_t n)
{
    static const char *const some[] = {"a",
                                       "plain ascii text",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xf1\x80\xbf\x80"};
    size_t at = 0;
    for (;;) {
        const char *next = some[rng_range(rng, 0, 9)];
        if (at + strlen(next) > n)
            return at;
        while (*next != '\0')
            p[at++] = *next++;
    }
}

START_TEST(test_sound_text_is_sound_and_every_changed_byte_is_judged_as_the_standard_does)
{
    enum { ROUNDS = 4000 };
    struct rng rng = rng_seeded(3, 0);
    for (int round = 0; round < ROUNDS; round++) {
        char p[BYTES];
        size_t n = fill(&rng, p, (size_t)rng_range(&rng, 20, BYTES));
        expect_right(p, n);
        size_t at = (size_t)rng_range(&rng, 0, (int64_t)n - 1);
        p[at] = (char)rng_range(&rng, 0, 255);
        expect_right(p, n);
        expect_right(p, at + 1);
    }
}
END_TEST

/* Every first two bytes, and every second two behind a sound first, at every edge of a block. */
START_TEST(test_every_pair_of_bytes_is_judged_as_the_standard_does)
{
    static const uint8_t firsts[] = {0x61, 0xc3, 0xe0, 0xe1, 0xed, 0xf0, 0xf1, 0xf4};
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        char p[192];
        size_t at = 60 + pair % 8, n = 0;
        memset(p, 'a', sizeof p);
        if (pair % 3 == 0)
            p[at + n++] = (char)firsts[pair / 3 % sizeof firsts];
        p[at + n++] = (char)(pair >> 8);
        p[at + n++] = (char)(pair & 0xff);
        p[at + n++] = pair % 2 == 0 ? 'a' : '\x80';
        expect_right(p, sizeof p);
    }
}
END_TEST

Suite *suite_dump_utf8(void)
{
    Suite *suite = suite_create("dump_utf8");
    TCase *tc = tcase_create("utf8");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc,
                   test_sound_text_is_sound_and_every_changed_byte_is_judged_as_the_standard_does);
    tcase_add_test(tc, test_every_pair_of_bytes_is_judged_as_the_standard_does);
    suite_add_tcase(suite, tc);
    return suite;
}
