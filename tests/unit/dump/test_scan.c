/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "dump/scan.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan(void);

static struct arena *a;

/* What a listener heard, as text. */
struct heard {
    struct buf statements, copies, data;
};

static bool hear_statement(void *context, const struct statement *s, struct err *e)
{
    struct heard *h = context;
    (void)e;
    buf_printf(&h->statements, "%llu %s %s: %.*s\n", (unsigned long long)s->offset,
               s->object == NULL ? "-" : s->object, s->object_type == NULL ? "-" : s->object_type,
               (int)s->text.n, s->text.p);
    return true;
}

static bool hear_begin(void *context, const struct copy_head *head, struct err *e)
{
    struct heard *h = context;
    buf_printf(&h->copies, "%s.%s %zu\n", head->table->schema, head->table->name,
               head->table->n_columns);
    return hear_statement(context, &head->statement, e);
}

static bool hear_data(void *context, const char *bytes, size_t n, struct err *e)
{
    (void)e;
    buf_append(&((struct heard *)context)->data, bytes, n);
    return true;
}

static bool hear_end(void *context, const struct dump_table *t, struct err *e)
{
    (void)e;
    buf_printf(&((struct heard *)context)->copies, "%llu rows, %llu bytes, from %llu, %s\n",
               (unsigned long long)t->rows, (unsigned long long)t->bytes,
               (unsigned long long)t->offset, t->terminated ? "whole" : "cut");
    return true;
}

static void heard_free(struct heard *h)
{
    buf_cleanup(&h->statements);
    buf_cleanup(&h->copies);
    buf_cleanup(&h->data);
}

/* Scans in pieces of `piece` bytes (0: whole). */
static struct dump_facts scan_in(struct slice sql, size_t piece, struct heard *h)
{
    struct dump_listener listener = {.context = h,
                                     .statement = hear_statement,
                                     .copy_begin = hear_begin,
                                     .copy_data = hear_data,
                                     .copy_end = hear_end};
    struct source *in =
        source_fault(a, source_mem(a, sql.p, sql.n), (struct fault){.piece_bytes = piece});
    struct scan how = {.arena = a, .in = in, .listener = &listener};
    struct dump_facts facts;
    struct err e = {0};
    ck_assert_msg(dump_scan(&how, &facts, &e), "%s", e.text);
    source_close(in);
    return facts;
}

static struct dump_facts scan(const char *sql, struct heard *h)
{
    *h = (struct heard){0};
    return scan_in(slice_of(sql), 0, h);
}

/* Scans and expects exactly this one problem; NULL: none. */
static struct dump_facts expect(const char *sql, const char *code)
{
    struct heard h;
    struct dump_facts f = scan(sql, &h);
    heard_free(&h);
    const struct problem *first = f.problems.n == 0 ? NULL : vec_at(&f.problems, 0);
    if (code == NULL)
        ck_assert_msg(first == NULL, "%s: %s", sql, first == NULL ? "" : first->text);
    else
        ck_assert_msg(first != NULL && str_eq(first->code, code), "%s: %s", sql,
                      first == NULL ? "nothing" : first->code);
    return f;
}

static struct slice fixture(void)
{
    enum { DUMP_BYTES_MAX = 1 << 20 };
    struct slice text;
    struct err e = {0};
    bool ok = fs_read_file(a, "tests/fixtures/nasty-15.sql", DUMP_BYTES_MAX, &text, &e);
    ck_assert_msg(ok, "%s", e.text);
    return text;
}

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static void expect_same_problems(const struct vec *x, const struct vec *y)
{
    ck_assert_uint_eq(x->n, y->n);
    for (size_t i = 0; i < x->n; i++) {
        const struct problem *p = vec_at(x, i), *q = vec_at(y, i);
        ck_assert(str_eq(p->text, q->text) && p->offset == q->offset);
    }
}

static void expect_same_facts(const struct dump_facts *x, const struct dump_facts *y)
{
    expect_same_problems(&x->problems, &y->problems);
    ck_assert_uint_eq(x->bytes, y->bytes);
    ck_assert_uint_eq(x->statements, y->statements);
    ck_assert_uint_eq(x->copies, y->copies);
    ck_assert_uint_eq(x->rows, y->rows);
    ck_assert_uint_eq(x->n_create_table, y->n_create_table);
    ck_assert_uint_eq(x->n_problems, y->n_problems);
    ck_assert_uint_eq(x->whole_until, y->whole_until);
    ck_assert(x->complete == y->complete && x->has_header == y->has_header);
    ck_assert_str_eq(x->restrict_key, y->restrict_key);
    ck_assert_str_eq(x->last_object, y->last_object);
}

