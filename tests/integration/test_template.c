/* SPDX-License-Identifier: PostgreSQL */
/* Empty servers from what initdb left in an earlier run: never from one that is not beyond doubt.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "target/target.h"

#include <check.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_template(void);

static struct arena *arena;
static struct err e;
static struct cluster cluster;
static struct server_facts facts;
static const char *cache;

static void set_up(void)
{
    arena = arena_new();
    e = (struct err){0};
    cache = fs_join(arena, test_cluster_folder(), "cache");
}

static void tear_down(void)
{
    cluster_cleanup(&cluster);
    arena_free(arena);
}

static struct cluster_wish usual_wish(void)
{
    struct cluster_wish wish = {.dir = test_cluster_folder(),
                                .bindir = test_cluster_installation()->bindir,
                                .cache_dir = cache};
    ck_assert_msg(target_account(NULL, &wish.account, &e), "%s", e.text);
    return wish;
}

static void start(const struct cluster_wish *wish)
{
    ck_assert_msg(cluster_start(arena, wish, &cluster, &facts, &e), "%s", e.text);
    ck_assert_int_eq(test_cluster_int(cluster.dsn, "SELECT 6 * 7"), 42);
}

/* Starts a server and stops it again; gives how it was made, and the time that took. */
static const char *made_by(const struct cluster_wish *wish, int64_t *took_us)
{
    int64_t began_us = clock_mono_us();
    start(wish);
    *took_us = clock_mono_us() - began_us;
    cluster_cleanup(&cluster);
    return facts.made;
}

static const char *made(void)
{
    int64_t ignored;
    struct cluster_wish wish = usual_wish();
    return made_by(&wish, &ignored);
}

/* The only file of the cache. */
static const char *kept(void)
{
    struct vec names;
    ck_assert_msg(fs_list(arena, cache, &names, &e), "%s", e.text);
    ck_assert_uint_eq(names.n, 1);
    return fs_join(arena, cache, *(const char **)vec_at(&names, 0));
}

static void make_template(void)
{
    ck_assert(str_starts(made(), "by initdb, and kept as the template"));
}

START_TEST(test_the_second_server_is_made_from_the_template_of_the_first)
{
    struct stat st;
    make_template();
    ck_assert_int_eq(stat(kept(), &st), 0);
    ck_assert_int_lt(st.st_size, (off_t)8 * 1024 * 1024);
    ck_assert_str_eq(made(), arena_printf(arena, "from the template %s", kept()));
}
END_TEST

/* All that lies in a folder, in one text: names, modes, owners, sizes, bytes. Our own settings are
 * told apart. */
static const char *tree_of(const char *dir)
{
    struct proc_result r = {0};
    static const char script[] =
        "cd \"$1\" && find . ! -name postgresql.conf -printf '%p %m %u %y ' -type f -printf '%s' "
        "-printf '\\n' | sort && find . -type f ! -name postgresql.conf -exec sha256sum {} + | "
        "sort";
    const char *const argv[] = {"sh", "-c", script, "sh", dir, NULL};
    const struct spawn how = {.argv = argv};
    ck_assert(proc_run(&how, 0, NULL, &r, &e) && r.status == 0);
    const char *text = arena_strdup(arena, buf_text(&r.out));
    proc_result_cleanup(&r);
    return text;
}

START_TEST(test_what_is_unpacked_is_what_initdb_made)
{
    const char *dir = test_cluster_folder(), *texts[2];
    ck_assert_int_eq(chmod(dir, 0755), 0);
    /* A server that goes at once: the folder is as it was made, but for its settings. */
    const char *bin = test_cluster_installation()->bindir;
    const char *initdb = arena_printf(arena, "#!/bin/sh\nexec %s/initdb \"$@\"\n", bin);
    ck_assert(fs_write_file(arena, fs_join(arena, dir, "initdb"), 0755, slice_of(initdb), &e));
    ck_assert(fs_write_file(arena, fs_join(arena, dir, "postgres"), 0755,
                            slice_of("#!/bin/sh\nexit 1\n"), &e));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct cluster_wish wish = usual_wish();
        wish.bindir = dir;
        ck_assert(!cluster_start(arena, &wish, &cluster, &facts, &e));
        texts[i] = tree_of(fs_join(arena, wish.dir, "data"));
    }
    ck_assert_int_gt((int)strlen(texts[0]), 50000);
    ck_assert_str_eq(texts[0], texts[1]);
}
END_TEST

