/* SPDX-License-Identifier: PostgreSQL */
/* `pg_rehearse restore`: into an empty database of the user's, or into a server that is kept. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"
#include "report/report.h"

#include <check.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_restore_command(void);

static struct room room;
static const char *dsn; /* of an empty database */

static const char *top; /* folder of the sources */

static void set_up(void)
{
    top = getcwd(NULL, 0);
    room_open(&room, NULL);
    dsn = test_cluster_database();
}

static const char head[] = "--\n-- PostgreSQL database dump\n--\n\n"
                           "-- Dumped from database version 15.4\n"
                           "-- Dumped by pg_dump version 15.4\n\n"
                           "SET client_encoding = 'UTF8';\n"
                           "CREATE TABLE public.t (id integer, x text);\n";
static const char data[] = "COPY public.t (id, x) FROM stdin;\n1\tone\n2\ttwo\n\\.\n\n";
static const char tail[] = "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n\n"
                           "--\n-- PostgreSQL database dump complete\n--\n\n";

/* A dump with one table, and some statements before the data. */
static const char *dump_with(const char *statements)
{
    return room_file(&room, "backup.sql",
                     arena_printf(room.a, "%s%s\n%s%s", head, statements, data, tail));
}

static const char *dump(void)
{
    return dump_with("");
}

#define RESTORE(...) PROGRAM(&room, "restore", __VA_ARGS__)

static void ended(const struct told *told, int status)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
}

static void must_not_contain(const char *text, const char *word)
{
    ck_assert_msg(strstr(text, word) == NULL, "\"%s\" is in:\n%s", word, text);
}

static int64_t rows_in(const char *where)
{
    return test_cluster_int(where, "SELECT count(*) FROM public.t");
}

static const struct record *record_of(const struct told *told)
{
    struct err e = {0};
    struct record *r = NULL;
    ck_assert_msg(report_read_json(room.a, slice_of(told->out), &r, &e), "%s\n%s%s", e.text,
                  told->out, told->err);
    return r;
}

/* ---- into a database of the user's -------------------------------------------------------------
 */

START_TEST(test_an_empty_database_gets_the_dump_and_nothing_is_left)
{
    const char *roles = "SELECT count(*) FROM pg_catalog.pg_roles";
    int64_t before = test_cluster_int(dsn, roles);
    struct told told = RESTORE(dump(), "--into", dsn);
    ended(&told, 0);
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
    ck_assert_int_eq(RESTORE(dump(), "--into", dsn).status, 0);
    struct told told = RESTORE(dump(), "--into", dsn);
    ended(&told, 2);
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
    struct told told = RESTORE(dump(), "--into", dsn);
    if (strstr(things[_i].sql, "SUBSCRIPTION") != NULL)
        test_cluster_sql(dsn, "ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s");
    ended(&told, 2);
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
    struct told told = RESTORE(dump(), "--into", dsn);
    ended(&told, 0);
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
    struct told told = RESTORE(dump(), "--into", in_database("template1"));
    ended(&told, 2);
    must_contain(told.err, "is a template");
    ck_assert_int_ne(RESTORE(dump(), "--into", in_database("template0")).status, 0);
    const char *name = test_cluster_text(room.a, dsn, "SELECT current_database()");
    test_cluster_sql(in_database("postgres"),
                     arena_printf(room.a, "ALTER DATABASE \"%s\" IS_TEMPLATE true", name));
    ck_assert_int_eq(RESTORE(dump(), "--into", dsn).status, 2);
}
END_TEST

START_TEST(test_the_source_is_never_restored_into)
{
    struct told told = RESTORE(dump(), "--into", dsn, "--source", dsn);
    ended(&told, 2);
    must_contain(told.err, "is the source (source.dsn)");
    told = RESTORE(dump(), "--into", dsn, "--source", test_cluster_database());
    ended(&told, 0);
}
END_TEST

/* Known from the manifest beside the dump, years later; emptied or not. */
START_TEST(test_the_database_that_was_dumped_is_never_restored_into)
{
    test_cluster_sql(dsn, "CREATE TABLE public.t (x integer); INSERT INTO public.t VALUES (1)");
    struct told told = PROGRAM(&room, "run", "--source", dsn, "--users", "0", "--backup-dir",
                               room.backups, "--backup-take-compress", "none");
    ended(&told, 0);
    const char *kept = room_report(&room)->backup.path;
    test_cluster_sql(dsn, "DROP TABLE public.t");
    told = RESTORE(kept, "--into", dsn);
    ended(&told, 2);
    must_contain(told.err, "as its manifest says");
    told = RESTORE(kept, "--into", test_cluster_database());
    ended(&told, 0);
}
END_TEST

