/* SPDX-License-Identifier: PostgreSQL */
/* What the server gets before the first statement of a dump: roles, tablespaces, extensions. */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "io/source.h"
#include "lib/cluster.h"
#include "pg/pg.h"
#include "restore/database.h"
#include "restore/prepare.h"
#include "restore/restore.h"

#include <check.h>

#include <string.h>

Suite *suite_prepare(void);

static struct arena *a;
static struct record *r;
static struct config config;
static struct restore_job job;
static struct inventory inventory;
static const char *dsn;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    r = record_new(a);
    e = (struct err){0};
    config = (struct config){.restore_timeout_us = 60 * CLOCK_SECOND_US,
                             .restore_statement_timeout_us = 30 * CLOCK_SECOND_US};
    job = (struct restore_job){
        .arena = a,
        .config = &config,
        .admin_dsn = test_cluster_dsn(),
        .database = arena_printf(a, "prepared %lld", (long long)clock_mono_us()),
    };
    inventory_begin(&inventory, a);
}

static void tear_down(void)
{
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(a, "DROP DATABASE IF EXISTS %s", pg_ident(a, job.database)));
    inventory_cleanup(&inventory);
    arena_free(a);
}

static bool hear(void *context, const struct statement *s, struct err *unused)
{
    (void)unused;
    inventory_statement(context, s);
    return true;
}

/* What the dump holds, as verify finds it out. */
static void take_stock(const char *sql)
{
    struct dump_facts facts;
    const struct dump_listener listener = {.context = &inventory, .statement = hear};
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql, strlen(sql));
    const struct scan scan = {.arena = a, .in = in, .listener = &listener};
    ck_assert_msg(dump_scan(&scan, &facts, &e), "%s", e.text);
    job.inventory = &inventory;
}

static void restore(const char *sql)
{
    job.path = fs_join(a, test_cluster_folder(), "dump.sql");
    ck_assert_msg(fs_write_file(a, job.path, 0600, slice_of(sql), &e), "%s", e.text);
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
}

static int64_t number(const char *sql)
{
    return test_cluster_int(dsn, sql);
}

/* The only finding with this code. */
static const struct finding *find(const char *code)
{
    const struct finding *found = NULL;
    VEC_EACH (const struct finding, f, &r->findings) {
        if (strcmp(f->code, code) != 0)
            continue;
        ck_assert_msg(found == NULL, "%s twice: %s", code, f->text);
        found = f;
    }
    ck_assert_msg(found != NULL, "no finding %s", code);
    return found;
}

static void no_error(void)
{
    VEC_EACH (const struct statement_error, one, &r->restore.errors)
        ck_assert_msg(false, "%s: %s", one->statement, one->message);
    ck_assert_int_eq(r->restore.n_errors, 0);
}

/* Each way: with the inventory of the dump, and statement by statement. */
enum { WAYS = 2 };

static void know(int way, const char *sql)
{
    if (way == 0)
        take_stock(sql);
}

