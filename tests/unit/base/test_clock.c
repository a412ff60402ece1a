/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"

#include <check.h>

START_TEST(test_times_are_written_and_read_back)
{
    static const int64_t times[] = {0, 1, 1763863201123456, -1, -1500000, 253402300799999999};
    char iso[CLOCK_ISO_BYTES];
    int64_t back = 7;
    ck_assert(clock_parse_iso(clock_iso(times[_i], iso), &back));
    ck_assert_int_eq(back, times[_i]);
}
END_TEST

START_TEST(test_a_time_is_shown_in_utc)
{
    char iso[CLOCK_ISO_BYTES], stamp[CLOCK_STAMP_BYTES];
    ck_assert_str_eq(clock_iso(1763863201123456, iso), "2025-11-23T02:00:01.123456Z");
    ck_assert_str_eq(clock_stamp(1763863201123456, stamp), "20251123T020001Z");
}
END_TEST

START_TEST(test_what_is_no_time_is_refused)
{
    int64_t us = 7;
    ck_assert(!clock_parse_iso("", &us) && !clock_parse_iso("2025-11-23", &us));
    ck_assert(!clock_parse_iso("2025-11-23T02:00:01+01:00", &us));
    ck_assert(!clock_parse_iso("2025-11-23T02:00:01.1234567Z", &us));
    ck_assert_int_eq(us, 7);
}
END_TEST

START_TEST(test_deadlines_as_poll_wants_them)
{
    clock_fake(1000000);
    ck_assert_int_eq(clock_poll_ms(0), -1);
    ck_assert_int_eq(clock_poll_ms(999999), 0);
    ck_assert_int_eq(clock_poll_ms(1000001), 1); /* rounded up: never too early */
    ck_assert_int_eq(clock_poll_ms(3000000), 2000);
    clock_fake(0);
    ck_assert_int_gt(clock_mono_us(), 0);
}
END_TEST

Suite *suite_base_clock(void);
Suite *suite_base_clock(void)
{
    Suite *s = suite_create("base/clock");
    TCase *t = tcase_create("clock");
    tcase_add_loop_test(t, test_times_are_written_and_read_back, 0, 6);
    tcase_add_test(t, test_a_time_is_shown_in_utc);
    tcase_add_test(t, test_what_is_no_time_is_refused);
    tcase_add_test(t, test_deadlines_as_poll_wants_them);
    suite_add_tcase(s, t);
    return s;
}
