/* SPDX-License-Identifier: PostgreSQL */
/* Workers and what they are to do. One thread drives all of them. */
#ifndef PGR_RESTORE_CREW_H
#define PGR_RESTORE_CREW_H

#include "restore/schedule.h"
#include "restore/worker.h"

#include <stdbool.h>
#include <stddef.h>

enum { WORKERS_MAX = 64 };

struct crew {
    struct worker_how how;
    struct chunk_pool pool;
    struct schedule schedule;
    struct worker workers[WORKERS_MAX]; /* schedule.n_workers of them are open */
    /* A job is over, and the callee's, to be freed by job_free. False stops everything. */
    bool (*ended)(void *context, struct job *job, const struct worker *w, struct err *e);
    void *context;
    int64_t deadline_us; /* of the whole restore; 0: none */
};

/* Connects `n` workers, or as many as the server lets in; how, ended and context are set. False:
 * interrupted. */
MUST bool crew_open(struct crew *c, size_t n, struct err *e);
void crew_cleanup(struct crew *c); /* takes a zeroed one */

/* Starts what may start, and goes on with what runs; with `wait`, once something happened. */
MUST bool crew_turn(struct crew *c, bool wait, struct err *e);

/* Hands data to a COPY, which may end meanwhile; waits while there is too much of it. */
MUST bool crew_feed(struct crew *c, struct job *job, struct slice data, struct err *e);

/* Something about an open job changed: goes on with it, if it runs. */
MUST bool crew_poke(struct crew *c, const struct job *job, struct err *e);

#endif
