/* SPDX-License-Identifier: PostgreSQL */
/*
 * Restores that go wrong, through the whole program: who is to blame, what the report says, and
 * that nothing is left. A sound backup is never called broken because of this machine.
 */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "pg/pg.h"

#include <check.h>

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

Suite *suite_restore_faults(void);

static struct room room;
static const struct record *report;

static void set_up(void)
{
    room_open(&room, NULL);
}

/* A dump of the server version given, "15.18" or the like. */
static const char *dump_of_version(const char *version, const char *sql)
{
    return room_file(&room, "dump.sql",
                     arena_printf(room.a,
                                  "--\n-- PostgreSQL database dump\n--\n\n"
                                  "-- Dumped from database version %s\n"
                                  "-- Dumped by pg_dump version %s\n\n"
                                  "SET client_encoding = 'UTF8';\n"
                                  "CREATE TABLE public.t (id integer PRIMARY KEY, x text);\n\n"
                                  "COPY public.t (id, x) FROM stdin;\n1\tone\n2\ttwo\n\\.\n\n%s\n"
                                  "--\n-- PostgreSQL database dump complete\n--\n\n",
                                  version, version, sql));
}

static const char *own_version(void)
{
    return arena_printf(room.a, "%lld.0", (long long)test_cluster_installation()->major);
}

static const char *dump_of(const char *sql)
{
    return dump_of_version(own_version(), sql);
}

#define RUN(...) PROGRAM(&room, "run", "--users", "0", __VA_ARGS__)

static void ended(const struct told *told, int status)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
    room_must_be_clean(&room);
    report = room_report(&room);
}

static const struct finding *must_find(const char *code)
{
    const struct finding *f = report_finding(report, code);
    if (f == NULL)
        VEC_EACH (const struct finding, other, &report->findings)
            (void)fprintf(stderr, "%s: %s\n", other->code, other->text);
    ck_assert_msg(f != NULL, "no finding %s", code);
    return f;
}

/* It could not be found out, and nobody says that the backup is broken. */
static void is_unknown(const struct told *told)
{
    ended(told, 3);
    ck_assert_int_eq(report->verdict, VERDICT_UNKNOWN);
    VEC_EACH (const struct finding, f, &report->findings)
        ck_assert_msg(f->severity != SEVERITY_CRITICAL || f->blame == BLAME_ENVIRONMENT,
                      "%s blames it on the backup: %s", f->code, f->text);
}

/* ---- the server -------------------------------------------------------------------------------
 */

/* A file system that this test and its children alone see. False: not permitted, test skipped. */
static bool mount_alone(const char *where, const char *options)
{
    bool ok = geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
              mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
              mount("none", where, "tmpfs", 0, options) == 0;
    if (!ok)
        runner_skip("mounting a tmpfs needs root");
    return ok;
}

START_TEST(test_a_full_disk_under_the_tables_is_no_fault_of_the_backup)
{
    if (!mount_alone(room.work, "size=160m,mode=0711"))
        return;
    struct told told = RUN(
        "--backup",
        dump_of("CREATE TABLE public.big (x text);\n"
                "CREATE TABLE public.child (id integer);\nINSERT INTO public.child VALUES (1);\n"
                "INSERT INTO public.big SELECT pg_catalog.repeat(i::text, 500) FROM "
                "pg_catalog.generate_series(1, 10000000) i;\n"
                "CREATE INDEX big_x ON public.big (x);\n"));
    is_unknown(&told);
    must_contain(told.out, "No space left on device");
}
END_TEST

START_TEST(test_a_full_disk_under_the_log_is_no_fault_of_the_backup)
{
    if (!mount_alone(room.work, "size=160m,mode=0711"))
        return;
    struct told told =
        RUN("--backup", dump_of("SELECT pg_catalog.count(pg_catalog.pg_logical_emit_message(false, "
                                "'x', pg_catalog.repeat('x', 1000000))) FROM "
                                "pg_catalog.generate_series(1, 1000);\n"));
    is_unknown(&told);
    must_contain(report->conclusion, "No space left on device");
}
END_TEST