START_TEST(test_roles_that_the_dump_lacks_are_there_before_the_first_statement)
{
    const char *sql = "CREATE TABLE t AS SELECT count(*) AS n FROM pg_catalog.pg_roles "
                      "WHERE rolname IN ('prep owner', 'prep_reader') AND NOT rolcanlogin;\n"
                      "ALTER TABLE t OWNER TO \"prep owner\";\nGRANT SELECT ON t TO prep_reader;\n";
    take_stock(sql);
    restore(sql);
    no_error();
    ck_assert_int_eq(number("SELECT n FROM t"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_tables WHERE tableowner = 'prep owner'"), 1);
    ck_assert_uint_eq(r->findings.n, 0); /* the check roles_known has named them */
    ck_assert_uint_eq(r->coverage.n, 1);
    test_cluster_sql(dsn, "DROP TABLE t; DROP ROLE \"prep owner\", prep_reader");
}
END_TEST

START_TEST(test_roles_that_the_dump_makes_are_its_own_affair)
{
    const char *sql = "CREATE ROLE prep_own;\nALTER ROLE prep_own WITH LOGIN;\n"
                      "CREATE TABLE t ();\nALTER TABLE t OWNER TO prep_own;\n";
    know(_i, sql);
    restore(sql);
    no_error();
    ck_assert_uint_eq(r->coverage.n, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_roles WHERE rolname = 'prep_own' "
                            "AND rolcanlogin"),
                     1);
    test_cluster_sql(dsn, "DROP TABLE t; DROP ROLE prep_own");
}
END_TEST

static void drop_tablespaces(void)
{
    test_cluster_sql(dsn, "DROP TABLE t");
    test_cluster_sql(dsn, "DROP TABLESPACE \"fast; disk\"");
}

START_TEST(test_tablespaces_are_made_inside_the_servers_folder)
{
    const char *sql = "SET default_tablespace = \"fast; disk\";\nCREATE TABLE t (x integer);\n"
                      "SET default_tablespace = '';\n";
    know(_i, sql);
    restore(sql);
    no_error();
    const struct finding *f = find("TABLESPACE_MAPPED");
    ck_assert_int_eq(f->severity, SEVERITY_NOTE);
    ck_assert_str_eq(f->subject, "fast; disk");
    ck_assert_int_eq(number("SELECT count(*) FROM pg_tables WHERE tablespace = 'fast; disk'"), 1);
    ck_assert_str_eq(test_cluster_text(a, dsn,
                                       "SELECT left(pg_tablespace_location(oid), 10) "
                                       "FROM pg_tablespace WHERE spcname = 'fast; disk'"),
                     "pg_tblspc/");
    drop_tablespaces();
}
END_TEST

START_TEST(test_the_place_of_a_tablespace_in_production_is_not_asked_for)
{
    const char *sql = "CREATE TABLESPACE \"fast; disk\" OWNER prep_owner LOCATION '/no/such';\n"
                      "CREATE TABLE t () TABLESPACE \"fast; disk\";\n";
    know(_i, sql);
    restore(sql);
    no_error();
    (void)find("TABLESPACE_MAPPED");
    drop_tablespaces();
    test_cluster_sql(dsn, "DROP ROLE prep_owner");
}
END_TEST

START_TEST(test_nothing_is_made_on_a_server_of_the_user)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct prepare p = {.arena = a, .record = r, .admin = &pg, .is_theirs = true};
    dsn = test_cluster_dsn();
    ck_assert(pg_open(dsn, NULL, 30 * CLOCK_SECOND_US, &pg, &e));
    ck_assert_msg(prepare_begin(&p, &e), "%s", e.text);
    ck_assert(prepare_statement(&p, slice_of("SET default_tablespace = prep_theirs"), &e));
    ck_assert(prepare_statement(&p, slice_of("ALTER TABLE t OWNER TO prep_theirs"), &e));
    ck_assert_int_eq(number("SELECT (SELECT count(*) FROM pg_tablespace WHERE spcname LIKE "
                            "'prep%') + (SELECT count(*) FROM pg_roles WHERE rolname = "
                            "'prep_theirs')"),
                     0);
    ck_assert_uint_eq(r->findings.n + r->coverage.n, 0);
}
END_TEST

