/* SPDX-License-Identifier: PostgreSQL */
/*
 * What a run stands on goes away in the middle: pg_dump, the source, the throw-away server; and
 * signals at the stages that are short. Nothing is proven then, and no backup is called broken.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

Suite *suite_lost(void);

enum { SOON_US = 20000000, BIG_PARTS = 400, PART_ROWS = 100000 };

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

/* Nothing was found out, and it is the surroundings' fault. */
static const struct record *nothing_proven(const struct told *told, const char *words)
{
    ck_assert_msg(told->status == 3, "exit status %d:\n%s%s", told->status, told->out, told->err);
    room_must_be_clean(&room);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->verdict, VERDICT_UNKNOWN);
    must_contain(r->conclusion, words);
    VEC_EACH (const struct finding, f, &r->findings)
        ck_assert_msg(f->blame != BLAME_BACKUP, "%s: %s", f->code, f->text);
    return r;
}

/* ---- the source -------------------------------------------------------------------------------
 */

static bool some(int64_t n)
{
    return n > 0;
}

static bool none(int64_t n)
{
    return n == 0;
}

static void wait_for_sessions(const char *dsn, bool (*right)(int64_t n))
{
    const char *sql = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = "
                      "pg_catalog.current_database() AND wait_event_type = 'Lock'";
    int64_t until = clock_mono_us() + SOON_US;
    while (!right(test_cluster_int(dsn, sql))) {
        ck_assert_msg(clock_mono_us() < until, "sessions do not come or do not go");
        (void)poll(NULL, 0, 20);
    }
}

static void wait_for_file(const char *path)
{
    int64_t until = clock_mono_us() + SOON_US;
    while (!fs_exists(path)) {
        ck_assert_msg(clock_mono_us() < until, "%s does not come", path);
        (void)poll(NULL, 0, 20);
    }
}

/*
 * Starts a run whose pg_dump waits for a table that another session holds; gives its pid. The lock
 * must not be there before, since the run itself looks at the table, nor can it come during the
 * dump: so pg_dump is held back until it is there.
 */
static pid_t start_dump(const char *dsn, struct pg *holder, struct running *run)
{
    const char *real = fs_join(room.a, test_cluster_installation()->bindir, "pg_dump");
    const char *dir = room.dir;
    const char *script =
        room_file(&room, "pg_dump",
                  arena_printf(room.a,
                               "#!/bin/sh\n[ \"$1\" = --version ] || { touch %s/began; "
                               "until [ -e %s/go ]; do sleep 0.05; done; }\nexec %s \"$@\"\n",
                               dir, dir, real));
    MUST_RUN(&room, "chmod", "755", script);
    test_cluster_sql(dsn, "CREATE TABLE held (id integer PRIMARY KEY)");
    ck_assert_msg(pg_open(dsn, NULL, 0, holder, &e), "%s", e.text);
    const char *words[] = {"run",        "--users",
                           "0",          "--source",
                           dsn,          "--backup-dir",
                           room.backups, "--compare-source",
                           "none",       "--backup-take-pg-dump",
                           script,       NULL};
    program_start(&room, words, run);
    wait_for_file(fs_join(room.a, dir, "began"));
    ck_assert_msg(pg_run(holder, "BEGIN; LOCK TABLE held", &e), "%s", e.text);
    (void)room_file(&room, "go", "");
    wait_for_sessions(dsn, some);
    return program_wait_for_child(run, "pg_dump");
}

START_TEST(test_a_pg_dump_that_is_killed_proves_nothing)
{
    CLEANUP(running_cleanup) struct running run = {0};
    CLEANUP(pg_cleanup) struct pg holder = {0};
    const char *dsn = test_cluster_database();
    pid_t pid = start_dump(dsn, &holder, &run);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    struct told told = program_end(&run, 0);
    (void)nothing_proven(&told, "killed by signal 9");
}
END_TEST

START_TEST(test_no_session_stays_in_the_source_of_a_killed_run)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    CLEANUP(running_cleanup) struct running run = {0};
    CLEANUP(pg_cleanup) struct pg holder = {0};
    const char *dsn = test_cluster_database();
    (void)start_dump(dsn, &holder, &run);
    (void)program_end(&run, signals[_i]);
    /* The server looks for clients that are gone when their lock comes, or when it is free. */
    ck_assert_msg(pg_run(&holder, "ROLLBACK", &e), "%s", e.text);
    wait_for_sessions(dsn, none);
    room_must_have_no_process_soon(&room);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM held"), 0);
}
END_TEST

/* A server of its own, to be killed. */
static void start_source(struct arena *a, struct cluster *c)
{
    struct server_facts facts;
    struct cluster_wish wish = {.bindir = test_cluster_installation()->bindir,
                                .dir = test_cluster_folder()};
    ck_assert_msg(target_account(NULL, &wish.account, &e), "%s", e.text);
    ck_assert_msg(wish.account == NULL || fs_give_to(wish.dir, wish.account, &e), "%s", e.text);
    ck_assert_msg(cluster_start(a, &wish, c, &facts, &e), "%s", e.text);
}

START_TEST(test_a_source_that_dies_during_the_dump_proves_nothing)
{
    struct cluster source = {0};
    CLEANUP(running_cleanup) struct running run = {0};
    CLEANUP(pg_cleanup) struct pg holder = {0};
    start_source(room.a, &source);
    (void)start_dump(source.dsn, &holder, &run);
    ck_assert(cluster_stop(&source, &e));
    struct told told = program_end(&run, 0);
    (void)nothing_proven(&told, "server closed the connection unexpectedly (at backup)");
    cluster_cleanup(&source);
}
END_TEST

