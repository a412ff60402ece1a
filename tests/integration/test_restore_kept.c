/* SPDX-License-Identifier: PostgreSQL */
/* `pg_rehearse restore --keep`: a server that outlives the command; and restores that are killed.
 */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

Suite *suite_restore_kept(void);

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

static const char *in_database(const char *name)
{
    struct err e = {0};
    return pg_dsn_with(room.a, dsn, "dbname", name, &e);
}

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
    struct told told = RESTORE(room_dump(&room, ""), "--keep");
    must_have_ended(&told, 0);
    const char *connect = line_behind(told.out, "Connect  ");
    const char *removal = line_behind(told.out, "Remove   ");
    must_run_line(
        arena_printf(room.a, "test \"$(%s -AXtc 'select sum(id) from public.t')\" = 3", connect));
    const char *folder = room_only_entry(&room, room.work);
    ck_assert_ptr_nonnull(folder);
    must_be_private(fs_join(room.a, folder, "target"));
    must_be_private(fs_join(room.a, folder, "target/socket"));

    ck_assert_int_eq(PROGRAM(&room, "reap").status, 0);
    told = PROGRAM(&room, "reap", "--list");
    must_contain(told.out, "kept ");
    must_contain(told.out, "running, in ");
    must_contain(told.out, removal);
    must_contain(PROGRAM(&room, "doctor").out, removal);
    told = PROGRAM(&room, "run", "--users", "0", "--backup", room_dump(&room, ""));
    must_have_ended(&told, 0);
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
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--keep").status, 0);
    struct told told = RESTORE(room_dump(&room, ""), "--keep", "--quiet");
    must_have_ended(&told, 0);
    must_not_contain(told.out, " verify ");
    must_run_line(line_behind(told.out, "Remove   "));
    must_contain(PROGRAM(&room, "reap", "--list").out, "running");
    told = PROGRAM(&room, "reap", "--kept", "all");
    must_have_ended(&told, 0);
    must_contain(told.out, "removed ");
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_kept_server_is_told_as_json_too)
{
    struct told told = RESTORE(room_dump(&room, ""), "--keep", "--json");
    must_have_ended(&told, 0);
    const struct record *r = told_record(&room, &told);
    must_run_line(arena_printf(room.a, "psql \"%s\" -AXqc 'select 1'", r->target.dsn));
    must_run_line(r->target.removal);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_was_restored_of_a_broken_dump_can_be_looked_at)
{
    const char *bad = room_dump(&room, "CREATE VIEW public.v AS SELECT * FROM public.nothing;\n");
    struct told told = RESTORE(bad, "--keep");
    must_have_ended(&told, 1);
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
    must_have_ended(&told, 1);
    must_not_contain(told.out, "Connect ");
    room_must_be_clean(&room);
}
END_TEST

/* ---- killed ------------------------------------------------------------------------------------
 */

static void start_slow(struct running *run, const char *into)
{
    const char *slow = room_dump(&room, "SELECT pg_catalog.pg_sleep(300);\n");
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
    must_have_ended(&told, 128 + signals[_i]);
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
    must_have_ended(&told, 128 + signals[_i]);
    must_contain(told.out, "nterrupted");
    must_contain(told.out, "DATABASE_LEFT");
    room_must_be_clean(&room);
    must_have_no_session_soon();
    ck_assert_int_eq(rows_in(dsn), 0);
    ck_assert_int_eq(RESTORE(room_dump(&room, ""), "--into", dsn).status, 2); /* it is not empty */
}
END_TEST

START_TEST(test_only_one_restores_into_a_database_at_a_time)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start_slow(&run, dsn);
    struct told told = RESTORE(room_dump(&room, ""), "--into", dsn);
    must_have_ended(&told, 3);
    must_contain(told.err, "at this moment by another pg_rehearse");
    (void)program_end(&run, SIGTERM);
}
END_TEST

/* Outright, at moments from the first to the handing over: what is not kept, a reaper clears. */
enum { MOMENTS = 8, MOMENT_MS = 200 };

START_TEST(test_a_killed_restore_leaves_nothing_that_is_not_listed)
{
    CLEANUP(running_cleanup) struct running run = {0};
    const char *const words[] = {"restore", room_dump(&room, ""), "--keep", NULL};
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
    const char *const words[] = {"restore", room_dump(&room, ""), "--keep", NULL};
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

Suite *suite_restore_kept(void)
{
    Suite *s = suite_create("restore_kept");
    TCase *kept = tcase_create("kept");
    tcase_set_timeout(kept, 120);
    tcase_add_unchecked_fixture(kept, test_cluster_start, NULL);
    tcase_add_checked_fixture(kept, set_up, NULL);
    add_kept(kept);
    suite_add_tcase(s, kept);
    TCase *killed = tcase_create("killed");
    tcase_set_timeout(killed, 120);
    tcase_add_unchecked_fixture(killed, test_cluster_start, NULL);
    tcase_add_checked_fixture(killed, set_up, NULL);
    add_killed(killed);
    suite_add_tcase(s, killed);
    return s;
}
