/* SPDX-License-Identifier: PostgreSQL */
/* Executes what is heard of a dump on one connection, in its order: statements and COPY blocks. */
#ifndef PGR_RESTORE_EXECUTE_H
#define PGR_RESTORE_EXECUTE_H

#include "base/buf.h"
#include "dump/open.h"
#include "dump/scan.h"
#include "pg/pg.h"
#include "restore/outbox.h"
#include "restore/phase.h"
#include "restore/prepare.h"
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
    struct prepare prepare;
    struct rejects rejects;
    struct outbox outbox;
    const char *settings; /* SQL of our own settings, for every session that restores */
    struct stopwatch watch;
    struct buf sql;       /* the statement in hand, NUL-terminated */
    bool ok;              /* the last statement or COPY was not rejected */
    bool skipping;        /* the database of the dump that follows is not there */
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

/* A statement, in its place. True: it was executed or passed over; ex->ok says whether it was
 * taken. Its rejection waits in the outbox. */
MUST bool executor_statement(struct executor *ex, const struct statement *s, struct err *e);

/* Is it one that is never sent: refused, or about the database itself? */
bool executor_keeps_back(const struct statement *s);

/* A COPY block; its table's facts come at the end. */
MUST bool executor_copy_begin(struct executor *ex, const struct copy_head *head, struct err *e);
MUST bool executor_copy_data(struct executor *ex, struct slice data, struct err *e);
MUST bool executor_copy_end(struct executor *ex, const struct dump_table *table, struct err *e);

/* Something failed on a connection. */
struct failure {
    const struct statement *statement;
    const char *object;
    const struct err *why;
    const PGconn *conn; /* where; NULL: it is closed */
};

/* True when the restore can go on, with the rejection in the outbox; false when it cannot (the
 * connection is gone, interrupted, out of time), with *e set. */
MUST bool executor_failed(struct executor *ex, const struct failure *f, struct err *e);

/* Judges what stands before that place of the dump. False with restore.stop_on_error. */
MUST bool executor_deliver(struct executor *ex, uint64_t before, struct err *e);

/* "public.orders" for a statement whose comment names it; the keywords it begins with otherwise. */
const char *executor_object(struct executor *ex, const struct statement *s);

/* Adds what a COPY block took, and tells the progress. */
void executor_add_copy(struct executor *ex, const struct dump_table *table, int64_t took_us);
void executor_tell(const struct executor *ex, uint64_t rows, const char *what);

/* Between statements that were executed: the session is inside a transaction. */
bool executor_in_transaction(const struct executor *ex);

/* Sets the time for the next call: what restore.statement_timeout and the deadline allow. */
MUST bool executor_time(struct executor *ex, struct err *e);

/* Rolls back what the dump has left open on this session, and says so. */
MUST bool executor_end_transaction(struct executor *ex, struct err *e);

/* The dump was read to its end: rolls back what it left open, completes record->restore. */
MUST bool executor_finish(struct executor *ex, const struct dump_facts *facts, struct err *e);
void executor_cleanup(struct executor *ex); /* takes a zeroed one */

#endif
