/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>
#include <zstd.h>

#include <string.h>

Suite *suite_io_filter_zstd(void);

struct trial {
    struct slice input;
    struct fault fault;
    size_t read_bytes;
};

static bool decode(const struct trial *t, struct buf *out, struct filter_facts *facts,
                   struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct source *below = source_fault(a, source_mem(a, t->input.p, t->input.n), t->fault);
    CLEANUP(source_cleanup) struct source *in = filter_zstd(a, below, facts, e);
    return in != NULL && bytes_slurp(in, t->read_bytes, out, e);
}

/* A frame as writers make it that turn no checksum on. */
static struct slice frame_without_checksum(struct arena *a, struct slice plain)
{
    size_t room = ZSTD_compressBound(plain.n);
    char *out = arena_alloc(a, room);
    size_t n = ZSTD_compress(out, room, plain.p, plain.n, 3);
    ck_assert(!ZSTD_isError(n));
    return (struct slice){out, n};
}

START_TEST(test_pieces_do_not_change_the_result)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 300);
    struct slice input = bytes_zstd(a, plain);
    for (size_t piece = 0; piece < 20; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {
            .input = input, .fault = {.piece_bytes = piece}, .read_bytes = 40 - piece};
        ck_assert_msg(decode(&t, &out, NULL, &e), "%s", e.text);
        ck_assert(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
    }
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice rows = bytes_rows(a, 40);
    struct slice inputs[] = {bytes_zstd(a, rows), frame_without_checksum(a, rows)};
    for (size_t i = 0; i < COUNT_OF(inputs); i++)
        for (size_t n = 0; n < inputs[i].n; n++) {
            CLEANUP(buf_cleanup) struct buf out = {0};
            struct err e = {0};
            struct trial t = {.input = {inputs[i].p, n}};
            ck_assert_msg(!decode(&t, &out, NULL, &e), "whole after %zu bytes", n);
            ck_assert_int_eq(e.code, ERR_FORMAT);
            ck_assert(e.text[0] != '\0');
        }
}
END_TEST

/* Bits of the frame header that say how to decode, but not what, may change without effect; without
 * its checksum flag, the frame is followed by four bytes of garbage. */
START_TEST(test_every_flipped_bit_is_an_error_or_changes_nothing)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 20);
    struct slice input = bytes_zstd(a, plain);
    unsigned harmless = 0;
    for (uint64_t bit = 1; bit <= input.n * 8; bit++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts;
        struct err e = {0};
        struct trial t = {.input = input, .fault = {.flip_bit = bit}};
        if (!decode(&t, &out, &facts, &e))
            continue;
        harmless++;
        ck_assert(facts.checked == 1 || facts.garbage);
        ck_assert_msg(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0, "bit %llu",
                      (unsigned long long)bit);
    }
    ck_assert_uint_lt(harmless, 32);
}
END_TEST

START_TEST(test_frames_are_joined_and_skippable_ones_skipped)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 100);
    struct slice skip = {"\x53\x2a\x4d\x18\x05\0\0\0hello", 13};
    struct slice all = bytes_join(a, bytes_join(a, skip, bytes_zstd(a, plain)),
                                  bytes_join(a, skip, frame_without_checksum(a, plain)));
    struct filter_facts facts;
    struct err e = {0};
    for (size_t piece = 0; piece < 3; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct trial t = {.input = all, .fault = {.piece_bytes = piece}};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert_uint_eq(out.n, 2 * plain.n);
        ck_assert_uint_eq(facts.members, 2);
        ck_assert_uint_eq(facts.checked, 1);
    }
}
END_TEST

START_TEST(test_padding_and_garbage_are_told)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice whole = bytes_zstd(a, bytes_rows(a, 10));
    struct filter_facts facts;
    struct err e = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct trial t = {.input = bytes_join(a, whole, (struct slice){"\0\0\0\0\0\0", 6})};
    ck_assert(decode(&t, &out, &facts, &e));
    ck_assert(!facts.garbage);
    ck_assert_uint_eq(facts.padding_bytes, 6);
    t.input = bytes_join(a, whole, slice_of("abc"));
    ck_assert(decode(&t, &out, &facts, &e));
    ck_assert(facts.garbage);
    ck_assert_uint_eq(facts.trailing_offset, whole.n);
}
END_TEST

START_TEST(test_a_window_that_is_too_large_is_no_broken_stream)
{
    /* magic, header without size, window descriptor of 2^30 bytes, an empty last raw block */
    struct trial t = {.input = {"\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", 9}};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    ck_assert(!decode(&t, &out, NULL, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
}
END_TEST

/* Magic, a header with the size in four bytes and a window of 1 KiB, a raw block of "row\n", an
 * empty last block. libzstd alone finds nothing wrong with any size when it gets this in pieces. */
START_TEST(test_a_frame_must_hold_what_its_header_says)
{
    char bytes[] = "\x28\xb5\x2f\xfd\x80\x00\x04\x00\x00\x00"
                   "\x20\x00\x00row\n\x01\x00\x00";
    for (size_t read_bytes = 1; read_bytes < 64; read_bytes += 9) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        bytes[6] = (char)(4 + _i);
        struct trial t = {.input = {bytes, sizeof bytes - 1}, .read_bytes = read_bytes};
        ck_assert_msg(decode(&t, &out, NULL, &e) == (_i == 0), "%s", e.text);
        ck_assert_int_eq(e.code, _i == 0 ? ERR_NONE : ERR_FORMAT);
    }
}
END_TEST

Suite *suite_io_filter_zstd(void)
{
    Suite *s = suite_create("io_filter_zstd");
    TCase *t = tcase_create("zstd");
    tcase_add_test(t, test_pieces_do_not_change_the_result);
    tcase_add_test(t, test_every_truncation_is_an_error);
    tcase_add_test(t, test_every_flipped_bit_is_an_error_or_changes_nothing);
    tcase_add_test(t, test_frames_are_joined_and_skippable_ones_skipped);
    tcase_add_test(t, test_padding_and_garbage_are_told);
    tcase_add_loop_test(t, test_a_frame_must_hold_what_its_header_says, 0, 3);
    tcase_add_test(t, test_a_window_that_is_too_large_is_no_broken_stream);
    suite_add_tcase(s, t);
    return s;
}
