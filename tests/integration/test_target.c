/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/runner.h"
#include "pg/pg.h"
#include "target/target.h"

#include <check.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

Suite *suite_target(void);

static struct arena *arena;
static struct err e;
static struct cluster cluster;
static struct server_facts facts;

static void set_up(void)
{
    arena = arena_new();
    e = (struct err){0};
}

static void tear_down(void)
{
    cluster_cleanup(&cluster);
    arena_free(arena);
}

static struct cluster_wish usual_wish(void)
{
    struct cluster_wish wish = {.dir = test_cluster_folder(),
                                .bindir = test_cluster_installation()->bindir};
    ck_assert_msg(target_account(NULL, &wish.account, &e), "%s", e.text);
    return wish;
}

static void start(const struct cluster_wish *wish)
{
    ck_assert_msg(cluster_start(arena, wish, &cluster, &facts, &e), "%s", e.text);
}

static bool has_text(const struct vec *texts, const char *wanted)
{
    VEC_EACH (const char *, text, texts)
        if (strstr(*text, wanted) != NULL)
            return true;
    return false;
}

/* Processes whose working directory is the data folder of a cluster, whoever they belong to. */
static int processes_in(const char *dir)
{
    struct vec names;
    int n = 0;
    struct stat data, cwd;
    if (stat(fs_join(arena, dir, "data"), &data) != 0)
        return 0;
    ck_assert(fs_list(arena, "/proc", &names, &e));
    VEC_EACH (char *, name, &names)
        n += stat(arena_printf(arena, "/proc/%s/cwd", *name), &cwd) == 0 &&
             cwd.st_ino == data.st_ino && cwd.st_dev == data.st_dev;
    return n;
}

static bool emptied_in_time(const char *dir)
{
    for (int i = 0; i < 1000 && processes_in(dir) > 0; i++)
        (void)usleep(5000);
    return processes_in(dir) == 0;
}

START_TEST(test_a_cluster_answers_and_leaves_no_process)
{
    struct cluster_wish wish = usual_wish();
    wish.max_connections = 37;
    int64_t began_us = clock_mono_us();
    start(&wish);
    int64_t took_us = clock_mono_us() - began_us;
    ck_assert_int_lt(took_us, 10 * CLOCK_SECOND_US);
    ck_assert_int_eq(test_cluster_int(cluster.dsn, "SELECT 6 * 7"), 42);
    ck_assert_int_eq(test_cluster_int(cluster.dsn, "SHOW max_connections"), 37);
    ck_assert_int_gt(processes_in(wish.dir), 1);
    began_us = clock_mono_us();
    ck_assert_msg(cluster_stop(&cluster, &e), "%s", e.text);
    ck_assert_int_eq(processes_in(wish.dir), 0);
    ck_assert_msg(cluster_stop(&cluster, &e), "%s", e.text);
    (void)fprintf(stderr, "cluster: ready after %lld us, gone after %lld us\n", (long long)took_us,
                  (long long)(clock_mono_us() - began_us));
}
END_TEST

START_TEST(test_the_facts_are_what_the_server_says)
{
    struct cluster_wish wish = usual_wish();
    wish.encoding = "LATIN1";
    wish.collate = "C";
    wish.ctype = "C";
    start(&wish);
    ck_assert_str_eq(facts.kind, "local");
    ck_assert_str_eq(facts.encoding, "LATIN1");
    ck_assert_str_eq(facts.collate, "C");
    ck_assert_str_eq(facts.ctype, "C");
    ck_assert_str_eq(facts.locale_provider, "libc");
    ck_assert_int_eq(facts.version_num / 10000, test_cluster_installation()->major);
    ck_assert_str_eq(facts.bindir, wish.bindir);
    ck_assert_ptr_nonnull(strstr(facts.dsn, cluster.socket_dir));
    ck_assert_str_ne(facts.account, "root");
    VEC_EACH (const char *, line, &facts.settings) {
        const char *name = arena_strndup(arena, *line, strcspn(*line, " "));
        const char *sql =
            arena_printf(arena,
                         "SELECT pending_restart OR source <> 'configuration file' FROM "
                         "pg_settings WHERE name = '%s'",
                         name);
        ck_assert_msg(str_eq(test_cluster_text(arena, cluster.dsn, sql), "f"), "%s", *line);
    }
    ck_assert(has_text(&facts.settings, "fsync = off"));
}
END_TEST

