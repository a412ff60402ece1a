/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "pool/pool.h"
#include "unit/pool/fake.h"

#include <check.h>

#include <stdlib.h>
#include <string.h>

static struct fake f;
static struct fake_user users[FAKE_USERS];

static void begin(void)
{
    fake_begin(&f);
}

static void end(void)
{
    fake_end(&f);
}

/* ---- the queue ---- */

START_TEST(test_hundred_workers_on_ten_connections_never_time_out)
{
    f.set.timeout_us = 10 * CLOCK_SECOND_US;
    fake_start(&f);
    for (int i = 0; i < 100; i++) {
        users[i].again = true;
        fake_take(&f, &users[i], 200000);
    }
    fake_pass_by(&f, 300 * CLOCK_SECOND_US, 10000);
    struct pool_stats s = pool_stats(f.pool);
    ck_assert_int_eq(s.timeouts, 0);
    ck_assert_int_ge(s.takes, 14000); /* of 15,000 in 300 s */
    ck_assert_int_le(hist_max(s.wait), 3 * CLOCK_SECOND_US);
    for (int i = 1; i < 100; i++) /* everybody alike */
        ck_assert_int_le(abs(users[i].got - users[0].got), 2);
}
END_TEST

START_TEST(test_who_waits_is_served_in_the_order_of_asking)
{
    f.set.max = 3;
    fake_start(&f);
    for (int i = 0; i < 30; i++) {
        fake_take(&f, &users[i], 5000 + (i * 7) % 4 * 1000);
        fake_pass(&f, 100);
    }
    fake_pass(&f, CLOCK_SECOND_US);
    for (int i = 1; i < 30; i++)
        ck_assert_int_ge(users[i].got_us, users[i - 1].got_us);
    ck_assert_int_eq(users[29].got, 1);
}
END_TEST

START_TEST(test_a_newcomer_does_not_overtake_the_queue)
{
    f.set.max = 1;
    fake_start(&f);
    fake_take(&f, &users[0], -1);
    fake_pass(&f, 5000);
    fake_take(&f, &users[1], -1);
    fake_give(&users[0]);
    fake_take(&f, &users[2], -1);
    ck_assert_int_eq(users[1].got, 1);
    ck_assert_int_eq(users[2].got, 0);
    fake_give(&users[1]);
    ck_assert_int_eq(users[2].got, 1);
    fake_give(&users[2]);
}
END_TEST

START_TEST(test_the_queue_has_a_bound_of_at_least_a_hundred)
{
    f.set.max = 1;
    f.set.queue = 5;
    fake_start(&f);
    for (int i = 0; i < 102; i++)
        fake_take(&f, &users[i], 1000);
    ck_assert_int_eq(users[99].failed, 0);
    ck_assert_int_eq(users[100].failed, 1);
    ck_assert_int_eq(users[100].failure.code, ERR_LIMIT);
    fake_pass(&f, CLOCK_SECOND_US);
    ck_assert_int_eq(users[99].got, 1);
    ck_assert_int_eq(pool_stats(f.pool).rejected, 2);
    ck_assert_int_eq(pool_stats(f.pool).peak_queue, 100);
}
END_TEST

START_TEST(test_a_timeout_says_what_the_pool_was_doing)
{
    f.set.max = 2;
    f.set.timeout_us = CLOCK_SECOND_US;
    fake_start(&f);
    for (int i = 0; i < 3; i++)
        fake_take(&f, &users[i], -1);
    fake_pass(&f, CLOCK_SECOND_US - 200);
    ck_assert_int_eq(users[2].failed, 0);
    fake_pass(&f, 400);
    ck_assert_int_eq(users[2].failed, 1);
    ck_assert_int_eq(users[2].failure.code, ERR_TIMEOUT);
    const char *text = users[2].failure.text;
    ck_assert_ptr_nonnull(strstr(text, "no connection within 1 s"));
    ck_assert_ptr_nonnull(strstr(text, "2 of 2 connections open, 2 in use, 0 idle"));
    ck_assert_ptr_nonnull(strstr(text, "1 waiting"));
    ck_assert_int_eq(pool_stats(f.pool).timeouts, 1);
    fake_give(&users[0]);
    ck_assert_int_eq(users[2].got, 0);
    fake_give(&users[1]);
}
END_TEST

