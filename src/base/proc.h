/* SPDX-License-Identifier: PostgreSQL */
/*
 * Child processes: started by argv, never by a shell; in a session of their own (a Ctrl-C on the
 * terminal reaches us alone), with default signals, /dev/null as standard input, and killed by the
 * kernel when we die.
 */
#ifndef PGR_BASE_PROC_H
#define PGR_BASE_PROC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/interrupt.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum proc_output {
    PROC_NULL, /* to /dev/null */
    PROC_PIPE, /* to a pipe whose reading end is ours */
    PROC_FD,   /* to the descriptor given beside it */
};

struct spawn {
    const char *const *argv; /* NULL-terminated; argv[0] is searched in PATH when it has no slash */
    const char *const *env;  /* "NAME=value" to set besides the inherited ones, or NULL */
    const char *user;        /* account to become (we must be root then), or NULL */
    const char *dir;         /* working directory, or NULL */
    enum proc_output out;
    int out_fd; /* for PROC_FD */
    enum proc_output err;
    int err_fd;       /* for PROC_FD */
    int death_signal; /* what the child gets when we die; 0 means SIGKILL */
};

struct proc {
    pid_t pid;  /* 0 when there is none */
    int out_fd; /* reading end, or -1 */
    int err_fd; /* reading end, or -1; drained by proc_wait */
    int status; /* as waitpid gives it, once `ended` */
    bool started, ended;
    struct buf err_text; /* what came on standard error, at most PROC_TEXT_MAX bytes */
};

enum { PROC_TEXT_MAX = 1024 * 1024 };

/* Starts a child. On failure nothing runs. Release with proc_cleanup. */
MUST bool proc_start(const struct spawn *how, struct proc *p, struct err *e);

/*
 * Waits for the end until deadline_us (monotonic; 0: none), reading standard error meanwhile.
 * True when it ended, whatever its status; what it left running in its process group is killed
 * then. ERR_TIMEOUT and ERR_INTERRUPTED leave it running.
 */
MUST bool proc_wait(struct proc *p, int64_t deadline_us, struct interrupt *intr, struct err *e);

/* Takes what standard error holds now, without waiting. */
void proc_read_stderr(struct proc *p);

/* Sends `signo`, waits up to `grace_us`, then kills the whole session. True when it is gone. */
bool proc_stop(struct proc *p, int signo, int64_t grace_us);

/* Did it end with exit status 0? */
bool proc_succeeded(const struct proc *p);

/* "exit status 1", "killed by signal 9 (Killed)" */
const char *proc_status_text(const struct proc *p, char out[64]);

/* Kills what still runs, reaps it, closes the pipes. Takes a zeroed one. */
void proc_cleanup(struct proc *p);

struct proc_result {
    int status;
    struct buf out, err; /* at most PROC_TEXT_MAX bytes each */
};
void proc_result_cleanup(struct proc_result *r);

/* Runs a short program to its end and captures both outputs. `how->out` and `how->err` are ignored.
 */
MUST bool proc_run(const struct spawn *how, int64_t deadline_us, struct interrupt *intr,
                   struct proc_result *r, struct err *e);

#endif
