/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"
#include "base/clock.h"
#include "base/fs.h"

#include <check.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct arena *a;
static struct record *r;
static const char *dir;

static void setup(void)
{
    struct err e;
    a = arena_new();
    r = record_new(a);
    dir = fs_make_temp_dir(a, "/tmp", "flow-find-", &e);
    ck_assert_ptr_nonnull(dir);
}

static void teardown(void)
{
    struct err e;
    ck_assert(fs_remove_tree(dir, &e));
    arena_free(a);
}

static void refused(const char *path, enum err_code code, const char *words)
{
    struct err e;
    ck_assert(!backup_find(a, path, r, &e));
    ck_assert_int_eq(e.code, code);
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
    ck_assert_msg(strstr(e.text, path) != NULL, "%s", e.text);
    ck_assert_ptr_null(r->backup.path);
}

START_TEST(test_what_is_no_file_is_named_for_what_it_is)
{
    struct err e;
    const char *fifo = fs_join(a, dir, "fifo"), *link = fs_join(a, dir, "link");
    const char *empty = fs_join(a, dir, "empty");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(symlink("nowhere", link), 0);
    ck_assert(fs_write_file(a, empty, 0600, slice_of(""), &e));
    refused(fs_join(a, dir, "missing"), ERR_MISSING, "does not exist");
    refused(dir, ERR_USAGE, "folder");
    refused(fifo, ERR_USAGE, "FIFO");
    refused(link, ERR_MISSING, "leads nowhere");
    refused(empty, ERR_FORMAT, "empty");
    refused("/dev/null", ERR_USAGE, "device");
}
END_TEST

START_TEST(test_a_folder_of_dumps_lists_them)
{
    struct err e;
    ck_assert(fs_write_file(a, fs_join(a, dir, "shop.sql"), 0600, slice_of("SELECT 1;\n"), &e));
    ck_assert(fs_write_file(a, fs_join(a, dir, "README"), 0600, slice_of("Hello"), &e));
    ck_assert(fs_write_file(a, fs_join(a, dir, "a.sha256"), 0600, slice_of("SELECT 1;"), &e));
    refused(dir, ERR_REFUSED, "is a folder with 1 dump: shop.sql (10 B); name the one");
    ck_assert(fs_write_file(a, fs_join(a, dir, "a.dump"), 0600, slice_of("PGDMP\x01"), &e));
    refused(dir, ERR_REFUSED, "2 dumps: a.dump (6 B), shop.sql (10 B); name");
}
END_TEST

START_TEST(test_a_physical_backup_is_named)
{
    struct err e;
    ck_assert(fs_write_file(a, fs_join(a, dir, "PG_VERSION"), 0600, slice_of("15\n"), &e));
    refused(dir, ERR_REFUSED, "is a physical backup (PG_VERSION)");
}
END_TEST

START_TEST(test_an_unreadable_file_is_no_defect_of_the_backup)
{
    struct err e;
    const char *path = fs_join(a, dir, "secret");
    ck_assert(fs_write_file(a, path, 0000, slice_of("x"), &e));
    if (geteuid() == 0) { /* root reads everything */
        ck_assert_int_eq(chmod(dir, 0755), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    }
    refused(path, ERR_SYSTEM, "Permission denied");
    (void)seteuid(getuid());
}
END_TEST

START_TEST(test_what_is_known_without_reading_is_recorded)
{
    struct err e;
    const char *path = fs_join(a, dir, "shop.sql");
    ck_assert(fs_write_file(a, path, 0600, slice_of("SELECT 1;\n"), &e));
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    ck_assert(backup_find(a, path, r, &e));
    ck_assert_str_eq(r->backup.origin, "file");
    ck_assert_str_eq(r->backup.path, path);
    ck_assert_str_eq(r->backup.taken_from, "file");
    ck_assert_int_eq(r->backup.size_bytes, 10);
    ck_assert_int_eq(r->backup.taken, 1000 * CLOCK_SECOND_US);
    ck_assert(r->backup.kept && r->backup.age_us.known);
}
END_TEST

Suite *suite_backup_find(void);
Suite *suite_backup_find(void)
{
    Suite *s = suite_create("backup/find");
    TCase *t = tcase_create("find");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_what_is_no_file_is_named_for_what_it_is);
    tcase_add_test(t, test_a_folder_of_dumps_lists_them);
    tcase_add_test(t, test_a_physical_backup_is_named);
    tcase_add_test(t, test_an_unreadable_file_is_no_defect_of_the_backup);
    tcase_add_test(t, test_what_is_known_without_reading_is_recorded);
    suite_add_tcase(s, t);
    return s;
}
