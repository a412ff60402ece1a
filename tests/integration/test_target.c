/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "pg/pg.h"

#include <check.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_target(void);

static struct arena *arena;

static void set_up(void)
{
    arena = arena_new();
}

static void tear_down(void)
{
    arena_free(arena);
}

static struct cluster_wish usual_wish(void)
{
    struct err e;
    struct cluster_wish wish = {.dir = test_cluster_folder(),
                                .bindir = test_cluster_installation()->bindir};
    ck_assert_msg(target_account(NULL, &wish.account, &e), "%s", e.text);
    return wish;
}

static bool has_text(const struct vec *texts, const char *wanted)
{
    VEC_EACH (const char *, text, texts)
        if (strstr(*text, wanted) != NULL)
            return true;
    return false;
}

START_TEST(test_a_cluster_starts_answers_and_leaves_no_process)
{
    struct err e = {0};
    struct cluster c;
    struct server_facts facts;
    struct cluster_wish wish = usual_wish();
    wish.max_connections = 37;
    int64_t began_us = clock_mono_us();
    ck_assert_msg(cluster_start(arena, &wish, &c, &facts, &e), "%s", e.text);
    int64_t took_us = clock_mono_us() - began_us;
    pid_t pid = c.postmaster.pid;
    ck_assert_int_eq(test_cluster_int(c.dsn, "SELECT 6 * 7"), 42);
    ck_assert_int_eq(facts.max_connections.value, 37);
    began_us = clock_mono_us();
    ck_assert_msg(cluster_stop(&c, &e), "%s", e.text);
    (void)fprintf(stderr, "cluster: ready after %lld us, gone after %lld us\n", (long long)took_us,
                  (long long)(clock_mono_us() - began_us));
    ck_assert_int_ne(kill(pid, 0), 0);
}
END_TEST

Suite *suite_target(void)
{
    Suite *s = suite_create("target");
    TCase *tc = tcase_create("cluster");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_a_cluster_starts_answers_and_leaves_no_process);
    suite_add_tcase(s, tc);
    (void)has_text;
    return s;
}
