/* SPDX-License-Identifier: PostgreSQL */
/* A standby as the source: it takes no writes, has no unlogged rows, and is rehearsed all the same.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/majors.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <poll.h>
#include <signal.h>

Suite *suite_standby(void);

enum { READY_SECONDS = 60, STOP_SECONDS = 30 };

static struct room room;
static const char *data_dir, *dsn, *account;

static const char *tool(const char *name)
{
    return fs_join(room.a, test_cluster_installation()->bindir, name);
}

static void must_run_as_account(const char *const *argv)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    const struct spawn how = {.argv = argv, .user = account, .dir = room.dir};
    int64_t until_us = clock_mono_us() + READY_SECONDS * CLOCK_SECOND_US;
    ck_assert_msg(proc_run(&how, until_us, NULL, &r, &e), "%s", e.text);
    ck_assert_msg(r.status == 0, "%s: %s", argv[0], buf_text(&r.err));
}

/* It ends with the test, whatever becomes of that. */
static struct proc serve(void)
{
    struct err e = {0};
    struct proc server = {0};
    const char *const argv[] = {tool("postgres"),    "-D", data_dir,    "-k", data_dir, "-c",
                                "listen_addresses=", "-c", "fsync=off", NULL};
    const struct spawn how = {.argv = argv,
                              .user = account,
                              .dir = data_dir,
                              .out = PROC_NULL,
                              .err = PROC_NULL,
                              .death_signal = SIGQUIT};
    ck_assert_msg(proc_start(&how, &server, &e), "%s", e.text);
    int64_t until_us = clock_mono_us() + READY_SECONDS * CLOCK_SECOND_US;
    for (bool ready = false; !ready;) {
        CLEANUP(pg_cleanup) struct pg pg = {0};
        ready = pg_open(dsn, NULL, CLOCK_SECOND_US, &pg, &e);
        ck_assert_msg(clock_mono_us() < until_us, "%s", e.text);
        (void)poll(NULL, 0, 20);
    }
    return server;
}

/* A server that was stopped goes on as a standby, of a primary that sends nothing. */
static struct proc serve_standby(const char *script)
{
    struct proc primary = serve();
    test_cluster_sql(dsn, script);
    ck_assert(proc_stop(&primary, SIGINT, STOP_SECONDS * CLOCK_SECOND_US));
    proc_cleanup(&primary);
    must_run_as_account(
        (const char *const[]){"touch", fs_join(room.a, data_dir, "standby.signal"), NULL});
    return serve();
}

static void set_up(void)
{
    struct err e = {0};
    room_open(&room, NULL);
    const char *folder = test_cluster_folder();
    ck_assert_msg(target_account(NULL, &account, &e), "%s", e.text);
    ck_assert_msg(account == NULL || fs_give_to(folder, account, &e), "%s", e.text);
    data_dir = fs_join(room.a, folder, "data");
    dsn = arena_printf(room.a, "host=%s port=5432 user=postgres dbname=postgres", data_dir);
    must_run_as_account((const char *const[]){tool("initdb"), "-N", "--auth=trust", "-U",
                                              "postgres", "--locale=C.UTF-8", "-D", data_dir,
                                              NULL});
}

START_TEST(test_a_standby_is_rehearsed)
{
    const char *rows = major_script(room.a, "tests/integration/rows.sql", 10);
    struct proc server = serve_standby(
        arena_printf(room.a, "%s CREATE UNLOGGED TABLE cache AS SELECT 1 AS n", rows));
    struct told told = PROGRAM(&room, "run", "--source", dsn, "--users", "0");
    ck_assert_msg(told.status == 0, "exit status %d:\n%s%s", told.status, told.out, told.err);
    room_must_be_clean(&room);
    const struct record *r = room_report(&room);
    ck_assert(r->source.standby);
    ck_assert_int_eq(report_table(r, "public", "sale")->restored_rows.value, 3000);
    ck_assert_int_eq(report_table(r, "public", "sale")->source_rows.value, 3000);
    must_contain(told.out, "an unlogged table cannot be read on a standby");
    (void)proc_stop(&server, SIGQUIT, STOP_SECONDS * CLOCK_SECOND_US);
    proc_cleanup(&server);
}
END_TEST

Suite *suite_standby(void)
{
    Suite *s = suite_create("standby");
    TCase *t = tcase_create("standby");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, test_a_standby_is_rehearsed);
    suite_add_tcase(s, t);
    return s;
}
