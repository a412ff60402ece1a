/* SPDX-License-Identifier: PostgreSQL */
/*
 * One libpq connection that never blocks: it lives on an event loop and tells by callbacks.
 * No callback is ever made from inside a call of these functions; always from the loop. Inside a
 * callback everything is permitted, async_close included.
 *
 * libpq looks up host names without regard to this: give hostaddr or a socket folder where that
 * may take long.
 */
#ifndef PGR_PG_ASYNC_H
#define PGR_PG_ASYNC_H

#include "base/err.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct async;

enum async_state {
    /* Login is under way. The socket may change with every step. Ends by `opened`, either way. */
    ASYNC_CONNECTING,
    /* Nothing asked, nothing outstanding. The socket is watched all the same: notices are read and
     * dropped, a connection that the server closes is noticed at once and told by `lost`. */
    ASYNC_IDLE,
    /* A call is on the wire: first its PREPARE where it needs one, then itself. Written and read at
     * the same time until the server says that it is ready. Ends by `done`. */
    ASYNC_BUSY,
    /* The deadline of the call passed and the server was asked to cancel it. What still comes is
     * read, and the end of the cancel request is waited for; if that takes too long the connection
     * is given up. Ends by `done`. */
    ASYNC_DRAINING,
    /* Broken, and told. Only good for async_close; a call fails at once. */
    ASYNC_DEAD,
    ASYNC_STATES
};

struct async_how {
    struct loop *loop;
    const char *dsn;
    int64_t deadline_us;                                      /* of the login; 0: none */
    void (*opened)(void *context, const struct err *failure); /* NULL: it is open */
    void (*lost)(void *context, const struct err *why);       /* while idle */
    void *context;
};

/* Starts a connection; what goes wrong is told by `opened`. Keeps nothing of `how` but the context.
 */
struct async *async_open(const struct async_how *how);

/* Ends it whatever it does; no callback comes any more. Takes NULL. */
void async_close(struct async *c);

struct async_outcome {
    /* NULL: it worked. ERR_SQL, ERR_TIMEOUT, or ERR_CONNECT: broken. Lives as long as the
     * connection. */
    const struct err *failure;
    int64_t rows; /* received, or touched */
};

enum { ASYNC_STATEMENTS_MAX = 4096, ASYNC_UNPREPARED = -1 };

struct async_call {
    const char *sql;
    /* ASYNC_UNPREPARED: sent as it stands. Otherwise a number that stands for this very SQL: it is
     * prepared the first time that this connection sees it. */
    int statement;
    bool simple; /* simple protocol: several statements, no parameters */
    const char *const *params;
    int n_params;
    int64_t deadline_us; /* 0: none */
    /* At the deadline the connection is given up at once, instead of asking the server to cancel.
     */
    bool give_up_late;
    void (*done)(void *context, const struct async_outcome *outcome);
    void *context;
};

/* Runs a statement on an idle connection (or a dead one: then it fails). Rows are counted and
 * dropped one by one, so a result of any size costs no memory. SQL, parameters and context must
 * live until `done`. */
void async_run(struct async *c, const struct async_call *call);

/* The server forgot all prepared statements (DISCARD ALL, DEALLOCATE ALL). */
void async_forget_prepared(struct async *c);

enum async_state async_state(const struct async *c);
bool async_in_transaction(const struct async *c); /* open or failed */
int async_backend_pid(const struct async *c);

/* Idle, with nothing to read: a closed connection, or one with a stray message, is not. */
bool async_quiet(const struct async *c);

#endif
