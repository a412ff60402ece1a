/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"

#include <check.h>

static const struct {
    const char *text;
    int64_t us; /* -1: refused */
} durations[] = {
    {"0", 0},           {"250us", 250},
    {"3ms", 3000},      {"30s", 30000000},
    {"1.5m", 90000000}, {"5min", 300000000},
    {"2h", 7200000000}, {"7d", 604800000000},
    {"10 s", 10000000}, {"30", -1},
    {"", -1},           {"s", -1},
    {"-3s", -1},        {"3 minutes", -1},
    {"1e3s", -1},       {"0x10s", -1},
    {"nan s", -1},      {"999999999999999d", -1},
    {"3s ", -1},
};

START_TEST(test_durations)
{
    int64_t us = -1;
    bool ok = str_parse_duration(durations[_i].text, &us);
    ck_assert_msg(us == durations[_i].us, "%s gives %lld", durations[_i].text, (long long)us);
    ck_assert(ok == (durations[_i].us >= 0));
}
END_TEST

static const struct {
    const char *text;
    int64_t bytes; /* -1: refused */
} sizes[] = {
    {"512", 512},
    {"64kB", 64000},
    {"64KiB", 65536},
    {"10GB", 10000000000},
    {"1TiB", 1099511627776},
    {"1.5MB", 1500000},
    {"0", 0},
    {"10 GB", 10000000000},
    {"GB", -1},
    {"10gb", -1},
    {"-1", -1},
    {"1e9", -1},
};

START_TEST(test_sizes)
{
    uint64_t bytes = UINT64_MAX;
    bool ok = str_parse_size(sizes[_i].text, &bytes);
    ck_assert(ok == (sizes[_i].bytes >= 0));
    ck_assert_int_eq((int64_t)bytes, sizes[_i].bytes);
}
END_TEST

START_TEST(test_numbers_are_whole_or_refused)
{
    uint64_t u = 7;
    int64_t i = 7;
    double x = 7;
    bool yes = true;
    ck_assert(str_parse_uint("18446744073709551615", &u) && u == UINT64_MAX);
    ck_assert(!str_parse_uint("18446744073709551616", &u));
    ck_assert(!str_parse_uint("-1", &u) && !str_parse_uint("", &u) && !str_parse_uint("1x", &u));
    ck_assert(!str_parse_uint(" 1", &u));
    ck_assert(str_parse_int("-9223372036854775808", &i) && i == INT64_MIN);
    ck_assert(!str_parse_int("--1", &i) && !str_parse_int("-", &i));
    ck_assert(str_parse_double("-2.5", &x) && x < -2.49 && x > -2.51);
    ck_assert(!str_parse_double("inf", &x) && !str_parse_double("0x1p3", &x));
    ck_assert(str_parse_bool("No", &yes) && !yes);
    ck_assert(!str_parse_bool("maybe", &yes));
    ck_assert(str_parse_percent("80%", &x) && x > 79.9 && x < 80.1);
    ck_assert(str_parse_percent("80 %", &x) && str_parse_percent("0.5", &x));
    ck_assert(!str_parse_percent("80%%", &x) && !str_parse_percent("%", &x));
}
END_TEST

START_TEST(test_the_nearest_name_is_a_slip_of_the_finger_or_none)
{
    static const char *const names[] = {"load.users", "load.think", "target.kind", NULL};
    ck_assert_str_eq(str_nearest("load.usrs", names), "load.users");
    ck_assert_str_eq(str_nearest("laod.users", names), "load.users");
    ck_assert_ptr_null(str_nearest("completely", names));
    ck_assert_ptr_null(str_nearest("", (const char *const[]){NULL}));
}
END_TEST

START_TEST(test_figures_as_people_read_them)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(str_count(a, 8123004), "8,123,004");
    ck_assert_str_eq(str_count(a, -1234), "-1,234");
    ck_assert_str_eq(str_count(a, 999), "999");
    ck_assert_str_eq(str_bytes(a, 999), "999 B");
    ck_assert_str_eq(str_bytes(a, 1191154271), "1.19 GB");
    ck_assert_str_eq(str_bytes(a, 230000000), "230 MB");
    ck_assert_str_eq(str_bytes(a, 999600), "1.00 MB");
    ck_assert_str_eq(str_duration(a, 11234000), "11.2 s");
    ck_assert_str_eq(str_duration(a, 3100), "3.10 ms");
    ck_assert_str_eq(str_duration(a, 60000000), "60 s");
    ck_assert_str_eq(str_duration(a, 300000000), "5 min");
    ck_assert_str_eq(str_duration(a, 86400000000), "24 h");
    ck_assert_str_eq(str_duration(a, 0), "0 s");
    ck_assert_str_eq(str_duration(a, -11234000), "-11.2 s");
    ck_assert_str_eq(str_duration(a, INT64_MIN), "-2562047788.0 h");
    ck_assert_str_eq(str_percent(a, 0), "0 %");
    ck_assert_str_eq(str_percent(a, 71.25), "71.25 %");
    ck_assert_str_eq(str_percent(a, 80.1), "80.1 %");
    ck_assert_str_eq(str_percent(a, 80.0001), "80.01 %");
    ck_assert_str_eq(str_percent(a, 1e-5), "0.01 %");
    ck_assert_str_eq(str_rate(a, 73200000, 1000000), "73.2 MB/s");
    ck_assert_str_eq(str_rate(a, 1, 0), "0 B/s");
}
END_TEST

START_TEST(test_slices_and_prefixes)
{
    ck_assert(slice_eq(slice_of("abc"), "abc") && !slice_eq(slice_of("abc"), "ab"));
    ck_assert(str_eq(NULL, NULL) && !str_eq("a", NULL) && str_eq("a", "a"));
    ck_assert(str_starts("abc", "ab") && !str_starts("a", "ab"));
    ck_assert(str_ends("x.gz", ".gz") && !str_ends("gz", ".gz"));
}
END_TEST

Suite *suite_base_str(void);
Suite *suite_base_str(void)
{
    Suite *s = suite_create("base/str");
    TCase *t = tcase_create("str");
    tcase_add_loop_test(t, test_durations, 0, (int)COUNT_OF(durations));
    tcase_add_loop_test(t, test_sizes, 0, (int)COUNT_OF(sizes));
    tcase_add_test(t, test_numbers_are_whole_or_refused);
    tcase_add_test(t, test_the_nearest_name_is_a_slip_of_the_finger_or_none);
    tcase_add_test(t, test_figures_as_people_read_them);
    tcase_add_test(t, test_slices_and_prefixes);
    suite_add_tcase(s, t);
    return s;
}