START_TEST(test_one_deadline_covers_a_login_that_never_ends)
{
    f.set.timeout_us = 2 * CLOCK_SECOND_US;
    f.connect_us = 3600 * CLOCK_SECOND_US;
    fake_start(&f);
    fake_take(&f, &users[0], -1);
    fake_pass_by(&f, 2 * CLOCK_SECOND_US + 10000, 10000);
    ck_assert_int_eq(users[0].failed, 1);
}
END_TEST

START_TEST(test_who_gave_up_is_skipped_and_never_called)
{
    f.set.max = 1;
    fake_start(&f);
    for (int i = 0; i < 3; i++)
        fake_take(&f, &users[i], -1);
    fake_pass(&f, 5000);
    pool_cancel(&users[1].ticket);
    pool_cancel(&users[1].ticket);
    fake_give(&users[0]);
    ck_assert_int_eq(users[1].got + users[1].failed, 0);
    ck_assert_int_eq(users[2].got, 1);
    ck_assert_int_eq(pool_stats(f.pool).cancelled, 1);
    fake_give(&users[2]);
}
END_TEST

/* ---- growing and shrinking ---- */

START_TEST(test_a_spike_is_served_by_what_is_there)
{
    f.set.min = 5;
    f.set.max = 50;
    fake_start(&f);
    fake_pass(&f, 20000);
    ck_assert_int_eq(f.opens, 5);
    f.connect_us = 150000;
    for (int i = 0; i < 50; i++)
        fake_take(&f, &users[i], 2000);
    fake_pass(&f, 100000);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(users[i].got, 1);
    ck_assert_int_le(f.opens - 5, 2);
}
END_TEST

START_TEST(test_growth_is_one_then_two_then_four_and_ends_at_the_maximum)
{
    f.set.max = 50;
    fake_start(&f);
    for (int i = 0; i < 80; i++)
        fake_take(&f, &users[i], -1);
    ck_assert_int_eq(f.opens, 1);
    fake_pass(&f, 1000);
    ck_assert_int_eq(f.opens, 3);
    fake_pass(&f, 1000);
    ck_assert_int_eq(f.opens, 7);
    fake_pass(&f, 100000);
    ck_assert_int_eq(f.open_now, 50);
    ck_assert_uint_eq(pool_now(f.pool).waiting, 30);
    for (int i = 0; i < 80; i++)
        fake_give(&users[i]);
}
END_TEST

START_TEST(test_surplus_is_closed_after_the_idle_time_but_not_the_minimum)
{
    f.set.min = 3;
    f.set.max = 20;
    f.set.idle_timeout_us = 10 * CLOCK_SECOND_US;
    fake_start(&f);
    for (int i = 0; i < 20; i++)
        fake_take(&f, &users[i], -1);
    fake_pass(&f, 100000);
    for (int i = 0; i < 20; i++)
        fake_give(&users[i]);
    ck_assert_int_eq(f.open_now, 20);
    fake_pass_by(&f, 5 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.open_now, 20);
    fake_pass_by(&f, 20 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.open_now, 3);
    ck_assert_int_eq(pool_stats(f.pool).retired_idle, 17);
}
END_TEST

START_TEST(test_what_is_needed_now_and_then_stays_open)
{
    f.set.max = 20;
    f.set.idle_timeout_us = 10 * CLOCK_SECOND_US;
    fake_start(&f);
    for (int round = 0; round < 10; round++) { /* eight at once, every five seconds */
        for (int i = 0; i < 8; i++)
            fake_take(&f, &users[i], 50000);
        fake_pass_by(&f, 5 * CLOCK_SECOND_US, 10000);
    }
    ck_assert_int_eq(f.open_now, 8);
    ck_assert_int_eq(f.opens, 8);
}
END_TEST