START_TEST(test_a_cluster_is_shut_off_as_observed)
{
    struct cluster_wish wish = usual_wish();
    struct stat st;
    start(&wish);
    ck_assert(has_text(&facts.isolation, "holds no listening TCP socket"));
    ck_assert(has_text(&facts.isolation, "mode 0700"));
    ck_assert(has_text(&facts.isolation, "not as root"));
    ck_assert_int_eq(stat(cluster.socket_dir, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0700);
    ck_assert_str_eq(test_cluster_text(arena, cluster.dsn, "SHOW listen_addresses"), "");
    ck_assert_int_eq(stat(fs_join(arena, cluster.socket_dir, ".s.PGSQL.5432"), &st), 0);
}
END_TEST

START_TEST(test_the_environment_does_not_reach_a_cluster)
{
    struct cluster_wish wish = usual_wish();
    ck_assert_int_eq(setenv("PGOPTIONS", "-c default_transaction_read_only=on", 1), 0);
    ck_assert_int_eq(setenv("PGTARGETSESSIONATTRS", "standby", 1), 0);
    ck_assert_int_eq(setenv("PGHOST", "nowhere.invalid", 1), 0);
    ck_assert_int_eq(setenv("PGPORT", "1", 1), 0);
    ck_assert_int_eq(setenv("PGUSER", "nobody-there", 1), 0);
    ck_assert_int_eq(setenv("PGDATA", "/nonexistent", 1), 0);
    start(&wish);
    test_cluster_sql(cluster.dsn, "CREATE TABLE t ()");
}
END_TEST

/* As the globals of a pg_dumpall, and a database, may have it. */
START_TEST(test_what_roles_and_databases_set_does_not_reach_our_sessions)
{
    struct cluster_wish wish = usual_wish();
    start(&wish);
    test_cluster_sql(cluster.dsn, "CREATE ROLE plain NOLOGIN;"
                                  "ALTER ROLE postgres SET statement_timeout = '1ms';"
                                  "ALTER ROLE postgres SET default_transaction_read_only = on;"
                                  "ALTER DATABASE postgres SET lock_timeout = '2ms';"
                                  "ALTER ROLE postgres IN DATABASE postgres SET role = 'plain';"
                                  "ALTER ROLE postgres IN DATABASE postgres"
                                  " SET idle_in_transaction_session_timeout = '3ms'");
    const char *in_force = test_cluster_text(
        arena, cluster.dsn,
        "SELECT pg_catalog.concat_ws(' ', current_setting('statement_timeout'),"
        " current_setting('lock_timeout'), current_setting('default_transaction_read_only'),"
        " current_setting('idle_in_transaction_session_timeout'), current_user)");
    ck_assert_str_eq(in_force, "0 0 off 0 postgres");
    ck_assert_ptr_null(strstr(facts.dsn, "statement_timeout"));
}
END_TEST

static struct vec texts(const char *const *from)
{
    struct vec list = vec_new(arena, sizeof(const char *));
    for (; *from != NULL; from++)
        *(const char **)vec_push(&list) = *from;
    return list;
}

static const char *shown(const char *name)
{
    return test_cluster_text(arena, cluster.dsn, arena_printf(arena, "SHOW %s", name));
}

START_TEST(test_behind_the_restore_a_server_runs_as_the_source_does)
{
    struct cluster_wish wish = usual_wish();
    static const char *const source[] = {"work_mem = 7MB", "synchronous_commit = local",
                                         "shared_buffers = 900TB", "listen_addresses = *", NULL};
    struct vec like = texts(source);
    struct cluster_settle how = {.like = &like};
    start(&wish);
    test_cluster_sql(cluster.dsn, "CREATE TABLE kept AS SELECT 42 AS n");
    ck_assert_str_eq(shown("fsync"), "off");
    ck_assert_msg(cluster_settle(arena, &cluster, &how, &e), "%s", e.text);
    ck_assert_str_eq(shown("work_mem"), "7MB");
    ck_assert_str_eq(shown("synchronous_commit"), "local");
    ck_assert_str_eq(shown("fsync"), "on");
    ck_assert_str_eq(shown("full_page_writes"), "on");
    ck_assert_str_eq(shown("autovacuum"), "on");
    ck_assert_str_eq(shown("listen_addresses"), "");
    ck_assert_int_eq(test_cluster_int(cluster.dsn, "SELECT n FROM kept"), 42);
    ck_assert(has_text(&how.in_use, "work_mem = 7MB") && has_text(&how.in_use, "fsync = on"));
    ck_assert(has_text(&how.smaller, "instead of 900TB"));
}
END_TEST

START_TEST(test_a_setting_that_a_server_refuses_is_told_and_another_attempt_is_possible)
{
    struct cluster_wish wish = usual_wish();
    static const char *const source[] = {"work_mem = plenty", NULL};
    struct vec like = texts(source);
    struct cluster_settle how = {.like = &like};
    start(&wish);
    test_cluster_sql(cluster.dsn, "CREATE TABLE kept AS SELECT 42 AS n");
    ck_assert(!cluster_settle(arena, &cluster, &how, &e));
    ck_assert_int_eq(e.code, ERR_CHILD);
    ck_assert_ptr_nonnull(strstr(e.text, "work_mem"));
    ck_assert_int_eq(processes_in(wish.dir), 0);
    how.like = NULL;
    ck_assert_msg(cluster_settle(arena, &cluster, &how, &e), "%s", e.text);
    ck_assert_str_eq(shown("work_mem"), "4MB");
    ck_assert_int_eq(test_cluster_int(cluster.dsn, "SELECT n FROM kept"), 42);
}
END_TEST

START_TEST(test_an_icu_source_gets_an_icu_cluster)
{
    struct cluster_wish wish = usual_wish();
    if (test_cluster_installation()->major < 15) {
        runner_skip("this PostgreSQL has no ICU databases");
        return;
    }
    wish.locale_provider = "icu";
    wish.icu_locale = "de-AT";
    start(&wish);
    ck_assert_str_eq(facts.locale_provider, "icu");
    ck_assert_str_eq(facts.icu_locale, "de-AT");
}
END_TEST

static void assert_fails(const struct cluster_wish *wish, enum err_code code)
{
    ck_assert(!cluster_start(arena, wish, &cluster, &facts, &e));
    ck_assert_msg(e.code == code, "%s: %s", err_name(e.code), e.text);
    ck_assert_int_eq(processes_in(wish->dir), 0);
    ck_assert_int_eq(cluster.postmaster.pid, 0);
}

START_TEST(test_a_locale_that_is_missing_is_the_fault_of_this_machine)
{
    struct cluster_wish wish = usual_wish();
    wish.collate = "xx_YY.UTF-8";
    assert_fails(&wish, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, "localedef -i xx_YY -f UTF-8 xx_YY.UTF-8"));
    ck_assert(!fs_exists(fs_join(arena, wish.dir, "data")));
}
END_TEST

