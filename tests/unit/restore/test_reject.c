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
    /* what is there already, or has no need to be */
    {"CREATE SCHEMA public", "42P06", "schema \"public\" already exists", NULL, 0},
    {"CREATE SCHEMA shop", "42P06", "schema \"shop\" already exists", "OBJECT_TWICE", 1},
    {"CREATE ROLE bob", "42710", "role \"bob\" already exists", NULL, 0},
    {"CREATE USER bob", "42710", "role \"bob\" already exists", NULL, 0},
    {"CREATE USER MAPPING FOR bob SERVER s", "42710", "user mapping for \"bob\" already exists",
     "OBJECT_TWICE", 1},
    {"CREATE TABLESPACE x LOCATION '/x'", "42710", "tablespace \"x\" already exists", NULL, 0},
    {"CREATE EXTENSION plpgsql", "42710", "extension \"plpgsql\" already exists", NULL, 0},
    {"CREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql", "42710",
     "language \"plpgsql\" already exists", NULL, 0},
    {"COMMENT ON EXTENSION plpgsql IS 'x'", "42501", "must be owner of extension plpgsql", NULL, 0},
    {"COMMENT ON SCHEMA public IS 'x'", "42501", "must be owner of schema public", NULL, 0},
    {"COMMENT ON SCHEMA shop IS 'x'", "42501", "must be owner of schema shop", "PERMISSION_DENIED",
     1},
    {"CREATE TABLE t ()", "42P07", "relation \"t\" already exists", "OBJECT_TWICE", 1},
    {"DROP TABLE public.t", "42P01", "table \"t\" does not exist", NULL, 0},
    {"DROP ROLE postgres", "55006", "current user cannot be dropped", NULL, 0},
    {"ALTER TABLE ONLY public.t DROP CONSTRAINT c", "42P01", "x", NULL, 0},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT drop_c CHECK (x)", "42P01", "x", "RESTORE_ERROR", 1},
    {"INSERT INTO t VALUES (1)", "25P02", "current transaction is aborted", NULL, 1},
    /* settings and tablespaces */
    {"SET transaction_timeout = 0", "42704",
     "unrecognized configuration parameter \"transaction_timeout\"", "SETTING_UNKNOWN", 0},
    {"ALTER ROLE bob SET x = 0", "42704", "unrecognized configuration parameter \"x\"",
     "SETTING_UNKNOWN", 0},
    {"CREATE FUNCTION f() SET x = 0", "42704", "unrecognized configuration parameter \"x\"",
     "SETTING_UNKNOWN", 1},
    {"SET default_tablespace = fast", "22023", "invalid value", "TABLESPACE_MISSING", 0},
    {"CREATE TABLESPACE x LOCATION '/x'", "58P01", "directory \"/x\" does not exist",
     "TABLESPACE_MISSING", 0},
    {"GRANT CREATE ON TABLESPACE x TO bob", "42704", "tablespace \"x\" does not exist",
     "TABLESPACE_MISSING", 0},
    {"CREATE TABLE t () TABLESPACE x", "42704", "tablespace \"x\" does not exist",
     "TABLESPACE_MISSING", 1},
    /* what this machine lacks */
    {"CREATE EXTENSION postgis", "0A000", "not available", "EXTENSION_MISSING", 1},
    {"CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plperl", "0A000",
     "extension \"plperl\" is not available", "EXTENSION_MISSING", 1},
    {"CREATE LANGUAGE plperl", "58P01",
     "could not open extension control file \"/x/plperl.control\"", "EXTENSION_MISSING", 1},
    {"CREATE EXTENSION pg_cron", "XX000", "can only be loaded via shared_preload_libraries",
     "EXTENSION_FAILED", 1},
    {"CREATE EXTENSION x WITH SCHEMA s", "3F000", "schema \"s\" does not exist", "RESTORE_ERROR",
     1},
    {"CREATE FUNCTION f() LANGUAGE c AS 'l'", "58P01", "could not access file \"l\"",
     "LIBRARY_MISSING", 1},
    {"CREATE FUNCTION f() LANGUAGE c AS 'l'", "XX000",
     "incompatible library \"/l\": missing magic block", "LIBRARY_MISSING", 1},
    {"ALTER TABLE t ALTER c SET COMPRESSION lz4", "0A000",
     "compression method lz4 not supported; detail: This functionality requires the server to be "
     "built with lz4 support.",
     "FEATURE_MISSING", 1},
    {"CREATE TABLE t (x text COLLATE pg_catalog.\"de_DE\")", "42704",
     "collation \"pg_catalog.de_DE\" for encoding \"UTF8\" does not exist", "LOCALE_MISSING", 1},
    {"SECURITY LABEL FOR anon ON COLUMN t.x IS 'y'", "22023",
     "security label provider \"anon\" is not loaded", "SECURITY_LABEL", 0},
    {"COPY t FROM stdin", "53100", "x", "DISK_FULL", 1},
    {"CREATE INDEX i ON t (x)", "53200", "out of memory", "OUT_OF_MEMORY", 1},
    {"CREATE TABLE t ()", "53200",
     "out of shared memory; hint: You might need to increase max_locks_per_transaction.",
     "LOCKS_EXHAUSTED", 1},
    {"CREATE INDEX i ON t (x)", "53400", "temporary file size exceeds", "OUT_OF_RESOURCES", 1},
    {"CREATE INDEX i ON t (x)", "57014", "x", "TIMEOUT", 1},
    {"CREATE INDEX i ON t (x)", "55P03", "canceling statement due to lock timeout", "TIMEOUT", 1},
    {"CREATE INDEX i ON t (x)", "40P01", "deadlock detected", "DEADLOCK", 1},
    {"CREATE INDEX i ON t (x)", "58030", "could not read block 1", "SERVER_FAULT", 1},
    {"GRANT pg_monitor TO x", "42704", "role \"pg_new\" does not exist", "PREDEFINED_ROLE_MISSING",
     1},
    {"ALTER TABLE t OWNER TO bob", "42704", "role \"bob\" does not exist", "ROLE_MISSING", 1},
    {"SELECT 1", "XX000", "x", "SERVER_FAULT", 1},
    {"REFRESH MATERIALIZED VIEW m", "08001", "could not connect", "FOREIGN_SERVER", 1},
    {"COPY public.t (\"with\") WITH OIDS FROM stdin", "42601", "syntax error at or near \"WITH\"",
     "OIDS_UNSUPPORTED", 1},
    {"SET default_with_oids = true", "0A000", "tables declared WITH OIDS are not supported",
     "OIDS_UNSUPPORTED", 1},
    /* what is wrong with the source */
    {"ALTER EVENT TRIGGER e OWNER TO bob", "42501", "permission denied", "OWNER_NOT_SUPERUSER", 0},
    {"ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES y", "23503", "x", "FK_ORPHANS", 1},
    {"CREATE UNIQUE INDEX i ON t (x)", "23505", "x", "DUPLICATE_KEY", 1},
    {"COPY t FROM stdin", "23514", "x", "CONSTRAINT_VIOLATED", 1},
    {"CREATE INDEX i ON t (f(x))", "42P17",
     "functions in index expression must be marked IMMUTABLE", "NOT_IMMUTABLE", 1},
    {"COPY t FROM stdin", "P0001", "no rows on Sundays", "FUNCTION_RAISED", 1},
    {"CREATE INDEX i ON t (x)", "54000", "index row size 9000 exceeds btree maximum",
     "LIMIT_EXCEEDED", 1},
    {"CREATE INDEX i ON t (f(x))", "42P01",
     "relation \"u\" does not exist; context: SQL function \"f\" during inlining",
     "FUNCTION_SEARCH_PATH", 1},
    {"REFRESH MATERIALIZED VIEW m", "42883",
     "function g(public.x) does not exist; context: PL/pgSQL function public.f() line 1",
     "FUNCTION_SEARCH_PATH", 1},
    {"REFRESH MATERIALIZED VIEW m", "42P01",
     "relation \"shop.u\" does not exist; context: PL/pgSQL function public.f() line 1",
     "FUNCTION_DEPENDENCY", 1},
    /* what is wrong with the backup */
    {"SELECT pg_read_file('/x')", "42501", "could not open file \"/x\" for reading",
     "SERVER_FILE_DENIED", 1},
    {"COPY t FROM stdin", "22P02", "x", "ROW_REJECTED", 1},
    {"COPY t FROM stdin", "22021", "x", "ENCODING", 1},
    {"CREATE VIEW v AS SELECT f()", "42883", "function f() does not exist", "RESTORE_ERROR", 1},
    {"CREATE TABLE t (x nosuch)", "42704", "type \"nosuch\" does not exist", "RESTORE_ERROR", 1},
    {"CREATE FUNCTION f() LANGUAGE plx", "42704", "language \"plx\" does not exist",
     "LANGUAGE_MISSING", 1},
    {"ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES y (z)", "42830",
     "there is no unique constraint matching given keys", "KEY_MISSING", 1},
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
    all.dumped_major = 17;
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
    const char *words = "unrecognized configuration parameter \"transaction_timeout\"";
    reject("SET transaction_timeout = 0", "42704", words);
    reject("SET transaction_timeout = 0", "42704", words);
    ck_assert_uint_eq(r->findings.n, 1);
    ck_assert_int_eq(finding(0)->severity, SEVERITY_NOTE);
    ck_assert_ptr_nonnull(strstr(finding(0)->recommendation, "PostgreSQL 17 and later"));
}
END_TEST

