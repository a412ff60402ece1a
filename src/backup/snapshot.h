/* SPDX-License-Identifier: PostgreSQL */
/* Our own session on the source: exports the snapshot that pg_dump uses, and counts rows under it.
 */
#ifndef PGR_BACKUP_SNAPSHOT_H
#define PGR_BACKUP_SNAPSHOT_H

#include "backup/backup.h"
#include "pg/pg.h"

/* Ends with its connection; keep it open until pg_dump has ended. */
struct snapshot {
    struct pg pg;
    int64_t deadline_us;       /* monotonic; 0: none */
    int64_t taken_us;          /* wall time */
    const char *name;          /* what pg_export_snapshot gave */
    struct server_facts facts; /* of the source */
};

/* Connects, neutralises the role's timeouts and row security, begins and exports. */
MUST bool snapshot_open(const struct backup_job *job, int64_t deadline_us, struct snapshot *s,
                        struct err *e);
void snapshot_cleanup(struct snapshot *s); /* takes a zeroed one */

/*
 * When compare.source says so, counts the rows of every table whose data belongs in the dump into
 * record->tables, taking an ACCESS SHARE lock on each that lasts until the snapshot is closed: a
 * TRUNCATE comes before both the count and pg_dump, or after both. What cannot be counted, and what
 * the dump leaves out, becomes a gap of the record. To be called before pg_dump is started.
 */
MUST bool snapshot_count(const struct backup_job *job, struct snapshot *s, struct record *r,
                         struct err *e);

/* What the source says of itself under the snapshot, for the manifest: system identifier, position
 * in the log, extensions, collations, settings, policies into record->source. What this role may
 * not ask, or the server does not have, becomes a gap of the record. */
MUST bool snapshot_describe(struct snapshot *s, struct record *r, struct err *e);

/* Lists the objects of the database (pg/objects.h) into job->objects, unless compare.catalog is
 * none; the second time keeps what is the same. What the server refuses is a gap. */
MUST bool snapshot_objects(const struct backup_job *job, struct snapshot *s, struct record *r,
                           struct err *e);

/* When compare.source is full: reads all rows of every table that was counted, under the same
 * snapshot, into source_digest. What cannot be read becomes a gap. */
MUST bool snapshot_digest(const struct backup_job *job, const struct snapshot *s, struct record *r,
                          struct err *e);

#endif
