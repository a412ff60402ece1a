/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter_gzip.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_io_filter_zlib(void);

struct trial {
    struct slice input;
    struct fault fault;
    size_t read_bytes;
};

/* With every decoder there is: all must say the same. */
static bool decode(const struct trial *t, struct buf *out, struct filter_facts *facts,
                   struct err *e)
{
    bool ok = false;
    for (size_t i = 0; inflate_all[i] != NULL; i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        CLEANUP(buf_cleanup) struct buf text = {0};
        struct source *below = source_fault(a, source_mem(a, t->input.p, t->input.n), t->fault);
        CLEANUP(source_cleanup)
        struct source *in = filter_zlib_by(a, below, facts, inflate_all[i]);
        bool now = bytes_slurp(in, t->read_bytes, &text, e);
        ck_assert(i == 0 || now == ok);
        ok = now;
        buf_clear(out);
        buf_append(out, buf_text(&text), text.n);
    }
    return ok;
}

START_TEST(test_pieces_do_not_change_the_result)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 300), input = bytes_zlib(a, plain);
    for (size_t piece = 0; piece < 20; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct filter_facts facts;
        struct err e = {0};
        struct trial t = {
            .input = input, .fault = {.piece_bytes = piece}, .read_bytes = 40 - piece};
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        ck_assert(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
        ck_assert(facts.checked == 1 && !facts.garbage && facts.padding_bytes == 0);
    }
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice input = bytes_zlib(a, bytes_rows(a, 20));
    for (size_t n = 0; n < input.n; n++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = {input.p, n}};
        ck_assert_msg(!decode(&t, &out, NULL, &e), "whole after %zu bytes", n);
        ck_assert_int_eq(e.code, ERR_FORMAT);
    }
}
END_TEST

/* The last byte of the deflated body has up to seven bits that mean nothing. */
START_TEST(test_every_flipped_bit_is_an_error_or_changes_nothing)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 20), input = bytes_zlib(a, plain);
    unsigned harmless = 0;
    for (uint64_t bit = 1; bit <= input.n * 8; bit++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        struct trial t = {.input = input, .fault = {.flip_bit = bit}};
        if (!decode(&t, &out, NULL, &e))
            continue;
        harmless++;
        ck_assert_msg(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0, "bit %llu",
                      (unsigned long long)bit);
    }
    ck_assert_uint_lt(harmless, 8);
}
END_TEST

START_TEST(test_what_follows_the_stream_is_told)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice whole = bytes_zlib(a, bytes_rows(a, 10));
    struct filter_facts facts;
    struct err e = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct trial t = {.input = bytes_join(a, whole, slice_of("abc"))};
    ck_assert(decode(&t, &out, &facts, &e));
    ck_assert(facts.garbage);
    ck_assert_uint_eq(facts.trailing_offset, whole.n);
}
END_TEST

Suite *suite_io_filter_zlib(void)
{
    Suite *s = suite_create("io_filter_zlib");
    TCase *t = tcase_create("zlib");
    tcase_add_test(t, test_pieces_do_not_change_the_result);
    tcase_add_test(t, test_every_truncation_is_an_error);
    tcase_add_test(t, test_every_flipped_bit_is_an_error_or_changes_nothing);
    tcase_add_test(t, test_what_follows_the_stream_is_told);
    suite_add_tcase(s, t);
    return s;
}