START_TEST(test_a_server_of_another_kind_has_a_template_of_its_own)
{
    struct cluster_wish wish = usual_wish();
    int64_t ignored;
    make_template();
    wish.encoding = "LATIN1";
    wish.collate = wish.ctype = "C";
    ck_assert(str_starts(made_by(&wish, &ignored), "by initdb, and kept"));
    wish = usual_wish();
    wish.encoding = "LATIN1";
    wish.collate = wish.ctype = "C";
    ck_assert(str_starts(made_by(&wish, &ignored), "from the template"));
    ck_assert_str_eq(facts.encoding, "LATIN1");
}
END_TEST

START_TEST(test_programs_that_were_upgraded_make_a_new_template)
{
    struct cluster_wish wish = usual_wish();
    const char *bin = wish.bindir, *dir = test_cluster_folder();
    int64_t ignored;
    ck_assert_int_eq(chmod(dir, 0755), 0);
    static const char *const names[] = {"initdb", "postgres"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *text = arena_printf(arena, "#!/bin/sh\nexec %s/%s \"$@\"\n", bin, names[i]);
        ck_assert(fs_write_file(arena, fs_join(arena, dir, names[i]), 0755, slice_of(text), &e));
    }
    wish.bindir = dir;
    ck_assert(str_starts(made_by(&wish, &ignored), "by initdb"));
    const char *text = arena_printf(arena, "#!/bin/sh\n\nexec %s/postgres \"$@\"\n", bin);
    ck_assert(fs_write_file(arena, fs_join(arena, dir, "postgres"), 0755, slice_of(text), &e));
    wish.dir = test_cluster_folder();
    ck_assert(str_starts(made_by(&wish, &ignored), "by initdb, and kept"));
}
END_TEST

/* Byte 0 is of the magic number, the last one of the checksum. */
static const int damages_percent[] = {0, 10, 50, 90, 100};

START_TEST(test_a_damaged_template_is_thrown_away_and_made_again)
{
    struct stat st;
    char byte;
    make_template();
    int fd = open(kept(), O_RDWR);
    ck_assert(fd >= 0 && fstat(fd, &st) == 0);
    off_t at = (st.st_size - 1) * damages_percent[_i] / 100;
    ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
    byte = (char)(byte ^ 0x10);
    ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    (void)close(fd);
    const char *how = made();
    ck_assert_msg(str_starts(how, "by initdb; the template was thrown away and made again: "), "%s",
                  how);
    ck_assert(str_starts(made(), "from the template"));
}
END_TEST

START_TEST(test_a_template_that_is_cut_short_or_goes_on_is_damaged)
{
    struct stat st;
    make_template();
    ck_assert_int_eq(stat(kept(), &st), 0);
    ck_assert_int_eq(truncate(kept(), st.st_size + 1), 0);
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    ck_assert_int_eq(truncate(kept(), st.st_size / 2), 0);
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    ck_assert_int_eq(truncate(kept(), 0), 0);
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    ck_assert(str_starts(made(), "from the template"));
}
END_TEST

/* Puts what a command of the shell makes of the unpacked stream in the place of the template. */
static void repack(const char *filter)
{
    struct proc_result r = {0};
    const char *script = arena_printf(arena,
                                      "zstd -qdc \"$1\" | { %s; } | zstd -q >\"$1.new\" && mv "
                                      "\"$1.new\" \"$1\" && chmod 600 \"$1\"",
                                      filter);
    const char *const argv[] = {"sh", "-c", script, "sh", kept(), NULL};
    const struct spawn how = {.argv = argv};
    ck_assert(proc_run(&how, 0, NULL, &r, &e) && r.status == 0);
    proc_result_cleanup(&r);
}

/* zstd finds nothing wrong with these. */
START_TEST(test_the_digest_is_proved_and_not_only_the_packing)
{
    make_template();
    repack("sed 's/PostgreSQL configuration file/PostgreSQL configuration fime/'");
    const char *how = made();
    ck_assert_msg(strstr(how, "made again: its digest is not that of its bytes") != NULL, "%s",
                  how);
    repack("head -c 5000000");
    how = made();
    ck_assert_msg(strstr(how, "it ends too early") != NULL, "%s", how);
    ck_assert(str_starts(made(), "from the template"));
}
END_TEST

