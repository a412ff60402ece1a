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

/* A stale lease that was cleared, or could not be. */
struct reaped {
    const char *folder;
    bool cleared;
    const char *why_not;
};

/* Clears every lease whose owner is dead. Those of living runs are left alone and counted.
 * False only when the folder of leases cannot be read. */
MUST bool lease_reap(struct arena *a, const char *state_dir, struct vec *reaped, size_t *n_alive,
                     struct err *e);

#endif