START_TEST(test_equal_birthdays_do_not_die_together)
{
    f.set.min = f.set.max = 50;
    f.set.max_lifetime_us = 1000 * CLOCK_SECOND_US;
    fake_start(&f);
    fake_pass_by(&f, CLOCK_SECOND_US, 1000);
    ck_assert_int_eq(f.opens, 50);
    int most_at_once = 0;
    for (int second = 0; second < 1001; second++) {
        int before = f.opens;
        fake_pass_by(&f, CLOCK_SECOND_US, 10000);
        if (f.opens - before > most_at_once)
            most_at_once = f.opens - before;
        if (second < 895)
            ck_assert_int_eq(f.opens, 50); /* only the last tenth */
    }
    ck_assert_int_eq(f.opens, 100);
    ck_assert_int_le(most_at_once, 2);
    ck_assert_int_eq(f.open_now, 50);
}
END_TEST

START_TEST(test_a_connection_in_use_outlives_its_lifetime_until_it_comes_back)
{
    f.set.max = 1;
    f.set.max_lifetime_us = 10 * CLOCK_SECOND_US;
    fake_start(&f);
    fake_take(&f, &users[0], -1);
    fake_pass_by(&f, 60 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.open_now, 1);
    fake_give(&users[0]);
    ck_assert_int_eq(f.open_now, 0);
    ck_assert_int_eq(pool_stats(f.pool).retired_age, 1);
}
END_TEST

/* ---- health ---- */

START_TEST(test_a_fresh_connection_is_not_pinged_a_stale_one_is)
{
    f.set.max = 1;
    fake_start(&f);
    fake_take(&f, &users[0], 1000);
    fake_pass(&f, 10000);
    fake_take(&f, &users[1], 1000);
    ck_assert_int_eq(users[1].got, 1);
    fake_pass_by(&f, 2 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.pings, 0);
    fake_take(&f, &users[2], 1000);
    ck_assert_int_eq(users[2].got, 0);
    fake_pass(&f, 1000);
    ck_assert_int_eq(users[2].got, 1);
    ck_assert_int_eq(f.pings, 1);
}
END_TEST

START_TEST(test_a_half_open_peer_costs_the_ping_limit_and_one_login)
{
    f.set.max = 4;
    f.mute = true;
    fake_start(&f);
    fake_take(&f, &users[0], 1000);
    fake_pass_by(&f, 2 * CLOCK_SECOND_US, 10000);
    f.mute = false;
    fake_take(&f, &users[1], 1000);
    fake_pass(&f, 600000);
    ck_assert_int_eq(users[1].got, 1);
    ck_assert_int_le(users[1].got_us - users[1].asked_us, 510000);
    ck_assert_int_eq(pool_stats(f.pool).lost, 1);
}
END_TEST

START_TEST(test_idle_connections_are_visited_by_the_sweep_not_all_at_once)
{
    f.set.min = f.set.max = 40;
    fake_start(&f);
    fake_pass_by(&f, 50 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.pings, 0);
    int most_at_once = 0;
    for (int i = 0; i < 150; i++) {
        int before = f.pings;
        fake_pass_by(&f, CLOCK_SECOND_US / 10, 10000);
        if (f.pings - before > most_at_once)
            most_at_once = f.pings - before;
    }
    ck_assert_int_eq(f.pings, 40);
    ck_assert_int_le(most_at_once, 11);
}
END_TEST

START_TEST(test_after_one_broke_the_others_are_pinged_however_fresh)
{
    f.set.max = 2;
    fake_start(&f);
    fake_take(&f, &users[0], -1);
    fake_take(&f, &users[1], -1);
    fake_pass(&f, 10000);
    fake_give(&users[1]);
    fake_kill(&users[0]);
    fake_give(&users[0]);
    ck_assert_int_eq(pool_stats(f.pool).lost, 1);
    fake_take(&f, &users[2], 1000);
    fake_pass(&f, 5000);
    ck_assert_int_eq(f.pings, 1);
    ck_assert_int_eq(users[2].got, 1);
}
END_TEST

