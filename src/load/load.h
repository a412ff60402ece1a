/* SPDX-License-Identifier: PostgreSQL */
/* Virtual users on the connection pool. */
#ifndef PGR_LOAD_LOAD_H
#define PGR_LOAD_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "model/config.h"
#include "model/progress.h"
#include "model/record.h"

struct load_job {
    struct arena *arena; /* the record's */
    const struct config *config;
    const char *dsn;
    struct interrupt *intr;
    const struct progress
        *progress; /* bytes stay 0; rows counts transactions; what says "37 of 50 busy" */
};

/*
 * Runs load.users users for load.duration. Scripts that cannot be read are ERR_USAGE before
 * anything starts. Without scripts, look-ups by primary key are made from the catalogue of the
 * restored database. Fills record->load and findings (failed transactions, a pool that was the
 * limit, a run that committed nothing). True: there was a load to measure.
 * ERR_MISSING: there is nothing to load, because no table with a primary key has rows.
 */
MUST bool load_run(const struct load_job *job, struct record *r, struct err *e);

#endif
