/* SPDX-License-Identifier: PostgreSQL */
#include "dump/copy_rows.h"

#include <check.h>

#include <stdio.h>
#include <string.h>

Suite *suite_dump_copy_rows(void);

/* Adds `text` as one piece. */
static enum copy_stop add(struct copy_rows *r, const char *text, size_t *used)
{
    return copy_rows_add(r, text, strlen(text), used);
}

static struct copy_rows rows_of(size_t n_columns)
{
    return (struct copy_rows){
        .masks = copy_masks_best(), .n_columns = n_columns, .at_raw_start = true};
}

/* A generator whose bytes are mostly those that matter. */
static char next_byte(uint32_t *mix)
{
    static const char bytes[] = "\t\n\\.\rab\\.\n\xc3\xa4 x\t\\";
    *mix = *mix * 1664525U + 1013904223U;
    return bytes[(*mix >> 16) % (sizeof bytes - 1)];
}

START_TEST(test_masks_of_this_processor_are_those_of_any)
{
    enum { BLOCKS = 3, ROUNDS = 500 };
    uint32_t mix = 7;
    for (int round = 0; round < ROUNDS; round++) {
        char text[BLOCKS * COPY_BLOCK_BYTES];
        struct copy_masks x[BLOCKS], y[BLOCKS];
        struct copy_sum s = {0}, t = {0};
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = round % 50 == 0 ? 'x' : next_byte(&mix);
        text[round % (int)sizeof text] = "\0y\b\v\fx\x7f"[round % 7];
        copy_masks_best()(text, BLOCKS, x, &s);
        copy_masks_portable(text, BLOCKS, y, &t);
        ck_assert_mem_eq(x, y, sizeof x);
        ck_assert(s.nul == t.nul && s.high == t.high && s.control == t.control);
    }
}
END_TEST

/* What the format says, one byte after the other. */
static void count_simply(struct copy_rows *r, const char *p, size_t n)
{
    uint64_t tabs = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\') {
            i++;
        } else if (p[i] == '\t') {
            tabs++;
        } else if (p[i] == '\n') {
            r->bad_columns.n += tabs + 1 != r->n_columns;
            r->rows++;
            tabs = 0;
        }
    }
}

START_TEST(test_rows_are_those_of_a_simple_count)
{
    enum { ROUNDS = 2000, LENGTH = 300 };
    uint32_t mix = 11;
    for (int round = 0; round < ROUNDS; round++) {
        char text[LENGTH];
        size_t used = 0;
        for (size_t i = 0; i < LENGTH; i++)
            text[i] = next_byte(&mix);
        for (size_t i = 1; i < LENGTH; i++) /* no markers: they have tests of their own */
            text[i] = text[i] == '.' ? 'd' : text[i];
        text[0] = 'a';
        CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(2);
        struct copy_rows simple = rows_of(2);
        ck_assert_int_eq(copy_rows_add(&r, text, LENGTH, &used), COPY_MORE);
        count_simply(&simple, text, LENGTH);
        ck_assert_uint_eq(used, LENGTH);
        ck_assert_uint_eq(r.rows, simple.rows);
        ck_assert_uint_eq(r.bad_columns.n, simple.bad_columns.n);
    }
}
END_TEST

START_TEST(test_terminator_is_found_at_every_place)
{
    for (size_t n = 0; n < 200; n++) {
        char text[300], xs[256] = "";
        size_t used = 0;
        memset(xs, 'x', n);
        (void)snprintf(text, sizeof text, "%s\n\\.\nSELECT 1;\n", xs);
        CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(1);
        ck_assert_int_eq(add(&r, text, &used), COPY_TERMINATOR);
        ck_assert_uint_eq(used, n + 1);
        ck_assert_uint_eq(r.rows, 1);
        ck_assert(!copy_rows_open(&r));
    }
}
END_TEST

START_TEST(test_first_defect_is_told_with_its_row)
{
    size_t used = 0;
    CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(2);
    ck_assert_int_eq(add(&r, "1\t2\n3\n4\t5\t6\n", &used), COPY_MORE);
    ck_assert_uint_eq(r.bad_columns.n, 2);
    ck_assert_uint_eq(r.bad_columns.row, 2);
    ck_assert_uint_eq(r.bad_columns.columns, 1);
    ck_assert_uint_eq(r.bad_columns.offset, 4);
}
END_TEST

START_TEST(test_comment_of_pg_dump_shows_that_the_terminator_is_lost)
{
    size_t used = 0;
    CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(2);
    CLEANUP(copy_rows_cleanup) struct copy_rows one = rows_of(1);
    const char *text = "1\t2\n-- Name: t; Type: TABLE; Schema: public; Owner: o\n";
    ck_assert_int_eq(add(&r, text, &used), COPY_LOST);
    ck_assert_uint_eq(used, 4);
    ck_assert_int_eq(add(&one, text + 4, &used), COPY_MORE);
    ck_assert_uint_eq(one.rows, 1);
}
END_TEST

START_TEST(test_carriage_returns_are_counted_where_they_stand)
{
    size_t used = 0;
    CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(1);
    ck_assert_int_eq(add(&r, "a\r\nb\n\rc\n\\\rd\n", &used), COPY_MORE);
    ck_assert_uint_eq(r.crlf_rows, 1);
    ck_assert_uint_eq(r.bare_crs, 1);
    ck_assert_uint_eq(r.rows, 4);
    ck_assert_int_eq(add(&r, "\\.\r\n", &used), COPY_TERMINATOR);
}
END_TEST

START_TEST(test_unfinished_row_is_open)
{
    size_t used = 0;
    CLEANUP(copy_rows_cleanup) struct copy_rows r = rows_of(1);
    ck_assert_int_eq(add(&r, "a\nb\\", &used), COPY_MORE);
    ck_assert_uint_eq(r.rows, 1);
    ck_assert(copy_rows_open(&r));
    ck_assert_int_eq(add(&r, "\n", &used), COPY_MORE);
    ck_assert_uint_eq(r.rows, 1);
}
END_TEST

Suite *suite_dump_copy_rows(void)
{
    Suite *s = suite_create("dump_copy_rows");
    TCase *tc = tcase_create("copy_rows");
    tcase_add_test(tc, test_masks_of_this_processor_are_those_of_any);
    tcase_add_test(tc, test_rows_are_those_of_a_simple_count);
    tcase_add_test(tc, test_terminator_is_found_at_every_place);
    tcase_add_test(tc, test_first_defect_is_told_with_its_row);
    tcase_add_test(tc, test_comment_of_pg_dump_shows_that_the_terminator_is_lost);
    tcase_add_test(tc, test_carriage_returns_are_counted_where_they_stand);
    tcase_add_test(tc, test_unfinished_row_is_open);
    suite_add_tcase(s, tc);
    return s;
}