START_TEST(test_nothing_is_unpacked_beside_the_data_folder)
{
    struct cluster_wish wish = usual_wish();
    int64_t ignored;
    make_template();
    repack("head -c 0; printf 'pg_rehearse template 1\\nf 600 2 ../planted\\nhi'");
    const char *how = made_by(&wish, &ignored);
    ck_assert_msg(strstr(how, "made again: a line of it is none") != NULL, "%s", how);
    ck_assert(!fs_exists(fs_join(arena, wish.dir, "planted")));
}
END_TEST

/* A whole one, which only its owner or its mode gives away. */
START_TEST(test_nobody_else_can_plant_a_template)
{
    if (geteuid() != 0) {
        runner_skip("needs root");
        return;
    }
    make_template();
    ck_assert(fs_give_to(kept(), "nobody", &e));
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    ck_assert_int_eq(chmod(kept(), 0622), 0);
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    const char *path = kept();
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert(str_starts(made(), "by initdb; the template was thrown away"));
    ck_assert(str_starts(made(), "from the template"));
}
END_TEST

START_TEST(test_a_folder_of_somebody_else_is_never_used)
{
    make_template();
    ck_assert_int_eq(chmod(cache, 0777), 0);
    ck_assert(str_starts(made(), "by initdb; no template: "));
    ck_assert_int_eq(chmod(cache, 0700), 0);
    ck_assert(str_starts(made(), "from the template"));
    if (geteuid() != 0)
        return;
    ck_assert(fs_give_to(cache, "nobody", &e));
    ck_assert(str_starts(made(), "by initdb; no template: "));
    const char *link = arena_printf(arena, "%s-link", cache);
    ck_assert(fs_give_to(cache, "root", &e));
    ck_assert_int_eq(symlink(cache, link), 0);
    cache = link;
    ck_assert(str_starts(made(), "by initdb; no template: "));
}
END_TEST

START_TEST(test_without_a_folder_initdb_makes_every_server)
{
    cache = NULL;
    ck_assert_str_eq(made(), "by initdb; no template: switched off");
    cache = "/proc/nowhere";
    ck_assert(str_starts(made(), "by initdb; no template: "));
}
END_TEST

START_TEST(test_two_runs_at_once_both_get_a_server)
{
    pid_t pids[2];
    for (size_t i = 0; i < COUNT_OF(pids); i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        _exit(str_starts(made(), "by initdb") || str_starts(facts.made, "from") ? 0 : 1);
    }
    for (size_t i = 0; i < COUNT_OF(pids); i++) {
        int status;
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert_int_eq(status, 0);
    }
    (void)kept();
    ck_assert(str_starts(made(), "from the template"));
}
END_TEST

/* Whenever the kill comes, what lies in the cache is nothing, or whole. */
START_TEST(test_a_kill_while_a_template_is_made_leaves_nothing_half)
{
    struct vec names = {0};
    pid_t pid = fork();
    if (pid == 0) {
        (void)made();
        _exit(0);
    }
    (void)usleep((useconds_t)(100000 + 100000 * _i));
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(!fs_is_dir(cache) || fs_list(arena, cache, &names, &e));
    const char *how = made();
    ck_assert_msg(str_starts(how, names.n == 0 ? "by initdb, and kept" : "from the template"), "%s",
                  how);
    (void)kept();
}
END_TEST

START_TEST(test_templates_that_nobody_has_used_for_long_go)
{
    struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    ck_assert(fs_make_dirs(cache, 0700, &e));
    const char *stale = fs_join(arena, cache, "stale.template");
    ck_assert(fs_write_file(arena, stale, 0600, slice_of(""), &e));
    ck_assert_int_eq(utimensat(AT_FDCWD, stale, old, 0), 0);
    make_template();
    ck_assert(!fs_exists(stale));
    (void)kept();
}
END_TEST

static int64_t median_of_five(bool with_template)
{
    int64_t us[5];
    for (size_t i = 0; i < COUNT_OF(us); i++) {
        struct cluster_wish wish = usual_wish();
        if (!with_template)
            wish.cache_dir = NULL;
        (void)made_by(&wish, &us[i]);
        for (size_t j = i; j > 0 && us[j - 1] > us[j]; j--) {
            int64_t swapped = us[j];
            us[j] = us[j - 1];
            us[j - 1] = swapped;
        }
    }
    return us[2];
}

START_TEST(test_a_template_is_faster_than_initdb)
{
    make_template();
    int64_t initdb_us = median_of_five(false), template_us = median_of_five(true);
    (void)fprintf(stderr, "ready after %lld us by initdb, %lld us from the template\n",
                  (long long)initdb_us, (long long)template_us);
    ck_assert_int_lt(template_us, initdb_us);
}
END_TEST

