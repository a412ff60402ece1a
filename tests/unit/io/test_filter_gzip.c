/* SPDX-License-Identifier: PostgreSQL */
#include "io/deflate.h"
#include "io/filter_gzip.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_io_filter_gzip(void);

/* A member with everything that a header may hold; made by hand. */
static struct slice member_with_all_header_fields(struct arena *a, struct slice plain)
{
    static const char head[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\x03\x05\0extraname\0comment\0\x03\xa5";
    struct slice gz = bytes_gzip(a, plain);
    enum { PLAIN_HEADER_BYTES = 10 };
    return bytes_join(a, (struct slice){head, sizeof head - 1},
                      (struct slice){gz.p + PLAIN_HEADER_BYTES, gz.n - PLAIN_HEADER_BYTES});
}

struct trial {
    struct slice input;
    struct fault fault;
    size_t read_bytes;
    const struct inflate_ops *ops;
};

/* Decodes to `out`; the facts are optional. */
static bool decode(const struct trial *t, struct buf *out, struct filter_facts *facts,
                   struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct source *below = source_fault(a, source_mem(a, t->input.p, t->input.n), t->fault);
    CLEANUP(source_cleanup) struct source *in = filter_gzip_by(a, below, facts, t->ops);
    return bytes_slurp(in, t->read_bytes, out, e);
}

static const struct inflate_ops *backend(int i)
{
    return inflate_all[i];
}

static int n_backends(void)
{
    int n = 0;
    while (inflate_all[n] != NULL)
        n++;
    return n;
}

START_TEST(test_what_was_written_is_read)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 3000);
    for (int level = 1; level <= 9; level += 4)
        for (size_t i = 0; deflate_all[i] != NULL; i++) {
            CLEANUP(buf_cleanup) struct buf gz = {0};
            CLEANUP(buf_cleanup) struct buf out = {0};
            struct err e = {0};
            CLEANUP(sink_cleanup)
            struct sink *s = sink_gzip_by(a, bytes_sink(a, &gz), level, deflate_all[i]);
            ck_assert(sink_write(s, plain.p, 10, &e));
            ck_assert(sink_write(s, plain.p + 10, plain.n - 10, &e));
            ck_assert(sink_finish(s, &e));
            struct filter_facts facts;
            struct trial t = {.input = {gz.p, gz.n}, .ops = backend(_i)};
            ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
            ck_assert(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
            ck_assert(facts.members == 1 && facts.checked == 1 && !facts.garbage);
        }
}
END_TEST

START_TEST(test_pieces_do_not_change_the_result)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 300);
    struct slice gz = member_with_all_header_fields(a, plain);
    for (size_t piece = 1; piece < 40; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = gz,
                          .fault = {.piece_bytes = piece},
                          .read_bytes = 40 - piece,
                          .ops = backend(_i)};
        ck_assert_msg(decode(&t, &out, NULL, &e), "%s", e.text);
        ck_assert(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
    }
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice one = member_with_all_header_fields(a, bytes_rows(a, 40));
    struct slice two = bytes_join(a, one, bytes_gzip(a, bytes_rows(a, 5)));
    for (size_t n = 0; n < two.n; n++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = {two.p, n}, .ops = backend(_i)};
        if (n == one.n || n == one.n + 1) /* the second member does not show yet */
            continue;
        ck_assert_msg(!decode(&t, &out, NULL, &e), "whole after %zu of %zu bytes", n, two.n);
        ck_assert_int_eq(e.code, ERR_FORMAT);
        ck_assert_msg(strstr(e.text, "ends inside") != NULL || n == 0, "%s", e.text);
    }
}
END_TEST

/* The text hint, time, extra flags and system in a header, and the bits that fill up the last byte,
 * change nothing that is decoded. */
START_TEST(test_every_flipped_bit_is_an_error_or_changes_nothing)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 20);
    struct slice gz = bytes_gzip(a, plain);
    enum { HARMLESS_MAX = 1 + 6 * 8 + 7 };
    unsigned harmless = 0;
    for (uint64_t bit = 1; bit <= gz.n * 8; bit++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = gz, .fault = {.flip_bit = bit}, .ops = backend(_i)};
        bool ok = decode(&t, &out, NULL, &e);
        ck_assert_msg(!ok || (out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0),
                      "bit %llu was not seen", (unsigned long long)bit);
        ck_assert(ok || e.text[0] != '\0');
        harmless += ok;
    }
    ck_assert_uint_le(harmless, HARMLESS_MAX);
}
END_TEST

