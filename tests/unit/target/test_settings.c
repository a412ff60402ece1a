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
    struct vec old = settings_restoring(a, &wanted);
    wanted.major = 15;
    struct vec new = settings_restoring(a, &wanted);
    ck_assert(!has(&old, "jit = off") && has(&new, "jit = off"));
    ck_assert(!has(&old, "max_logical_replication_workers = 0"));
    ck_assert(has(&new, "max_logical_replication_workers = 0"));
}
END_TEST

START_TEST(test_no_server_listens_on_the_network)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec list =
        settings_restoring(a, &(struct settings_for){.major = 15, .socket_dir = "/it's"});
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
    struct vec least = settings_restoring(a, &tiny), most = settings_restoring(a, &huge);
    ck_assert(has(&least, "shared_buffers = 32MB") && has(&most, "shared_buffers = 1024MB"));
    ck_assert(has(&least, "max_wal_size = 256MB") && has(&most, "max_wal_size = 32768MB"));
    ck_assert(has(&most, "max_connections = 250"));
}
END_TEST

START_TEST(test_builds_at_once_share_the_memory)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct settings_for wanted = {.major = 15, .socket_dir = "/s", .memory_bytes = 4 * GIB};
    struct vec one = settings_restoring(a, &wanted);
    wanted.jobs = 8;
    struct vec eight = settings_restoring(a, &wanted);
    ck_assert(has(&one, "maintenance_work_mem = 1024MB"));
    ck_assert(has(&eight, "maintenance_work_mem = 128MB"));
}
END_TEST

START_TEST(test_one_transaction_may_lock_every_object_of_the_dump)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct settings_for wanted = {
        .major = 15, .socket_dir = "/s", .max_connections = 50, .memory_bytes = 24 * GIB};
    struct vec few = settings_restoring(a, &wanted);
    wanted.n_objects = 100000;
    struct vec many = settings_restoring(a, &wanted);
    wanted.memory_bytes = GIB;
    struct vec bounded = settings_restoring(a, &wanted);
    ck_assert(has(&few, "max_locks_per_transaction = 512"));
    ck_assert(has(&many, "max_locks_per_transaction = 8001"));
    ck_assert(has(&bounded, "max_locks_per_transaction = 2236"));
}
END_TEST

static struct vec texts(struct arena *a, const char *const *from)
{
    struct vec list = vec_new(a, sizeof(const char *));
    for (; *from != NULL; from++)
        *(const char **)vec_push(&list) = *from;
    return list;
}

START_TEST(test_after_the_restore_the_settings_are_those_of_the_source)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    static const char *const source[] = {"work_mem = 7MB",        "synchronous_commit = on",
                                         "shared_buffers = 64GB", "max_connections = 20",
                                         "max_wal_senders = 10",  "maintenance_work_mem = 3GB",
                                         "max_wal_size = 30GB",   NULL};
    struct settings_for wanted = {.major = 15,
                                  .socket_dir = "/s",
                                  .max_connections = 70,
                                  .memory_bytes = 16 * GIB,
                                  .free_bytes = 100 * GIB};
    struct vec like = texts(a, source), smaller = vec_new(a, sizeof(const char *));
    struct vec list =
        settings_like(a, &wanted, &(struct settings_later){.like = &like, .smaller = &smaller});
    ck_assert(has(&list, "work_mem = '7MB'") && has(&list, "synchronous_commit = 'on'"));
    ck_assert(has(&list, "max_connections = '70'") && has(&list, "listen_addresses = ''"));
    ck_assert(has(&list, "max_wal_senders = 0") && !has(&list, "max_wal_senders = '10'"));
    ck_assert(has(&list, "shared_buffers = '4096MB'"));
    ck_assert(has(&smaller, "shared_buffers: 4096MB instead of 64GB"));
    ck_assert(has(&smaller, "maintenance_work_mem: 2048MB instead of 3GB"));
    ck_assert(has(&smaller, "max_wal_size: 25600MB instead of 30GB"));
    ck_assert_uint_eq(smaller.n, 3);
}
END_TEST

START_TEST(test_nothing_of_the_restore_stays_when_no_source_is_known)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct settings_for wanted = {.major = 15, .socket_dir = "/s"};
    struct vec smaller = vec_new(a, sizeof(const char *));
    struct vec list = settings_like(a, &wanted, &(struct settings_later){.smaller = &smaller});
    static const char *const tuned[] = {"fsync",     "synchronous_commit", "full_page_writes",
                                        "jit",       "autovacuum",         "checkpoint_timeout",
                                        "wal_level", "shared_buffers",     "maintenance_work_mem"};
    VEC_EACH (const char *, line, &list)
        for (size_t i = 0; i < COUNT_OF(tuned); i++)
            ck_assert_msg(!str_starts(*line, tuned[i]), "%s", *line);
    ck_assert(has(&list, "listen_addresses = ''") && has(&list, "max_connections = 100"));
    ck_assert_uint_eq(smaller.n, 0);
}
END_TEST

START_TEST(test_memory_is_what_is_free_within_the_limit)
{
    static const char meminfo[] = "MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:    2048 kB\n";
    ck_assert_uint_eq(settings_memory(meminfo, NULL), UINT64_C(2048) * 1024);
    ck_assert_uint_eq(settings_memory(meminfo, "max\n"), UINT64_C(2048) * 1024);
    ck_assert_uint_eq(settings_memory(meminfo, "1048576\n"), 1048576);
    ck_assert_uint_eq(settings_memory("", "1048576\n"), 1048576);
    ck_assert_uint_eq(settings_memory(NULL, NULL), 0);
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
    tcase_add_test(tc, test_builds_at_once_share_the_memory);
    tcase_add_test(tc, test_one_transaction_may_lock_every_object_of_the_dump);
    tcase_add_test(tc, test_after_the_restore_the_settings_are_those_of_the_source);
    tcase_add_test(tc, test_nothing_of_the_restore_stays_when_no_source_is_known);
    tcase_add_test(tc, test_memory_is_what_is_free_within_the_limit);
    tcase_add_test(tc, test_the_last_lines_of_a_text_come_in_one);
    tcase_add_test(tc, test_a_full_disk_is_told_from_a_failed_program);
    tcase_add_test(tc, test_a_locale_that_is_not_there_is_named_with_the_cure);
    suite_add_tcase(s, tc);
    return s;
}
