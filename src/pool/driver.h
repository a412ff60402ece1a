/* SPDX-License-Identifier: PostgreSQL */
/* What the pool needs to know of connections, so that its rules can be tested without a server. */
#ifndef PGR_POOL_DRIVER_H
#define PGR_POOL_DRIVER_H

#include "base/err.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct pool_slot;

enum pool_link_status {
    POOL_LINK_IDLE,
    POOL_LINK_IN_TRANSACTION, /* open or failed */
    POOL_LINK_BUSY,           /* a statement is still running, or it is not logged in yet */
    POOL_LINK_DEAD,
};

/* All answers come later, from the loop, never from inside a call. */
struct pool_driver {
    /* Starts a connection; answers once by pool_opened. */
    void *(*open)(void *context, struct loop *loop, struct pool_slot *slot, int64_t deadline_us);
    /* Runs SQL without parameters ("" is a ping) on an idle connection; answers once by pool_ran,
     * with a failure at the deadline at the latest. */
    void (*run)(void *link, struct pool_slot *slot, const char *sql, int64_t deadline_us);
    /* Idle, and nothing to read from it? */
    bool (*quiet)(const void *link);
    enum pool_link_status (*status)(const void *link);
    /* Ends it; no answer comes any more. */
    void (*close)(void *link);
};

/* Answers. `failure` is NULL when it worked and is copied before anything is closed. */
void pool_opened(struct pool_slot *slot, const struct err *failure);
void pool_ran(struct pool_slot *slot, const struct err *failure);
/* A connection on which nothing ran has broken. */
void pool_lost(struct pool_slot *slot, const struct err *why);

/* PostgreSQL: the context is a connection string (const char *), a link is a struct async. */
extern const struct pool_driver pool_driver_pg;

#endif
