/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: the processes of a cluster, known by what /proc says about them. */
#ifndef PGR_TARGET_PROCESSES_H
#define PGR_TARGET_PROCESSES_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The pid in the first line of DATA/postmaster.pid, 0 when there is none. */
pid_t processes_postmaster(const char *data_dir);

/* Does the lock file say that connections are let in? Servers before 10 do not tell: true for them.
 */
bool processes_is_ready(const char *data_dir, int64_t major);

/*
 * Ends every process whose working directory is the data folder, that belongs to its owner and has
 * no terminal: SIGQUIT to the postmaster first, SIGKILL to all that is left after `grace_us`. Then
 * removes the shared memory that a killed postmaster leaves. False: a process is left.
 */
MUST bool processes_end(const char *data_dir, int64_t grace_us, struct err *e);

/* Does the process listen on a TCP port? False when that cannot be found out. */
MUST bool processes_listens(pid_t pid, bool *listens, struct err *e);

#endif
