/* SPDX-License-Identifier: PostgreSQL */
/* Replays pending migrations: VERSION_name.sql files of a folder, each in a transaction. */
#ifndef PGR_MIGRATE_MIGRATE_H
#define PGR_MIGRATE_MIGRATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "model/progress.h"
#include "model/record.h"

struct migrate_job {
    struct arena *arena; /* the record's */
    const char *dir;
    const char *dsn;
    int64_t timeout_us; /* of one file */
    struct interrupt *intr;
    const struct progress *progress;
};

/*
 * Reads the folder (ERR_USAGE: bad names, two files of one version), compares it with the history
 * table rehearse.schema_migrations (a file that changed since it was applied is a finding), and
 * applies what is pending, stopping at the first failure. Fills record->migrations and findings.
 * True: all that was to be found out was found out, also when a migration failed.
 */
MUST bool migrate_rehearse(const struct migrate_job *job, struct record *r, struct err *e);

#endif
