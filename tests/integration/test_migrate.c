/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "migrate/migrate.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

Suite *suite_migrate(void);

static struct arena *a;
static struct record *r;
static struct migrate_job job;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    r = record_new(a);
    e = (struct err){0};
    job = (struct migrate_job){
        .arena = a,
        .dir = test_cluster_folder(),
        .dsn = test_cluster_database(),
        .timeout_us = 30 * CLOCK_SECOND_US,
    };
}

static void tear_down(void)
{
    arena_free(a);
}

static void put(const char *name, const char *sql)
{
    ck_assert(fs_write_file(a, fs_join(a, job.dir, name), 0600, slice_of(sql), &e));
}

static void rehearse(void)
{
    r = record_new(a);
    ck_assert_msg(migrate_rehearse(&job, r, &e), "%s", e.text);
}

static const struct migration_facts *at(size_t i)
{
    return vec_at(&r->migrations, i);
}

static int64_t number(const char *sql)
{
    return test_cluster_int(job.dsn, sql);
}

static const struct finding *find(const char *code)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (strcmp(f->code, code) == 0)
            return f;
    ck_assert_msg(false, "no finding %s", code);
    return NULL;
}

START_TEST(test_pending_files_are_applied_in_order_and_once)
{
    put("2_rows.sql", "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2)");
    put("1_table.sql", "-- a table\nCREATE TABLE t (x integer);\n");
    put("1_table.down.sql", "DROP TABLE t;");
    rehearse();
    ck_assert_uint_eq(r->findings.n, 0);
    ck_assert_uint_eq(r->migrations.n, 2);
    ck_assert_str_eq(at(0)->file, "1_table.sql");
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(at(1)->statements, 2);
    ck_assert_int_gt(at(1)->took_us, 0);
    ck_assert_ptr_nonnull(at(1)->slowest);
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM rehearse.schema_migrations "
                            "WHERE took_us > 0 AND length(checksum) = 64"),
                     2);
    rehearse();
    ck_assert_int_eq(at(0)->outcome, OUTCOME_SKIPPED);
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 2);
}
END_TEST