START_TEST(test_a_full_lock_table_is_no_fault_of_the_backup)
{
    struct told told =
        RUN("--backup", dump_of("SELECT pg_catalog.count(pg_catalog.pg_advisory_xact_lock(i)) FROM "
                                "pg_catalog.generate_series(1, 10000000) i;\n"));
    is_unknown(&told);
    must_contain(must_find("LOCKS_EXHAUSTED")->recommendation, "max_locks_per_transaction");
}
END_TEST

START_TEST(test_a_statement_that_hangs_is_no_fault_of_the_backup)
{
    struct told told = RUN("--backup", dump_of("SELECT pg_catalog.pg_sleep(60);"),
                           "--restore-statement-timeout", "1s");
    is_unknown(&told);
    (void)must_find("TIMEOUT");
    told = RUN("--backup", dump_of("SELECT pg_catalog.pg_sleep(60);"), "--restore-timeout", "2s");
    is_unknown(&told);
    must_contain(report->conclusion, "restore.timeout");
}
END_TEST

/* ---- versions ---------------------------------------------------------------------------------
 */

START_TEST(test_words_of_a_newer_server_are_no_fault_of_the_backup)
{
    struct told told = RUN(
        "--backup",
        dump_of_version("99.1", "SET transaction_timeout_of_99 = 0;\n"
                                "CREATE TABLE public.u (x integer, NOT NULL x NO INHERIT TWICE);\n"
                                "COPY public.u (x) FROM stdin;\n1\n\\.\n\n"),
        "--target-bindir", test_cluster_installation()->bindir);
    is_unknown(&told);
    must_contain(must_find("RESTORE_ERROR")->recommendation, "PostgreSQL 99");
}
END_TEST

START_TEST(test_rows_with_oids_are_no_fault_of_the_backup)
{
    if (test_cluster_installation()->major < 12) {
        runner_skip("this server has OIDs");
        return;
    }
    struct told told =
        RUN("--backup", dump_of_version("9.6.24", "SET default_with_oids = true;\n"
                                                  "CREATE TABLE public.u (x integer);\n"
                                                  "COPY public.u (x) WITH OIDS FROM stdin;\n"
                                                  "16500\t1\n\\.\n\n"
                                                  "SET default_with_oids = false;\n"));
    is_unknown(&told);
    (void)must_find("OIDS_UNSUPPORTED");
    ck_assert_int_eq(report->restore.n_errors, 2);
}
END_TEST

START_TEST(test_what_a_newer_pg_dump_sets_does_no_harm)
{
    struct told told = RUN("--backup", dump_of("SET transaction_timeout = 0;\n"));
    ended(&told, 0);
    ck_assert_int_eq(report->restore.n_errors, 0);
    const struct finding *f = report_finding(report, "SETTING_UNKNOWN");
    ck_assert(f == NULL || f->severity == SEVERITY_NOTE); /* NULL: a server of 17 */
}
END_TEST

/* ---- extensions, roles, tablespaces -----------------------------------------------------------
 */

START_TEST(test_an_extension_that_is_not_installed_is_no_fault_of_the_backup)
{
    struct told told = RUN("--backup", dump_of("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA "
                                               "public;\n"
                                               "COMMENT ON EXTENSION vector IS 'x';\n"
                                               "CREATE TABLE public.v (x public.vector(3));\n"
                                               "COPY public.v (x) FROM stdin;\n[1,2,3]\n\\.\n\n"
                                               "CREATE INDEX ON public.v USING hnsw (x);\n"));
    is_unknown(&told);
    must_contain(must_find("EXTENSION_MISSING")->recommendation,
                 arena_printf(room.a, "postgresql-%lld-pgvector",
                              (long long)test_cluster_installation()->major));
}
END_TEST

