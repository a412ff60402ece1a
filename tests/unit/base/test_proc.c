/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/proc.h"

#include <check.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static int64_t in_ms(int64_t ms)
{
    return clock_mono_us() + ms * 1000;
}

START_TEST(test_both_outputs_and_the_status_are_captured)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    struct spawn how = {.argv = ARGV("/bin/sh", "-c", "echo out; echo err >&2; exit 3")};
    ck_assert_msg(proc_run(&how, in_ms(5000), NULL, &r, &e), "%s", e.text);
    ck_assert_str_eq(buf_text(&r.out), "out\n");
    ck_assert_str_eq(buf_text(&r.err), "err\n");
    ck_assert_int_eq(WEXITSTATUS(r.status), 3);
}
END_TEST

START_TEST(test_a_program_that_is_not_there_is_missing)
{
    struct err e = {0};
    CLEANUP(proc_cleanup) struct proc p = {0};
    ck_assert(!proc_start(&(struct spawn){.argv = ARGV("/no/such/program")}, &p, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, "/no/such/program"));
    ck_assert(
        !proc_start(&(struct spawn){.argv = ARGV("/bin/true"), .user = "nobody-at-all"}, &p, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
}
END_TEST

START_TEST(test_a_deadline_leaves_it_running_and_cleanup_kills_it)
{
    struct err e = {0};
    pid_t pid;
    {
        CLEANUP(proc_cleanup) struct proc p = {0};
        ck_assert(proc_start(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, &p, &e));
        pid = p.pid;
        ck_assert(!proc_wait(&p, in_ms(30), NULL, &e));
        ck_assert_int_eq(e.code, ERR_TIMEOUT);
        ck_assert_int_eq(kill(pid, 0), 0);
    }
    ck_assert_int_eq(kill(pid, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
}
END_TEST

START_TEST(test_stop_is_polite_first)
{
    struct err e = {0};
    CLEANUP(proc_cleanup) struct proc p = {0};
    struct spawn how = {.argv = ARGV("/bin/sh", "-c",
                                     "trap 'exit 7' TERM; echo ready; "
                                     "while :; do sleep 0.01; done"),
                        .out = PROC_PIPE};
    ck_assert(proc_start(&how, &p, &e));
    char ready[6];
    ck_assert_int_eq(read(p.out_fd, ready, 6), 6);
    ck_assert(proc_stop(&p, SIGTERM, 5000000));
    char text[64];
    ck_assert_str_eq(proc_status_text(&p, text), "exit status 7");
    ck_assert(!proc_succeeded(&p));
}
END_TEST

START_TEST(test_stop_kills_what_does_not_listen)
{
    struct err e = {0};
    CLEANUP(proc_cleanup) struct proc p = {0};
    struct spawn how = {.argv = ARGV("/bin/sh", "-c",
                                     "trap '' TERM; echo ready; "
                                     "while :; do sleep 0.01; done"),
                        .out = PROC_PIPE};
    ck_assert(proc_start(&how, &p, &e));
    char ready[6], text[64];
    ck_assert_int_eq(read(p.out_fd, ready, 6), 6);
    ck_assert(proc_stop(&p, SIGTERM, 30000));
    ck_assert_str_eq(proc_status_text(&p, text), "killed by signal 9 (Killed)");
}
END_TEST

/* A pipe ends when the last process that holds it for writing has gone. */
static void must_end_soon(int fd)
{
    struct pollfd end = {.fd = fd, .events = POLLIN};
    char byte;
    ck_assert_int_eq(poll(&end, 1, 5000), 1);
    ck_assert_int_eq(read(fd, &byte, 1), 0);
}

START_TEST(test_what_an_ended_child_left_goes_with_it)
{
    struct err e = {0};
    CLEANUP(proc_cleanup) struct proc p = {0};
    struct spawn how = {.argv = ARGV("/bin/sh", "-c", "sleep 60 & echo ready"), .out = PROC_PIPE};
    ck_assert(proc_start(&how, &p, &e));
    char ready[6];
    ck_assert_int_eq(read(p.out_fd, ready, 6), 6);
    if (_i == 0)
        ck_assert(proc_wait(&p, in_ms(5000), NULL, &e));
    else
        (void)usleep(50000); /* it ends before it is told to */
    ck_assert(proc_stop(&p, SIGTERM, 5000000));
    ck_assert(proc_succeeded(&p));
    must_end_soon(p.out_fd);
}
END_TEST

START_TEST(test_environment_and_folder_are_the_childs)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    struct spawn how = {.argv =
                            ARGV("/bin/sh", "-c", "pwd; echo $PGR_X; read line || echo no input"),
                        .env = ARGV("PGR_X=set"),
                        .dir = "/"};
    ck_assert(proc_run(&how, in_ms(5000), NULL, &r, &e));
    ck_assert_str_eq(buf_text(&r.out), "/\nset\nno input\n");
}
END_TEST

START_TEST(test_the_child_becomes_the_account)
{
    if (geteuid() != 0)
        return; /* only root can become somebody else; CI runs as root */
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    struct spawn how = {.argv = ARGV("/usr/bin/id", "-un"), .user = "nobody", .dir = "/"};
    ck_assert(proc_run(&how, in_ms(5000), NULL, &r, &e));
    ck_assert_str_eq(buf_text(&r.out), "nobody\n");
}
END_TEST

START_TEST(test_the_kernel_kills_the_child_when_we_die)
{
    int pipe_fd[2];
    ck_assert_int_eq(pipe(pipe_fd), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct err e = {0};
        struct proc p = {0};
        if (!proc_start(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, &p, &e))
            _exit(1);
        if (write(pipe_fd[1], &p.pid, sizeof p.pid) < 0)
            _exit(1);
        (void)kill(getpid(), SIGKILL);
    }
    pid_t child = 0;
    ck_assert_int_eq(read(pipe_fd[0], &child, sizeof child), sizeof child);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    for (int i = 0; i < 200 && kill(child, 0) == 0; i++)
        (void)usleep(10000);
    /* whoever adopts it may leave it unreaped: then it is a zombie, which is dead too */
    char path[64], state = 'Z';
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
    FILE *stat = fopen(path, "r");
    if (stat != NULL) {
        ck_assert_int_eq(fscanf(stat, "%*d (%*[^)]) %c", &state), 1);
        (void)fclose(stat);
    }
    ck_assert_int_eq(state, 'Z');
}
END_TEST

START_TEST(test_a_signal_interrupts_a_wait)
{
    struct err e = {0};
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    ck_assert(interrupt_open(&intr, &e));
    ck_assert(!interrupt_pending(&intr) && interrupt_check(&intr, &e));
    CLEANUP(proc_cleanup) struct proc p = {0};
    ck_assert(proc_start(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, &p, &e));
    ck_assert_int_eq(kill(getpid(), SIGTERM), 0);
    ck_assert(!proc_wait(&p, in_ms(5000), &intr, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    ck_assert_int_eq(intr.signo, SIGTERM);
    interrupt_mask(&intr); /* the teardown may wait again */
    ck_assert(interrupt_check(&intr, &e));
    ck_assert_int_eq(interrupt_fd(&intr), -1);
    ck_assert_int_eq(intr.signo, SIGTERM);
}
END_TEST

START_TEST(test_children_get_signals_that_we_block)
{
    struct err e = {0};
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    ck_assert(interrupt_open(&intr, &e));
    CLEANUP(proc_cleanup) struct proc p = {0};
    ck_assert(proc_start(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, &p, &e));
    ck_assert_int_eq(kill(p.pid, SIGTERM), 0);
    ck_assert(proc_wait(&p, in_ms(5000), NULL, &e));
    ck_assert(WIFSIGNALED(p.status) && WTERMSIG(p.status) == SIGTERM);
}
END_TEST

/* As a shell without job control has it for what it starts in the background. */
START_TEST(test_children_hear_signals_that_we_ignore)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    struct err e = {0};
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    ck_assert_int_eq(sigaction(signals[_i], &ignored, NULL), 0);
    CLEANUP(proc_cleanup) struct proc p = {0};
    ck_assert(proc_start(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, &p, &e));
    ck_assert_int_eq(kill(p.pid, signals[_i]), 0);
    ck_assert_msg(proc_wait(&p, in_ms(5000), NULL, &e), "%s", e.text);
    ck_assert_int_eq(WTERMSIG(p.status), signals[_i]);
}
END_TEST

START_TEST(test_output_beyond_the_bound_is_dropped_not_kept)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    struct spawn how = {.argv = ARGV("/bin/sh", "-c", "head -c 3000000 /dev/zero")};
    ck_assert(proc_run(&how, in_ms(10000), NULL, &r, &e));
    ck_assert_uint_eq(r.out.n, PROC_TEXT_MAX);
}
END_TEST

START_TEST(test_a_run_beyond_its_deadline_is_a_timeout)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    ck_assert(
        !proc_run(&(struct spawn){.argv = ARGV("/bin/sleep", "60")}, in_ms(30), NULL, &r, &e));
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
}
END_TEST

Suite *suite_base_proc(void);
Suite *suite_base_proc(void)
{
    Suite *s = suite_create("base/proc");
    TCase *t = tcase_create("proc");
    tcase_set_timeout(t, 20);
    tcase_add_test(t, test_both_outputs_and_the_status_are_captured);
    tcase_add_test(t, test_a_program_that_is_not_there_is_missing);
    tcase_add_test(t, test_a_deadline_leaves_it_running_and_cleanup_kills_it);
    tcase_add_test(t, test_stop_is_polite_first);
    tcase_add_test(t, test_stop_kills_what_does_not_listen);
    tcase_add_loop_test(t, test_what_an_ended_child_left_goes_with_it, 0, 2);
    tcase_add_test(t, test_environment_and_folder_are_the_childs);
    tcase_add_test(t, test_the_child_becomes_the_account);
    tcase_add_test(t, test_the_kernel_kills_the_child_when_we_die);
    tcase_add_test(t, test_a_signal_interrupts_a_wait);
    tcase_add_test(t, test_children_get_signals_that_we_block);
    tcase_add_loop_test(t, test_children_hear_signals_that_we_ignore, 0, 4);
    tcase_add_test(t, test_output_beyond_the_bound_is_dropped_not_kept);
    tcase_add_test(t, test_a_run_beyond_its_deadline_is_a_timeout);
    suite_add_tcase(s, t);
    return s;
}
