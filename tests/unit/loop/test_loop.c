/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "loop/loop.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the callbacks of a test share. */
struct world {
    struct loop *loop;
    struct loop_watch *watch, *other;
    struct loop_timer *timer;
    int fd[2];
    int calls, ready;
    char order[16];
};

static void begin(struct world *w)
{
    *w = (struct world){.loop = loop_new(NULL)};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, w->fd), 0);
}

static void end(struct world *w)
{
    loop_free(w->loop);
    (void)close(w->fd[0]);
    (void)close(w->fd[1]);
}

static void must_run(struct world *w, int64_t for_us)
{
    struct err e = {0};
    ck_assert_msg(loop_run(w->loop, clock_mono_us() + for_us, &e), "%s", e.text);
}

static void note(void *context, int ready)
{
    struct world *w = context;
    w->calls++;
    w->ready = ready;
    loop_stop(w->loop);
}

START_TEST(test_a_readable_descriptor_calls_its_watch)
{
    struct world w;
    begin(&w);
    (void)loop_watch(w.loop, w.fd[0], LOOP_READ, note, &w);
    must_run(&w, 1000);
    ck_assert_int_eq(w.calls, 0);
    ck_assert_int_eq(write(w.fd[1], "x", 1), 1);
    must_run(&w, 1000000);
    ck_assert_int_eq(w.calls, 1);
    ck_assert_int_eq(w.ready, LOOP_READ);
    end(&w);
}
END_TEST

START_TEST(test_only_what_is_asked_for_is_told)
{
    struct world w;
    begin(&w);
    struct loop_watch *watch = loop_watch(w.loop, w.fd[0], LOOP_WRITE, note, &w);
    must_run(&w, 1000000);
    ck_assert_int_eq(w.ready, LOOP_WRITE);
    loop_change(watch, w.fd[0], LOOP_READ);
    must_run(&w, 1000);
    ck_assert_int_eq(w.calls, 1);
    loop_change(watch, w.fd[0], 0);
    (void)shutdown(w.fd[1], SHUT_RDWR);
    must_run(&w, 1000);
    ck_assert_int_eq(w.calls, 1);
    end(&w);
}
END_TEST

START_TEST(test_a_closed_peer_makes_the_descriptor_readable)
{
    struct world w;
    begin(&w);
    (void)loop_watch(w.loop, w.fd[0], LOOP_READ, note, &w);
    (void)shutdown(w.fd[1], SHUT_RDWR);
    must_run(&w, 1000000);
    ck_assert_int_eq(w.ready, LOOP_READ);
    end(&w);
}
END_TEST

static void remove_both(void *context, int ready)
{
    struct world *w = context;
    (void)ready;
    w->calls++;
    loop_unwatch(w->watch);
    loop_unwatch(w->other);
}

START_TEST(test_a_callback_may_remove_its_own_watch_and_others)
{
    struct world w;
    begin(&w);
    w.watch = loop_watch(w.loop, w.fd[0], LOOP_WRITE, remove_both, &w);
    w.other = loop_watch(w.loop, w.fd[1], LOOP_WRITE, remove_both, &w);
    must_run(&w, 2000);
    ck_assert_int_eq(w.calls, 1);
    end(&w);
}
END_TEST

static void replace(void *context, int ready)
{
    struct world *w = context;
    (void)ready;
    loop_unwatch(w->watch);
    w->watch = loop_watch(w->loop, w->fd[0], LOOP_WRITE, w->calls < 100 ? replace : note, w);
    for (int i = 0; i < 40; i++) /* so many that the tables grow under the loop's feet */
        loop_unwatch(loop_watch(w->loop, w->fd[1], LOOP_WRITE, note, w));
    w->calls++;
}

START_TEST(test_watches_made_in_a_callback_are_polled_next_round)
{
    struct world w;
    begin(&w);
    w.watch = loop_watch(w.loop, w.fd[0], LOOP_WRITE, replace, &w);
    must_run(&w, 5000000);
    ck_assert_int_eq(w.calls, 102);
    end(&w);
}
END_TEST

static void add(struct world *w, char c)
{
    size_t n = strlen(w->order);
    ck_assert_uint_lt(n + 1, sizeof w->order);
    w->order[n] = c;
}

static void add_a(void *context)
{
    add(context, 'a');
}

static void add_b(void *context)
{
    add(context, 'b');
}

static void add_c_and_stop(void *context)
{
    struct world *w = context;
    add(w, 'c');
    loop_stop(w->loop);
}

