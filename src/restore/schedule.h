/* SPDX-License-Identifier: PostgreSQL */
/*
 * Work that may be done on any connection, and what of it may start now. No server is needed to
 * know that:
 *   - a COPY fills its table alone; two of one table keep their order;
 *   - an index is built when all COPYs of its table are over. Indexes of one table are built side
 *     by side, except where one locks it for itself;
 *   - a rider follows the job that it is about;
 *   - a foreign key is made when everything before it that concerns its two tables is done, and
 *     alone in both: in their whole trees of partitions.
 * What waits for what is thus a chain, and something can always start while nothing runs.
 */
#ifndef PGR_RESTORE_SCHEDULE_H
#define PGR_RESTORE_SCHEDULE_H

#include "base/buf.h"
#include "base/err.h"
#include "dump/scan.h"
#include "restore/chunk.h"
#include "restore/tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A COPY starts when so much of its data is there, or all of it. Then it is known whether it is
 * worth a transaction of its own, in which the server need not log it. */
enum { COPY_CHUNKS_MIN = 4 };

enum job_kind { JOB_COPY, JOB_BUILD, JOB_RIDER, JOB_FOREIGN_KEY };

struct job {
    struct job *next, *previous; /* the schedule's, in the order added */
    enum job_kind kind;
    struct table *table, *other; /* other: of a foreign key, else NULL */
    struct job *after;           /* of a rider: open until then, else NULL */
    bool exclusive;              /* see struct kind */
    struct statement statement;  /* its texts are in `text` */
    struct buf text;
    struct epoch epoch;    /* that it is to be done under */
    unsigned helpers;      /* parallel workers that the server may use for it */
    bool running, counted; /* the schedule's */

    /* of a COPY */
    struct chunk_queue data;
    bool ended;          /* no more data comes */
    const char *aborted; /* and why what there is must not stay, or NULL */
    struct dump_table block;

    /* how it went */
    bool over;
    int64_t began_us, took_us;
    bool failed;
    struct err why;
};

/* Ready with `n_workers` alone. */
struct schedule {
    size_t n_workers; /* jobs that may run at a time */
    bool keep_one;    /* COPYs are still to come: a worker is left for them */
    struct job *first, *last;
    size_t n_open, n_open_copies, n_running, n_running_copies;
};

/* The job is open from now on. */
void schedule_add(struct schedule *s, struct job *job);

/* The job that is to start now, which then counts as running; NULL: none. */
struct job *schedule_start(struct schedule *s);

/* It is over, and no longer the schedule's. */
void schedule_end(struct schedule *s, struct job *job);

/* Is a job open that stands in front of that place of the dump? */
bool schedule_has_before(const struct schedule *s, uint64_t offset);

/* The first place of the dump that an open job stands at; UINT64_MAX: none is open. */
uint64_t schedule_first_offset(const struct schedule *s);

void job_free(struct job *job, struct chunk_pool *pool);

#endif