START_TEST(test_a_path_too_long_for_a_socket_is_told_before_anything_is_made)
{
    struct cluster_wish wish = usual_wish();
    wish.dir = arena_printf(arena, "%s/%090d", wish.dir, 0);
    assert_fails(&wish, ERR_USAGE);
    ck_assert(!fs_exists(wish.dir));
}
END_TEST

START_TEST(test_root_without_another_account_is_refused)
{
    struct cluster_wish wish = usual_wish();
    if (geteuid() != 0) {
        runner_skip("needs root");
        return;
    }
    wish.account = NULL;
    assert_fails(&wish, ERR_REFUSED);
}
END_TEST

/* Programs that stand in for those of an installation. */
static const char *fake_bindir(const char *initdb, const char *postgres)
{
    const char *dir = test_cluster_folder();
    ck_assert_int_eq(chmod(dir, 0755), 0);
    ck_assert(fs_write_file(arena, fs_join(arena, dir, "initdb"), 0755, slice_of(initdb), &e));
    ck_assert(fs_write_file(arena, fs_join(arena, dir, "postgres"), 0755, slice_of(postgres), &e));
    return dir;
}

START_TEST(test_an_initdb_that_fails_is_told_in_its_words)
{
    struct cluster_wish wish = usual_wish();
    wish.bindir = fake_bindir("#!/bin/sh\necho 'initdb: error: no luck' >&2\nexit 1\n", "");
    assert_fails(&wish, ERR_CHILD);
    ck_assert_str_eq(e.text, "initdb failed: initdb: error: no luck");
}
END_TEST

START_TEST(test_a_server_that_dies_at_start_is_told_with_its_log)
{
    struct cluster_wish wish = usual_wish();
    const char *initdb = arena_printf(arena, "#!/bin/sh\nexec %s/initdb \"$@\"\n", wish.bindir);
    wish.bindir = fake_bindir(initdb, "#!/bin/sh\necho 'FATAL:  no such luck' >&2\nexit 1\n");
    assert_fails(&wish, ERR_CHILD);
    ck_assert_str_eq(e.text,
                     "the server ended while starting (exit status 1): FATAL:  no such luck");
}
END_TEST

START_TEST(test_a_server_that_is_never_ready_ends_at_the_deadline)
{
    struct cluster_wish wish = usual_wish();
    const char *initdb = arena_printf(arena, "#!/bin/sh\nexec %s/initdb \"$@\"\n", wish.bindir);
    wish.bindir = fake_bindir(initdb, "#!/bin/sh\nexec sleep 600\n");
    wish.start_timeout_us = 2 * CLOCK_SECOND_US;
    assert_fails(&wish, ERR_TIMEOUT);
}
END_TEST

