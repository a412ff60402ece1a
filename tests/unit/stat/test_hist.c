/* SPDX-License-Identifier: PostgreSQL */
#include "stat/hist.h"
#include "stat/rng.h"

#include <check.h>

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void must_be_near(int64_t got, int64_t exact)
{
    ck_assert_msg(got >= exact && (double)(got - exact) <= (double)exact * 0.001,
                  "%lld is not within 0.1 %% above %lld", (long long)got, (long long)exact);
}

START_TEST(test_percentiles_agree_with_sorted_samples)
{
    enum { N = 20000 };
    static const int per_mille[] = {0, 10, 250, 500, 750, 900, 950, 990, 999, 1000};
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *h = hist_new(a);
    int64_t *samples = arena_alloc(a, N * sizeof *samples);
    struct rng r = rng_seeded(7, 0);
    for (size_t i = 0; i < N; i++) {
        samples[i] = (int64_t)exp(rng_unit(&r) * 21.9); /* 1 us to 54 minutes */
        hist_add(h, samples[i]);
    }
    qsort(samples, N, sizeof *samples, by_value);
    for (size_t i = 0; i < COUNT_OF(per_mille); i++) {
        size_t rank = ((size_t)per_mille[i] * N + 999) / 1000;
        must_be_near(hist_percentile(h, per_mille[i] / 10.0), samples[rank == 0 ? 0 : rank - 1]);
    }
    ck_assert_int_eq(hist_max(h), samples[N - 1]);
    ck_assert_int_eq(hist_count(h), N);
}
END_TEST

START_TEST(test_every_value_is_kept_within_a_thousandth)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *h = hist_new(a);
    for (int64_t v = 1; v <= INT64_C(3600000000); v = v * 21 / 20 + 1) {
        hist_clear(h);
        hist_add(h, v);
        hist_add(h, INT64_C(3600000000));
        must_be_near(hist_percentile(h, 50), v);
    }
}
END_TEST

START_TEST(test_edges_of_the_buckets_are_exact)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *h = hist_new(a);
    static const int64_t edges[] = {0, 1, 1023, 1024, 2046, 2047, 2048, 2050, 4095, 4096};
    for (size_t i = 0; i < COUNT_OF(edges); i++) {
        hist_clear(h);
        hist_add(h, edges[i]);
        ck_assert_int_eq(hist_percentile(h, 100), edges[i]);
    }
}
END_TEST

START_TEST(test_values_out_of_range_count_as_the_nearest_end)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *h = hist_new(a);
    hist_add(h, -5);
    ck_assert_int_eq(hist_percentile(h, 100), 0);
    hist_add(h, INT64_MAX);
    ck_assert_int_eq(hist_max(h), INT64_C(3600000000));
    ck_assert_int_eq(hist_count(h), 2);
}
END_TEST

START_TEST(test_merging_is_the_same_as_adding_all_to_one)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *one = hist_new(a), *left = hist_new(a), *right = hist_new(a);
    struct rng r = rng_seeded(3, 1);
    for (int i = 0; i < 5000; i++) {
        int64_t v = rng_range(&r, 0, 9000000);
        hist_add(one, v);
        hist_add(i % 3 == 0 ? left : right, v);
    }
    hist_merge(left, right);
    for (int half = 0; half <= 200; half++)
        ck_assert_int_eq(hist_percentile(left, half / 2.0), hist_percentile(one, half / 2.0));
    ck_assert_int_eq(hist_count(left), hist_count(one));
    ck_assert_int_eq(hist_max(left), hist_max(one));
    ck_assert_double_eq_tol(hist_mean(left), hist_mean(one), 1e-3);
}
END_TEST

START_TEST(test_an_empty_histogram_is_all_zero)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct hist *h = hist_new(a);
    ck_assert_int_eq(hist_percentile(h, 99), 0);
    ck_assert_int_eq(hist_max(h), 0);
    ck_assert_double_eq(hist_mean(h), 0);
}
END_TEST

Suite *suite_stat_hist(void);
Suite *suite_stat_hist(void)
{
    Suite *s = suite_create("stat_hist");
    TCase *t = tcase_create("hist");
    tcase_add_test(t, test_percentiles_agree_with_sorted_samples);
    tcase_add_test(t, test_every_value_is_kept_within_a_thousandth);
    tcase_add_test(t, test_edges_of_the_buckets_are_exact);
    tcase_add_test(t, test_values_out_of_range_count_as_the_nearest_end);
    tcase_add_test(t, test_merging_is_the_same_as_adding_all_to_one);
    tcase_add_test(t, test_an_empty_histogram_is_all_zero);
    suite_add_tcase(s, t);
    return s;
}
