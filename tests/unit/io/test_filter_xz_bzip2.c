/* SPDX-License-Identifier: PostgreSQL */
/* xz and bzip2 keep the same promises, and are held to them by the same tests. */
#include "io/filter.h"
#include "lib/bytes.h"
#include "lib/packed.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_io_filter_xz_bzip2(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static struct slice xz_crc64(struct arena *arena, struct slice plain)
{
    return packed_xz(arena, plain, LZMA_CHECK_CRC64);
}

static struct slice xz_bare(struct arena *arena, struct slice plain)
{
    return packed_xz(arena, plain, LZMA_CHECK_NONE);
}

static const struct kind {
    struct source *(*open)(struct arena *a, struct source *below, struct filter_facts *facts,
                           struct err *e);
    struct slice (*pack)(struct arena *a, struct slice plain);
    uint64_t checked; /* of one member */
} kinds[] = {{filter_bzip2, packed_bzip2, 1}, {filter_xz, xz_crc64, 1}, {filter_xz, xz_bare, 0}};

struct trial {
    struct slice input;
    struct fault fault;
    size_t read_bytes;
    const struct kind *kind;
};

static bool decode(const struct trial *t, struct buf *out, struct filter_facts *facts,
                   struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *own = arena_new();
    struct source *below = source_fault(own, source_mem(own, t->input.p, t->input.n), t->fault);
    CLEANUP(source_cleanup) struct source *in = t->kind->open(own, below, facts, e);
    return in != NULL && bytes_slurp(in, t->read_bytes, out, e);
}

START_TEST(test_pieces_do_not_change_the_result)
{
    const struct kind *kind = &kinds[_i];
    struct slice plain = bytes_rows(a, 300);
    for (size_t piece = 0; piece < 20; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts;
        struct err e = {0};
        struct trial t = {kind->pack(a, plain), {.piece_bytes = piece}, 40 - piece, kind};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert(out.p != NULL && out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
        ck_assert_uint_eq(facts.members, 1);
        ck_assert_uint_eq(facts.checked, kind->checked);
    }
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    const struct kind *kind = &kinds[_i];
    struct slice one = kind->pack(a, bytes_rows(a, 40));
    for (size_t n = 0; n < one.n; n++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = {one.p, n}, .kind = kind};
        ck_assert_msg(!decode(&t, &out, NULL, &e), "whole after %zu bytes", n);
        ck_assert_int_eq(e.code, ERR_FORMAT);
        ck_assert(e.text[0] != '\0');
    }
}
END_TEST

/* Without a check the data of xz is not protected; its headers and index are. */
START_TEST(test_every_flipped_bit_is_an_error_or_changes_nothing)
{
    const struct kind *kind = &kinds[_i];
    struct slice plain = bytes_rows(a, 20), input = kind->pack(a, plain);
    for (uint64_t bit = 1; bit <= input.n * 8; bit++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts = {0};
        struct err e = {0};
        struct trial t = {.input = input, .fault = {.flip_bit = bit}, .kind = kind};
        bool ok = decode(&t, &out, &facts, &e);
        ck_assert(ok || e.text[0] != '\0');
        bool same = out.p != NULL && out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0;
        ck_assert_msg(!ok || same || kind->checked == 0, "bit %llu was not seen",
                      (unsigned long long)bit);
    }
}
END_TEST

START_TEST(test_streams_are_joined_and_counted)
{
    const struct kind *kind = &kinds[_i];
    struct slice plain = bytes_rows(a, 100), one = kind->pack(a, plain);
    struct slice empty = kind->pack(a, slice_of(""));
    struct slice all = bytes_join(a, bytes_join(a, one, empty), one);
    for (size_t piece = 0; piece < 3; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts;
        struct err e = {0};
        struct trial t = {.input = all, .fault = {.piece_bytes = piece}, .kind = kind};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert_uint_eq(out.n, 2 * plain.n);
        ck_assert_uint_eq(facts.members, 3);
        ck_assert_uint_eq(facts.checked, 3 * kind->checked);
        ck_assert(!facts.garbage && facts.padding_bytes == 0);
    }
}
END_TEST

START_TEST(test_padding_and_garbage_are_told)
{
    const struct kind *kind = &kinds[_i];
    struct slice whole = kind->pack(a, bytes_rows(a, 10));
    struct filter_facts facts;
    struct err e = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct trial t = {.input = bytes_join(a, whole, (struct slice){"\0\0\0\0\0\0\0\0\0\0", 10}),
                      .kind = kind};
    ck_assert(decode(&t, &out, &facts, &e));
    ck_assert(!facts.garbage);
    ck_assert_uint_eq(facts.padding_bytes, 10);
    t.input = bytes_join(a, whole, slice_of("abc"));
    ck_assert(decode(&t, &out, &facts, &e));
    ck_assert(facts.garbage);
    ck_assert_uint_eq(facts.trailing_offset, whole.n);
}
END_TEST

START_TEST(test_a_failure_below_passes_unchanged)
{
    const struct kind *kind = &kinds[_i];
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    struct trial t = {
        .input = kind->pack(a, bytes_rows(a, 40)), .fault = {.fail_at = 30}, .kind = kind};
    ck_assert(!decode(&t, &out, NULL, &e));
    ck_assert_int_eq(e.code, ERR_SYSTEM);
}
END_TEST

START_TEST(test_padding_between_xz_streams_is_no_padding_behind_them)
{
    struct slice one = xz_crc64(a, slice_of("hello"));
    struct slice all = bytes_join(a, bytes_join(a, one, (struct slice){"\0\0\0\0", 4}), one);
    struct filter_facts facts;
    struct err e = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct trial t = {.input = all, .kind = &kinds[1]};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    ck_assert_str_eq(buf_text(&out), "hellohello");
    ck_assert_uint_eq(facts.padding_bytes, 0);
    ck_assert_str_eq(facts.checksum, "crc64");
}
END_TEST

/* "hello", with a block that asks for a dictionary of 512 MiB. */
START_TEST(test_xz_that_wants_too_much_memory_is_not_called_broken)
{
    static const char packed[] =
        "\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x22\x00\x00\x00"
        "\x82\x40\xac\xdc\x01\x00\x04\x68\x65\x6c\x6c\x6f\x00\x00\x00\x00\x86\xa6\x10\x36"
        "\x00\x01\x19\x05\xbc\xe8\xec\xcb\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a";
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    struct trial t = {.input = {packed, sizeof packed - 1}, .kind = &kinds[1]};
    ck_assert(!decode(&t, &out, NULL, &e));
    ck_assert_msg(e.code == ERR_REFUSED, "%s", e.text);
}
END_TEST

Suite *suite_io_filter_xz_bzip2(void)
{
    Suite *s = suite_create("io_filter_xz_bzip2");
    TCase *t = tcase_create("xz_bzip2");
    const int n = COUNT_OF(kinds);
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, test_pieces_do_not_change_the_result, 0, n);
    tcase_add_loop_test(t, test_every_truncation_is_an_error, 0, n);
    tcase_add_loop_test(t, test_every_flipped_bit_is_an_error_or_changes_nothing, 0, n);
    tcase_add_loop_test(t, test_streams_are_joined_and_counted, 0, n);
    tcase_add_loop_test(t, test_padding_and_garbage_are_told, 0, n);
    tcase_add_loop_test(t, test_a_failure_below_passes_unchanged, 0, n);
    tcase_add_test(t, test_padding_between_xz_streams_is_no_padding_behind_them);
    tcase_add_test(t, test_xz_that_wants_too_much_memory_is_not_called_broken);
    suite_add_tcase(s, t);
    return s;
}
