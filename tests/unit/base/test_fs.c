/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"

#include <check.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    struct arena *a;
    char *dir;
    struct err e;
};

static struct place open_place(void)
{
    struct place p = {.a = arena_new()};
    p.dir = fs_make_temp_dir(p.a, "/tmp", "test_fs.", &p.e);
    ck_assert_ptr_nonnull(p.dir);
    return p;
}

static void place_cleanup(struct place *p)
{
    ck_assert_msg(fs_remove_tree(p->dir, &p->e), "%s", p->e.text);
    ck_assert(!fs_exists(p->dir));
    arena_free(p->a);
}

START_TEST(test_a_new_file_appears_only_when_it_is_whole)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *path = fs_join(p.a, p.dir, "dump.sql");
    struct vec names;
    {
        CLEANUP(fs_new_cleanup) struct fs_new f = {0};
        ck_assert(fs_new_open(p.a, path, 0600, &f, &p.e));
        ck_assert(fs_write_all(f.fd, "half", 4, &p.e));
        ck_assert(!fs_exists(path));
    }
    ck_assert(fs_list(p.a, p.dir, &names, &p.e));
    ck_assert_uint_eq(names.n, 0); /* without a commit nothing stays */
    CLEANUP(fs_new_cleanup) struct fs_new f = {0};
    ck_assert(fs_new_open(p.a, path, 0640, &f, &p.e));
    ck_assert(fs_write_all(f.fd, "whole", 5, &p.e) && fs_new_commit(&f, &p.e));
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, 5);
    ck_assert_uint_eq(st.st_mode & 0777, 0640);
}
END_TEST

START_TEST(test_trees_are_removed_without_following_links)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *tree = fs_join(p.a, p.dir, "tree"), *other = fs_join(p.a, p.dir, "other");
    ck_assert(fs_make_dirs(fs_join(p.a, tree, "a/b/c"), 0700, &p.e));
    ck_assert(fs_make_dirs(other, 0700, &p.e));
    ck_assert(fs_write_file(p.a, fs_join(p.a, other, "keep"), 0600, slice_of("x"), &p.e));
    ck_assert(fs_write_file(p.a, fs_join(p.a, tree, "a/f"), 0600, slice_of("x"), &p.e));
    ck_assert_int_eq(symlink(other, fs_join(p.a, tree, "a/link")), 0);
    ck_assert(fs_remove_tree(tree, &p.e));
    ck_assert(!fs_exists(tree) && fs_exists(fs_join(p.a, other, "keep")));
    ck_assert(fs_remove_tree(tree, &p.e)); /* again: fine */
}
END_TEST

START_TEST(test_files_beyond_the_bound_are_refused)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *path = fs_join(p.a, p.dir, "f");
    struct slice text;
    ck_assert(fs_write_file(p.a, path, 0600, slice_of("12345"), &p.e));
    ck_assert(fs_read_file(p.a, path, 5, &text, &p.e));
    ck_assert(slice_eq(text, "12345"));
    ck_assert_int_eq(text.p[5], '\0');
    ck_assert(!fs_read_file(p.a, path, 4, &text, &p.e));
    ck_assert_int_eq(p.e.code, ERR_LIMIT);
    ck_assert(!fs_read_file(p.a, fs_join(p.a, p.dir, "none"), 4, &text, &p.e));
    ck_assert_int_eq(p.e.code, ERR_SYSTEM);
}
END_TEST

START_TEST(test_lists_are_sorted)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    struct vec names;
    for (const char *n = "cab"; *n != '\0'; n++)
        ck_assert(
            fs_write_file(p.a, fs_join(p.a, p.dir, (char[]){*n, 0}), 0600, slice_of(""), &p.e));
    ck_assert(fs_list(p.a, p.dir, &names, &p.e));
    ck_assert_uint_eq(names.n, 3);
    ck_assert_str_eq(*(char **)vec_at(&names, 0), "a");
    ck_assert_str_eq(*(char **)vec_at(&names, 2), "c");
    ck_assert(!fs_list(p.a, fs_join(p.a, p.dir, "none"), &names, &p.e));
}
END_TEST

START_TEST(test_a_link_is_replaced_but_nothing_else)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *path = fs_join(p.a, p.dir, "latest");
    char to[64] = "";
    ck_assert(fs_link_replace(p.a, "one", path, &p.e) && fs_link_replace(p.a, "two", path, &p.e));
    ck_assert_int_eq(readlink(path, to, sizeof to), 3);
    ck_assert_mem_eq(to, "two", 3);
    const char *file = fs_join(p.a, p.dir, "file");
    ck_assert(fs_write_file(p.a, file, 0600, slice_of("x"), &p.e));
    ck_assert(!fs_link_replace(p.a, "one", file, &p.e));
    ck_assert_int_eq(p.e.code, ERR_REFUSED);
}
END_TEST

START_TEST(test_room_and_sizes_are_measured)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    uint64_t free_bytes = 0, tree_bytes = 0;
    ck_assert(fs_free_bytes(fs_join(p.a, p.dir, "not/yet/there"), &free_bytes, &p.e));
    ck_assert_uint_gt(free_bytes, 0);
    char block[8192];
    memset(block, 'x', sizeof block);
    ck_assert(fs_write_file(p.a, fs_join(p.a, p.dir, "f"), 0600,
                            (struct slice){block, sizeof block}, &p.e));
    ck_assert(fs_tree_bytes(p.dir, &tree_bytes, &p.e));
    ck_assert_uint_ge(tree_bytes, 8192);
}
END_TEST

START_TEST(test_a_file_in_the_way_of_a_folder_is_an_error)
{
    CLEANUP(place_cleanup) struct place p = open_place();
    const char *file = fs_join(p.a, p.dir, "file");
    ck_assert(fs_write_file(p.a, file, 0600, slice_of("x"), &p.e));
    ck_assert(!fs_make_dirs(file, 0700, &p.e));
    ck_assert(!fs_make_dirs(fs_join(p.a, file, "sub"), 0700, &p.e));
    ck_assert(fs_is_dir(p.dir) && !fs_is_dir(file));
    ck_assert_str_eq(fs_base_name("/a/b"), "b");
    ck_assert_str_eq(fs_base_name("b"), "b");
}
END_TEST

Suite *suite_base_fs(void);
Suite *suite_base_fs(void)
{
    Suite *s = suite_create("base/fs");
    TCase *t = tcase_create("fs");
    tcase_add_test(t, test_a_new_file_appears_only_when_it_is_whole);
    tcase_add_test(t, test_trees_are_removed_without_following_links);
    tcase_add_test(t, test_files_beyond_the_bound_are_refused);
    tcase_add_test(t, test_lists_are_sorted);
    tcase_add_test(t, test_a_link_is_replaced_but_nothing_else);
    tcase_add_test(t, test_room_and_sizes_are_measured);
    tcase_add_test(t, test_a_file_in_the_way_of_a_folder_is_an_error);
    suite_add_tcase(s, t);
    return s;
}
