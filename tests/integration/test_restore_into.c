/* SPDX-License-Identifier: PostgreSQL */
/* `pg_rehearse restore --into`: into an empty database of the user's, and into nothing else. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_restore_into(void);

static struct room room;
static const char *dsn; /* of an empty database */

static void set_up(void)
{
    room_open(&room, NULL);
    dsn = test_cluster_database();
}

#define RESTORE(...) PROGRAM(&room, "restore", __VA_ARGS__)

static int64_t rows_in(const char *where)
{
    return test_cluster_int(where, "SELECT count(*) FROM public.t");
}

START_TEST(test_an_empty_database_gets_the_dump_and_nothing_is_left)
{
    const char *roles = "SELECT count(*) FROM pg_catalog.pg_roles";
    int64_t before = test_cluster_int(dsn, roles);
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn);
    must_have_ended(&told, 0);
    must_contain(told.out, "is empty");
    must_contain(told.out, " verify ");
    must_contain(told.out, "in the same pass");
    must_contain(told.out, "PASSED");
    must_not_contain(told.out, "DATABASE_LEFT");
    ck_assert_int_eq(rows_in(dsn), 2);
    ck_assert_int_eq(test_cluster_int(dsn, roles), before);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_the_same_dump_is_refused_the_second_time)
{
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--into", dsn).status, 0);
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn);
    must_have_ended(&told, 2);
    must_contain(told.err, "is not empty: table public.t");
    ck_assert_int_eq(rows_in(dsn), 2);
    room_must_be_clean(&room);
}
END_TEST

/* What makes a database not empty, and how it is named. */
static const struct {
    const char *sql, *named;
} things[] = {
    {"CREATE TABLE public.a (x integer); CREATE TABLE public.b (x integer)",
     "table public.a and 1 more"},
    {"CREATE TABLE public.p (x integer) PARTITION BY LIST (x)", "table public.p"},
    {"CREATE VIEW public.v AS SELECT 1", "view public.v"},
    {"CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS x", "materialized view public.m"},
    {"CREATE SEQUENCE public.s", "sequence public.s"},
    {"CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function public.f"},
    {"CREATE PROCEDURE public.f() LANGUAGE sql AS 'SELECT 1'", "function public.f"},
    {"CREATE TYPE public.e AS ENUM ('a')", "type public.e"},
    {"CREATE DOMAIN public.d AS integer", "type public.d"},
    {"CREATE TYPE public.c AS (x integer)", "type public.c"},
    {"CREATE TYPE public.shell", "type public.shell"},
    {"CREATE SCHEMA other", "schema other"},
    {"CREATE COLLATION public.c (locale = 'C')", "collation public.c"},
    {"CREATE OPERATOR public.%% (procedure = int4pl, leftarg = integer, rightarg = integer)",
     "operator public.%%"},
    {"CREATE OPERATOR FAMILY public.o USING btree", "operator family public.o"},
    {"CREATE TEXT SEARCH CONFIGURATION public.c (COPY = simple)",
     "text search configuration public.c"},
    {"CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = simple)",
     "text search dictionary public.d"},
    {"CREATE CONVERSION public.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
     "conversion public.c"},
    {"CREATE CAST (json AS point) WITH INOUT", "cast json to point"},
    {"CREATE EXTENSION pgcrypto", "extension pgcrypto;"},
    {"CREATE FOREIGN DATA WRAPPER w", "foreign-data wrapper w"},
    {"CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w", "foreign server s"},
    {"SELECT pg_catalog.lo_create(4711)", "large object 4711"},
    {"CREATE PUBLICATION p", "publication p"},
    {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)", "subscription s"},
    {"CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
     "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION public.f(); "
     "DROP SCHEMA IF EXISTS none",
     "event trigger t"},
    {"CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler", "access method m"},
    {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO public", "default privileges "},
};

START_TEST(test_whatever_is_in_a_database_is_named_and_the_restore_refused)
{
    test_cluster_sql(dsn, things[_i].sql);
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn);
    if (strstr(things[_i].sql, "SUBSCRIPTION") != NULL)
        test_cluster_sql(dsn, "ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s");
    must_have_ended(&told, 2);
    must_contain(told.err, "is not empty: ");
    must_contain(told.err, things[_i].named);
    must_not_contain(told.out, "preflight");
    ck_assert_int_eq(
        test_cluster_int(dsn, "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 't'"), 0);
    room_must_be_clean(&room);
}
END_TEST

static const char *const nothings[] = {
    "DROP SCHEMA public; CREATE SCHEMA public",
    "COMMENT ON SCHEMA public IS 'x'; GRANT ALL ON SCHEMA public TO public",
    "CREATE TABLE public.x (x integer); DROP TABLE public.x",
    "DROP EXTENSION plpgsql; CREATE EXTENSION plpgsql",
};