START_TEST(test_timers_run_in_order_of_time_and_then_of_making)
{
    struct world w;
    begin(&w);
    int64_t now = clock_mono_us();
    (void)loop_timer(w.loop, now + 3000, add_c_and_stop, &w);
    (void)loop_timer(w.loop, now + 1000, add_b, &w);
    (void)loop_timer(w.loop, now + 1000, add_a, &w);
    struct loop_timer *never = loop_timer(w.loop, now + 500, add_a, &w);
    loop_cancel(never);
    must_run(&w, 1000000);
    ck_assert_str_eq(w.order, "bac");
    ck_assert_int_ge(clock_mono_us(), now + 3000);
    end(&w);
}
END_TEST

static void cancel_other(void *context)
{
    struct world *w = context;
    w->calls++;
    loop_cancel(w->timer);
}

static void must_not_run(void *context)
{
    (void)context;
    ck_abort_msg("a cancelled timer ran");
}

START_TEST(test_a_timer_may_cancel_one_that_is_due_in_the_same_round)
{
    struct world w;
    begin(&w);
    (void)loop_timer(w.loop, 1, cancel_other, &w);
    w.timer = loop_timer(w.loop, 2, must_not_run, &w);
    must_run(&w, 1000);
    ck_assert_int_eq(w.calls, 1);
    end(&w);
}
END_TEST

static void again(void *context)
{
    struct world *w = context;
    w->calls++;
    (void)loop_timer(w->loop, 0, again, w);
}

START_TEST(test_a_timer_that_is_always_due_does_not_starve_descriptors)
{
    struct world w;
    begin(&w);
    (void)loop_timer(w.loop, 0, again, &w);
    (void)loop_watch(w.loop, w.fd[0], LOOP_WRITE, note, &w);
    must_run(&w, 5000000);
    ck_assert_int_eq(w.ready, LOOP_WRITE);
    end(&w);
}
END_TEST

static void count(void *context)
{
    (*(int *)context)++;
}

START_TEST(test_a_thousand_timers_in_any_order_all_run_once)
{
    struct world w;
    begin(&w);
    int ran = 0;
    struct loop_timer *timers[1000];
    clock_fake(1000000);
    for (int i = 0; i < 1000; i++)
        timers[i] = loop_timer(w.loop, 1000000 + (i * 7919) % 1000, count, &ran);
    for (int i = 0; i < 1000; i += 2)
        loop_cancel(timers[i]);
    clock_fake(1000499);
    must_run(&w, 0);
    ck_assert_int_eq(ran, 250);
    clock_fake(1001000);
    must_run(&w, 0);
    ck_assert_int_eq(ran, 500);
    clock_fake(0);
    end(&w);
}
END_TEST

START_TEST(test_a_signal_ends_the_run)
{
    struct interrupt intr = {0};
    struct err e = {0};
    ck_assert(interrupt_open(&intr, &e));
    struct loop *l = loop_new(&intr);
    ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert(!loop_run(l, 0, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    loop_free(l);
    interrupt_cleanup(&intr);
}
END_TEST

static void work_20_ms(void *context)
{
    (void)context;
    int64_t until = clock_mono_us() + 20000;
    while (clock_mono_us() < until)
        continue;
}

START_TEST(test_busy_time_is_what_callbacks_took_and_not_the_waiting)
{
    struct world w;
    begin(&w);
    (void)loop_timer(w.loop, 0, work_20_ms, &w);
    must_run(&w, 60000);
    ck_assert_int_ge(loop_busy_us(w.loop), 20000);
    ck_assert_int_lt(loop_busy_us(w.loop), 50000);
    end(&w);
}
END_TEST

Suite *suite_loop_loop(void);
Suite *suite_loop_loop(void)
{
    Suite *s = suite_create("loop_loop");
    TCase *t = tcase_create("loop");
    tcase_add_test(t, test_a_readable_descriptor_calls_its_watch);
    tcase_add_test(t, test_only_what_is_asked_for_is_told);
    tcase_add_test(t, test_a_closed_peer_makes_the_descriptor_readable);
    tcase_add_test(t, test_a_callback_may_remove_its_own_watch_and_others);
    tcase_add_test(t, test_watches_made_in_a_callback_are_polled_next_round);
    tcase_add_test(t, test_timers_run_in_order_of_time_and_then_of_making);
    tcase_add_test(t, test_a_timer_may_cancel_one_that_is_due_in_the_same_round);
    tcase_add_test(t, test_a_timer_that_is_always_due_does_not_starve_descriptors);
    tcase_add_test(t, test_a_thousand_timers_in_any_order_all_run_once);
    tcase_add_test(t, test_a_signal_ends_the_run);
    tcase_add_test(t, test_busy_time_is_what_callbacks_took_and_not_the_waiting);
    suite_add_tcase(s, t);
    return s;
}
