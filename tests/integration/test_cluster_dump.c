/* SPDX-License-Identifier: PostgreSQL */
/* Dumps of a whole cluster (pg_dumpall): restored into a server that is kept, and rehearsed. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "report/report.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_cluster_dump(void);

static struct room room;
static const char *top; /* folder of the sources */

static void set_up(void)
{
    char path[4096];
    ck_assert_ptr_nonnull(getcwd(path, sizeof path));
    room_open(&room, NULL);
    top = arena_strdup(room.a, path);
}

static const char *fixture(void)
{
    return fs_join(room.a, top, "tests/fixtures/cluster-15.sql");
}

/* A dump of a cluster as pg_dumpall writes it, with one small database and more statements. */
static const char *cluster_with(const char *globals, const char *databases)
{
    return room_file(&room, "all.sql",
                     arena_printf(room.a,
                                  "--\n-- PostgreSQL database cluster dump\n--\n\n"
                                  "SET client_encoding = 'UTF8';\nCREATE ROLE postgres;\n%s\n%s\n"
                                  "--\n-- PostgreSQL database cluster dump complete\n--\n\n",
                                  globals, databases));
}

/* A database of `rows` rows. */
static const char *database_of(const char *name, const char *options, int rows)
{
    const char *data = "";
    for (int i = 0; i < rows; i++)
        data = arena_printf(room.a, "%s%d\n", data, i);
    return arena_printf(room.a,
                        "--\n-- PostgreSQL database dump\n--\n\n"
                        "CREATE DATABASE %s WITH TEMPLATE = template0 ENCODING = 'UTF8' %s;\n"
                        "\\connect %s\n\nCREATE TABLE public.t (x integer);\n"
                        "COPY public.t (x) FROM stdin;\n%s\\.\n\n"
                        "--\n-- PostgreSQL database dump complete\n--\n\n",
                        name, options, name, data);
}

static const char two_options[] = "LOCALE = 'C'";

static const char *two(void)
{
    return cluster_with("", arena_printf(room.a, "%s%s", database_of("small", two_options, 2),
                                         database_of("large", two_options, 5)));
}

/* The socket folder of the only kept server. */
static const char *kept_socket(void)
{
    const char *folder = room_only_entry(&room, room.work);
    ck_assert_msg(folder != NULL, "no server is kept");
    return fs_join(room.a, folder, "target/socket");
}

static void remove_kept(void)
{
    ck_assert_int_eq(PROGRAM(&room, "reap", "--kept", "all").status, 0);
    room_must_be_clean(&room);
}

static const char *dump_kept(const char *name)
{
    const char *path = fs_join(room.a, room.dir, name);
    const char *line =
        arena_printf(room.a, "%s/pg_dumpall -h %s -U postgres | LC_ALL=C sed '/restrict /d' > %s",
                     test_cluster_installation()->bindir, kept_socket(), path);
    MUST_RUN(&room, "sh", "-c", line);
    return path;
}

START_TEST(test_what_is_dumped_again_is_the_same)
{
    struct told told = PROGRAM(&room, "restore", fixture(), "--keep", "--compare-content", "full");
    must_have_ended(&told, 0);
    must_contain(told.out, "of 2 databases \"");
    const char *first = dump_kept("first.sql");
    remove_kept();
    told = PROGRAM(&room, "restore", first, "--keep");
    must_have_ended(&told, 0);
    const char *second = dump_kept("second.sql");
    remove_kept();
    MUST_RUN(&room, "diff", first, second);
    MUST_RUN(&room, "grep", "-aq", "odd's", second);
    MUST_RUN(&room, "grep", "-aq", "fx_LATIN1", second);
}
END_TEST

START_TEST(test_the_statements_of_a_database_are_executed_there)
{
    ck_assert_int_eq(PROGRAM(&room, "restore", two(), "--keep").status, 0);
    static const struct {
        const char *database, *rows;
    } wanted[] = {{"small", "2"}, {"large", "5"}};
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        MUST_RUN(&room, "sh", "-c",
                 arena_printf(room.a,
                              "test \"$(psql -h %s -U postgres -d %s -AXtc 'select count(*) from "
                              "public.t')\" = %s",
                              kept_socket(), wanted[i].database, wanted[i].rows));
    remove_kept();
}
END_TEST

START_TEST(test_a_rehearsal_looks_at_the_database_with_most_rows)
{
    struct told told = PROGRAM(&room, "run", "--backup", two(), "--users", "0");
    must_have_ended(&told, 0);
    must_contain(told.out, "of 2 databases \"large\" is looked at, which has most rows");
    must_contain(told.out, "Not checked: rows, indexes and sequences of the databases small");
    const struct record *r = room_report(&room);
    ck_assert_uint_eq(r->tables.n, 1);
    ck_assert_int_eq(report_table(r, "public", "t")->dump_rows.value, 5);
    ck_assert_int_eq(report_table(r, "public", "t")->restored_rows.value, 5);
    ck_assert_str_eq(r->target.database, "large");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_rehearsal_looks_at_the_database_that_is_named)
{
    struct told told =
        PROGRAM(&room, "run", "--backup", two(), "--users", "0", "--restore-database", "small");
    must_have_ended(&told, 0);
    const struct record *r = room_report(&room);
    ck_assert_int_eq(report_table(r, "public", "t")->restored_rows.value, 2);
    must_contain(told.out, "of 2 databases \"small\" is looked at");
}
END_TEST