/* ---- a server that is away ---- */

START_TEST(test_a_single_prober_while_the_server_is_down_with_growing_pauses)
{
    f.set.max = 50;
    f.set.timeout_us = 300 * CLOCK_SECOND_US;
    f.refuse = "57P03";
    fake_start(&f);
    for (int i = 0; i < 50; i++)
        fake_take(&f, &users[i], -1);
    fake_pass_by(&f, 60 * CLOCK_SECOND_US, 1000);
    ck_assert_int_eq(f.opening_peak, 1);
    ck_assert_int_ge(f.opens, 15);
    ck_assert_int_le(f.opens, 40);
    int before = f.opens;
    f.refuse = NULL;
    fake_pass_by(&f, 5 * CLOCK_SECOND_US + 10000, 1000);
    ck_assert_int_eq(f.opens, before + 50); /* all that wait, and no herd */
    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(users[i].got, 1);
        fake_give(&users[i]);
    }
}
END_TEST

START_TEST(test_too_many_connections_lowers_the_maximum_for_a_while)
{
    f.set.max = 20;
    f.set.timeout_us = 300 * CLOCK_SECOND_US;
    fake_start(&f);
    for (int i = 0; i < 5; i++)
        fake_take(&f, &users[i], -1);
    fake_pass(&f, 100000);
    f.refuse = "53300";
    fake_take(&f, &users[5], -1);
    fake_pass_by(&f, 20 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(f.opens, 6); /* not asked again */
    f.refuse = NULL;
    fake_pass_by(&f, 15 * CLOCK_SECOND_US, 10000);
    ck_assert_int_eq(users[5].got, 1);
    for (int i = 0; i < 6; i++)
        fake_give(&users[i]);
}
END_TEST

START_TEST(test_a_timeout_names_the_last_failure_to_connect)
{
    f.set.timeout_us = CLOCK_SECOND_US;
    f.refuse = "28P01";
    fake_start(&f);
    fake_take(&f, &users[0], -1);
    fake_pass_by(&f, 2 * CLOCK_SECOND_US, 10000);
    ck_assert_str_eq(users[0].failure.sqlstate, "28P01");
    ck_assert_ptr_nonnull(strstr(users[0].failure.text, "refused by the test"));
}
END_TEST

/* ---- coming back ---- */

START_TEST(test_a_connection_given_back_in_a_transaction_is_rolled_back_and_counted)
{
    f.set.max = 1;
    fake_start(&f);
    f.in_transaction = true;
    fake_take(&f, &users[0], -1);
    fake_pass(&f, 5000);
    fake_take(&f, &users[1], 1000);
    fake_give(&users[0]);
    ck_assert_int_eq(users[1].got, 0);
    f.in_transaction = false;
    fake_pass(&f, 1000);
    ck_assert_int_eq(f.rollbacks, 1);
    ck_assert_int_eq(users[1].got, 1);
    ck_assert_int_eq(pool_stats(f.pool).dirty, 1);
}
END_TEST

START_TEST(test_a_full_reset_comes_after_the_rollback_and_every_time)
{
    f.set.max = 1;
    f.set.reset = POOL_RESET_FULL;
    fake_start(&f);
    f.in_transaction = true;
    fake_take(&f, &users[0], 1000);
    fake_pass(&f, 10000);
    f.in_transaction = false;
    fake_take(&f, &users[1], 1000);
    fake_pass(&f, 10000);
    ck_assert_int_eq(f.rollbacks, 1);
    ck_assert_int_eq(f.resets, 2);
}
END_TEST

START_TEST(test_utilisation_is_weighted_by_time)
{
    f.set.max = 10;
    fake_start(&f);
    for (int i = 0; i < 9; i++)
        fake_take(&f, &users[i], -1);
    fake_pass(&f, 100000);
    pool_begin(f.pool);
    fake_pass(&f, CLOCK_SECOND_US); /* 9 of 10 for one second, then 1 for three */
    for (int i = 0; i < 8; i++)
        fake_give(&users[i]);
    fake_pass_by(&f, 3 * CLOCK_SECOND_US, 1000);
    struct pool_stats s = pool_stats(f.pool);
    ck_assert_double_eq_tol(s.utilization_percent, 30, 0.5);
    ck_assert_double_eq_tol(s.over_80_percent, 25, 0.5);
    ck_assert_double_eq_tol(s.over_90_percent, 0, 0.01);
    ck_assert_double_eq_tol(s.of_current_percent, 33.3, 0.5);
    ck_assert_int_eq(s.peak_in_use, 9);
    fake_give(&users[8]);
}
END_TEST

START_TEST(test_unreasonable_settings_are_told)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec w = vec_new(a, sizeof(const char *));
    struct pool_settings set = {.min = 10, .max = 20, .timeout_us = 60 * CLOCK_SECOND_US};
    pool_setting_warnings(&set, &w);
    ck_assert_uint_eq(w.n, 0);
    set.max = 19;
    pool_setting_warnings(&set, &w);
    ck_assert_uint_eq(w.n, 2); /* below 20, and the minimum is more than half */
    set = (struct pool_settings){.min = 11, .max = 20, .timeout_us = 61 * CLOCK_SECOND_US};
    pool_setting_warnings(&set, &w);
    ck_assert_uint_eq(w.n, 4);
    fake_start(&f);
}
END_TEST