START_TEST(test_owners_who_must_be_superusers_do_not_fail_a_backup)
{
    struct told told = RUN(
        "--backup",
        dump_of("CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN "
                "END';\nCREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.f();\n"
                "ALTER EVENT TRIGGER e OWNER TO somebody;\n"
                "CREATE FOREIGN DATA WRAPPER w;\n"
                "ALTER FOREIGN DATA WRAPPER w OWNER TO somebody;\n"));
    ended(&told, 0);
    ck_assert_int_eq(must_find("OWNER_NOT_SUPERUSER")->severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(test_rights_that_no_dump_holds_do_not_fail_a_backup)
{
    struct told told = RUN("--backup", dump_of("SET SESSION AUTHORIZATION somebody;\n"
                                               "CREATE TABLE public.u (x integer);\n"
                                               "COPY public.u (x) FROM stdin;\n1\n\\.\n\n"
                                               "RESET SESSION AUTHORIZATION;\n"));
    is_unknown(&told);
    must_contain(must_find("PERMISSION_DENIED")->recommendation, "--globals-only");
}
END_TEST

START_TEST(test_tablespaces_of_production_are_mapped)
{
    struct told told = RUN("--backup", dump_of("SET default_tablespace = fast;\n"
                                               "CREATE TABLE public.u (x integer);\n"
                                               "COPY public.u (x) FROM stdin;\n1\n\\.\n\n"));
    ended(&told, 0);
    ck_assert_str_eq(must_find("TABLESPACE_MAPPED")->subject, "fast");
    ck_assert_int_eq(report->restore.n_errors, 0);
}
END_TEST

/* ---- hostile statements -----------------------------------------------------------------------
 */

/* Refused or contained, and reported with this code; MARK is a file that nobody may make. */
static const struct {
    const char *sql;
    int status;
    const char *code;
} hostile[] = {
    {"\\! touch MARK\n", 1, "META_COMMAND"},
    {"SELECT 1 \\g |touch MARK\n", 1, "META_COMMAND"},
    {"COPY public.t FROM PROGRAM 'touch MARK';", 1, "COPY_PROGRAM"},
    {"COPY public.t TO PROGRAM 'cat > MARK';", 1, "COPY_PROGRAM"},
    {"DO $$BEGIN COPY public.t TO PROGRAM 'touch MARK'; END$$;", 1, "DO_PROGRAM"},
    {"ALTER SYSTEM SET archive_command = 'touch MARK';", 1, "REFUSED_STATEMENT"},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=prod' PUBLICATION p;", 1, "REFUSED_STATEMENT"},
    {"CREATE EXTENSION plpython3u;", 3, "EXTENSION_REACHES_OUT"},
    {"CREATE OR REPLACE PROCEDURAL LANGUAGE plpythonu;", 3, "EXTENSION_MISSING"},
    {"CREATE FUNCTION public.f(cstring) RETURNS integer LANGUAGE c AS "
     "'/lib/x86_64-linux-gnu/libc.so.6', 'system';",
     3, "LIBRARY_MISSING"},
    {"SELECT pg_catalog.pg_read_file('/etc/shadow');", 1, "SERVER_FILE_DENIED"},
};

static const char *with_mark(const char *sql, const char *mark)
{
    const char *at = strstr(sql, "MARK");
    if (at == NULL)
        return sql;
    return arena_printf(room.a, "%.*s%s%s", (int)(at - sql), sql, mark, at + strlen("MARK"));
}

START_TEST(test_hostile_statements_are_refused_or_contained)
{
    const char *mark = arena_printf(room.a, "/tmp/prep-mark-%d", (int)getpid());
    struct told told = RUN("--backup", dump_of(with_mark(hostile[_i].sql, mark)));
    ck_assert_msg(!fs_exists(mark), "%s was carried out", hostile[_i].sql);
    ended(&told, hostile[_i].status);
    (void)must_find(hostile[_i].code);
}
END_TEST

/* ---- real databases ---------------------------------------------------------------------------
 */

static struct told rehearse(const char *sql)
{
    const char *dsn = test_cluster_database();
    test_cluster_sql(dsn, sql);
    return RUN("--source", dsn, "--backup-dir", room.backups);
}

START_TEST(test_a_function_that_needs_a_search_path_is_named)
{
    struct told told = rehearse(
        "CREATE FUNCTION g(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT "
        "i + 1';"
        "CREATE FUNCTION f(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS "
        "'BEGIN RETURN g(i); END';"
        "CREATE TABLE t (x integer); INSERT INTO t VALUES (1); CREATE INDEX i ON t (f(x))");
    ended(&told, 1);
    const struct finding *f = must_find("FUNCTION_SEARCH_PATH");
    ck_assert_int_eq(f->blame, BLAME_SOURCE);
    must_contain(f->text, "public.f(integer) names g(integer) without its schema");
    ck_assert_str_eq(f->subject, "INDEX public.i");
}
END_TEST

START_TEST(test_duplicates_under_a_broken_index_are_blamed_on_the_source)
{
    struct told told =
        rehearse("CREATE TABLE t (x integer PRIMARY KEY); INSERT INTO t VALUES (1);"
                 "UPDATE pg_index SET indisready = false WHERE indrelid = 't'::regclass;"
                 "INSERT INTO t VALUES (1);"
                 "UPDATE pg_index SET indisready = true WHERE indrelid = 't'::regclass");
    ended(&told, 1);
    const struct finding *f = must_find("DUPLICATE_KEY");
    ck_assert_int_eq(f->blame, BLAME_SOURCE);
    must_contain(f->recommendation, "REINDEX");
}
END_TEST

START_TEST(test_orphans_are_counted_and_shown)
{
    struct told told = rehearse(
        "CREATE TABLE \"p;\" (a integer, b text, PRIMARY KEY (a, b)); INSERT INTO \"p;\" VALUES "
        "(1, "
        "'x');"
        "CREATE TABLE c (a integer, \"b c\" text, FOREIGN KEY (a, \"b c\") REFERENCES \"p;\");"
        "SET session_replication_role = replica;"
        "INSERT INTO c VALUES (1, 'x'), (1, 'y'), (2, 'x'), (3, NULL), (4, 'z')");
    ended(&told, 1);
    const struct finding *f = must_find("FK_ORPHANS");
    ck_assert_int_eq(f->blame, BLAME_SOURCE);
    must_contain(f->text, "3 rows refer to nothing");
    must_contain(f->recommendation, "SELECT c.\"a\", c.\"b c\" FROM ONLY \"public\".\"c\" AS c");
}
END_TEST

/* How pg_dump is asked, so that its file tells how the database was made. */
static const char *const telling[] = {"--format=custom", "--format=tar", "--create"};

START_TEST(test_encoding_and_locale_of_a_file_are_those_of_its_database)
{
    const char *admin = test_cluster_dsn(), *file = fs_join(room.a, room.dir, "told.dump");
    const char *name = arena_printf(room.a, "latin_%d", _i);
    struct err e;
    test_cluster_sql(admin, arena_printf(room.a,
                                         "CREATE DATABASE %s TEMPLATE template0 ENCODING 'LATIN1' "
                                         "LC_COLLATE 'C' LC_CTYPE 'C'",
                                         name));
    const char *dsn = pg_dsn_with(room.a, admin, "dbname", name, &e);
    test_cluster_sql(dsn, "CREATE TABLE t (x text); INSERT INTO t VALUES (E'gr\\u00f6\\u00dfe')");
    MUST_RUN(&room, fs_join(room.a, test_cluster_installation()->bindir, "pg_dump"), "--dbname",
             dsn, telling[_i], "--encoding", "UTF8", "--file", file);
    struct told told = RUN("--backup", file);
    ended(&told, 0);
    ck_assert_str_eq(report->source.encoding, "LATIN1");
    ck_assert_str_eq(report->target.encoding, "LATIN1");
    ck_assert_str_eq(report->target.ctype, "C");
    ck_assert_int_eq(report_check(report, "collation_versions")->outcome, OUTCOME_PASSED);
}
END_TEST

START_TEST(test_a_locale_that_this_machine_lacks_is_a_difference)
{
    struct told told = RUN("--backup", dump_of("CREATE DATABASE shop WITH TEMPLATE = template0 "
                                               "ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = "
                                               "'xx_XX.UTF-8';"));
    ended(&told, 0);
    must_contain(must_find("LOCALE_DIFFERS")->text, "xx_XX.UTF-8");
}
END_TEST

/* In ICU's order B is between a and c; by bytes it is before both. */
START_TEST(test_bounds_in_another_order_are_no_fault_of_the_backup)
{
    const char *admin = test_cluster_dsn(), *bindir = test_cluster_installation()->bindir;
    struct err e;
    if (test_cluster_installation()->major < 15) {
        runner_skip("databases in ICU's order need PostgreSQL 15");
        return;
    }
    test_cluster_sql(admin, "CREATE DATABASE in_icu TEMPLATE template0 LOCALE_PROVIDER icu "
                            "ICU_LOCALE 'en' LC_COLLATE 'C' LC_CTYPE 'C'");
    const char *dsn = pg_dsn_with(room.a, admin, "dbname", "in_icu", &e);
    test_cluster_sql(dsn, "CREATE TABLE t (x text) PARTITION BY RANGE (x);"
                          "CREATE TABLE ac PARTITION OF t FOR VALUES FROM ('a') TO ('c');"
                          "INSERT INTO t VALUES ('B')");
    MUST_RUN(&room, fs_join(room.a, bindir, "pg_dump"), "--dbname", dsn, "--file", "plain.sql");
    MUST_RUN(&room, fs_join(room.a, bindir, "pg_dump"), "--dbname", dsn, "-Fc", "--file",
             "told.dump");
    struct told told = RUN("--backup", "plain.sql");
    is_unknown(&told);
    must_contain(must_find("CONSTRAINT_VIOLATED")->recommendation, "--create");
    told = RUN("--backup", "told.dump");
    ended(&told, 0);
    ck_assert_str_eq(report->target.locale_provider, "icu");
}
END_TEST

START_TEST(test_versions_of_extensions_are_compared_with_the_source)
{
    struct told told = rehearse("CREATE EXTENSION hstore VERSION '1.4'; CREATE TABLE t (h hstore); "
                                "INSERT INTO t VALUES ('a=>1')");
    ended(&told, 0);
    const struct finding *f = must_find("EXTENSION_VERSION");
    ck_assert_int_eq(f->severity, SEVERITY_NOTE);
    must_contain(f->text, "1.4");
}
END_TEST

/* 63 bytes, the longest there is; and everything that ends, begins or escapes something. */
static const char *const names[] = {
    "it's",
    "\"double\"",
    "new\nline",
    "-- comment",
    "a; DROP TABLE t; --",
    "\\.",
    "\\! id",
    "$$ $f$",
    "\tt\r",
    "größe ✓ 名前 😀",
    "select",
    " ",
    "123456789012345678901234567890123456789012345678901234567890123",
    "ääääääääääääääääääääääääääääääx",
    "%s%n",
    "/* x",
    "x */",
    "E'\\''",
};

/* One of each kind of object for each name; they go into one database. */
static const char *one_of_each(const char *name)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    struct arena *a = room.a;
    const char *n = pg_ident(a, name), *text = pg_literal(a, name);
    buf_printf(&sql, "CREATE SCHEMA %s; SET search_path = %s;", n, n);
    buf_printf(&sql, "CREATE DOMAIN d AS text DEFAULT %s;", text);
    buf_printf(&sql, "CREATE TABLE %s (%s serial, v d, CONSTRAINT %s CHECK (v <> %s || 'x'));", n,
               n, n, text);
    buf_printf(&sql, "INSERT INTO %s (v) VALUES (%s), (NULL);", n, text);
    buf_printf(&sql, "ALTER TABLE %s ADD CONSTRAINT \"%s\" UNIQUE (v);", n, "u");
    buf_printf(&sql, "CREATE FUNCTION %s(%s text) RETURNS text LANGUAGE sql AS %s;", n, n,
               pg_literal(a, arena_printf(a, "SELECT %s", text)));
    buf_printf(&sql, "CREATE VIEW v AS SELECT %s.%s(v) AS %s FROM %s;", n, n, n, n);
    buf_printf(&sql, "CREATE MATERIALIZED VIEW m AS SELECT %s FROM %s;", n, n);
    buf_printf(&sql, "CREATE TYPE e AS ENUM (%s);", text);
    buf_printf(&sql, "COMMENT ON TABLE %s IS %s;", n, text);
    buf_printf(&sql, "CREATE ROLE %s; ALTER TABLE %s OWNER TO %s; GRANT SELECT ON v TO %s;", n, n,
               n, n);
    return arena_strdup(a, buf_text(&sql));
}

START_TEST(test_names_of_every_kind_come_back)
{
    const char *dsn = test_cluster_database();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        test_cluster_sql(dsn, one_of_each(names[i]));
    struct told told =
        RUN("--source", dsn, "--backup-dir", room.backups, "--compare-source", "counts");
    ended(&told, 0);
    ck_assert_int_eq(report->restore.n_errors, 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct table_facts *t = report_table(report, names[i], names[i]);
        ck_assert_msg(t != NULL && t->restored_rows.value == 2, "%s", names[i]);
    }
}
END_TEST

static void add_server(TCase *tc)
{
    tcase_add_test(tc, test_a_full_disk_under_the_tables_is_no_fault_of_the_backup);
    tcase_add_test(tc, test_a_full_disk_under_the_log_is_no_fault_of_the_backup);
    tcase_add_test(tc, test_a_full_lock_table_is_no_fault_of_the_backup);
    tcase_add_test(tc, test_a_statement_that_hangs_is_no_fault_of_the_backup);
}

Suite *suite_restore_faults(void)
{
    Suite *s = suite_create("restore_faults");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    add_server(tc);
    tcase_add_test(tc, test_words_of_a_newer_server_are_no_fault_of_the_backup);
    tcase_add_test(tc, test_rows_with_oids_are_no_fault_of_the_backup);
    tcase_add_test(tc, test_what_a_newer_pg_dump_sets_does_no_harm);
    tcase_add_test(tc, test_an_extension_that_is_not_installed_is_no_fault_of_the_backup);
    tcase_add_test(tc, test_owners_who_must_be_superusers_do_not_fail_a_backup);
    tcase_add_test(tc, test_rights_that_no_dump_holds_do_not_fail_a_backup);
    tcase_add_test(tc, test_tablespaces_of_production_are_mapped);
    tcase_add_loop_test(tc, test_hostile_statements_are_refused_or_contained, 0,
                        (int)COUNT_OF(hostile));
    tcase_add_test(tc, test_a_function_that_needs_a_search_path_is_named);
    tcase_add_test(tc, test_duplicates_under_a_broken_index_are_blamed_on_the_source);
    tcase_add_test(tc, test_orphans_are_counted_and_shown);
    tcase_add_test(tc, test_bounds_in_another_order_are_no_fault_of_the_backup);
    tcase_add_test(tc, test_versions_of_extensions_are_compared_with_the_source);
    tcase_add_loop_test(tc, test_encoding_and_locale_of_a_file_are_those_of_its_database, 0,
                        (int)COUNT_OF(telling));
    tcase_add_test(tc, test_a_locale_that_this_machine_lacks_is_a_difference);
    tcase_add_test(tc, test_names_of_every_kind_come_back);
    suite_add_tcase(s, tc);
    return s;
}
