/* SPDX-License-Identifier: PostgreSQL */
/* Signals at every stage that lasts: nothing is left behind, at once or after the next start. */
#include "base/fs.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <poll.h>
#include <signal.h>
#include <string.h>

Suite *suite_kill(void);

static struct room room;

static void set_up(void)
{
    room_open(&room, NULL);
}

/* Stages that are made to last. */
enum lasting { LASTING_BACKUP, LASTING_RESTORE, LASTING_MIGRATE, LASTING_LOAD, LASTING_N };

static const char *dump_of(const char *statement)
{
    return room_file(&room, "backup.sql",
                     arena_printf(room.a,
                                  "--\n-- PostgreSQL database dump\n--\n\n"
                                  "CREATE TABLE public.t (id integer PRIMARY KEY, x text);\n\n"
                                  "COPY public.t (id, x) FROM stdin;\n1\tone\n2\ttwo\n\\.\n\n%s\n"
                                  "--\n-- PostgreSQL database dump complete\n--\n\n",
                                  statement));
}

static void start_backup(struct running *run)
{
    const char *text = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 99.1' && "
                       "exit 0\necho '-- PostgreSQL database dump'\nexec sleep 300\n";
    const char *script = room_file(&room, "pg_dump", text);
    MUST_RUN(&room, "chmod", "755", script);
    const char *words[] = {"run",          "--source",   test_cluster_database(),
                           "--backup-dir", room.backups, "--backup-take-pg-dump",
                           script,         "--users",    "0",
                           "--log-format", "text",       NULL};
    program_start(&room, words, run);
    program_wait_for(run, " preflight ");
    (void)program_wait_for_child(run, "sleep");
}

static void start_restore(struct running *run)
{
    const char *backup = dump_of("CREATE VIEW public.v AS SELECT 1 AS one;\n"
                                 "SELECT pg_catalog.pg_sleep(300);\n");
    const char *words[] = {"run", "--backup", backup, "--users", "0", NULL};
    program_start(&room, words, run);
    program_wait_for(run, " provision ");
}

static void start_migrate(struct running *run)
{
    MUST_RUN(&room, "mkdir", "migrations");
    (void)room_file(&room, "migrations/001_slow.sql", "SELECT pg_catalog.pg_sleep(300);\n");
    const char *words[] = {"run",        "--backup", dump_of(""), "--migrations",
                           "migrations", "--users",  "0",         NULL};
    program_start(&room, words, run);
    program_wait_for(run, " integrity ");
}

static void start_load(struct running *run)
{
    const char *words[] = {"run", "--backup", dump_of(""), "--duration", "120s", NULL};
    program_start(&room, words, run);
    program_wait_for(run, " migrate ");
}

static void start(enum lasting stage, struct running *run)
{
    static void (*const starts[LASTING_N])(struct running *) = {
        [LASTING_BACKUP] = start_backup,
        [LASTING_RESTORE] = start_restore,
        [LASTING_MIGRATE] = start_migrate,
        [LASTING_LOAD] = start_load,
    };
    starts[stage](run);
}

static void must_end_by(struct running *run, int signo)
{
    struct told told = program_end(run, signo);
    ck_assert_msg(told.status == 128 + signo, "exit status %d:\n%s%s", told.status, told.out,
                  told.err);
    must_contain(told.out, "nterrupted");
    room_must_be_clean(&room);
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->exit_code, 128 + signo);
    ck_assert_int_ne(r->verdict, VERDICT_PASSED);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
}

static void signalled(enum lasting stage, int signo)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start(stage, &run);
    must_end_by(&run, signo);
}

START_TEST(test_ctrl_c_tears_down_and_says_so)
{
    signalled((enum lasting)_i, SIGINT);
}
END_TEST

START_TEST(test_sigterm_tears_down_and_says_so)
{
    signalled((enum lasting)_i, SIGTERM);
}
END_TEST

/* Moments of a load: users come during the warm-up of 2 s, then the load is measured. */
static const struct {
    int signo, after_ms;
} moments[] = {{SIGINT, 0}, {SIGTERM, 1000}, {SIGINT, 3000}, {SIGTERM, 3000}};

START_TEST(test_a_signal_among_working_users_tears_down_and_says_so)
{
    enum { SESSIONS = 8 }; /* of the 10 that the pool keeps open at the least */
    CLEANUP(running_cleanup) struct running run = {0};
    start_load(&run);
    program_wait_for_sessions(&run, SESSIONS);
    (void)poll(NULL, 0, moments[_i].after_ms);
    must_end_by(&run, moments[_i].signo);
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->verdict, VERDICT_INTERRUPTED);
    ck_assert_int_eq(record_stage((struct record *)(uintptr_t)r, STAGE_load)->outcome,
                     OUTCOME_UNKNOWN);
    ck_assert_int_eq(r->load.response.n, 0); /* half a load has no figures */
}
END_TEST

/* Killed outright: every process goes by itself, the folder and its lease stay. */
static void killed(enum lasting stage)
{
    CLEANUP(running_cleanup) struct running run = {0};
    start(stage, &run);
    ck_assert_int_eq(program_end(&run, SIGKILL).status, -SIGKILL);
    room_must_have_no_process_soon(&room);
    struct left left = room_left(&room);
    ck_assert_uint_ge(left.work, 1);
    ck_assert_uint_ge(left.leases, 1);
}

START_TEST(test_reap_clears_what_a_killed_run_left)
{
    killed((enum lasting)_i);
    struct told told = PROGRAM(&room, "reap");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "removed ");
    room_must_be_clean(&room);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
}
END_TEST

START_TEST(test_the_next_run_clears_what_a_killed_run_left)
{
    killed((enum lasting)_i);
    const char *folder = room_only_entry(&room, room.work);
    struct told told = PROGRAM(&room, "run", "--users", "0", "--backup", dump_of(""));
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.err,
                 arena_printf(room.a, "cleared %s, left by a run that was killed", folder));
    room_must_be_clean(&room);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
}
END_TEST

START_TEST(test_reap_leaves_a_living_run_alone)
{
    CLEANUP(running_cleanup) struct running run = {0};
    const char *words[] = {"run",        "--backup", dump_of(""),     "--users", "2",
                           "--duration", "2s",       "--load-warmup", "0s",      NULL};
    program_start(&room, words, &run);
    program_wait_for_sessions(&run, 1);
    struct told told = PROGRAM(&room, "reap");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "1 folder of a run that is still going on: left alone");
    ck_assert_ptr_null(strstr(told.out, "removed"));
    ck_assert_ptr_nonnull(room_only_entry(&room, room.work));
    told = program_end(&run, 0);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "PASSED");
    room_must_be_clean(&room);
}
END_TEST

Suite *suite_kill(void)
{
    Suite *s = suite_create("kill");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_loop_test(tc, test_ctrl_c_tears_down_and_says_so, 0, LASTING_N);
    tcase_add_loop_test(tc, test_sigterm_tears_down_and_says_so, 0, LASTING_N);
    tcase_add_loop_test(tc, test_reap_clears_what_a_killed_run_left, 0, LASTING_N);
    tcase_add_loop_test(tc, test_the_next_run_clears_what_a_killed_run_left, 0, LASTING_N);
    tcase_add_loop_test(tc, test_a_signal_among_working_users_tears_down_and_says_so, 0,
                        (int)COUNT_OF(moments));
    tcase_add_test(tc, test_reap_leaves_a_living_run_alone);
    suite_add_tcase(s, tc);
    return s;
}