START_TEST(test_a_flip_in_a_checked_header_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice gz = member_with_all_header_fields(a, bytes_rows(a, 2));
    enum { HEADER_BITS = 32 * 8 };
    for (uint64_t bit = 1; bit <= HEADER_BITS; bit++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = gz, .fault = {.flip_bit = bit}, .ops = backend(_i)};
        ck_assert_msg(!decode(&t, &out, NULL, &e), "bit %llu", (unsigned long long)bit);
    }
}
END_TEST

START_TEST(test_members_are_joined_and_counted)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 100);
    struct slice gz = bytes_gzip(a, plain), empty = bytes_gzip(a, slice_of(""));
    struct slice all = bytes_join(a, bytes_join(a, gz, empty), gz);
    struct filter_facts facts;
    struct err e = {0};
    for (size_t piece = 0; piece < 3; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct trial t = {.input = all, .fault = {.piece_bytes = piece}, .ops = backend(_i)};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert_uint_eq(out.n, 2 * plain.n);
        ck_assert_uint_eq(facts.members, 3);
        ck_assert_uint_eq(facts.checked, 3);
    }
}
END_TEST

START_TEST(test_zero_padding_is_accepted_and_told)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice gz = bytes_gzip(a, bytes_rows(a, 10));
    struct slice padded = bytes_join(a, gz, (struct slice){arena_alloc(a, 700), 700});
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct filter_facts facts;
    struct err e = {0};
    struct trial t = {.input = padded, .fault = {.piece_bytes = 7}, .ops = backend(_i)};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    ck_assert(!facts.garbage);
    ck_assert_uint_eq(facts.padding_bytes, 700);
    ck_assert_uint_eq(facts.trailing_offset, gz.n);
}
END_TEST

START_TEST(test_trailing_garbage_is_told_with_its_offset)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice gz = bytes_gzip(a, bytes_rows(a, 10));
    struct slice tail = {"\0\0\0rubbish\0", 11};
    for (size_t piece = 0; piece < 3; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts;
        struct err e = {0};
        struct trial t = {
            .input = bytes_join(a, gz, tail), .fault = {.piece_bytes = piece}, .ops = backend(_i)};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert(facts.garbage);
        ck_assert_uint_eq(facts.trailing_offset, gz.n + 3);
    }
}
END_TEST

START_TEST(test_a_failure_below_passes_unchanged)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice gz = bytes_gzip(a, bytes_rows(a, 10));
    for (uint64_t at = 1; at <= gz.n; at++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = gz, .fault = {.fail_at = at}, .ops = backend(_i)};
        ck_assert(!decode(&t, &out, NULL, &e));
        ck_assert_int_eq(e.code, ERR_SYSTEM);
    }
}
END_TEST

Suite *suite_io_filter_gzip(void)
{
    Suite *s = suite_create("io_filter_gzip");
    TCase *t = tcase_create("gzip");
    int n = n_backends();
    tcase_add_loop_test(t, test_what_was_written_is_read, 0, n);
    tcase_add_loop_test(t, test_pieces_do_not_change_the_result, 0, n);
    tcase_add_loop_test(t, test_every_truncation_is_an_error, 0, n);
    tcase_add_loop_test(t, test_every_flipped_bit_is_an_error_or_changes_nothing, 0, n);
    tcase_add_loop_test(t, test_a_flip_in_a_checked_header_is_an_error, 0, n);
    tcase_add_loop_test(t, test_members_are_joined_and_counted, 0, n);
    tcase_add_loop_test(t, test_zero_padding_is_accepted_and_told, 0, n);
    tcase_add_loop_test(t, test_trailing_garbage_is_told_with_its_offset, 0, n);
    tcase_add_loop_test(t, test_a_failure_below_passes_unchanged, 0, n);
    suite_add_tcase(s, t);
    return s;
}