START_TEST(test_a_full_disk_is_told_as_such)
{
    struct cluster_wish wish = usual_wish();
    if (geteuid() != 0 || mount("none", wish.dir, "tmpfs", 0, "size=12m,mode=0700") != 0) {
        runner_skip("a small tmpfs cannot be mounted here");
        return;
    }
    bool started = cluster_start(arena, &wish, &cluster, &facts, &e);
    int left = processes_in(wish.dir);
    ck_assert_int_eq(umount2(wish.dir, MNT_DETACH), 0);
    ck_assert(!started);
    ck_assert_msg(e.code == ERR_SPACE, "%s: %s", err_name(e.code), e.text);
    ck_assert_int_eq(left, 0);
}
END_TEST

/* Whether the signal comes during initdb or while the server starts: nothing is left. */
static const int moments_ms[] = {1, 60, 250, 450, 520, 580};

START_TEST(test_a_signal_while_starting_leaves_no_process)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    struct cluster_wish wish = usual_wish();
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGINT};
    struct itimerspec after = {.it_value.tv_nsec = moments_ms[_i] * 1000000L};
    timer_t timer;
    ck_assert(interrupt_open(&intr, &e));
    wish.intr = &intr;
    ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    ck_assert_int_eq(timer_settime(timer, 0, &after, NULL), 0);
    if (cluster_start(arena, &wish, &cluster, &facts, &e))
        ck_assert(cluster_stop(&cluster, &e));
    else
        ck_assert_msg(e.code == ERR_INTERRUPTED, "%s", e.text);
    ck_assert_int_eq(processes_in(wish.dir), 0);
}
END_TEST

/* Starts a cluster in a process of its own, which then waits to be killed. */
static pid_t start_elsewhere(const struct cluster_wish *wish)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        start(wish);
        test_cluster_sql(cluster.dsn, "SELECT 1");
        ck_assert_int_eq(write(ready[1], "x", 1), 1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    return pid;
}

START_TEST(test_a_cluster_does_not_outlive_a_killed_parent)
{
    struct cluster_wish wish = usual_wish();
    pid_t pid = start_elsewhere(&wish);
    ck_assert_int_gt(processes_in(wish.dir), 1);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    int64_t began_us = clock_mono_us();
    ck_assert(emptied_in_time(wish.dir));
    (void)fprintf(stderr, "cluster: gone %lld us after SIGKILL of its parent\n",
                  (long long)(clock_mono_us() - began_us));
    ck_assert(!fs_exists(fs_join(arena, wish.dir, "data/postmaster.pid")));
    ck_assert(cluster_kill_stale(wish.dir, &e));
}
END_TEST

START_TEST(test_a_stale_server_is_ended)
{
    struct cluster_wish wish = usual_wish();
    start(&wish);
    ck_assert_msg(cluster_kill_stale(wish.dir, &e), "%s", e.text);
    ck_assert_int_eq(processes_in(wish.dir), 0);
}
END_TEST

/* Id of the System V segment that the server's lock file names. */
static int segment_of(const char *dir)
{
    struct slice text;
    long long key = 0, id = -1;
    ck_assert(fs_read_file(arena, fs_join(arena, dir, "data/postmaster.pid"), 4096, &text, &e));
    const char *line = text.p;
    for (int i = 1; i < 7; i++)
        line = strchr(line, '\n') + 1;
    char *end;
    key = strtoll(line, &end, 10);
    id = strtoll(end, NULL, 10);
    ck_assert(key != 0 && id >= 0);
    return (int)id;
}

START_TEST(test_servers_that_survived_their_postmaster_are_ended)
{
    struct cluster_wish wish = usual_wish();
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct shmid_ds segment;
    int64_t pid = 0;
    start(&wish);
    int id = segment_of(wish.dir);
    ck_assert_int_eq(shmctl(id, IPC_STAT, &segment), 0);
    ck_assert(pg_open(cluster.dsn, NULL, 0, &pg, &e));
    ck_assert(pg_int(&pg, "SELECT pg_catalog.pg_backend_pid()", &pid, &e));
    ck_assert_int_eq(kill((pid_t)pid, SIGSTOP), 0);
    ck_assert_int_eq(kill(cluster.postmaster.pid, SIGKILL), 0);
    ck_assert_msg(cluster_kill_stale(wish.dir, &e), "%s", e.text);
    ck_assert_int_eq(processes_in(wish.dir), 0);
    ck_assert_int_ne(shmctl(id, IPC_STAT, &segment), 0);
}
END_TEST

