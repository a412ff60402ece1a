/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "target/initdb.h"
#include "target/settings.h"

#include <check.h>

Suite *suite_target_settings(void);

static const uint64_t GIB = UINT64_C(1) << 30;

static bool has(const struct vec *list, const char *line)
{
    VEC_EACH (const char *, text, list)
        if (str_eq(*text, line))
            return true;
    return false;
}

START_TEST(test_a_server_gets_only_settings_that_its_major_has)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct settings_for wanted = {.major = 9, .socket_dir = "/s"};
    struct vec old = settings_list(a, &wanted);
    wanted.major = 15;
    struct vec new = settings_list(a, &wanted);
    ck_assert(!has(&old, "jit = off") && has(&new, "jit = off"));
    ck_assert(!has(&old, "max_logical_replication_workers = 0"));
    ck_assert(has(&new, "max_logical_replication_workers = 0"));
}
END_TEST

START_TEST(test_no_server_listens_on_the_network)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec list = settings_list(a, &(struct settings_for){.major = 15, .socket_dir = "/it's"});
    ck_assert(has(&list, "listen_addresses = ''"));
    ck_assert(has(&list, "unix_socket_directories = '/it''s'"));
    ck_assert(has(&list, "shared_preload_libraries = ''"));
    ck_assert(has(&list, "max_connections = 100"));
}
END_TEST

START_TEST(test_sizes_follow_the_machine_within_bounds)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct settings_for tiny = {.major = 15, .socket_dir = "/s"};
    struct settings_for huge = {.major = 15,
                                .socket_dir = "/s",
                                .memory_bytes = 1024 * GIB,
                                .free_bytes = 9000 * GIB,
                                .max_connections = 250};
    struct vec least = settings_list(a, &tiny), most = settings_list(a, &huge);
    ck_assert(has(&least, "shared_buffers = 32MB") && has(&most, "shared_buffers = 1024MB"));
    ck_assert(has(&least, "max_wal_size = 256MB") && has(&most, "max_wal_size = 32768MB"));
    ck_assert(has(&most, "max_connections = 250"));
}
END_TEST

START_TEST(test_the_last_lines_of_a_text_come_in_one)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(initdb_last_lines(a, "one\ntwo\n\nthree\n\n", 3), "two; three");
    ck_assert_str_eq(initdb_last_lines(a, "one\ntwo", 9), "one; two");
    ck_assert_str_eq(initdb_last_lines(a, "one\ntwo\n", 1), "two");
    ck_assert_str_eq(initdb_last_lines(a, "\n\n", 2), "");
    ck_assert_str_eq(initdb_last_lines(a, "", 2), "");
}
END_TEST

START_TEST(test_a_full_disk_is_told_from_a_failed_program)
{
    ck_assert_int_eq(initdb_blame("could not write: No space left on device"), ERR_SPACE);
    ck_assert_int_eq(initdb_blame("could not write: Permission denied"), ERR_CHILD);
}
END_TEST

START_TEST(test_a_locale_that_is_not_there_is_named_with_the_cure)
{
    struct err e = {0};
    struct cluster_wish fine = {.collate = "C", .ctype = "POSIX"};
    struct cluster_wish wish = {.collate = "C", .ctype = "xx_YY.ISO-8859-1@odd"};
    ck_assert(initdb_check_locales(&fine, &e));
    ck_assert(!initdb_check_locales(&wish, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_str_eq(e.text,
                     "the locale \"xx_YY.ISO-8859-1@odd\" does not exist on this machine; install "
                     "the Debian package locales, then run: localedef -i xx_YY@odd -f ISO-8859-1 "
                     "xx_YY.ISO-8859-1@odd");
}
END_TEST

Suite *suite_target_settings(void)
{
    Suite *s = suite_create("target_settings");
    TCase *tc = tcase_create("settings");
    tcase_add_test(tc, test_a_server_gets_only_settings_that_its_major_has);
    tcase_add_test(tc, test_no_server_listens_on_the_network);
    tcase_add_test(tc, test_sizes_follow_the_machine_within_bounds);
    tcase_add_test(tc, test_the_last_lines_of_a_text_come_in_one);
    tcase_add_test(tc, test_a_full_disk_is_told_from_a_failed_program);
    tcase_add_test(tc, test_a_locale_that_is_not_there_is_named_with_the_cure);
    suite_add_tcase(s, tc);
    return s;
}