START_TEST(test_a_source_that_does_not_answer_is_said)
{
    struct told told = RESTORE(dump(), "--into", dsn, "--source", "host=/nonexistent");
    ended(&told, 0);
    must_contain(told.out, "Not checked: whether the database is the source");
}
END_TEST

START_TEST(test_a_database_that_cannot_be_written_is_refused)
{
    const char *name = test_cluster_text(room.a, dsn, "SELECT current_database()");
    test_cluster_sql(
        dsn,
        arena_printf(room.a, "ALTER DATABASE \"%s\" SET default_transaction_read_only = on", name));
    struct told told = RESTORE(dump(), "--into", dsn);
    ended(&told, 3);
    must_contain(told.err, "is read-only");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_role_without_the_right_to_create_is_refused)
{
    struct err e = {0};
    test_cluster_sql(dsn, "CREATE ROLE nobody_special LOGIN");
    struct told told =
        RESTORE(dump(), "--into", pg_dsn_with(room.a, dsn, "user", "nobody_special", &e));
    ended(&told, 3);
    must_contain(told.err, "does not let this role create anything");
}
END_TEST

START_TEST(test_a_server_that_is_not_there_is_no_verdict)
{
    struct told told = RESTORE(dump(), "--into", "host=/nonexistent dbname=x password=secret");
    ended(&told, 3);
    must_contain(told.err, "--into: ");
    must_not_contain(told.err, "secret");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_a_broken_dump_leaves_in_the_database_is_said)
{
    const char *broken =
        room_file(&room, "broken.sql", arena_printf(room.a, "%s%.*s", head, 40, data));
    struct told told = RESTORE(broken, "--into", dsn, "--json");
    ended(&told, 1);
    const struct record *r = record_of(&told);
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
    const char *bad = dump_with("ALTER TABLE public.t OWNER TO nobody_knows;\n");
    struct told told = RESTORE(bad, "--into", dsn);
    ended(&told, 1);
    must_contain(told.out, "nobody_knows");
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
    ended(&told, 1);
    must_not_contain(told.out, "DATABASE_LEFT");
    ended(&(struct told){.status = RESTORE(dump(), "--into", dsn).status}, 0);
}
END_TEST

START_TEST(test_a_cluster_does_not_go_into_a_database)
{
    MUST_RUN(&room, "cp", fs_join(room.a, top, "tests/fixtures/cluster-15.sql"), "cluster.sql");
    struct told told = RESTORE("cluster.sql", "--into", dsn);
    ended(&told, 2);
    must_contain(told.err, "--into names one database");
    ended(&(struct told){.status = RESTORE(dump(), "--into", dsn).status}, 0); /* untouched */
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_one_of_into_and_keep_must_be_named)
{
    struct told told = RESTORE(dump());
    ended(&told, 2);
    must_contain(told.err, "--into");
    must_contain(told.err, "--keep");
    ck_assert_int_eq(RESTORE(dump(), "--keep", "--into", dsn).status, 2);
    ck_assert_int_eq(RESTORE("--keep").status, 2);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_report_is_written_where_one_is_asked_for)
{
    struct told told = RESTORE(dump(), "--into", dsn); /* the room asks for one */
    ended(&told, 0);
    ck_assert_str_eq(room_report(&room)->target.kind, "existing");
    must_contain(told.out, "Report  ");
    MUST_RUN(&room, "env", arena_printf(room.a, "PG_REHEARSE_STATE_DIR=%s", room.state),
             arena_printf(room.a, "PG_REHEARSE_WORK_DIR=%s", room.work), room.program, "restore",
             dump(), "--into", test_cluster_database());
    ck_assert(!fs_exists(fs_join(room.a, room.dir, "reports/runs")));
}
END_TEST

/* ---- a server that is kept ---------------------------------------------------------------------
 */

/* The line behind a word at the beginning of a line. */
static const char *line_behind(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    ck_assert_msg(at != NULL && (at == text || at[-1] == '\n'), "no \"%s\" in:\n%s", word, text);
    at += strlen(word);
    return arena_strndup(room.a, at, strcspn(at, "\n"));
}

/* As a person would: copied from the terminal into a shell. */
static void must_run_line(const char *line)
{
    MUST_RUN(&room, "sh", "-c", line);
}

static void must_be_private(const char *folder)
{
    struct stat st;
    ck_assert_int_eq(stat(folder, &st), 0);
    ck_assert_uint_eq(st.st_mode & 077, 0);
}

