/* SPDX-License-Identifier: PostgreSQL */
#include "base/proc.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child needs, worked out before the fork. */
struct plan {
    const struct spawn *how;
    const struct passwd *account;
    pid_t parent;
    int out, err;  /* writing ends, or -1 for /dev/null */
    int report_fd; /* the child writes its errno here when it cannot exec */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static bool become(const struct passwd *account)
{
    if (account == NULL || (geteuid() == account->pw_uid && getegid() == account->pw_gid))
        return true;
    return initgroups(account->pw_name, account->pw_gid) == 0 && setgid(account->pw_gid) == 0 &&
           setuid(account->pw_uid) == 0;
}

/* A shell that starts us in the background has us ignore SIGINT and SIGQUIT, and what is ignored
 * stays so: a server that is still starting would not hear that we died. */
static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    static const int ours[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        (void)sigaction(ours[i], &by_default, NULL);
}

static bool set_environment(const struct plan *plan)
{
    for (const char *const *pair = plan->how->env; pair != NULL && *pair != NULL; pair++)
        if (putenv((char *)(uintptr_t)*pair) != 0)
            return false;
    return true;
}

/* Between fork and exec. Gives control back only when something failed, with errno set. */
static void run_child(const struct plan *plan)
{
    const struct spawn *how = plan->how;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0 || setsid() < 0)
        return;
    int out = plan->out >= 0 ? plan->out : nothing;
    int err = plan->err >= 0 ? plan->err : nothing;
    if (dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        return;
    reset_signals();
    if (!become(plan->account) || (how->dir != NULL && chdir(how->dir) != 0))
        return;
    if (prctl(PR_SET_PDEATHSIG, how->death_signal != 0 ? how->death_signal : SIGKILL) != 0)
        return;
    if (getppid() != plan->parent) /* we died before the line above took effect */
        _exit(127);
    if (!set_environment(plan))
        return;
    (void)execvp(how->argv[0], (char *const *)(uintptr_t)how->argv);
}

/* Waits until the child has exec'ed (the pipe closes) or says why it could not. */
static bool await_exec(struct proc *p, int report_fd, const char *name, struct err *e)
{
    int child_errno = 0;
    ssize_t n;
    do
        n = read(report_fd, &child_errno, sizeof child_errno);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return true;
    (void)waitpid(p->pid, NULL, 0);
    p->pid = 0;
    errno = n == (ssize_t)sizeof child_errno ? child_errno : EIO;
    enum err_code code = errno == ENOENT ? ERR_MISSING : ERR_SYSTEM;
    (void)err_sys(e, "start %s", name);
    e->code = code;
    return false;
}

static bool fork_child(struct plan *plan, struct proc *p, struct err *e)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return err_sys(e, "pipe");
    plan->report_fd = report[1];
    plan->parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        run_child(plan);
        int why = errno;
        ssize_t written = write(plan->report_fd, &why, sizeof why);
        _exit(written > 0 ? 127 : 126);
    }
    (void)close(report[1]);
    bool ok = pid > 0;
    if (!ok)
        (void)err_sys(e, "fork");
    p->pid = ok ? pid : 0;
    ok = ok && await_exec(p, report[0], plan->how->argv[0], e);
    (void)close(report[0]);
    return ok;
}

/* Opens the pipe for one output when one is wanted: *ours is the reading end, *theirs the other. */
static bool open_output(enum proc_output kind, int fd, int *ours, int *theirs, struct err *e)
{
    int ends[2];
    switch (kind) {
    case PROC_NULL:
        return true;
    case PROC_FD:
        *theirs = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        return *theirs >= 0 || err_sys(e, "duplicate descriptor %d", fd);
    case PROC_PIPE:
        if (pipe2(ends, O_CLOEXEC) != 0)
            return err_sys(e, "pipe");
        *ours = ends[0];
        *theirs = ends[1];
        return true;
    }
    return false;
}

static bool find_account(const char *user, struct plan *plan, struct err *e)
{
    if (user == NULL)
        return true;
    plan->account = getpwnam(user);
    return plan->account != NULL || err_set(e, ERR_MISSING, "no account named \"%s\"", user);
}

bool proc_start(const struct spawn *how, struct proc *p, struct err *e)
{
    assert(how->argv != NULL && how->argv[0] != NULL);
    struct plan plan = {.how = how, .out = -1, .err = -1};
    struct proc new = {.out_fd = -1, .err_fd = -1};
    bool ok = find_account(how->user, &plan, e) &&
              open_output(how->out, how->out_fd, &new.out_fd, &plan.out, e) &&
              open_output(how->err, how->err_fd, &new.err_fd, &plan.err, e) &&
              fork_child(&plan, &new, e);
    close_fd(&plan.out);
    close_fd(&plan.err);
    if (!ok) {
        close_fd(&new.out_fd);
        close_fd(&new.err_fd);
        return false;
    }
    if (new.err_fd >= 0)
        (void)fcntl(new.err_fd, F_SETFL, O_NONBLOCK);
    new.started = true;
    *p = new;
    return true;
}

