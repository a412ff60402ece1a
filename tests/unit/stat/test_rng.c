/* SPDX-License-Identifier: PostgreSQL */
#include "base/attr.h"
#include "stat/rng.h"

#include <check.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

START_TEST(test_same_seed_and_stream_give_the_same_numbers)
{
    struct rng a = rng_seeded(42, 7), b = rng_seeded(42, 7), c = rng_seeded(42, 8);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t x = rng_next(&a);
        ck_assert_uint_eq(x, rng_next(&b));
        differs = differs || x != rng_next(&c);
    }
    ck_assert(differs);
}
END_TEST

START_TEST(test_a_range_gives_all_its_numbers_alike)
{
    int count[6] = {0};
    struct rng r = rng_seeded(1, 0);
    for (int i = 0; i < 60000; i++) {
        int64_t n = rng_range(&r, -2, 3);
        ck_assert(n >= -2 && n <= 3);
        count[n + 2]++;
    }
    for (size_t i = 0; i < COUNT_OF(count); i++)
        ck_assert_int_le(abs(count[i] - 10000), 500);
    ck_assert_int_eq(rng_range(&r, 9, 9), 9);
    (void)rng_range(&r, INT64_MIN, INT64_MAX);
}
END_TEST

START_TEST(test_think_times_have_the_mean_and_the_bound)
{
    struct rng r = rng_seeded(5, 0);
    double sum = 0;
    for (int i = 0; i < 200000; i++) {
        int64_t us = rng_exponential_us(&r, 100000);
        ck_assert(us >= 0 && us <= 1000000);
        sum += (double)us;
    }
    ck_assert_double_eq_tol(sum / 200000, 100000, 1000);
    ck_assert_int_eq(rng_exponential_us(&r, 0), 0);
}
END_TEST

START_TEST(test_zipfian_frequencies_follow_the_power_law)
{
    enum { N = 200000 };
    int first = 0, second = 0, fourth = 0;
    struct rng r = rng_seeded(6, 0);
    for (int i = 0; i < N; i++) {
        int64_t n = rng_zipfian(&r, 11, 1010, 2.0);
        ck_assert(n >= 11 && n <= 1010);
        first += n == 11;
        second += n == 12;
        fourth += n == 14;
    }
    ck_assert_double_eq_tol((double)first / second, 4.0, 0.2);
    ck_assert_double_eq_tol((double)first / fourth, 16.0, 1.5);
    ck_assert_int_eq(rng_zipfian(&r, 3, 3, 1.001), 3);
}
END_TEST

START_TEST(test_exponential_range_prefers_the_low_end)
{
    int low = 0;
    struct rng r = rng_seeded(8, 0);
    for (int i = 0; i < 100000; i++) {
        int64_t n = rng_exponential_range(&r, 1, 10, 5.0);
        ck_assert(n >= 1 && n <= 10);
        low += n == 1;
    }
    double expected = (1 - exp(-0.5)) / (1 - exp(-5.0));
    ck_assert_double_eq_tol(low / 1e5, expected, 0.01);
}
END_TEST

Suite *suite_stat_rng(void);
Suite *suite_stat_rng(void)
{
    Suite *s = suite_create("stat_rng");
    TCase *t = tcase_create("rng");
    tcase_add_test(t, test_same_seed_and_stream_give_the_same_numbers);
    tcase_add_test(t, test_a_range_gives_all_its_numbers_alike);
    tcase_add_test(t, test_think_times_have_the_mean_and_the_bound);
    tcase_add_test(t, test_zipfian_frequencies_follow_the_power_law);
    tcase_add_test(t, test_exponential_range_prefers_the_low_end);
    suite_add_tcase(s, t);
    return s;
}