/* ---- the throw-away server --------------------------------------------------------------------
 */

static const char *dump_with(const char *statement)
{
    return room_file(&room, "backup.sql",
                     arena_printf(room.a,
                                  "--\n-- PostgreSQL database dump\n--\n\n"
                                  "CREATE TABLE public.t (id integer PRIMARY KEY);\n\n"
                                  "COPY public.t (id) FROM stdin;\n1\n2\n\\.\n\n%s\n"
                                  "--\n-- PostgreSQL database dump complete\n--\n\n",
                                  statement));
}

START_TEST(test_a_target_that_dies_during_the_restore_proves_nothing)
{
    CLEANUP(running_cleanup) struct running run = {0};
    const char *backup = dump_with("SELECT pg_catalog.pg_sleep(300);\n");
    const char *words[] = {"run", "--users", "0", "--backup", backup, NULL};
    program_start(&room, words, &run);
    program_wait_for(&run, " provision ");
    program_wait_for_sessions(&run, 1);
    (void)poll(NULL, 0, 1000); /* into the restore */
    ck_assert_int_eq(kill(program_wait_for_child(&run, "postgres"), SIGKILL), 0);
    struct told told = program_end(&run, 0);
    const struct record *r = nothing_proven(&told, "the server's log ends with: ");
    ck_assert_int_eq(record_stage((struct record *)(uintptr_t)r, STAGE_restore)->outcome,
                     OUTCOME_UNKNOWN);
}
END_TEST

/* ---- signals at short stages ------------------------------------------------------------------
 */

/* Many copies of one gzip member between a first and a last one: large, and quickly made. */
static const char *big_dump(void)
{
    CLEANUP(buf_cleanup) struct buf rows = {0};
    for (int i = 0; i < PART_ROWS; i++)
        buf_printf(&rows, "%d\n", i);
    (void)room_file(&room, "head",
                    "--\n-- PostgreSQL database dump\n--\n\n"
                    "CREATE TABLE public.t (id integer);\n\n"
                    "COPY public.t (id) FROM stdin;\n");
    (void)room_file(&room, "part", buf_text(&rows));
    (void)room_file(&room, "tail", "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    MUST_RUN(&room, "gzip", "head", "part", "tail");
    const char *join = arena_printf(room.a,
                                    "cat head.gz >big.gz; for i in $(seq %d); do cat part.gz; "
                                    "done >>big.gz; cat tail.gz >>big.gz",
                                    BIG_PARTS);
    MUST_RUN(&room, "sh", "-c", join);
    return fs_join(room.a, room.dir, "big.gz");
}

static void start_verify(struct running *run)
{
    const char *words[] = {"run", "--users", "0", "--backup", big_dump(), NULL};
    program_start(&room, words, run);
    program_wait_for(run, " backup ");
}

static void start_provision(struct running *run)
{
    const char *words[] = {
        "run", "--users", "0", "--backup", dump_with(""), "--target-template=false", NULL};
    program_start(&room, words, run);
    (void)program_wait_for_child(run, "initdb");
}

static void start_demo(struct running *run)
{
    MUST_RUN(&room, "mkdir", "demo");
    (void)room_file(&room, "demo/fill.sql", "SELECT pg_catalog.pg_sleep(300);\n");
    const char *words[] = {"run",
                           "--users",
                           "0",
                           "--source-demo",
                           fs_join(room.a, room.dir, "demo"),
                           "--target-template=false",
                           NULL};
    program_start(&room, words, run);
    (void)program_wait_for_child(run, "initdb");
    (void)program_wait_for_child(run, "postgres");
}

static void (*const starts[])(struct running *) = {start_demo, start_verify, start_provision};

START_TEST(test_a_signal_at_a_short_stage_tears_down_and_says_so)
{
    CLEANUP(running_cleanup) struct running run = {0};
    starts[_i](&run);
    struct told told = program_end(&run, SIGINT);
    ck_assert_msg(told.status == 128 + SIGINT, "exit status %d:\n%s%s", told.status, told.out,
                  told.err);
    room_must_be_clean(&room);
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->verdict, VERDICT_INTERRUPTED);
    must_contain(r->conclusion, "interrupted by signal 2");
}
END_TEST

START_TEST(test_what_is_killed_at_a_short_stage_is_reaped)
{
    CLEANUP(running_cleanup) struct running run = {0};
    starts[_i](&run);
    ck_assert_int_eq(program_end(&run, SIGKILL).status, -SIGKILL);
    room_must_have_no_process_soon(&room);
    struct told told = PROGRAM(&room, "reap");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    room_must_be_clean(&room);
}
END_TEST

Suite *suite_lost(void)
{
    Suite *s = suite_create("lost");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_a_pg_dump_that_is_killed_proves_nothing);
    tcase_add_loop_test(tc, test_no_session_stays_in_the_source_of_a_killed_run, 0, 2);
    tcase_add_test(tc, test_a_source_that_dies_during_the_dump_proves_nothing);
    tcase_add_test(tc, test_a_target_that_dies_during_the_restore_proves_nothing);
    tcase_add_loop_test(tc, test_a_signal_at_a_short_stage_tears_down_and_says_so, 0,
                        (int)COUNT_OF(starts));
    tcase_add_loop_test(tc, test_what_is_killed_at_a_short_stage_is_reaped, 0,
                        (int)COUNT_OF(starts));
    suite_add_tcase(s, tc);
    return s;
}