static void expect_same(const struct buf *x, const struct buf *y)
{
    ck_assert_uint_eq(x->n, y->n);
    ck_assert(memcmp(x->p, y->p, x->n) == 0);
}

static void expect_same_in_pieces(struct slice sql, size_t piece)
{
    struct heard whole = {0}, pieces = {0};
    struct dump_facts f = scan_in(sql, 0, &whole), g = scan_in(sql, piece, &pieces);
    expect_same_facts(&f, &g);
    expect_same(&whole.statements, &pieces.statements);
    expect_same(&whole.copies, &pieces.copies);
    expect_same(&whole.data, &pieces.data);
    heard_free(&whole);
    heard_free(&pieces);
}

START_TEST(test_size_of_the_pieces_never_changes_the_result)
{
    struct slice sql = fixture();
    static const size_t sizes[] = {1, 2, 3, 63, 64, 65, 4096};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        expect_same_in_pieces(sql, sizes[i]);
}
END_TEST

START_TEST(test_size_of_the_pieces_never_changes_the_problems)
{
    struct slice sql = fixture();
    for (size_t cut = 9; cut < sql.n; cut += 997) {
        struct slice bad = bytes_join(a, (struct slice){sql.p, cut}, sql);
        expect_same_in_pieces(bad, 1);
    }
}
END_TEST

START_TEST(test_every_truncation_is_noticed)
{
    struct slice sql = fixture();
    size_t whole = sql.n;
    while (sql.p[whole - 1] == '\n')
        whole--;
    for (size_t n = 0; n < whole; n++) {
        struct dump_facts f;
        struct err e = {0};
        CLEANUP(source_cleanup) struct source *in = source_mem(a, sql.p, n);
        struct scan how = {.arena = a, .in = in};
        ck_assert_msg(dump_scan(&how, &f, &e), "%s", e.text);
        ck_assert_msg(!f.complete || f.n_problems > 0, "cut at byte %zu", n);
        ck_assert_msg(f.whole_until <= n, "cut at byte %zu", n);
    }
}
END_TEST

START_TEST(test_rows_bytes_and_offsets_are_exact)
{
    struct heard h;
    struct dump_facts f = scan("SELECT 1;\nCOPY s.t (a, b) FROM stdin;\n1\tx\n2\t\\N\n\\.\n"
                               "SELECT 2;\n",
                               &h);
    ck_assert_str_eq(buf_text(&h.copies), "s.t 2\n2 rows, 9 bytes, from 10, whole\n");
    ck_assert_str_eq(buf_text(&h.statements),
                     "0 - -: SELECT 1\n10 - -: COPY s.t (a, b) FROM stdin\n50 - -: SELECT 2\n");
    ck_assert_uint_eq(h.data.n, 9);
    ck_assert_uint_eq(f.rows, 2);
    ck_assert_uint_eq(f.n_problems, 0);
    heard_free(&h);
}
END_TEST

START_TEST(test_look_alikes_of_the_terminator_are_data)
{
    struct dump_facts f = expect("COPY t (a) FROM stdin;\n\\\\.\n\\.x\\.\n\\.\n", "COPY_MARKER");
    ck_assert_uint_eq(f.rows, 2);
    f = expect("COPY t (a) FROM stdin;\n\\\\.\n .\n\\\\\\\\.\n\\.\n", NULL);
    ck_assert_uint_eq(f.rows, 3);
    ck_assert_uint_eq(f.copies, 1);
}
END_TEST

START_TEST(test_names_and_column_lists_may_be_quoted)
{
    struct heard h;
    struct dump_facts f = scan("COPY \"a\"\"; b\".\"T (\" (\"x, y\", \"z)\") FROM stdin;\n"
                               "1\t2\n\\.\n",
                               &h);
    const struct dump_table *t = vec_at(&f.tables, 0);
    ck_assert_str_eq(t->schema, "a\"; b");
    ck_assert_str_eq(t->name, "T (");
    ck_assert_uint_eq(t->n_columns, 2);
    ck_assert_uint_eq(f.n_problems, 0);
    heard_free(&h);
}
END_TEST

START_TEST(test_other_formats_of_copy_are_passed_over_whole)
{
    struct dump_facts f = expect("COPY t (a, b) FROM stdin WITH (FORMAT csv);\n"
                                 "\"1;\",2\n'\n\\.\nSELECT 1;\n",
                                 NULL);
    const struct dump_table *t = vec_at(&f.tables, 0);
    ck_assert(!t->is_counted && t->terminated);
    ck_assert_uint_eq(f.statements, 2);
    expect("COPY t TO stdout;\nSELECT 1;\n", NULL);
}
END_TEST

