/* SPDX-License-Identifier: PostgreSQL */
#include "restore/reject.h"

#include <check.h>

#include <string.h>

static struct arena *a;
static struct record *r;
static struct rejects all;

static void setup(void)
{
    a = arena_new();
    r = record_new(a);
    all = rejects_new(a, r);
    all.target_major = 15;
}

static void teardown(void)
{
    arena_free(a);
}

static void reject(const char *sql, const char *sqlstate, const char *message)
{
    struct err e;
    (void)err_set(&e, ERR_SQL, "%s", message);
    memcpy(e.sqlstate, sqlstate, strlen(sqlstate) + 1);
    struct reject one = {.statement = slice_of(sql), .object = "it", .offset = 7, .err = &e};
    rejects_add(&all, &one);
}

static const struct finding *finding(size_t i)
{
    return vec_at(&r->findings, i);
}

/* Statement, SQLSTATE, message; the code expected, or NULL for "no finding". */
static const struct {
    const char *sql, *sqlstate, *message, *code;
    int64_t n_errors;
} cases[] = {
    {"CREATE SCHEMA public", "42P06", "schema \"public\" already exists", NULL, 0},
    {"CREATE SCHEMA shop", "42P06", "schema \"shop\" already exists", "RESTORE_ERROR", 1},
    {"DROP TABLE public.t", "42P01", "table \"t\" does not exist", NULL, 0},
    {"ALTER TABLE ONLY public.t DROP CONSTRAINT c", "42P01", "x", NULL, 0},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT drop_c CHECK (x)", "42P01", "x", "RESTORE_ERROR", 1},
    {"INSERT INTO t VALUES (1)", "25P02", "current transaction is aborted", NULL, 1},
    {"SET transaction_timeout = 0", "42704", "unrecognized", "SETTING_UNKNOWN", 0},
    {"SET default_tablespace = fast", "22023", "invalid value", "TABLESPACE_MISSING", 0},
    {"CREATE EXTENSION postgis", "0A000", "not available", "EXTENSION_MISSING", 1},
    {"ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES y", "23503", "x", "FK_ORPHANS", 1},
    {"CREATE UNIQUE INDEX i ON t (x)", "23505", "x", "DUPLICATE_KEY", 1},
    {"COPY t FROM stdin", "23514", "x", "CONSTRAINT_VIOLATED", 1},
    {"COPY t FROM stdin", "22P02", "x", "ROW_REJECTED", 1},
    {"COPY t FROM stdin", "22021", "x", "ENCODING", 1},
    {"CREATE INDEX i ON t (f(x))", "42P01", "x; context: SQL function \"f\" during inlining",
     "FUNCTION_SEARCH_PATH", 1},
    {"REFRESH MATERIALIZED VIEW m", "42883", "x; context: PL/pgSQL function public.f() line 1",
     "FUNCTION_SEARCH_PATH", 1},
    {"CREATE VIEW v AS SELECT f()", "42883", "function f() does not exist", "RESTORE_ERROR", 1},
    {"COPY t FROM stdin", "53100", "x", "DISK_FULL", 1},
    {"CREATE INDEX i ON t (x)", "53200", "x", "OUT_OF_MEMORY", 1},
    {"CREATE INDEX i ON t (x)", "57014", "x", "TIMEOUT", 1},
    {"GRANT pg_monitor TO x", "42704", "role \"pg_new\" does not exist", "PREDEFINED_ROLE_MISSING",
     1},
    {"SELECT 1", "XX000", "x", "SERVER_FAULT", 1},
    {"REFRESH MATERIALIZED VIEW m", "08001", "could not connect", "FOREIGN_SERVER", 1},
    {"CREATE TABLE t (x nosuch)", "42704", "type \"nosuch\" does not exist", "RESTORE_ERROR", 1},
};

START_TEST(test_each_rejection_has_its_meaning)
{
    reject(cases[_i].sql, cases[_i].sqlstate, cases[_i].message);
    ck_assert_int_eq(r->restore.n_errors, cases[_i].n_errors);
    ck_assert_uint_eq(r->findings.n, cases[_i].code == NULL ? 0 : 1);
    if (cases[_i].code != NULL)
        ck_assert_str_eq(finding(0)->code, cases[_i].code);
}
END_TEST