START_TEST(test_a_database_in_which_nothing_is_left_is_empty)
{
    test_cluster_sql(dsn, nothings[_i]);
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn);
    must_have_ended(&told, 0);
    ck_assert_int_eq(rows_in(dsn), 2);
}
END_TEST

static const char *in_database(const char *name)
{
    struct err e = {0};
    return pg_dsn_with(room.a, dsn, "dbname", name, &e);
}

START_TEST(test_a_template_is_never_restored_into)
{
    struct told told = RESTORE(room_dump(&room, ""), "--into", in_database("template1"));
    must_have_ended(&told, 2);
    must_contain(told.err, "is a template");
    ck_assert_int_ne(RESTORE(room_dump(&room, ""), "--into", in_database("template0")).status, 0);
    const char *name = test_cluster_text(room.a, dsn, "SELECT current_database()");
    test_cluster_sql(in_database("postgres"),
                     arena_printf(room.a, "ALTER DATABASE \"%s\" IS_TEMPLATE true", name));
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--into", dsn).status, 2);
}
END_TEST

START_TEST(test_the_source_is_never_restored_into)
{
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn, "--source", dsn);
    must_have_ended(&told, 2);
    must_contain(told.err, "is the source (source.dsn)");
    told = RESTORE(room_dump(&room, ""), "--into", dsn, "--source", test_cluster_database());
    must_have_ended(&told, 0);
}
END_TEST

/* Known from the manifest beside the dump, years later; emptied or not. */
START_TEST(test_the_database_that_was_dumped_is_never_restored_into)
{
    test_cluster_sql(dsn, "CREATE TABLE public.t (x integer); INSERT INTO public.t VALUES (1)");
    struct told told = PROGRAM(&room, "run", "--source", dsn, "--users", "0", "--backup-dir",
                               room.backups, "--backup-take-compress", "none");
    must_have_ended(&told, 0);
    const char *kept = room_report(&room)->backup.path;
    test_cluster_sql(dsn, "DROP TABLE public.t");
    told = RESTORE(kept, "--into", dsn);
    must_have_ended(&told, 2);
    must_contain(told.err, "as its manifest says");
    told = RESTORE(kept, "--into", test_cluster_database());
    must_have_ended(&told, 0);
}
END_TEST

START_TEST(test_a_source_that_does_not_answer_is_said)
{
    struct told told =
        RESTORE(room_dump(&room, ""), "--into", dsn, "--source", "host=/nonexistent");
    must_have_ended(&told, 0);
    must_contain(told.out, "Not checked: whether the database is the source");
}
END_TEST

START_TEST(test_a_database_that_cannot_be_written_is_refused)
{
    struct err e = {0};
    const char *name = test_cluster_text(room.a, dsn, "SELECT current_database()");
    test_cluster_sql(
        dsn,
        arena_printf(room.a, "ALTER DATABASE \"%s\" SET default_transaction_read_only = on", name));
    /* the test server's own connection string sets that off */
    const char *plain = pg_dsn_with(room.a, dsn, "options", "-c jit=off", &e);
    struct told told = RESTORE(room_dump(&room, ""), "--into", plain);
    must_have_ended(&told, 3);
    must_contain(told.err, "is read-only");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_role_without_the_right_to_create_is_refused)
{
    struct err e = {0};
    test_cluster_sql(dsn, "CREATE ROLE nobody_special LOGIN");
    struct told told = RESTORE(room_dump(&room, ""), "--into",
                               pg_dsn_with(room.a, dsn, "user", "nobody_special", &e));
    must_have_ended(&told, 3);
    must_contain(told.err, "does not let this role create anything");
}
END_TEST