START_TEST(test_a_failing_file_is_rolled_back_and_later_ones_are_not_reached)
{
    put("1_good.sql", "CREATE TABLE t (x integer);");
    put("2_bad.sql",
        "INSERT INTO t VALUES (1);\n\n-- it fails\nALTER TABLE t ADD COLUMN y nosuch;");
    put("3_later.sql", "INSERT INTO t VALUES (3);");
    rehearse();
    const struct finding *f = find("MIGRATION_FAILED");
    ck_assert_int_eq(f->severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(f->blame, BLAME_MIGRATION);
    ck_assert_str_eq(f->sqlstate, "42704");
    ck_assert_str_eq(f->subject, "2_bad.sql");
    ck_assert_msg(strstr(f->text, "line 4: type \"nosuch\"") != NULL, "%s", f->text);
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(at(1)->outcome, OUTCOME_FAILED);
    ck_assert_int_eq(at(2)->outcome, OUTCOME_UNKNOWN);
    ck_assert_str_eq(at(2)->error, "not reached");
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM rehearse.schema_migrations"), 1);
}
END_TEST

START_TEST(test_what_fails_at_the_commit_fails)
{
    put("1_deferred.sql", "CREATE TABLE p (id integer PRIMARY KEY);"
                          "CREATE TABLE c (p integer REFERENCES p DEFERRABLE INITIALLY DEFERRED);"
                          "INSERT INTO c VALUES (1);");
    rehearse();
    ck_assert_str_eq(find("MIGRATION_FAILED")->sqlstate, "23503");
    ck_assert_int_eq(number("SELECT count(*) FROM pg_class WHERE relname = 'c'"), 0);
}
END_TEST

START_TEST(test_a_file_that_is_no_sql_fails_without_being_executed)
{
    put("1_open.sql", "CREATE TABLE t ();\nSELECT 'never closed;\n");
    rehearse();
    (void)find("MIGRATION_FAILED");
    ck_assert_int_eq(number("SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
}
END_TEST

START_TEST(test_changed_missing_and_late_files_are_findings)
{
    put("2_b.sql", "SELECT 2;");
    put("3_c.sql", "SELECT 3;");
    rehearse();
    put("2_b.sql", "SELECT 22;");
    put("1_a.sql", "SELECT 1;");
    ck_assert_int_eq(unlink(fs_join(a, job.dir, "3_c.sql")), 0);
    rehearse();
    ck_assert_str_eq(find("MIGRATION_CHANGED")->subject, "2_b.sql");
    ck_assert_str_eq(find("MIGRATION_FILE_MISSING")->subject, "3_c");
    ck_assert_str_eq(find("MIGRATION_OUT_OF_ORDER")->subject, "1_a.sql");
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(at(1)->outcome, OUTCOME_SKIPPED);
}
END_TEST

START_TEST(test_a_file_may_ask_for_no_transaction)
{
    test_cluster_sql(job.dsn, "CREATE TABLE t (x integer)");
    put("1_index.sql", "-- pg_rehearse: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (x);\n");
    put("2_half.sql", "-- pg_rehearse: no-transaction\nINSERT INTO t VALUES (1);\nSELECT 1/0;\n");
    rehearse();
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
    ck_assert_ptr_nonnull(strstr(find("MIGRATION_FAILED")->text, "have taken effect"));
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 1);
    ck_assert_uint_eq(r->coverage.n, 2);
}
END_TEST

START_TEST(test_a_table_rewritten_under_a_lock_is_named_with_the_time)
{
    test_cluster_sql(job.dsn, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS x;"
                              "CREATE TABLE idle AS SELECT 1 AS x");
    put("1_type.sql", "ALTER TABLE t ALTER COLUMN x TYPE text;\nSELECT pg_sleep(1.2);\n"
                      "CREATE TABLE new (x integer); ALTER TABLE new ADD COLUMN y text;");
    rehearse();
    ck_assert_int_eq(at(0)->outcome, OUTCOME_WARNED);
    ck_assert_uint_eq(r->findings.n, 1);
    ck_assert_ptr_nonnull(strstr(find("MIGRATION_BLOCKS")->text, "rewrites"));
    ck_assert_ptr_nonnull(strstr(find("MIGRATION_BLOCKS")->text, "public.t"));
}
END_TEST

START_TEST(test_a_lock_held_for_a_moment_is_no_finding)
{
    test_cluster_sql(job.dsn, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS x");
    put("1_quick.sql", "SELECT pg_sleep(1.2);\nALTER TABLE t ADD COLUMN y integer;");
    rehearse();
    ck_assert_uint_eq(r->findings.n, 0);
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
}
END_TEST

START_TEST(test_its_own_transaction_is_left_out_and_noted)
{
    put("1_wrapped.sql", "BEGIN;\nCREATE TABLE t (x integer);\nCOMMIT;\nSELECT 1/0;");
    rehearse();
    (void)find("MIGRATION_OWN_TRANSACTION");
    (void)find("MIGRATION_FAILED");
    ck_assert_int_eq(number("SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
}
END_TEST

START_TEST(test_settings_of_one_file_do_not_reach_the_next)
{
    test_cluster_sql(job.dsn, "DROP ROLE IF EXISTS low; CREATE ROLE low");
    put("1_set.sql", "SET search_path = nowhere;\nSET ROLE low;");
    put("2_use.sql", "CREATE TABLE t (x integer);");
    rehearse();
    ck_assert_int_eq(at(0)->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(number("SELECT count(*) FROM public.t"), 0);
}
END_TEST

START_TEST(test_a_file_that_takes_too_long_fails)
{
    job.timeout_us = CLOCK_SECOND_US;
    put("1_slow.sql", "CREATE TABLE t (x integer);\nSELECT pg_sleep(30);");
    rehearse();
    ck_assert_ptr_nonnull(strstr(find("MIGRATION_FAILED")->text, "migrate.timeout"));
    ck_assert_int_eq(at(0)->outcome, OUTCOME_FAILED);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
}
END_TEST

START_TEST(test_a_server_that_goes_leaves_it_open)
{
    put("1_end.sql", "SELECT pg_terminate_backend(pg_backend_pid());");
    ck_assert(!migrate_rehearse(&job, r, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_uint_eq(r->findings.n, 0);
    ck_assert_int_eq(at(0)->outcome, OUTCOME_UNKNOWN);
}
END_TEST

static void interrupt_self(void *context, const struct progress_state *state)
{
    (void)context;
    if (state->rows == 2)
        (void)kill(getpid(), SIGTERM);
}

START_TEST(test_an_interrupt_rolls_back)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    const struct progress progress = {.tell = interrupt_self};
    ck_assert(interrupt_open(&intr, &e));
    put("1_slow.sql", "CREATE TABLE t (x integer);\nSELECT pg_sleep(30);");
    job.intr = &intr;
    job.progress = &progress;
    ck_assert(!migrate_rehearse(&job, r, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
}
END_TEST

Suite *suite_migrate(void)
{
    Suite *s = suite_create("migrate");
    TCase *t = tcase_create("rehearse");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_pending_files_are_applied_in_order_and_once);
    tcase_add_test(t, test_a_failing_file_is_rolled_back_and_later_ones_are_not_reached);
    tcase_add_test(t, test_what_fails_at_the_commit_fails);
    tcase_add_test(t, test_a_file_that_is_no_sql_fails_without_being_executed);
    tcase_add_test(t, test_changed_missing_and_late_files_are_findings);
    tcase_add_test(t, test_a_file_may_ask_for_no_transaction);
    tcase_add_test(t, test_a_table_rewritten_under_a_lock_is_named_with_the_time);
    tcase_add_test(t, test_a_lock_held_for_a_moment_is_no_finding);
    tcase_add_test(t, test_its_own_transaction_is_left_out_and_noted);
    tcase_add_test(t, test_settings_of_one_file_do_not_reach_the_next);
    tcase_add_test(t, test_a_file_that_takes_too_long_fails);
    tcase_add_test(t, test_a_server_that_goes_leaves_it_open);
    tcase_add_test(t, test_an_interrupt_rolls_back);
    suite_add_tcase(s, t);
    return s;
}
