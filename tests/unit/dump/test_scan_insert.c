/* SPDX-License-Identifier: PostgreSQL */
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "dump/scan.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan_insert(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

/* In pieces of `piece` bytes, 0: whole. */
static struct dump_facts scan_in(const char *sql, size_t piece)
{
    struct dump_facts facts;
    struct err e = {0};
    CLEANUP(source_cleanup)
    struct source *in =
        source_fault(a, source_mem(a, sql, strlen(sql)), (struct fault){.piece_bytes = piece});
    struct scan how = {.arena = a, .in = in};
    ck_assert_msg(dump_scan(&how, &facts, &e), "%s", e.text);
    return facts;
}

/* Statements, and how many rows they insert; 0: that cannot be known. */
static const struct {
    const char *sql;
    uint64_t rows;
} statements[] = {
    {"INSERT INTO s.t VALUES (1)", 1},
    {"insert  into\n s . t\nvalues(1)", 1},
    {"INSERT INTO s.t VALUES (1), (2),\n\t(3)", 3},
    {"INSERT INTO s.t VALUES (1),(2) , (3)", 3},
    {"INSERT INTO s.t (a, b) VALUES (1, f(2, (3))), ((4), 5)", 2},
    {"INSERT INTO s.t (a, \"b)(\") VALUES (1, 2)", 1},
    {"INSERT INTO s.t VALUES ('), ('), (E'\\'), ('), ($x$), ($x$), (\"), (\")", 4},
    {"INSERT INTO s.t VALUES (-1), (- 2), (1/2), (/* ), ( */ 3)", 4},
    {"INSERT INTO s.t VALUES (1), /* 2 */ (3)", 0},
    {"INSERT INTO s.t OVERRIDING SYSTEM VALUE VALUES (1)", 1},
    {"INSERT INTO s.t (a) OVERRIDING USER VALUE VALUES (1), (2)", 2},
    {"INSERT INTO s.t DEFAULT VALUES", 1},
    {"INSERT INTO s.t VALUES (1), (2) ON CONFLICT DO NOTHING", 2},
    {"INSERT INTO s.t VALUES (1)\nON CONFLICT DO NOTHING", 1},
    {"INSERT INTO s.t VALUES (1) ON CONFLICT (a) DO NOTHING", 0},
    {"INSERT INTO s.t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = (1)", 0},
    {"INSERT INTO s.t VALUES (1) RETURNING (a)", 0},
    {"INSERT INTO s.t VALUES (1) UNION ALL VALUES (2)", 0},
    {"INSERT INTO s.t VALUES (1), (2) EXCEPT VALUES (2)", 0},
    {"INSERT INTO s.t SELECT 1", 0},
    {"INSERT INTO s.t (SELECT 1)", 0},
    {"INSERT INTO s.t (a) (SELECT 1)", 0},
    {"INSERT INTO s.t TABLE u", 0},
    {"INSERT INTO s.t AS x VALUES (1)", 0},
};

/* Two statements, read in pieces of that size. */
static void must_count(size_t first, size_t second, size_t piece)
{
    uint64_t x = statements[first].rows, y = statements[second].rows, in_heads = 0, uncounted = 0;
    const char *both = arena_printf(a, "%s;\n%s;\n", statements[first].sql, statements[second].sql);
    struct dump_facts f = scan_in(both, piece);
    VEC_EACH (const struct dump_insert, s, &f.inserts) {
        ck_assert_msg(str_eq(s->schema, "s") && str_eq(s->name, "t"), "%s.%s", s->schema, s->name);
        in_heads += s->rows;
        uncounted += s->n_uncounted;
    }
    ck_assert_msg(f.rows == x + y, "%s: %llu rows", both, (unsigned long long)f.rows);
    ck_assert_uint_eq(in_heads, f.rows);
    ck_assert_uint_eq(uncounted, (x == 0 ? 1U : 0U) + (y == 0 ? 1U : 0U));
    ck_assert_uint_eq(f.n_insert_uncounted, uncounted);
    ck_assert_uint_eq(f.n_insert_nowhere, 0);
}

/* Behind another statement of each kind, too, since heads are kept. */
START_TEST(test_rows_are_counted_or_known_to_be_unknown)
{
    for (size_t before = 0; before < COUNT_OF(statements); before++)
        for (size_t piece = 0; piece < 12; piece++)
            must_count(before, (size_t)_i, piece);
}
END_TEST

START_TEST(test_tables_are_told_apart_as_they_are_written)
{
    struct dump_facts f = scan_in("INSERT INTO t VALUES (1);\nINSERT INTO tt VALUES (1);\n"
                                  "INSERT INTO \"T\" VALUES (1);\nINSERT INTO t VALUES (2);\n"
                                  "INSERT INTO a.t VALUES (1), (2);\nINSERT INTO t VALUES (3);\n",
                                  0);
    static const struct {
        const char *schema, *name;
        uint64_t rows;
    } expected[] = {{"", "t", 3}, {"", "tt", 1}, {"", "T", 1}, {"a", "t", 2}};
    ck_assert_uint_eq(f.inserts.n, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct dump_insert *s = vec_at(&f.inserts, i);
        ck_assert_str_eq(s->schema, expected[i].schema);
        ck_assert_str_eq(s->name, expected[i].name);
        ck_assert_uint_eq(s->rows, expected[i].rows);
    }
}
END_TEST

START_TEST(test_what_else_changes_rows_is_noted)
{
    static const char *const others[] = {"UPDATE t SET a = 1",
                                         "DELETE FROM t",
                                         "TRUNCATE t",
                                         "DO $$BEGIN END$$",
                                         "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
                                         "CALL p()",
                                         "ROLLBACK",
                                         "INSERT INTO a.b.t VALUES (1)"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        ck_assert_msg(scan_in(arena_printf(a, "%s;\n", others[i]), 0).n_insert_nowhere == 1, "%s",
                      others[i]);
}
END_TEST

START_TEST(test_the_number_of_heads_is_bounded_and_rows_still_counted)
{
    enum { TABLES = INSERT_HEADS_MAX + 10 };
    CLEANUP(buf_cleanup) struct buf sql = {0};
    for (unsigned i = 0; i < TABLES; i++)
        buf_printf(&sql, "INSERT INTO t%u VALUES (%u), (2);\n", i, i);
    struct dump_facts f = scan_in(buf_text(&sql), 0);
    ck_assert_uint_eq(f.inserts.n, INSERT_HEADS_MAX);
    ck_assert_uint_eq(f.rows, (uintmax_t)2 * TABLES);
    ck_assert_uint_eq(f.n_insert_nowhere, 10);
}
END_TEST

Suite *suite_dump_scan_insert(void)
{
    Suite *s = suite_create("dump_scan_insert");
    TCase *tc = tcase_create("insert");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_rows_are_counted_or_known_to_be_unknown, 0,
                        (int)COUNT_OF(statements));
    tcase_add_test(tc, test_tables_are_told_apart_as_they_are_written);
    tcase_add_test(tc, test_what_else_changes_rows_is_noted);
    tcase_add_test(tc, test_the_number_of_heads_is_bounded_and_rows_still_counted);
    suite_add_tcase(s, tc);
    return s;
}
