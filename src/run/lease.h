/* SPDX-License-Identifier: PostgreSQL */
/*
 * Leases: a file that says which private folder a run is about to make, written before the folder
 * and removed after it. The run holds a lock on the file: when the process dies, however it dies,
 * the kernel lets go of the lock, and whoever comes next may clear what is named there.
 */
#ifndef PGR_RUN_LEASE_H
#define PGR_RUN_LEASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>

struct lease {
    const char *path;   /* of the lease file */
    const char *folder; /* what is leased */
    int fd;
};

/* The folder for leases: `wanted`, else /var/lib/pg_rehearse as root, else
 * $XDG_STATE_HOME/pg_rehearse, else ~/.local/state/pg_rehearse. Made when it is missing. ERR_USAGE
 * when it cannot be used. */
MUST bool lease_state_dir(struct arena *a, const char *wanted, const char **dir, struct err *e);

/*
 * Writes and locks a lease, then makes `folder` (mode 0711; it must not exist; its last part starts
 * with "pg_rehearse-" or ".pg_rehearse-"). On failure neither is left.
 */
MUST bool lease_take(struct arena *a, const char *state_dir, const char *folder, struct lease *l,
                     struct err *e);

/* Stops servers that run in the folder, removes it, proves it, and removes the lease. */
MUST bool lease_give(struct lease *l, struct err *e);

/* ---- folders that outlive their run, because somebody asked for it ---- */

/* Writes into the lease that the folder is kept, and since when, and lets go of the lock: from then
 * on only a reaper that is given its name clears it. `dsn`: of the server in it. */
MUST bool lease_keep(struct lease *l, const char *dsn, struct err *e);

enum lease_state {
    LEASE_ALIVE, /* its run goes on */
    LEASE_STALE, /* its run was killed */
    LEASE_KEPT,
};

struct lease_facts {
    enum lease_state state;
    const char *name; /* what comes behind pg_rehearse- in the folder's name: the id of the run */
    const char *folder;
    const char *since, *dsn; /* of a kept one: ISO 8601, connection string */
};

/* All leases there are (struct lease_facts), sorted by name. Changes nothing. */
MUST bool lease_list(struct arena *a, const char *state_dir, struct vec *leases, struct err *e);

/* A lease that was cleared, or could not be. */
struct reaped {
    const char *folder;
    bool cleared;
    const char *why_not;
};

/*
 * Clears every lease whose run was killed, and the kept one that is called `name` (LEASE_ALL: all
 * of them; NULL: none). Pushes what was cleared to `reaped` (struct reaped). Those of living runs
 * are left alone. False only when the folder of leases cannot be read.
 */
#define LEASE_ALL "all"
MUST bool lease_reap(struct arena *a, const char *state_dir, const char *name, struct vec *reaped,
                     struct err *e);

#endif
