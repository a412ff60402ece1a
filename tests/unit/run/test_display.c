/* SPDX-License-Identifier: PostgreSQL */
/* What a person sees, on a terminal (a pseudo one) and without. */
#include "base/log.h"
#include "run/display.h"

#include <check.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

Suite *suite_run_display(void);

enum { COLUMNS = 60, READ_MAX = 16384 };

static struct config config;
static struct display d;
static int reading; /* end of what goes to standard output */

/* The test is a process of its own: its standard output may be replaced. */
static void use(int reader, int writer)
{
    reading = reader;
    ck_assert_int_eq(dup2(writer, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(writer);
    config.color = "auto";
    config.log_format = "text";
    display_open(&d, &config);
}

static void on_a_terminal(void)
{
    struct termios how;
    struct winsize size = {.ws_row = 24, .ws_col = COLUMNS};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    ck_assert_int_eq(tcgetattr(terminal, &how), 0);
    cfmakeraw(&how); /* what is written is what is read */
    ck_assert_int_eq(tcsetattr(terminal, TCSANOW, &how), 0);
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
    use(master, terminal);
}

static void on_a_pipe(void)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    use(ends[0], ends[1]);
}

/* What came since the last time. */
static const char *seen(void)
{
    static char text[READ_MAX];
    struct pollfd fd = {.fd = reading, .events = POLLIN};
    size_t n = 0;
    while (n < sizeof text - 1 && poll(&fd, 1, 50) == 1) {
        ssize_t got = read(reading, text + n, sizeof text - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    text[n] = '\0';
    return text;
}

static void tell(uint64_t bytes, const char *what)
{
    d.told_us = 0; /* as if the last time were long ago */
    progress_tell(&d.progress, &(struct progress_state){
                                   .bytes = bytes, .total_bytes = 1000, .rows = 7, .what = what});
}

static const struct stage_facts done = {
    .name = STAGE_restore, .outcome = OUTCOME_PASSED, .took_us = 1200000, .summary = "all of it"};

START_TEST(test_a_terminal_has_a_live_line_that_the_result_replaces)
{
    on_a_terminal();
    display_stage_begin(&d, STAGE_restore);
    tell(500, "public.t");
    const char *live = seen();
    ck_assert_ptr_nonnull(strstr(live, "\r\033[K ..    restore"));
    ck_assert_ptr_nonnull(strstr(live, "[############............]  50 %"));
    ck_assert_ptr_null(strchr(live, '\n'));
    tell(1000, NULL);
    ck_assert_ptr_nonnull(strstr(seen(), "[########################] 100 %"));
    display_stage_end(&d, &done);
    const char *end = seen();
    ck_assert_int_eq(strncmp(end, "\r\033[K", 4), 0); /* the live line goes first */
    ck_assert_ptr_nonnull(strstr(end, "restore"));
    ck_assert_ptr_nonnull(strstr(end, "1.2 s  all of it\n"));
    display_cleanup(&d);
}
END_TEST

START_TEST(test_a_live_line_neither_wraps_nor_is_steered_by_a_name)
{
    on_a_terminal();
    display_stage_begin(&d, STAGE_restore);
    (void)seen();
    tell(10, "public.\033[31mred\n and a name that is much too long for this terminal");
    const char *live = seen() + strlen("\r\033[K");
    ck_assert_uint_lt(strlen(live), COLUMNS);
    ck_assert_ptr_null(strpbrk(live, "\033\n"));
    display_cleanup(&d);
}
END_TEST

START_TEST(test_without_a_terminal_progress_is_a_plain_line_but_not_before_the_head)
{
    on_a_pipe();
    display_stage_begin(&d, STAGE_preflight);
    d.told_us = INT64_MIN / 2;
    progress_tell(&d.progress, &(struct progress_state){.rows = 7});
    ck_assert_str_eq(seen(), "");
    display_stage_begin(&d, STAGE_restore);
    progress_tell(&d.progress, &(struct progress_state){.rows = 7}); /* too soon */
    ck_assert_str_eq(seen(), "");
    d.told_us = INT64_MIN / 2;
    progress_tell(&d.progress, &(struct progress_state){.rows = 7, .what = "public.t\033"});
    const char *line = seen();
    ck_assert_int_eq(strncmp(line, " ..    restore ", 15), 0);
    ck_assert_ptr_nonnull(strstr(line, "7 rows  public.t?\n"));
    display_cleanup(&d);
}
END_TEST

/* The time that has passed, as far as the display knows. */
static void pretend_seconds(int64_t s)
{
    d.began_us -= s * 1000000;
    d.told_us -= s * 1000000;
    d.moved_us -= s * 1000000;
}

START_TEST(test_without_a_terminal_lines_are_rare)
{
    on_a_pipe();
    display_stage_begin(&d, STAGE_restore);
    static const struct {
        int seconds;
        uint64_t bytes;
        bool told;
    } steps[] = {
        {1, 300, false},                                    /* a tenth, but too soon */
        {10, 310, true},  {11, 390, false},                 /* the same tenth */
        {9, 410, true},   {59, 499, false}, {1, 499, true}, /* a minute is enough for a line */
        {10, 1000, true},
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        pretend_seconds(steps[i].seconds);
        progress_tell(&d.progress,
                      &(struct progress_state){.bytes = steps[i].bytes, .total_bytes = 1000});
        ck_assert_msg((*seen() != '\0') == steps[i].told, "step %zu", i);
    }
    display_cleanup(&d);
}
END_TEST

START_TEST(test_no_time_is_left_to_tell_while_nothing_is_read)
{
    struct winsize wide = {.ws_row = 24, .ws_col = 120};
    on_a_terminal();
    ck_assert_int_eq(ioctl(STDOUT_FILENO, TIOCSWINSZ, &wide), 0);
    display_stage_begin(&d, STAGE_restore);
    pretend_seconds(2);
    tell(500, "public.t");
    const char *live = seen();
    ck_assert_ptr_nonnull(strstr(live, "/s  "));
    ck_assert_ptr_nonnull(strstr(live, "s left  "));
    pretend_seconds(4);
    tell(500, "public.t_idx, public.u_idx");
    live = seen();
    ck_assert_ptr_null(strstr(live, "/s  "));
    ck_assert_ptr_null(strstr(live, " left"));
    ck_assert_ptr_nonnull(strstr(live, " s  7 rows  public.t_idx, public.u_idx"));
    display_cleanup(&d);
}
END_TEST

START_TEST(test_quiet_holds_everything_until_it_did_not_pass)
{
    config.quiet = true;
    on_a_pipe();
    display_stage_begin(&d, STAGE_restore);
    display_stage_end(&d, &done);
    ck_assert_str_eq(seen(), "");
    display_end(&d, _i == 0);
    ck_assert((strstr(seen(), "all of it") != NULL) == (_i == 1));
    display_cleanup(&d);
}
END_TEST

Suite *suite_run_display(void)
{
    Suite *s = suite_create("run/display");
    TCase *t = tcase_create("display");
    tcase_add_test(t, test_a_terminal_has_a_live_line_that_the_result_replaces);
    tcase_add_test(t, test_a_live_line_neither_wraps_nor_is_steered_by_a_name);
    tcase_add_test(t, test_without_a_terminal_progress_is_a_plain_line_but_not_before_the_head);
    tcase_add_test(t, test_without_a_terminal_lines_are_rare);
    tcase_add_test(t, test_no_time_is_left_to_tell_while_nothing_is_read);
    tcase_add_loop_test(t, test_quiet_holds_everything_until_it_did_not_pass, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
