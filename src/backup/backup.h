/* SPDX-License-Identifier: PostgreSQL */
/* Gets the file under test: takes a dump with pg_dump under a snapshot of our own, or finds one. */
#ifndef PGR_BACKUP_BACKUP_H
#define PGR_BACKUP_BACKUP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "model/config.h"
#include "model/progress.h"
#include "model/record.h"

struct backup_job {
    struct arena *arena; /* the record's */
    const struct config *config;
    const char *dsn;     /* of the source */
    const char *dir;     /* where the dump goes; exists */
    const char *pg_dump; /* path of the program, chosen by backup_pick_pg_dump */
    struct vec *objects; /* zeroed: what objects_list() gives under the snapshot, unless
                            compare.catalog is none or the role may not ask; or NULL */
    struct interrupt *intr;
    const struct progress *progress;
};

/* Picks pg_dump for a server of `version_num`: the same major, else the next higher one installed.
 * ERR_MISSING names the server's version, what is installed, and the package to install. */
MUST bool backup_pick_pg_dump(const struct vec *installations, int64_t version_num,
                              const struct installation **picked, struct err *e);

/*
 * Exports a snapshot, runs pg_dump with it, writes DATABASE-STAMP.sql[.gz|.zst] atomically with
 * SHA-256 and size on the way, and counts the rows of every table under the same snapshot when
 * compare.source says so. Fills record->backup and record->tables (source_rows); pg_dump's warnings
 * become findings. Both its exit status and the end of its stream must be right; nothing keeps a
 * final name otherwise.
 */
MUST bool backup_take(const struct backup_job *job, struct record *r, struct err *e);

/* Looks at a file that was given: that it is there, a readable ordinary file, not empty. Fills what
 * is known without reading it (path, size, modification time, origin). */
MUST bool backup_find(struct arena *a, const char *path, struct record *r, struct err *e);

#endif
