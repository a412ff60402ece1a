/* SPDX-License-Identifier: PostgreSQL */
#include "pg/pg.h"

#include <check.h>

#include <string.h>

Suite *suite_pg_quote(void);

START_TEST(test_identifiers_are_quoted_whatever_they_hold)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(pg_ident(a, "plain"), "\"plain\"");
    ck_assert_str_eq(pg_ident(a, "Odd \"name\""), "\"Odd \"\"name\"\"\"");
    ck_assert_str_eq(pg_ident(a, "a\\b'c"), "\"a\\b'c\"");
    ck_assert_str_eq(pg_qualified(a, "s.x", "\""), "\"s.x\".\"\"\"\"");
}
END_TEST

START_TEST(test_literals_are_quoted_whatever_they_hold)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(pg_literal(a, ""), "''");
    ck_assert_str_eq(pg_literal(a, "it's"), "'it''s'");
    ck_assert_str_eq(pg_literal(a, "a\\'b"), "E'a\\\\''b'");
}
END_TEST

START_TEST(test_a_connection_that_cannot_be_made_says_why_in_one_line)
{
    struct err e = {0};
    struct pg pg = {0};
    ck_assert(!pg_open("host=/nowhere/at/all dbname=x", NULL, 1000000, &pg, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_ptr_nonnull(strstr(e.text, "/nowhere/at/all"));
    ck_assert_ptr_null(strchr(e.text, '\n'));
    ck_assert_ptr_null(pg.conn);
    pg_cleanup(&pg);
}
END_TEST

START_TEST(test_calls_on_a_connection_that_is_not_open_fail)
{
    struct err e = {0};
    struct pg pg = {0};
    PGresult *r = NULL;
    ck_assert(!pg_run(&pg, "SELECT 1", &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert(!pg_query(&pg, "SELECT 1", NULL, &r, &e));
    ck_assert_ptr_null(r);
    ck_assert(!pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    ck_assert(!pg_copy_put(&pg, "x\n", 2, &e));
    pg_copy_abort(&pg, "nothing to abort");
}
END_TEST

Suite *suite_pg_quote(void)
{
    Suite *s = suite_create("pg_quote");
    TCase *tc = tcase_create("quote");
    tcase_add_test(tc, test_identifiers_are_quoted_whatever_they_hold);
    tcase_add_test(tc, test_literals_are_quoted_whatever_they_hold);
    tcase_add_test(tc, test_a_connection_that_cannot_be_made_says_why_in_one_line);
    tcase_add_test(tc, test_calls_on_a_connection_that_is_not_open_fail);
    suite_add_tcase(s, tc);
    return s;
}
