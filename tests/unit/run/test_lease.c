/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "run/lease.h"
#include "run/undo.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    struct arena *a;
    char *dir;
    const char *state;
    struct err e;
};

static struct place open_place(void)
{
    struct place p = {.a = arena_new()};
    p.dir = fs_make_temp_dir(p.a, "/tmp", "test_lease.", &p.e);
    ck_assert(lease_state_dir(p.a, fs_join(p.a, p.dir, "state"), &p.state, &p.e));
    return p;
}

static void place_cleanup(struct place *p)
{
    ck_assert_msg(fs_remove_tree(p->dir, &p->e), "%s", p->e.text);
    arena_free(p->a);
}

static size_t count_files(struct place *p, const char *dir)
{
    struct vec names;
    ck_assert(fs_list(p->a, dir, &names, &p->e));
    return names.n;
}

static const struct lease_facts *only_lease(struct place *p)
{
    struct vec leases;
    ck_assert(lease_list(p->a, p->state, &leases, &p->e));
    ck_assert_uint_eq(leases.n, 1);
    return vec_at(&leases, 0);
}

START_TEST(test_a_lease_is_there_before_the_folder_and_after_it)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    struct lease l;
    const char *folder = fs_join(p.a, p.dir, "pg_rehearse-1");
    ck_assert_msg(lease_take(p.a, p.state, folder, &l, &p.e), "%s", p.e.text);
    ck_assert(fs_is_dir(folder));
    ck_assert_uint_eq(count_files(&p, p.state), 1);
    ck_assert(fs_write_file(p.a, fs_join(p.a, folder, "f"), 0600, slice_of("x"), &p.e));
    ck_assert(lease_give(&l, &p.e));
    ck_assert(!fs_exists(folder));
    ck_assert_uint_eq(count_files(&p, p.state), 0);
}
END_TEST

START_TEST(test_a_folder_that_is_in_the_way_is_not_taken_over)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    struct lease l;
    const char *folder = fs_join(p.a, p.dir, "pg_rehearse-1");
    ck_assert(fs_make_dirs(folder, 0700, &p.e));
    ck_assert(!lease_take(p.a, p.state, folder, &l, &p.e));
    ck_assert(fs_is_dir(folder));
    ck_assert_uint_eq(count_files(&p, p.state), 0);
}
END_TEST

START_TEST(test_a_living_run_is_left_alone_and_a_dead_one_cleared)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *folder = fs_join(p.a, p.dir, "pg_rehearse-dead");
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct lease l;
        bool ok = lease_take(p.a, p.state, folder, &l, &p.e);
        if (write(ready[1], ok ? "y" : "n", 1) != 1)
            _exit(1);
        (void)pause();
    }
    char answer = 'n';
    ck_assert_int_eq(read(ready[0], &answer, 1), 1);
    ck_assert_int_eq(answer, 'y');
    struct vec reaped;
    ck_assert(lease_reap(p.a, p.state, LEASE_ALL, &reaped, &p.e));
    ck_assert_int_eq(only_lease(&p)->state, LEASE_ALIVE);
    ck_assert_uint_eq(reaped.n, 0);
    ck_assert(fs_is_dir(folder));
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(only_lease(&p)->state, LEASE_STALE);
    ck_assert(lease_reap(p.a, p.state, NULL, &reaped, &p.e));
    ck_assert_uint_eq(reaped.n, 1);
    ck_assert(((struct reaped *)vec_at(&reaped, 0))->cleared);
    ck_assert(!fs_exists(folder));
    ck_assert_uint_eq(count_files(&p, p.state), 0);
}
END_TEST

START_TEST(test_a_kept_folder_goes_when_it_is_named_and_not_before)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    struct lease l;
    struct vec reaped;
    const char *folder = fs_join(p.a, p.dir, "pg_rehearse-01KEPT");
    ck_assert(lease_take(p.a, p.state, folder, &l, &p.e));
    ck_assert_msg(lease_keep(&l, "host=/x dbname='a b'", &p.e), "%s", p.e.text);
    const char *const others[] = {NULL, "01KEP", "01OTHER", ""};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        ck_assert(lease_reap(p.a, p.state, others[i], &reaped, &p.e));
        ck_assert_uint_eq(reaped.n, 0);
        ck_assert(fs_is_dir(folder));
    }
    const struct lease_facts *kept = only_lease(&p);
    ck_assert_int_eq(kept->state, LEASE_KEPT);
    ck_assert_str_eq(kept->name, "01KEPT");
    ck_assert_str_eq(kept->folder, folder);
    ck_assert_str_eq(kept->dsn, "host=/x dbname='a b'");
    ck_assert_int_eq(strncmp(kept->since, "20", 2), 0);
    ck_assert(lease_reap(p.a, p.state, _i == 0 ? "01KEPT" : LEASE_ALL, &reaped, &p.e));
    ck_assert_uint_eq(reaped.n, 1);
    ck_assert(!fs_exists(folder));
    ck_assert_uint_eq(count_files(&p, p.state), 0);
}
END_TEST