START_TEST(test_a_kept_server_outlives_us_and_goes_by_the_printed_command)
{
    struct told told = RESTORE(dump(), "--keep");
    ended(&told, 0);
    const char *connect = line_behind(told.out, "Connect  ");
    const char *removal = line_behind(told.out, "Remove   ");
    must_run_line(
        arena_printf(room.a, "test \"$(%s -AXtc 'select sum(id) from public.t')\" = 3", connect));
    const char *folder = room_only_entry(&room, room.work);
    ck_assert_ptr_nonnull(folder);
    must_be_private(fs_join(room.a, folder, "target"));
    must_be_private(fs_join(room.a, folder, "target/socket"));

    ended(&(struct told){.status = PROGRAM(&room, "reap").status}, 0);
    told = PROGRAM(&room, "reap", "--list");
    must_contain(told.out, "kept ");
    must_contain(told.out, "running, in ");
    must_contain(told.out, removal);
    must_contain(PROGRAM(&room, "doctor").out, removal);
    told = PROGRAM(&room, "run", "--users", "0", "--backup", dump());
    ended(&told, 0);
    must_not_contain(told.err, "cleared");
    must_run_line(arena_printf(room.a, "%s -AXqc 'select 1'", connect));

    ck_assert_int_eq(PROGRAM(&room, "reap", "--kept", "nobody").status, 2);
    must_run_line(removal);
    room_must_be_clean(&room);
    must_contain(PROGRAM(&room, "reap", "--list").out, "nothing is leased");
}
END_TEST

START_TEST(test_two_servers_are_kept_side_by_side)
{
    ck_assert_int_eq(RESTORE(dump(), "--keep").status, 0);
    struct told told = RESTORE(dump(), "--keep", "--quiet");
    ended(&told, 0);
    must_not_contain(told.out, " verify ");
    must_run_line(line_behind(told.out, "Remove   "));
    must_contain(PROGRAM(&room, "reap", "--list").out, "running");
    told = PROGRAM(&room, "reap", "--kept", "all");
    ended(&told, 0);
    must_contain(told.out, "removed ");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_kept_server_is_told_as_json_too)
{
    struct told told = RESTORE(dump(), "--keep", "--json");
    ended(&told, 0);
    const struct record *r = record_of(&told);
    must_run_line(arena_printf(room.a, "psql \"%s\" -AXqc 'select 1'", r->target.dsn));
    must_run_line(r->target.removal);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_was_restored_of_a_broken_dump_can_be_looked_at)
{
    const char *bad = dump_with("CREATE VIEW public.v AS SELECT * FROM public.nothing;\n");
    struct told told = RESTORE(bad, "--keep");
    ended(&told, 1);
    must_run_line(arena_printf(room.a, "test \"$(%s -AXtc 'select count(*) from public.t')\" = 2",
                               line_behind(told.out, "Connect  ")));
    must_run_line(line_behind(told.out, "Remove   "));
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_server_without_a_restore_is_not_kept)
{
    const char *noise = room_file(&room, "noise.sql", "<html>service unavailable</html>\n");
    struct told told = RESTORE(noise, "--keep");
    ended(&told, 1);
    must_not_contain(told.out, "Connect ");
    room_must_be_clean(&room);
}
END_TEST

/* ---- killed ------------------------------------------------------------------------------------
 */

static void start_slow(struct running *run, const char *into)
{
    const char *slow = dump_with("SELECT pg_catalog.pg_sleep(300);\n");
    const char *const keep[] = {"restore", slow, "--keep", NULL};
    const char *const give[] = {"restore", slow, "--into", into, NULL};
    program_start(&room, into == NULL ? keep : give, run);
    program_wait_for(run, into == NULL ? " provision " : " backup ");
    (void)poll(NULL, 0, 300);
}

static const int signals[] = {SIGINT, SIGTERM};

START_TEST(test_a_signalled_restore_keeps_no_server)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start_slow(&run, NULL);
    struct told told = program_end(&run, signals[_i]);
    ended(&told, 128 + signals[_i]);
    must_not_contain(told.out, "Connect ");
    room_must_be_clean(&room);
}
END_TEST

/* Sessions of ours on the user's server, which end when the server has noticed. */
static void must_have_no_session_soon(void)
{
    const char *sql = "SELECT count(*) FROM pg_catalog.pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for (int i = 0; i < 100 && test_cluster_int(dsn, sql) > 0; i++)
        (void)poll(NULL, 0, 50);
    ck_assert_int_eq(test_cluster_int(dsn, sql), 0);
}

START_TEST(test_a_signalled_restore_leaves_the_database_and_says_so)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start_slow(&run, dsn);
    struct told told = program_end(&run, signals[_i]);
    ended(&told, 128 + signals[_i]);
    must_contain(told.out, "nterrupted");
    must_contain(told.out, "DATABASE_LEFT");
    room_must_be_clean(&room);
    must_have_no_session_soon();
    ck_assert_int_eq(rows_in(dsn), 0);
    ck_assert_int_eq(RESTORE(dump(), "--into", dsn).status, 2); /* it is not empty */
}
END_TEST

