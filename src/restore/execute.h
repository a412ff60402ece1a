/* SPDX-License-Identifier: PostgreSQL */
/* The listener that executes a dump as it is read. */
#ifndef PGR_RESTORE_EXECUTE_H
#define PGR_RESTORE_EXECUTE_H

#include "base/buf.h"
#include "dump/open.h"
#include "dump/scan.h"
#include "pg/pg.h"
#include "restore/phase.h"
#include "restore/reject.h"
#include "restore/restore.h"

/*
 * A COPY block goes through these: NONE, then SENDING from its head on; REJECTED as soon as the
 * server has refused it, after which its rows are read past.
 */
enum copy_state { COPY_NONE, COPY_SENDING, COPY_REJECTED };

struct executor {
    const struct restore_job *job;
    struct record *record;
    struct pg pg;        /* the dump is executed here */
    struct pg admin;     /* roles are made here */
    int64_t deadline_us; /* of the whole restore, monotonic; 0: none */
    struct vec roles;    /* const char *, that exist */
    struct rejects rejects;
    struct stopwatch watch;
    struct buf sql;       /* the statement in hand, NUL-terminated */
    const char *database; /* named by a CREATE DATABASE that was passed over, or NULL */
    enum copy_state copy;
    struct statement copy_head; /* of the block in hand; its texts are below */
    struct buf copy_sql;
    const char *copy_object;
    int64_t copy_began_us;
    const struct dump_stream *stream; /* for the progress */
    uint64_t total_bytes;
};

/* Reads the roles there are and settles the session; ex->pg is connected to the new database,
 * ex->admin to the maintenance database. */
MUST bool executor_begin(struct executor *ex, struct err *e);

/* The listener to give to dump_scan. */
struct dump_listener executor_listener(struct executor *ex);

/* The dump was read to its end: rolls back what it left open, completes record->restore. */
MUST bool executor_finish(struct executor *ex, const struct dump_facts *facts, struct err *e);
void executor_cleanup(struct executor *ex); /* takes a zeroed one */

/* ---- private to the folder ---- */

/* Sets the time for the next call: what restore.statement_timeout and the deadline allow. */
MUST bool executor_time(struct executor *ex, struct err *e);

/* A statement of ours, or a COPY's fate, failed on the server: true when the restore can go on,
 * with the rejection judged; false when it cannot (the connection is gone, interrupted, out of
 * time, or restore.stop_on_error), with *e set. */
MUST bool executor_rejected(struct executor *ex, const struct statement *s, const char *object,
                            const struct err *why, struct err *e);

/* Makes the roles that a statement needs and that are not there. */
MUST bool executor_make_roles(struct executor *ex, const struct statement *s, struct err *e);

/* COPY blocks, as the listener wants them; the context is the executor. */
bool executor_copy_begin(void *context, const struct copy_head *head, struct err *e);
bool executor_copy_data(void *context, const char *bytes, size_t n, struct err *e);
bool executor_copy_end(void *context, const struct dump_table *table, struct err *e);

#endif