/* Reads what is there; closes the descriptor at the end. Beyond the bound bytes are dropped. */
static void drain(int *fd, struct buf *text)
{
    char chunk[4096];
    while (*fd >= 0) {
        ssize_t n = read(*fd, chunk, sizeof chunk);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            close_fd(fd);
            return;
        }
        size_t room = PROC_TEXT_MAX - text->n;
        buf_append(text, chunk, (size_t)n < room ? (size_t)n : room);
    }
}

void proc_read_stderr(struct proc *p)
{
    drain(&p->err_fd, &p->err_text);
}

/* What the child started goes with it. That is seen to before the child is reaped: until then no
 * other process can get its number. */
static bool has_ended(struct proc *p)
{
    siginfo_t info = {0};
    if (p->ended || p->pid == 0)
        return true;
    if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return false;
    (void)kill(-p->pid, SIGKILL);
    p->ended = waitpid(p->pid, &p->status, 0) == p->pid;
    return p->ended;
}

bool proc_wait(struct proc *p, int64_t deadline_us, struct interrupt *intr, struct err *e)
{
    int pidfd = p->ended ? -1 : (int)syscall(SYS_pidfd_open, p->pid, 0);
    bool ok = true;
    while (!has_ended(p)) {
        if (!interrupt_check(intr, e)) {
            ok = false;
            break;
        }
        if (deadline_us != 0 && clock_mono_us() >= deadline_us) {
            ok = err_set(e, ERR_TIMEOUT, "process %d did not end in time", (int)p->pid);
            break;
        }
        struct pollfd fds[] = {
            {.fd = pidfd, .events = POLLIN},
            {.fd = p->err_fd, .events = POLLIN},
            {.fd = interrupt_fd(intr), .events = POLLIN},
        };
        int ms = clock_poll_ms(deadline_us);
        if (pidfd < 0 && (ms < 0 || ms > 20)) /* a kernel without pidfd: look again soon */
            ms = 20;
        (void)poll(fds, COUNT_OF(fds), ms);
        proc_read_stderr(p);
    }
    close_fd(&pidfd);
    if (ok)
        proc_read_stderr(p);
    return ok;
}

bool proc_stop(struct proc *p, int signo, int64_t grace_us)
{
    struct err ignored;
    if (p->pid == 0 || has_ended(p))
        return true;
    (void)kill(p->pid, signo);
    if (proc_wait(p, clock_mono_us() + grace_us, NULL, &ignored))
        return true;
    (void)kill(-p->pid, SIGKILL);
    (void)kill(p->pid, SIGKILL);
    return proc_wait(p, clock_mono_us() + 10 * CLOCK_SECOND_US, NULL, &ignored);
}

bool proc_succeeded(const struct proc *p)
{
    return p->ended && WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0;
}

const char *proc_status_text(const struct proc *p, char out[64])
{
    if (!p->ended)
        (void)snprintf(out, 64, "still running");
    else if (WIFEXITED(p->status))
        (void)snprintf(out, 64, "exit status %d", WEXITSTATUS(p->status));
    else
        (void)snprintf(out, 64, "killed by signal %d (%s)", WTERMSIG(p->status),
                       strsignal(WTERMSIG(p->status)));
    return out;
}

void proc_cleanup(struct proc *p)
{
    if (!p->started)
        return;
    (void)proc_stop(p, SIGKILL, 0);
    close_fd(&p->out_fd);
    close_fd(&p->err_fd);
    buf_cleanup(&p->err_text);
    *p = (struct proc){.out_fd = -1, .err_fd = -1};
}

void proc_result_cleanup(struct proc_result *r)
{
    buf_cleanup(&r->out);
    buf_cleanup(&r->err);
}

bool proc_run(const struct spawn *how, int64_t deadline_us, struct interrupt *intr,
              struct proc_result *r, struct err *e)
{
    struct spawn captured = *how;
    captured.out = PROC_PIPE;
    captured.err = PROC_PIPE;
    CLEANUP(proc_cleanup) struct proc p = {0};
    if (!proc_start(&captured, &p, e))
        return false;
    (void)fcntl(p.out_fd, F_SETFL, O_NONBLOCK);
    CLEANUP(proc_result_cleanup) struct proc_result result = {0};
    while (p.out_fd >= 0) {
        struct pollfd fds[] = {
            {.fd = p.out_fd, .events = POLLIN},
            {.fd = p.err_fd, .events = POLLIN},
            {.fd = interrupt_fd(intr), .events = POLLIN},
        };
        if (!interrupt_check(intr, e))
            return false;
        if (poll(fds, COUNT_OF(fds), clock_poll_ms(deadline_us)) == 0)
            return err_set(e, ERR_TIMEOUT, "%s did not end in time", how->argv[0]);
        drain(&p.out_fd, &result.out);
        proc_read_stderr(&p);
    }
    if (!proc_wait(&p, deadline_us, intr, e))
        return false;
    result.status = p.status;
    result.err = p.err_text;
    p.err_text = (struct buf){0};
    *r = result;
    result = (struct proc_result){0};
    return true;
}