START_TEST(test_a_server_that_is_not_there_is_no_verdict)
{
    struct told told =
        RESTORE(room_dump(&room, ""), "--into", "host=/nonexistent dbname=x password=secret");
    must_have_ended(&told, 3);
    must_contain(told.err, "--into: ");
    must_not_contain(told.err, "secret");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_a_broken_dump_leaves_in_the_database_is_said)
{
    const char *broken =
        room_file(&room, "broken.sql",
                  "CREATE TABLE public.t (x text);\nCOPY public.t (x) FROM stdin;\none\n");
    struct told told = RESTORE(broken, "--into", dsn, "--json");
    must_have_ended(&told, 1);
    const struct record *r = told_record(&room, &told);
    ck_assert_str_eq(r->run.command, "restore");
    ck_assert_int_eq(r->verdict, VERDICT_FAILED);
    ck_assert_ptr_nonnull(report_finding(r, "COPY_UNTERMINATED"));
    const struct finding *left = report_finding(r, "DATABASE_LEFT");
    ck_assert_ptr_nonnull(left);
    must_contain(left->recommendation, "DROP DATABASE");
    ck_assert_int_eq(rows_in(dsn), 0);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_rejected_statement_fails_and_the_rest_is_restored)
{
    const char *bad = room_dump(&room, "ALTER TABLE public.unknown ADD more integer;\n");
    struct told told = RESTORE(bad, "--into", dsn);
    must_have_ended(&told, 1);
    must_contain(told.out, "public.unknown");
    must_contain(told.out, "DATABASE_LEFT");
    ck_assert_int_eq(rows_in(dsn), 2);
    test_cluster_sql(dsn, "DROP TABLE public.t");
    told = RESTORE(bad, "--into", dsn, "--stop-on-error");
    ck_assert_int_ne(told.status, 0);
    must_contain(told.out, "stopped at the first rejected statement");
    ck_assert_int_eq(rows_in(dsn), 0);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_is_no_dump_touches_nothing)
{
    const char *noise = room_file(&room, "noise.sql", "<html>service unavailable</html>\n");
    struct told told = RESTORE(noise, "--into", dsn);
    must_have_ended(&told, 1);
    must_not_contain(told.out, "DATABASE_LEFT");
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--into", dsn).status, 0);
}
END_TEST

START_TEST(test_a_cluster_does_not_go_into_a_database)
{
    char top[4096];
    ck_assert_ptr_nonnull(getcwd(top, sizeof top));
    MUST_RUN(&room, "cp", fs_join(room.a, top, "tests/fixtures/cluster-15.sql"), "cluster.sql");
    struct told told = RESTORE("cluster.sql", "--into", dsn);
    must_have_ended(&told, 2);
    must_contain(told.err, "--into names one database");
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--into", dsn).status, 0); /* untouched */
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_one_of_into_and_keep_must_be_named)
{
    struct told told = RESTORE(room_dump(&room, ""));
    must_have_ended(&told, 2);
    must_contain(told.err, "--into");
    must_contain(told.err, "--keep");
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--keep", "--into", dsn).status, 2);
    ck_assert_int_eq(RESTORE("--keep").status, 2);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_report_is_written_where_one_is_asked_for)
{
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn); /* the room asks for one */
    must_have_ended(&told, 0);
    ck_assert_str_eq(room_report(&room)->target.kind, "existing");
    must_contain(told.out, "Report  ");
    MUST_RUN(&room, "env", arena_printf(room.a, "PG_REHEARSE_STATE_DIR=%s", room.state),
             arena_printf(room.a, "PG_REHEARSE_WORK_DIR=%s", room.work), room.program, "restore",
             room_dump(&room, ""), "--into", test_cluster_database());
    ck_assert(!fs_exists(fs_join(room.a, room.dir, "reports/runs")));
}
END_TEST

static void add_into(TCase *tc)
{
    tcase_add_test(tc, test_an_empty_database_gets_the_dump_and_nothing_is_left);
    tcase_add_test(tc, test_the_same_dump_is_refused_the_second_time);
    tcase_add_loop_test(tc, test_whatever_is_in_a_database_is_named_and_the_restore_refused, 0,
                        (int)COUNT_OF(things));
    tcase_add_loop_test(tc, test_a_database_in_which_nothing_is_left_is_empty, 0,
                        (int)COUNT_OF(nothings));
    tcase_add_test(tc, test_a_template_is_never_restored_into);
    tcase_add_test(tc, test_the_source_is_never_restored_into);
    tcase_add_test(tc, test_the_database_that_was_dumped_is_never_restored_into);
    tcase_add_test(tc, test_a_source_that_does_not_answer_is_said);
    tcase_add_test(tc, test_a_database_that_cannot_be_written_is_refused);
    tcase_add_test(tc, test_a_role_without_the_right_to_create_is_refused);
    tcase_add_test(tc, test_a_server_that_is_not_there_is_no_verdict);
    tcase_add_test(tc, test_what_a_broken_dump_leaves_in_the_database_is_said);
    tcase_add_test(tc, test_a_rejected_statement_fails_and_the_rest_is_restored);
    tcase_add_test(tc, test_what_is_no_dump_touches_nothing);
    tcase_add_test(tc, test_a_cluster_does_not_go_into_a_database);
    tcase_add_test(tc, test_one_of_into_and_keep_must_be_named);
    tcase_add_test(tc, test_a_report_is_written_where_one_is_asked_for);
}

Suite *suite_restore_into(void)
{
    Suite *s = suite_create("restore_into");
    TCase *into = tcase_create("into");
    tcase_set_timeout(into, 120);
    tcase_add_unchecked_fixture(into, test_cluster_start, NULL);
    tcase_add_checked_fixture(into, set_up, NULL);
    add_into(into);
    suite_add_tcase(s, into);
    return s;
}
