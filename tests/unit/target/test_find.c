/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "base/str.h"
#include "target/target.h"

#include <check.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_target_find(void);

static struct arena *arena;
static const char *folder;

static void set_up(void)
{
    struct err e;
    arena = arena_new();
    folder = fs_make_temp_dir(arena, "/tmp", "pgr-find-", &e);
    ck_assert_ptr_nonnull(folder);
}

static void tear_down(void)
{
    struct err e;
    ck_assert(fs_remove_tree(folder, &e));
    arena_free(arena);
}

/* A program that prints one line. */
static void make_program(const char *name, const char *line)
{
    struct err e;
    const char *text = arena_printf(arena, "#!/bin/sh\necho '%s'\n", line);
    ck_assert_msg(fs_write_file(arena, fs_join(arena, folder, name), 0755, slice_of(text), &e),
                  "%s", e.text);
}

static const struct installation *found_in(const struct vec *found, const char *bindir)
{
    VEC_EACH (const struct installation, i, found)
        if (str_eq(i->bindir, bindir))
            return i;
    return NULL;
}

START_TEST(test_a_folder_that_is_given_is_looked_at)
{
    struct vec found;
    make_program("initdb", "initdb (PostgreSQL) 9.6.24");
    make_program("postgres", "postgres (PostgreSQL) 9.6.24");
    target_find_installations(arena, folder, &found);
    const struct installation *i = found_in(&found, folder);
    ck_assert_ptr_nonnull(i);
    ck_assert_int_eq(i->major, 9);
    ck_assert_str_eq(i->version, "postgres (PostgreSQL) 9.6.24");
    ck_assert(i->server && !i->dump);
    ck_assert_ptr_eq(i, vec_at(&found, 0)); /* the oldest of this machine */
}
END_TEST

START_TEST(test_pg_dump_alone_is_no_server)
{
    struct vec found;
    const struct installation *picked;
    struct err e;
    make_program("pg_dump", "pg_dump (PostgreSQL) 99beta1 (Debian)");
    target_find_installations(arena, folder, &found);
    const struct installation *i = found_in(&found, folder);
    ck_assert_ptr_nonnull(i);
    ck_assert_int_eq(i->major, 99);
    ck_assert(!i->server && i->dump);
    ck_assert(!target_pick(&found, 99, &picked, &e));
    ck_assert(!target_pick_at(&found, folder, &picked, &e));
}
END_TEST

START_TEST(test_programs_that_do_not_run_are_no_installation)
{
    struct vec found;
    make_program("initdb", "");
    make_program("postgres", "no such thing");
    target_find_installations(arena, folder, &found);
    ck_assert_ptr_null(found_in(&found, folder));
}
END_TEST

static struct vec installations(void)
{
    struct vec v = vec_new(arena, sizeof(struct installation));
    static const struct installation rows[] = {
        {.major = 13, .server = true, .bindir = "/13"},
        {.major = 14, .server = false, .dump = true, .bindir = "/14"},
        {.major = 15, .server = true, .bindir = "/15"},
        {.major = 17, .server = true, .bindir = "/17"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        *(struct installation *)vec_push(&v) = rows[i];
    return v;
}

static const struct {
    int64_t wanted, picked;
} picks[] = {{13, 13}, {9, 13}, {14, 15}, {15, 15}, {16, 17}, {17, 17}, {0, 17}};

START_TEST(test_the_same_major_is_picked_or_the_next_higher)
{
    struct vec v = installations();
    const struct installation *picked = NULL;
    struct err e;
    ck_assert(target_pick(&v, picks[_i].wanted, &picked, &e));
    ck_assert_int_eq(picked->major, picks[_i].picked);
}
END_TEST

START_TEST(test_a_missing_server_names_the_package)
{
    struct vec v = installations(), none = vec_new(arena, sizeof(struct installation));
    const struct installation *picked = NULL;
    struct err e;
    ck_assert(!target_pick(&v, 18, &picked, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_str_eq(e.text, "no PostgreSQL server of major 18 or higher is installed (found: "
                             "PostgreSQL 13, 15, 17); install the Debian package postgresql-18");
    ck_assert(!target_pick(&none, 0, &picked, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_null(picked);
}
END_TEST

START_TEST(test_root_is_no_account_for_a_server)
{
    struct err e = {0};
    const char *account = "unset";
    if (geteuid() != 0) {
        ck_assert(target_account("whatever", &account, &e));
        ck_assert_ptr_null(account);
        return;
    }
    ck_assert(!target_account("root", &account, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert(!target_account("no-such-account", &account, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert(target_account("nobody", &account, &e));
    ck_assert_str_eq(account, "nobody");
    ck_assert(target_account(NULL, &account, &e));
    ck_assert_ptr_nonnull(account);
}
END_TEST

Suite *suite_target_find(void)
{
    Suite *s = suite_create("target_find");
    TCase *tc = tcase_create("find");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_a_folder_that_is_given_is_looked_at);
    tcase_add_test(tc, test_pg_dump_alone_is_no_server);
    tcase_add_test(tc, test_programs_that_do_not_run_are_no_installation);
    tcase_add_loop_test(tc, test_the_same_major_is_picked_or_the_next_higher, 0, COUNT_OF(picks));
    tcase_add_test(tc, test_a_missing_server_names_the_package);
    tcase_add_test(tc, test_root_is_no_account_for_a_server);
    suite_add_tcase(s, tc);
    return s;
}
