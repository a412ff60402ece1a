/* SPDX-License-Identifier: PostgreSQL */
#include "backup/name.h"

#include <check.h>

#include <regex.h>
#include <stdbool.h>
#include <string.h>

static const int64_t moment = INT64_C(1795399201) * 1000000; /* 2026-11-23T02:00:01Z */

static void expect_name(const char *database, const char *compression, const char *name)
{
    struct arena *a = arena_new();
    ck_assert_str_eq(backup_file_name(a, database, moment, compression), name);
    arena_free(a);
}

START_TEST(test_a_name_tells_database_time_and_compression)
{
    expect_name("shop", "gzip", "shop-20261123T020001Z.sql.gz");
    expect_name("shop", "zstd", "shop-20261123T020001Z.sql.zst");
    expect_name("shop", "none", "shop-20261123T020001Z.sql");
}
END_TEST

START_TEST(test_no_database_name_leaves_the_folder)
{
    expect_name("../../etc/passwd", "none", "_._.._etc_passwd-20261123T020001Z.sql");
    expect_name("-rf", "none", "_rf-20261123T020001Z.sql");
    expect_name(".hidden", "none", "_hidden-20261123T020001Z.sql");
    expect_name("M\xc3\xa4rz 1\n", "none", "M__rz_1_-20261123T020001Z.sql");
    expect_name("", "none", "database-20261123T020001Z.sql");
}
END_TEST

START_TEST(test_a_long_name_is_cut)
{
    char longest[300];
    struct arena *a = arena_new();
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_uint_lt(strlen(backup_file_name(a, longest, moment, "gzip")), 128);
    arena_free(a);
}
END_TEST

static bool matches(const char *pattern, const char *name)
{
    struct arena *a = arena_new();
    regex_t regex;
    ck_assert_int_eq(regcomp(&regex, backup_pattern_regex(a, pattern), REG_EXTENDED), 0);
    bool yes = regexec(&regex, name, 0, NULL, 0) == 0;
    regfree(&regex);
    arena_free(a);
    return yes;
}

START_TEST(test_patterns_match_as_those_of_pg_dump)
{
    ck_assert(matches("shop", "shop"));
    ck_assert(matches("SHOP", "shop"));
    ck_assert(!matches("shop", "shop2"));
    ck_assert(matches("sh*", "shop"));
    ck_assert(matches("sh?p", "shop"));
    ck_assert(!matches("\"SHOP\"", "shop"));
    ck_assert(matches("\"Odd \"\"x\"\".*\"", "Odd \"x\".*"));
    ck_assert(!matches("\"a.b\"", "axb"));
    ck_assert(matches("shop|web", "web"));
    ck_assert(matches("a$b", "a$b"));
}
END_TEST

Suite *suite_backup_name(void);
Suite *suite_backup_name(void)
{
    Suite *s = suite_create("backup/name");
    TCase *t = tcase_create("name");
    tcase_add_test(t, test_a_name_tells_database_time_and_compression);
    tcase_add_test(t, test_no_database_name_leaves_the_folder);
    tcase_add_test(t, test_a_long_name_is_cut);
    tcase_add_test(t, test_patterns_match_as_those_of_pg_dump);
    suite_add_tcase(s, t);
    return s;
}