START_TEST(test_a_setting_that_nobody_knows_may_matter)
{
    reject("SET x = 0", "42704", "unrecognized configuration parameter \"x\"");
    ck_assert_int_eq(finding(0)->severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(test_what_follows_from_a_full_disk_is_not_blamed_on_the_source)
{
    reject("COPY p FROM stdin", "53100", "no room");
    reject("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id)", "23503", "not present");
    reject("COPY c FROM stdin", "22P02", "invalid input syntax");
    ck_assert_int_eq(finding(1)->blame, BLAME_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(finding(1)->text, "may follow from the failure of it: DISK_FULL"));
    ck_assert_int_eq(finding(2)->blame, BLAME_BACKUP); /* the row itself is bad */
}
END_TEST

START_TEST(test_orphans_of_rows_that_were_rejected_are_not_blamed_on_the_source)
{
    reject("COPY p FROM stdin", "22P02", "invalid input syntax");
    reject("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id)", "23503", "not present");
    ck_assert_str_eq(finding(1)->code, "FK_ORPHANS");
    ck_assert_int_eq(finding(1)->blame, BLAME_BACKUP);
    ck_assert_ptr_nonnull(strstr(finding(1)->text, "may follow from"));
}
END_TEST

START_TEST(test_rights_of_roles_that_were_made_up_are_not_known)
{
    struct prepare made = {.n_roles_made = 1};
    all.prepare = &made;
    reject("CREATE TABLE t ()", "42501", "permission denied for schema public");
    reject("COPY t FROM stdin", "42P01", "relation \"t\" does not exist");
    ck_assert_int_eq(finding(0)->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(finding(1)->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_what_an_older_dump_uses_may_be_gone)
{
    all.dumped_major = 9;
    reject("COPY u FROM stdin", "42P01", "relation \"u\" does not exist");
    reject("CREATE TABLE t (x abstime)", "42704", "type \"abstime\" does not exist");
    reject("COPY t FROM stdin", "42P01", "relation \"t\" does not exist");
    ck_assert_int_eq(finding(0)->blame, BLAME_BACKUP); /* no version explains that */
    ck_assert_int_eq(finding(1)->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(finding(2)->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_bounds_of_partitions_depend_on_the_collation)
{
    const char *words = "new row for relation \"p\" violates partition constraint";
    r->target.collate = r->source.collate = "C.UTF-8";
    reject("COPY p FROM stdin", "23514", words);
    r->source.collate = NULL;
    reject("COPY p FROM stdin", "23514", "new row violates check constraint \"c\"");
    reject("COPY p FROM stdin", "23514", words);
    ck_assert_int_eq(finding(0)->blame, BLAME_SOURCE);
    ck_assert_int_eq(finding(1)->blame, BLAME_SOURCE);
    ck_assert_int_eq(finding(2)->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_the_name_without_schema_is_told)
{
    reject("CREATE INDEX i ON t (f(x))", "42883",
           "function g(integer) does not exist; hint: x; context: PL/pgSQL function "
           "public.f(integer) line 1 at RETURN");
    ck_assert(str_starts(finding(0)->text,
                         "public.f(integer) names g(integer) without its schema: function"));
    ck_assert_int_eq(finding(0)->blame, BLAME_SOURCE);
}
END_TEST

START_TEST(test_the_row_is_told_with_what_is_in_it)
{
    reject("COPY t FROM stdin", "22P02",
           "invalid input syntax for type integer: \"three\"; context: COPY t, line 3, column id: "
           "\"three\"");
    ck_assert(str_starts(finding(0)->text, "row 3: invalid input syntax"));
    ck_assert(str_ends(finding(0)->text, "column id: \"three\""));
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
    tcase_add_test(t, test_a_setting_that_nobody_knows_may_matter);
    tcase_add_test(t, test_what_follows_from_a_full_disk_is_not_blamed_on_the_source);
    tcase_add_test(t, test_orphans_of_rows_that_were_rejected_are_not_blamed_on_the_source);
    tcase_add_test(t, test_rights_of_roles_that_were_made_up_are_not_known);
    tcase_add_test(t, test_what_an_older_dump_uses_may_be_gone);
    tcase_add_test(t, test_bounds_of_partitions_depend_on_the_collation);
    tcase_add_test(t, test_the_name_without_schema_is_told);
    tcase_add_test(t, test_the_row_is_told_with_what_is_in_it);
    tcase_add_test(t, test_a_refused_statement_is_a_critical_finding);
    tcase_add_test(t, test_the_error_keeps_row_offset_and_the_beginning_of_the_statement);
    suite_add_tcase(s, t);
    return s;
}