START_TEST(test_only_one_restores_into_a_database_at_a_time)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start_slow(&run, dsn);
    struct told told = RESTORE(dump(), "--into", dsn);
    ended(&told, 3);
    must_contain(told.err, "at this moment by another pg_rehearse");
    (void)program_end(&run, SIGTERM);
}
END_TEST

/* Outright, at moments from the first to the handing over: what is not kept, a reaper clears. */
enum { MOMENTS = 8, MOMENT_MS = 200 };

START_TEST(test_a_killed_restore_leaves_nothing_that_is_not_listed)
{
    CLEANUP(running_cleanup) struct running run = {0};
    const char *const words[] = {"restore", dump(), "--keep", NULL};
    program_start(&room, words, &run);
    (void)poll(NULL, 0, _i * MOMENT_MS);
    struct told told = program_end(&run, SIGKILL);
    bool told_of = strstr(told.out, "Remove ") != NULL;
    const char *list = PROGRAM(&room, "reap", "--list").out;
    ck_assert_int_eq(PROGRAM(&room, "reap").status, 0);
    if (told_of)
        must_contain(list, "kept ");
    if (strstr(list, "kept ") != NULL)
        ck_assert_int_eq(PROGRAM(&room, "reap", "--kept", "all").status, 0);
    room_must_have_no_process_soon(&room);
    room_must_be_clean(&room);
}
END_TEST

/* From the last check on, in small steps: the server is stopped, started again, and its lease
 * written. */
enum { STEPS = 8, STEP_MS = 50 };

START_TEST(test_a_restore_killed_while_it_hands_over_leaves_nothing_that_is_not_listed)
{
    CLEANUP(running_cleanup) struct running run = {0};
    const char *const words[] = {"restore", dump(), "--keep", NULL};
    program_start(&room, words, &run);
    program_wait_for(&run, " integrity ");
    (void)poll(NULL, 0, _i * STEP_MS);
    (void)program_end(&run, _i % 2 == 0 ? SIGKILL : SIGTERM);
    bool kept = strstr(PROGRAM(&room, "reap", "--list").out, "kept ") != NULL;
    ck_assert_int_eq(PROGRAM(&room, "reap").status, 0);
    if (kept)
        ck_assert_int_eq(PROGRAM(&room, "reap", "--kept", "all").status, 0);
    room_must_have_no_process_soon(&room);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_killed_restore_into_a_database_holds_no_session)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start_slow(&run, dsn);
    ck_assert_int_eq(program_end(&run, SIGKILL).status, -SIGKILL);
    test_cluster_sql(in_database("postgres"),
                     "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity "
                     "WHERE query LIKE '%pg_sleep(300)%' AND pid <> pg_backend_pid()");
    must_have_no_session_soon();
    ck_assert_int_eq(PROGRAM(&room, "reap").status, 0);
    room_must_be_clean(&room);
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

static void add_kept(TCase *tc)
{
    tcase_add_test(tc, test_a_kept_server_outlives_us_and_goes_by_the_printed_command);
    tcase_add_test(tc, test_two_servers_are_kept_side_by_side);
    tcase_add_test(tc, test_a_kept_server_is_told_as_json_too);
    tcase_add_test(tc, test_what_was_restored_of_a_broken_dump_can_be_looked_at);
    tcase_add_test(tc, test_a_server_without_a_restore_is_not_kept);
}

static void add_killed(TCase *tc)
{
    tcase_add_loop_test(tc, test_a_signalled_restore_keeps_no_server, 0, (int)COUNT_OF(signals));
    tcase_add_loop_test(tc, test_a_signalled_restore_leaves_the_database_and_says_so, 0,
                        (int)COUNT_OF(signals));
    tcase_add_test(tc, test_only_one_restores_into_a_database_at_a_time);
    tcase_add_loop_test(tc, test_a_killed_restore_leaves_nothing_that_is_not_listed, 0, MOMENTS);
    tcase_add_loop_test(
        tc, test_a_restore_killed_while_it_hands_over_leaves_nothing_that_is_not_listed, 0, STEPS);
    tcase_add_test(tc, test_a_killed_restore_into_a_database_holds_no_session);
}

Suite *suite_restore_command(void)
{
    static const struct {
        const char *name;
        void (*add)(TCase *tc);
    } cases[] = {{"into", add_into}, {"kept", add_kept}, {"killed", add_killed}};
    Suite *s = suite_create("restore_command");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TCase *tc = tcase_create(cases[i].name);
        tcase_set_timeout(tc, 120);
        tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
        tcase_add_checked_fixture(tc, set_up, NULL);
        cases[i].add(tc);
        suite_add_tcase(s, tc);
    }
    return s;
}
