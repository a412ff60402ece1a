/* SPDX-License-Identifier: PostgreSQL */
/* One connection that does one job after the other, and never waits. */
#ifndef PGR_RESTORE_WORKER_H
#define PGR_RESTORE_WORKER_H

#include "pg/pg.h"
#include "restore/schedule.h"

#include <stdbool.h>
#include <stdint.h>

/* What the connection does; worker.c has the table of what follows what. */
enum step {
    STEP_IDLE,     /* no job */
    STEP_RESET,    /* the session becomes as it was at first, in the encoding of the job */
    STEP_SETTINGS, /* the settings of the job's epoch */
    STEP_HELPERS,  /* how many parallel workers the server may use */
    STEP_EXECUTE,  /* the job's statement, which is no COPY */
    STEP_LOCK,     /* begins a transaction in which the table is locked; is it empty? */
    STEP_TRUNCATE, /* it is: then the server need not log what is copied into it */
    STEP_RETREAT,  /* that did not work: rolled back, to copy without */
    STEP_COPY,     /* the COPY was sent; the server is to say that it is ready for data */
    STEP_FEED,     /* data goes to the server */
    STEP_END,      /* all of it went; the server is to say what became of it */
    STEP_COMMIT,
    STEP_ROLLBACK,
    STEPS
};

/* What all workers of a restore have in common. */
struct worker_how {
    const char *dsn;
    const char *settings;    /* our own, behind every reset */
    struct interrupt *intr;  /* or NULL */
    int64_t call_us;         /* for one call of the server; 0: no limit */
    struct chunk_pool *pool; /* where data of COPYs comes from */
    bool truncate;           /* the server can do without logging */
};

struct worker {
    const struct worker_how *how;
    struct pg pg;
    enum step step;
    struct job *job;
    struct epoch epoch; /* that the session is in; zeroed: none */
    unsigned helpers;
    int64_t deadline_us; /* of the call; 0: none */
    bool in_transaction; /* that we began */
    bool is_empty;       /* what STEP_LOCK found */
    bool ok;             /* of the step so far */
    bool writing;        /* libpq has more to send than the socket took */
    bool lost;           /* the job's session could not be made: its failure is not its own */
    struct buf sql;
};

/* Connects. `how` must outlive it. Fails like pg_open. */
MUST bool worker_open(struct worker *w, const struct worker_how *how, struct err *e);

/* Asks the server to stop what it does and closes the connection; takes a zeroed one. */
void worker_cleanup(struct worker *w);

/* Begins a job on an idle worker. What goes wrong is told by worker_turn. */
void worker_start(struct worker *w, struct job *job);

/* What poll is to wait for. */
short worker_events(const struct worker *w);

/* Goes on as far as it can without waiting. True: the job is over; job->failed and job->why say how
 * it went, and the worker is idle. Call it, too, when data was added to the job. */
bool worker_turn(struct worker *w);

#endif