START_TEST(test_strings_with_backslashes_follow_the_setting)
{
    struct dump_facts f = expect("SELECT 'a\\'; SELECT E'b\\'; '; SELECT 2;\n", NULL);
    ck_assert_uint_eq(f.statements, 3);
    f = expect("SET standard_conforming_strings = off;\nSELECT 'a\\'; '; SELECT 2;\n", NULL);
    ck_assert_uint_eq(f.statements, 3);
    ck_assert(!f.standard_strings);
    expect("SET standard_conforming_strings = off;\nSELECT 'a\\';\n", "STATEMENT_UNFINISHED");
}
END_TEST

START_TEST(test_empty_and_joined_blocks)
{
    struct dump_facts f = expect("COPY t (a) FROM stdin;\n\\.\nCOPY u FROM stdin;\n\n\\.\n", NULL);
    ck_assert_uint_eq(f.copies, 2);
    ck_assert_uint_eq(f.rows, 1);
}
END_TEST

START_TEST(test_unterminated_data_is_told_with_its_rows)
{
    struct dump_facts f = expect("COPY t (a, b) FROM stdin;\n1\t2\n3\t", "COPY_UNTERMINATED");
    const struct dump_table *t = vec_at(&f.tables, 0);
    ck_assert(!t->terminated);
    ck_assert_uint_eq(t->rows, 1);
    ck_assert_uint_eq(f.whole_until, 30);
}
END_TEST

static void hear_progress(void *context, const struct dump_facts *so_far)
{
    uint64_t *rows = context;
    ck_assert_uint_gt(so_far->rows, *rows);
    *rows = so_far->rows;
}

START_TEST(test_progress_counts_the_rows_of_the_block_in_hand)
{
    enum { ROWS = 300000 };
    CLEANUP(buf_cleanup) struct buf sql = {0};
    uint64_t told = 0;
    struct dump_facts f;
    struct err e = {0};
    buf_puts(&sql, "COPY t (x) FROM stdin;\n");
    for (int i = 0; i < ROWS; i++)
        buf_puts(&sql, "0123456789\n");
    buf_puts(&sql, "\\.\n");
    const struct dump_listener listener = {.context = &told, .progress = hear_progress};
    CLEANUP(source_cleanup) struct source *in = source_mem(a, buf_text(&sql), sql.n);
    ck_assert(dump_scan(&(struct scan){.arena = a, .in = in, .listener = &listener}, &f, &e));
    ck_assert_uint_gt(told, ROWS / 2);
    ck_assert_uint_eq(f.rows, ROWS);
}
END_TEST

START_TEST(test_failure_of_the_source_is_no_verdict)
{
    struct slice sql = fixture();
    struct dump_facts f;
    struct err e = {0};
    CLEANUP(source_cleanup)
    struct source *in =
        source_fault(a, source_mem(a, sql.p, sql.n), (struct fault){.fail_at = 5000});
    struct scan how = {.arena = a, .in = in};
    ck_assert(!dump_scan(&how, &f, &e));
    ck_assert_int_eq(e.code, ERR_SYSTEM);
}
END_TEST

Suite *suite_dump_scan(void)
{
    Suite *s = suite_create("dump_scan");
    TCase *tc = tcase_create("scan");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_size_of_the_pieces_never_changes_the_result);
    tcase_add_test(tc, test_size_of_the_pieces_never_changes_the_problems);
    tcase_add_test(tc, test_every_truncation_is_noticed);
    tcase_add_test(tc, test_rows_bytes_and_offsets_are_exact);
    tcase_add_test(tc, test_look_alikes_of_the_terminator_are_data);
    tcase_add_test(tc, test_names_and_column_lists_may_be_quoted);
    tcase_add_test(tc, test_other_formats_of_copy_are_passed_over_whole);
    tcase_add_test(tc, test_strings_with_backslashes_follow_the_setting);
    tcase_add_test(tc, test_empty_and_joined_blocks);
    tcase_add_test(tc, test_unterminated_data_is_told_with_its_rows);
    tcase_add_test(tc, test_progress_counts_the_rows_of_the_block_in_hand);
    tcase_add_test(tc, test_failure_of_the_source_is_no_verdict);
    suite_add_tcase(s, tc);
    return s;
}