/* ---- the whole program ---- */

static const char dump[] = "--\n-- PostgreSQL database dump\n--\n\n"
                           "-- Dumped from database version 15.18\n"
                           "-- Dumped by pg_dump version 15.18\n\n"
                           "ALTER ROLE postgres SET statement_timeout = '1ms';\n"
                           "ALTER ROLE postgres SET default_transaction_read_only = on;\n"
                           "CREATE TABLE public.t (n integer PRIMARY KEY);\n"
                           "COPY public.t (n) FROM stdin;\n1\n2\n\\.\n\n"
                           "--\n-- PostgreSQL database dump complete\n--\n\n";

START_TEST(test_a_run_says_how_its_server_was_made_and_reap_where_templates_lie)
{
    struct room room;
    room_open(&room, NULL);
    const char *path = room_file(&room, "t.sql", dump);
    const char *const ways[] = {"--target-template=true", "--target-template=true",
                                "--target-template=false"};
    const char *const told[] = {"", "from the template ", "by initdb; no template: switched off"};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct told run = PROGRAM(&room, "run", "--backup", path, "--users", "0", ways[i]);
        ck_assert_msg(run.status == 0, "%s%s", run.out, run.err);
        room_must_be_clean(&room);
        const char *how = room_report(&room)->target.made;
        ck_assert_msg(str_starts(how, told[i]), "%s", how);
    }
    struct told reap = PROGRAM(&room, "reap");
    ck_assert_int_eq(reap.status, 0);
    ck_assert_ptr_nonnull(strstr(
        reap.out, arena_printf(arena, "templates of empty servers are kept in %s", room.cache)));
}
END_TEST

/* As the globals of a pg_dumpall have it: only what begins later is hit, which is all the rest. */
START_TEST(test_what_a_dump_sets_for_its_roles_does_not_end_its_rehearsal)
{
    struct room room;
    room_open(&room, NULL);
    struct told run =
        PROGRAM(&room, "run", "--backup", room_file(&room, "t.sql", dump), "--users", "2",
                "--duration", "1s", "--load-warmup", "0s", "--objectives-load-p99", "20s");
    ck_assert_msg(run.status == 0, "%s%s", run.out, run.err);
    const struct record *r = room_report(&room);
    ck_assert_int_eq(report_finding(r, "TIMEOUT_KEPT")->severity, SEVERITY_NOTE);
    ck_assert_int_eq(r->load.n_errors, 0);
    ck_assert_int_gt(r->load.transactions, 0);
}
END_TEST

Suite *suite_template(void)
{
    Suite *s = suite_create("template");
    TCase *tc = tcase_create("template");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_the_second_server_is_made_from_the_template_of_the_first);
    tcase_add_test(tc, test_what_is_unpacked_is_what_initdb_made);
    tcase_add_test(tc, test_a_server_of_another_kind_has_a_template_of_its_own);
    tcase_add_test(tc, test_programs_that_were_upgraded_make_a_new_template);
    tcase_add_loop_test(tc, test_a_damaged_template_is_thrown_away_and_made_again, 0,
                        COUNT_OF(damages_percent));
    tcase_add_test(tc, test_a_template_that_is_cut_short_or_goes_on_is_damaged);
    tcase_add_test(tc, test_the_digest_is_proved_and_not_only_the_packing);
    tcase_add_test(tc, test_nothing_is_unpacked_beside_the_data_folder);
    tcase_add_test(tc, test_nobody_else_can_plant_a_template);
    tcase_add_test(tc, test_a_folder_of_somebody_else_is_never_used);
    tcase_add_test(tc, test_without_a_folder_initdb_makes_every_server);
    tcase_add_test(tc, test_two_runs_at_once_both_get_a_server);
    tcase_add_loop_test(tc, test_a_kill_while_a_template_is_made_leaves_nothing_half, 0, 6);
    tcase_add_test(tc, test_templates_that_nobody_has_used_for_long_go);
    tcase_add_test(tc, test_a_template_is_faster_than_initdb);
    tcase_add_test(tc, test_a_run_says_how_its_server_was_made_and_reap_where_templates_lie);
    tcase_add_test(tc, test_what_a_dump_sets_for_its_roles_does_not_end_its_rehearsal);
    suite_add_tcase(s, tc);
    return s;
}