/* Killed while it wrote: nobody was told of the server, so nobody keeps it. */
START_TEST(test_half_a_word_about_keeping_keeps_nothing)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    static const char *const halves[] = {"kept 2026-11-23T16:0", "kept 2026-11-23T16:00:00Z\n",
                                         "kept 2026-11-23T16:00:00Z\ndsn host=/x"};
    const char *folder = fs_join(p.a, p.dir, "pg_rehearse-1");
    const char *text = arena_printf(p.a, "pg_rehearse lease 1\nfolder %s\n%s", folder, halves[_i]);
    struct vec reaped;
    ck_assert(fs_make_dirs(folder, 0700, &p.e));
    ck_assert(fs_write_file(p.a, fs_join(p.a, p.state, "x.lease"), 0600, slice_of(text), &p.e));
    ck_assert_int_eq(only_lease(&p)->state, LEASE_STALE);
    ck_assert(lease_reap(p.a, p.state, NULL, &reaped, &p.e));
    ck_assert_uint_eq(reaped.n, 1);
    ck_assert(!fs_exists(folder));
}
END_TEST

static const char *const forgeries[] = {
    "pg_rehearse lease 1\nfolder /etc\n",
    "pg_rehearse lease 1\nfolder %s/victim\n",
    "pg_rehearse lease 1\nfolder pg_rehearse-relative\n",
    "pg_rehearse lease 1\nfolder %s/x/../pg_rehearse-1/../victim\n",
    "pg_rehearse lease 1\n",
    "something else\nfolder %s/pg_rehearse-1\n",
    "",
};

START_TEST(test_a_forged_lease_removes_nothing)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *victim = fs_join(p.a, p.dir, "victim"),
               *ours = fs_join(p.a, p.dir, "pg_rehearse-1");
    ck_assert(fs_make_dirs(victim, 0700, &p.e) && fs_make_dirs(ours, 0700, &p.e));
    char text[1024];
    const char *hole = strstr(forgeries[_i], "%s");
    if (hole == NULL)
        (void)stpcpy(text, forgeries[_i]);
    else
        *stpcpy(stpcpy(stpncpy(text, forgeries[_i], (size_t)(hole - forgeries[_i])), p.dir),
                hole + 2) = '\0';
    ck_assert(fs_write_file(p.a, fs_join(p.a, p.state, "x.lease"), 0600, slice_of(text), &p.e));
    struct vec reaped;
    ck_assert(lease_reap(p.a, p.state, LEASE_ALL, &reaped, &p.e));
    ck_assert(fs_is_dir(victim) && fs_is_dir(ours) && fs_is_dir("/etc"));
}
END_TEST

START_TEST(test_only_folders_of_ours_can_be_leased)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    struct lease l;
    ck_assert(!lease_take(p.a, p.state, fs_join(p.a, p.dir, "other"), &l, &p.e));
    ck_assert(!lease_take(p.a, p.state, "pg_rehearse-relative", &l, &p.e));
    ck_assert(!lease_take(p.a, p.state, fs_join(p.a, p.dir, "pg_rehearse-\nx"), &l, &p.e));
}
END_TEST

struct step {
    char *log;
    char letter;
    bool works;
};

static bool note_step(void *context, struct err *e)
{
    struct step *s = context;
    s->log[strlen(s->log)] = s->letter;
    return s->works || err_set(e, ERR_SYSTEM, "no");
}

START_TEST(test_undo_runs_backwards_and_past_failures)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char log[8] = "";
    struct step steps[] = {{log, 'a', true}, {log, 'b', false}, {log, 'c', true}};
    struct undo u = undo_new(a);
    for (size_t i = 0; i < 3; i++)
        undo_push(&u, i == 1 ? "b" : "other", note_step, &steps[i]);
    struct vec failures = vec_new(a, sizeof(const char *));
    ck_assert(!undo_all(&u, &failures));
    ck_assert_str_eq(log, "cba");
    ck_assert_uint_eq(failures.n, 1);
    ck_assert_str_eq(*(const char **)vec_at(&failures, 0), "b: no");
    ck_assert(undo_all(&u, &failures)); /* forgotten: nothing is undone twice */
    ck_assert_str_eq(log, "cba");
}
END_TEST

Suite *suite_run_lease(void);
Suite *suite_run_lease(void)
{
    Suite *s = suite_create("run/lease");
    TCase *t = tcase_create("lease");
    tcase_add_test(t, test_a_lease_is_there_before_the_folder_and_after_it);
    tcase_add_test(t, test_a_folder_that_is_in_the_way_is_not_taken_over);
    tcase_add_test(t, test_a_living_run_is_left_alone_and_a_dead_one_cleared);
    tcase_add_loop_test(t, test_a_kept_folder_goes_when_it_is_named_and_not_before, 0, 2);
    tcase_add_loop_test(t, test_half_a_word_about_keeping_keeps_nothing, 0, 3);
    tcase_add_loop_test(t, test_a_forged_lease_removes_nothing, 0, (int)COUNT_OF(forgeries));
    tcase_add_test(t, test_only_folders_of_ours_can_be_leased);
    tcase_add_test(t, test_undo_runs_backwards_and_past_failures);
    suite_add_tcase(s, t);
    return s;
}