START_TEST(test_a_stopped_postmaster_is_ended_all_the_same)
{
    struct cluster_wish wish = usual_wish();
    start(&wish);
    ck_assert_int_eq(kill(cluster.postmaster.pid, SIGSTOP), 0);
    ck_assert_msg(cluster_stop(&cluster, &e), "%s", e.text);
    ck_assert_int_eq(processes_in(wish.dir), 0);
}
END_TEST

START_TEST(test_a_stranger_in_the_data_folder_is_left_alone)
{
    struct cluster_wish wish = usual_wish();
    if (geteuid() != 0) {
        runner_skip("needs root");
        return;
    }
    start(&wish);
    pid_t stranger = fork();
    if (stranger == 0) {
        if (chdir(cluster.data_dir) == 0)
            (void)sleep(60); /* killed long before */
        _exit(1);
    }
    for (int i = 0; i < 400 && processes_in(wish.dir) < 2; i++)
        (void)usleep(5000);
    ck_assert(cluster_kill_stale(wish.dir, &e));
    ck_assert_int_eq(waitpid(stranger, NULL, WNOHANG), 0);
    ck_assert_int_eq(processes_in(wish.dir), 1);
    ck_assert_int_eq(kill(stranger, SIGKILL), 0);
    ck_assert_int_eq(waitpid(stranger, NULL, 0), stranger);
}
END_TEST

START_TEST(test_a_lock_file_that_lies_harms_nobody)
{
    const char *dir = test_cluster_folder(), *data = fs_join(arena, dir, "data");
    pid_t stranger = fork();
    if (stranger == 0)
        for (;;)
            (void)pause();
    ck_assert(fs_make_dirs(data, 0700, &e));
    const char *text = arena_printf(arena, "%d\n%s\n", (int)stranger, data);
    ck_assert(
        fs_write_file(arena, fs_join(arena, data, "postmaster.pid"), 0600, slice_of(text), &e));
    ck_assert(cluster_kill_stale(dir, &e));
    ck_assert(cluster_kill_stale("/nowhere/at/all", &e));
    ck_assert_int_eq(waitpid(stranger, NULL, WNOHANG), 0);
    ck_assert_int_eq(kill(stranger, SIGKILL), 0);
    ck_assert_int_eq(waitpid(stranger, NULL, 0), stranger);
}
END_TEST

Suite *suite_target(void)
{
    Suite *s = suite_create("target");
    TCase *tc = tcase_create("cluster");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_a_cluster_answers_and_leaves_no_process);
    tcase_add_test(tc, test_the_facts_are_what_the_server_says);
    tcase_add_test(tc, test_a_cluster_is_shut_off_as_observed);
    tcase_add_test(tc, test_the_environment_does_not_reach_a_cluster);
    tcase_add_test(tc, test_what_roles_and_databases_set_does_not_reach_our_sessions);
    tcase_add_test(tc, test_behind_the_restore_a_server_runs_as_the_source_does);
    tcase_add_test(tc,
                   test_a_setting_that_a_server_refuses_is_told_and_another_attempt_is_possible);
    tcase_add_test(tc, test_an_icu_source_gets_an_icu_cluster);
    tcase_add_test(tc, test_a_locale_that_is_missing_is_the_fault_of_this_machine);
    tcase_add_test(tc, test_a_path_too_long_for_a_socket_is_told_before_anything_is_made);
    tcase_add_test(tc, test_root_without_another_account_is_refused);
    tcase_add_test(tc, test_an_initdb_that_fails_is_told_in_its_words);
    tcase_add_test(tc, test_a_server_that_dies_at_start_is_told_with_its_log);
    tcase_add_test(tc, test_a_server_that_is_never_ready_ends_at_the_deadline);
    tcase_add_test(tc, test_a_full_disk_is_told_as_such);
    tcase_add_loop_test(tc, test_a_signal_while_starting_leaves_no_process, 0,
                        COUNT_OF(moments_ms));
    tcase_add_test(tc, test_a_cluster_does_not_outlive_a_killed_parent);
    tcase_add_test(tc, test_a_stale_server_is_ended);
    tcase_add_test(tc, test_servers_that_survived_their_postmaster_are_ended);
    tcase_add_test(tc, test_a_stopped_postmaster_is_ended_all_the_same);
    tcase_add_test(tc, test_a_stranger_in_the_data_folder_is_left_alone);
    tcase_add_test(tc, test_a_lock_file_that_lies_harms_nobody);
    suite_add_tcase(s, tc);
    return s;
}