START_TEST(test_a_missing_extension_is_named_once_with_its_package)
{
    const char *sql = "CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;\n"
                      "COMMENT ON EXTENSION vector IS 'x';\n"
                      "CREATE TABLE t (x public.vector);\nCREATE TABLE u ();\n";
    know(_i, sql);
    restore(sql);
    const struct finding *f = find("EXTENSION_MISSING");
    ck_assert_int_eq(f->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(f->severity, SEVERITY_CRITICAL);
    ck_assert_str_eq(f->subject, "vector");
    ck_assert_ptr_nonnull(strstr(f->recommendation, "-pgvector"));
    VEC_EACH (const struct finding, any, &r->findings)
        ck_assert_int_eq(any->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(r->restore.n_errors, 3);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_tables WHERE tablename = 'u'"), 1);
}
END_TEST

START_TEST(test_an_extension_that_the_server_has_is_no_finding)
{
    const char *sql = "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;\n"
                      "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;\n"
                      "COMMENT ON EXTENSION hstore IS 'x';\n";
    know(_i, sql);
    restore(sql);
    no_error();
    ck_assert_uint_eq(r->findings.n, 0);
}
END_TEST

START_TEST(test_what_more_an_extension_needs_is_advised)
{
    take_stock("CREATE EXTENSION timescaledb;\n");
    restore("SELECT 1;\n");
    ck_assert_ptr_nonnull(
        strstr(find("EXTENSION_HOOK")->recommendation, "timescaledb_post_restore()"));
    ck_assert_ptr_nonnull(
        strstr(find("EXTENSION_MISSING")->recommendation, "timescaledb-2-postgresql-"));
}
END_TEST

static void add_version(struct vec *versions, const char *name, const char *version)
{
    *(struct source_fact *)vec_push(versions) = (struct source_fact){"extension", name, version};
}

START_TEST(test_another_version_of_an_extension_is_told)
{
    static const struct {
        const char *version;
        enum severity severity;
    } of_source[] = {{"1.4", SEVERITY_NOTE}, {"99.9", SEVERITY_WARNING}};
    restore("CREATE EXTENSION hstore;\n");
    for (size_t i = 0; i < COUNT_OF(of_source); i++) {
        CLEANUP(pg_cleanup) struct pg pg = {0};
        r->findings.n = 0;
        struct vec versions = vec_new(a, sizeof(struct source_fact));
        ck_assert(pg_open(dsn, NULL, 30 * CLOCK_SECOND_US, &pg, &e));
        add_version(&versions, "hstore", of_source[i].version);
        add_version(&versions, "not_there", "1.0");
        add_version(&versions, "plpgsql", "1.0"); /* the same */
        ck_assert_msg(prepare_compare_versions(r, &versions, &pg, &e), "%s", e.text);
        const struct finding *f = find("EXTENSION_VERSION");
        ck_assert_int_eq(f->severity, of_source[i].severity);
        ck_assert_ptr_nonnull(strstr(f->text, of_source[i].version));
    }
}
END_TEST

/* CREATE DATABASE as pg_dump writes it, and what it tells: "encoding collate ctype provider icu".
 */
static const struct {
    const char *sql, *told;
} databases[] = {
    {"CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'LATIN1' LC_COLLATE = 'de_DE' "
     "LC_CTYPE = 'C'",
     "LATIN1 de_DE C libc -"},
    {"CREATE DATABASE \"encoding\" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = "
     "libc LOCALE = 'en_US.UTF-8'",
     "UTF8 en_US.UTF-8 en_US.UTF-8 libc -"},
    {"CREATE DATABASE shop WITH ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = 'C' LC_CTYPE = "
     "'C.UTF-8' ICU_LOCALE = 'de-AT'",
     "UTF8 C C.UTF-8 icu de-AT"},
    {"create database shop locale_provider builtin locale 'C' builtin_locale 'C.UTF-8'",
     "- C C builtin C.UTF-8"},
    {"CREATE DATABASE shop", "- - - libc -"},
    {"CREATE DATABASE shop ENCODING =", "- - - libc -"},
    {"CREATE TABLE encoding (locale text)", "- - - - -"},
};

START_TEST(test_the_locale_of_a_dumped_database_is_read)
{
    struct server_facts f = {0};
    database_locale(a, slice_of(databases[_i].sql), &f);
    const char *texts[] = {f.encoding, f.collate, f.ctype, f.locale_provider, f.icu_locale};
    const char *told = "";
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        told = arena_printf(a, "%s%s%s", told, i == 0 ? "" : " ", texts[i] ? texts[i] : "-");
    ck_assert_str_eq(told, databases[_i].told);
}
END_TEST

Suite *suite_prepare(void)
{
    Suite *s = suite_create("prepare");
    TCase *t = tcase_create("server");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_roles_that_the_dump_lacks_are_there_before_the_first_statement);
    tcase_add_loop_test(t, test_roles_that_the_dump_makes_are_its_own_affair, 0, WAYS);
    tcase_add_loop_test(t, test_tablespaces_are_made_inside_the_servers_folder, 0, WAYS);
    tcase_add_loop_test(t, test_the_place_of_a_tablespace_in_production_is_not_asked_for, 0, WAYS);
    tcase_add_test(t, test_nothing_is_made_on_a_server_of_the_user);
    tcase_add_loop_test(t, test_a_missing_extension_is_named_once_with_its_package, 0, WAYS);
    tcase_add_loop_test(t, test_an_extension_that_the_server_has_is_no_finding, 0, WAYS);
    tcase_add_test(t, test_what_more_an_extension_needs_is_advised);
    tcase_add_test(t, test_another_version_of_an_extension_is_told);
    tcase_add_loop_test(t, test_the_locale_of_a_dumped_database_is_read, 0,
                        (int)COUNT_OF(databases));
    suite_add_tcase(s, t);
    return s;
}