START_TEST(test_what_follows_from_a_missing_extension_is_not_blamed_on_the_backup)
{
    reject("CREATE EXTENSION IF NOT EXISTS \"vector\" WITH SCHEMA public", "0A000", "not there");
    reject("CREATE TABLE t (x public.vector)", "42704", "type does not exist");
    reject("CREATE UNIQUE INDEX i ON u (x)", "23505", "duplicate");
    ck_assert_str_eq(finding(0)->subject, "vector");
    ck_assert_ptr_nonnull(strstr(finding(0)->recommendation, "postgresql-15-"));
    ck_assert_int_eq(finding(1)->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(finding(1)->severity, SEVERITY_CRITICAL);
    ck_assert_ptr_nonnull(strstr(finding(1)->text, "missing extension vector"));
    ck_assert_int_eq(finding(2)->blame, BLAME_SOURCE);
    ck_assert_int_eq(r->restore.n_errors, 3);
}
END_TEST

START_TEST(test_a_dump_of_a_newer_server_is_not_blamed_for_its_syntax)
{
    all.target_is_older = true;
    reject("CREATE TABLE t (x integer NOT NULL NO INHERIT)", "42601", "syntax error");
    ck_assert_int_eq(finding(0)->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_many_alike_are_counted_and_not_listed)
{
    for (int i = 0; i < ERRORS_IN_FULL + 50; i++)
        reject("CREATE TABLE t (x nosuch)", "42704", "type \"nosuch\" does not exist");
    rejects_finish(&all);
    ck_assert_int_eq(r->restore.n_errors, ERRORS_IN_FULL + 50);
    ck_assert_uint_eq(r->restore.errors.n, ERRORS_IN_FULL);
    ck_assert_uint_eq(r->findings.n, FINDINGS_PER_CODE + 1);
    ck_assert_ptr_nonnull(strstr(finding(FINDINGS_PER_CODE)->text, "240 more"));
}
END_TEST

START_TEST(test_a_note_is_made_once)
{
    reject("SET transaction_timeout = 0", "42704", "unrecognized");
    reject("SET transaction_timeout = 0", "42704", "unrecognized");
    ck_assert_uint_eq(r->findings.n, 1);
}
END_TEST

START_TEST(test_a_refused_statement_is_a_critical_finding)
{
    struct err e;
    (void)err_set(&e, ERR_REFUSED, "not executed: it starts a program");
    struct reject one = {.statement = slice_of("COPY t FROM PROGRAM 'x'"), .err = &e};
    rejects_refused(&all, &one);
    ck_assert_str_eq(finding(0)->code, "REFUSED_STATEMENT");
    ck_assert_int_eq(finding(0)->severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(r->restore.n_errors, 1);
}
END_TEST

START_TEST(test_the_row_of_a_copy_is_read_from_the_context)
{
    ck_assert_int_eq(copy_row("invalid input; context: COPY t, line 12, column b: \"x\""), 12);
    ck_assert_int_eq(copy_row("x; context: COPY t, line 3: \"COPY u, line 9\""), 3);
    ck_assert_int_eq(copy_row("x; context: SQL function \"f\"; COPY t, line 4"), 4);
    ck_assert_int_eq(copy_row("COPY t, line 3 is a text without context"), 0);
}
END_TEST

START_TEST(test_the_error_keeps_row_offset_and_the_beginning_of_the_statement)
{
    char sql[400] = "COPY t FROM\nstdin";
    memset(sql + strlen(sql), 'x', 300);
    reject(sql, "22P02", "bad; context: COPY t, line 5");
    const struct statement_error *error = vec_at(&r->restore.errors, 0);
    ck_assert_int_eq(error->row.value, 5);
    ck_assert_int_eq(error->offset.value, 7);
    ck_assert_uint_lt(strlen(error->statement), 170);
    ck_assert(str_starts(error->statement, "COPY t FROM stdin"));
    ck_assert(str_ends(error->statement, "..."));
}
END_TEST

Suite *suite_restore_reject(void);
Suite *suite_restore_reject(void)
{
    Suite *s = suite_create("restore/reject");
    TCase *t = tcase_create("reject");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, test_each_rejection_has_its_meaning, 0, (int)COUNT_OF(cases));
    tcase_add_test(t, test_what_follows_from_a_missing_extension_is_not_blamed_on_the_backup);
    tcase_add_test(t, test_a_dump_of_a_newer_server_is_not_blamed_for_its_syntax);
    tcase_add_test(t, test_many_alike_are_counted_and_not_listed);
    tcase_add_test(t, test_a_note_is_made_once);
    tcase_add_test(t, test_a_refused_statement_is_a_critical_finding);
    tcase_add_test(t, test_the_row_of_a_copy_is_read_from_the_context);
    tcase_add_test(t, test_the_error_keeps_row_offset_and_the_beginning_of_the_statement);
    suite_add_tcase(s, t);
    return s;
}
