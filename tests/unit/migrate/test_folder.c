/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "migrate/folder.h"

#include <check.h>

#include <string.h>

static struct arena *a;
static const char *dir;
static struct vec found;

static void setup(void)
{
    struct err e;
    a = arena_new();
    dir = fs_make_temp_dir(a, "/tmp", "flow-folder-", &e);
    ck_assert_ptr_nonnull(dir);
}

static void teardown(void)
{
    struct err e;
    ck_assert(fs_remove_tree(dir, &e));
    arena_free(a);
}

static void put(const char *name, const char *text)
{
    struct err e;
    ck_assert(fs_write_file(a, fs_join(a, dir, name), 0600, slice_of(text), &e));
}

static const struct migration *at(size_t i)
{
    return vec_at(&found, i);
}

static void refused(const char *words)
{
    struct err e;
    ck_assert(!migration_folder(a, dir, &found, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
}

START_TEST(test_files_come_in_the_order_of_their_versions_as_numbers)
{
    struct err e;
    put("10_ten.sql", "SELECT 10;");
    put("9_nine.sql", "SELECT 9;");
    put("0002_two.up.sql", "SELECT 2;");
    put("0002_two.down.sql", "SELECT -2;");
    put("README.md", "not one");
    put(".hidden.sql", "not one");
    ck_assert(migration_folder(a, dir, &found, &e));
    ck_assert_uint_eq(found.n, 3);
    ck_assert_str_eq(at(0)->version, "0002");
    ck_assert_str_eq(at(0)->name, "two");
    ck_assert(at(0)->has_down && !at(1)->has_down);
    ck_assert_str_eq(at(1)->file, "9_nine.sql");
    ck_assert_str_eq(at(2)->file, "10_ten.sql");
    ck_assert_str_eq(at(1)->sha256,
                     "38e1eb3c85551e61fcc4826554d567d9cb0b18833dca7ee119edfa974617a5fd");
}
END_TEST

START_TEST(test_a_name_without_a_version_is_refused)
{
    put("add_column.sql", "SELECT 1;");
    refused("VERSION_name.sql");
}
END_TEST

START_TEST(test_a_version_without_a_name_is_refused)
{
    put("7_.sql", "SELECT 1;");
    refused("VERSION_name.sql");
}
END_TEST

START_TEST(test_two_files_of_one_version_are_refused)
{
    put("007_bond.sql", "SELECT 1;");
    put("7_other.sql", "SELECT 1;");
    refused("same version");
}
END_TEST

START_TEST(test_a_down_file_alone_is_refused)
{
    put("7_x.down.sql", "SELECT 1;");
    refused("undo");
}
END_TEST

START_TEST(test_a_missing_folder_is_refused)
{
    struct err e;
    ck_assert(!migration_folder(a, "/nonexistent", &found, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

START_TEST(test_no_transaction_is_asked_for_in_the_first_lines_only)
{
    struct err e;
    put("1_a.sql", "-- title\n\n-- pg_rehearse: no-transaction\nSELECT 1;");
    put("2_b.sql", "SELECT 1;\n-- pg_rehearse: no-transaction\n");
    put("3_c.sql", "-- pg_rehearse: no-transactions\nSELECT 1;");
    put("4_d.sql", "-- pg_rehearse: no-transaction \r\nSELECT 1;");
    put("5_e.sql", "");
    ck_assert(migration_folder(a, dir, &found, &e));
    ck_assert(at(0)->no_transaction && !at(1)->no_transaction && !at(2)->no_transaction);
    ck_assert(at(3)->no_transaction && !at(4)->no_transaction);
}
END_TEST

START_TEST(test_versions_compare_as_numbers_of_any_length)
{
    ck_assert_int_lt(migration_version_cmp("9", "10"), 0);
    ck_assert_int_eq(migration_version_cmp("007", "7"), 0);
    ck_assert_int_gt(migration_version_cmp("20261120000000000000000001", "20261120"), 0);
    ck_assert_int_eq(migration_version_cmp("0", "000"), 0);
}
END_TEST

Suite *suite_migrate_folder(void);
Suite *suite_migrate_folder(void)
{
    Suite *s = suite_create("migrate/folder");
    TCase *t = tcase_create("folder");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_files_come_in_the_order_of_their_versions_as_numbers);
    tcase_add_test(t, test_a_name_without_a_version_is_refused);
    tcase_add_test(t, test_a_version_without_a_name_is_refused);
    tcase_add_test(t, test_two_files_of_one_version_are_refused);
    tcase_add_test(t, test_a_down_file_alone_is_refused);
    tcase_add_test(t, test_a_missing_folder_is_refused);
    tcase_add_test(t, test_no_transaction_is_asked_for_in_the_first_lines_only);
    tcase_add_test(t, test_versions_compare_as_numbers_of_any_length);
    suite_add_tcase(s, t);
    return s;
}