START_TEST(test_a_name_that_is_not_in_the_dump_is_no_verdict)
{
    struct told told =
        PROGRAM(&room, "run", "--backup", two(), "--users", "0", "--restore-database", "other");
    must_have_ended(&told, 3);
    must_contain(told.out, "the dump has no database \"other\", but small, large");
    room_must_be_clean(&room);
}
END_TEST

/* What would take the rights of the role that restores, or the databases that every cluster has. */
static const struct {
    const char *sql, *said;
} harmless[] = {
    {"ALTER ROLE postgres WITH NOSUPERUSER NOLOGIN;", "settings of the role that restores"},
    {"ALTER USER postgres SET default_transaction_read_only = on;", "role that restores"},
    {"DROP ROLE IF EXISTS postgres;", "settings of the role that restores"},
    {"DROP DATABASE IF EXISTS postgres;", "locale of the databases that every cluster has"},
    {"DROP DATABASE template1;\nCREATE DATABASE template1 WITH TEMPLATE = template0;",
     "locale of the databases that every cluster has"},
};

START_TEST(test_the_dump_does_not_take_our_rights)
{
    const char *all = cluster_with(harmless[_i].sql, database_of("shop", two_options, 3));
    struct told told = PROGRAM(&room, "run", "--backup", all, "--users", "0");
    must_have_ended(&told, 0);
    must_contain(told.out, harmless[_i].said);
}
END_TEST

START_TEST(test_a_database_that_cannot_be_made_fails_and_the_others_are_restored)
{
    const char *all = cluster_with(
        "", arena_printf(room.a, "%s%s", database_of("lost", "LOCALE = 'xx_YY.nothing'", 9),
                         database_of("shop", two_options, 3)));
    struct told told = PROGRAM(&room, "restore", all, "--keep", "--restore-database", "shop");
    must_have_ended(&told, 3); /* this machine lacks it */
    must_contain(told.out, "LOCALE_MISSING");
    must_contain(told.out, "xx_YY.nothing");
    must_contain(told.out, "Not checked: the database lost (the server did not make it)");
    MUST_RUN(&room, "sh", "-c",
             arena_printf(room.a,
                          "test \"$(psql -h %s -U postgres -d shop -AXtc 'select count(*) from "
                          "public.t')\" = 3",
                          kept_socket()));
    MUST_RUN(&room, "sh", "-c",
             arena_printf(room.a,
                          "test \"$(psql -h %s -U postgres -AXtc \"select count(*) from pg_class "
                          "where relname = 't'\")\" = 0",
                          kept_socket()));
    remove_kept();
}
END_TEST

START_TEST(test_a_dump_that_drops_first_is_restored_too)
{
    ck_assert_int_eq(PROGRAM(&room, "restore", two(), "--keep").status, 0);
    const char *line =
        arena_printf(room.a, "%s/pg_dumpall -c --if-exists -h %s -U postgres > c.sql",
                     test_cluster_installation()->bindir, kept_socket());
    MUST_RUN(&room, "sh", "-c", line);
    remove_kept();
    struct told told = PROGRAM(&room, "run", "--backup", "c.sql", "--users", "0");
    must_have_ended(&told, 0);
}
END_TEST

START_TEST(test_globals_alone_are_restored)
{
    const char *all = cluster_with("CREATE ROLE app LOGIN;", "");
    struct told told = PROGRAM(&room, "restore", all, "--keep");
    ck_assert_msg(told.status == 0 || told.status == 3, "%s%s", told.out, told.err);
    MUST_RUN(
        &room, "sh", "-c",
        arena_printf(room.a, "psql -h %s -U postgres -AXtc '\\du' | grep -q app", kept_socket()));
    remove_kept();
}
END_TEST

Suite *suite_cluster_dump(void)
{
    Suite *s = suite_create("cluster_dump");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_what_is_dumped_again_is_the_same);
    tcase_add_test(tc, test_the_statements_of_a_database_are_executed_there);
    tcase_add_test(tc, test_a_rehearsal_looks_at_the_database_with_most_rows);
    tcase_add_test(tc, test_a_rehearsal_looks_at_the_database_that_is_named);
    tcase_add_test(tc, test_a_name_that_is_not_in_the_dump_is_no_verdict);
    tcase_add_loop_test(tc, test_the_dump_does_not_take_our_rights, 0, (int)COUNT_OF(harmless));
    tcase_add_test(tc, test_a_database_that_cannot_be_made_fails_and_the_others_are_restored);
    tcase_add_test(tc, test_a_dump_that_drops_first_is_restored_too);
    tcase_add_test(tc, test_globals_alone_are_restored);
    suite_add_tcase(s, tc);
    return s;
}