static TCase *queue_case(void)
{
    TCase *t = tcase_create("queue");
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, test_hundred_workers_on_ten_connections_never_time_out);
    tcase_add_test(t, test_who_waits_is_served_in_the_order_of_asking);
    tcase_add_test(t, test_a_newcomer_does_not_overtake_the_queue);
    tcase_add_test(t, test_the_queue_has_a_bound_of_at_least_a_hundred);
    tcase_add_test(t, test_a_timeout_says_what_the_pool_was_doing);
    tcase_add_test(t, test_one_deadline_covers_a_login_that_never_ends);
    tcase_add_test(t, test_who_gave_up_is_skipped_and_never_called);
    return t;
}

static TCase *size_case(void)
{
    TCase *t = tcase_create("size");
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, test_a_spike_is_served_by_what_is_there);
    tcase_add_test(t, test_growth_is_one_then_two_then_four_and_ends_at_the_maximum);
    tcase_add_test(t, test_surplus_is_closed_after_the_idle_time_but_not_the_minimum);
    tcase_add_test(t, test_what_is_needed_now_and_then_stays_open);
    tcase_add_test(t, test_equal_birthdays_do_not_die_together);
    tcase_add_test(t, test_a_connection_in_use_outlives_its_lifetime_until_it_comes_back);
    return t;
}

static TCase *health_case(void)
{
    TCase *t = tcase_create("health");
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, test_a_fresh_connection_is_not_pinged_a_stale_one_is);
    tcase_add_test(t, test_a_half_open_peer_costs_the_ping_limit_and_one_login);
    tcase_add_test(t, test_idle_connections_are_visited_by_the_sweep_not_all_at_once);
    tcase_add_test(t, test_after_one_broke_the_others_are_pinged_however_fresh);
    tcase_add_test(t, test_a_single_prober_while_the_server_is_down_with_growing_pauses);
    tcase_add_test(t, test_too_many_connections_lowers_the_maximum_for_a_while);
    tcase_add_test(t, test_a_timeout_names_the_last_failure_to_connect);
    tcase_add_test(t, test_a_connection_given_back_in_a_transaction_is_rolled_back_and_counted);
    tcase_add_test(t, test_a_full_reset_comes_after_the_rollback_and_every_time);
    tcase_add_test(t, test_utilisation_is_weighted_by_time);
    tcase_add_test(t, test_unreasonable_settings_are_told);
    return t;
}

Suite *suite_pool_pool(void);
Suite *suite_pool_pool(void)
{
    Suite *s = suite_create("pool_pool");
    suite_add_tcase(s, queue_case());
    suite_add_tcase(s, size_case());
    suite_add_tcase(s, health_case());
    return s;
}
