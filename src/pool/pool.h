/* SPDX-License-Identifier: PostgreSQL */
/*
 * A connection pool for one thread and one event loop.
 *
 *     struct pool *p = pool_new(&(struct pool_how){.arena = a, .loop = l, .driver =
 * &pool_driver_pg, .driver_context = dsn, .set = settings}); pool_take(p, &user->ticket, got,
 * user);      ... got(user, slot, NULL): pool_link(slot) pool_give(slot);
 *
 * Promises:
 * - Who waits is served in the order of asking; nobody overtakes. An idle connection is only given
 *   without waiting when nobody waits.
 * - A connection that comes back goes to the first in the queue at once; otherwise on top of a
 *   stack, so that surplus ones stay idle and can be closed.
 * - One deadline covers everything until a connection is handed out: queue, ping, connect, reset.
 * - A connection is pinged before use only when it was idle for over a second, or when another one
 *   has just broken; with a limit of its own. One whose socket is readable while idle is dropped.
 * - The pool grows only for those who wait (and up to the minimum), one connection first, then two,
 *   four …; it shrinks by the lowest number that was free over a whole idle-timeout, never below
 * the minimum. Connections reach their lifetime spread over its last tenth, never together.
 * - While the server cannot be reached a single prober tries, from 10 ms up to every 5 s. A server
 *   that has too many connections (53300) lowers the maximum for half a minute.
 * - A connection given back inside a transaction is rolled back and counted.
 */
#ifndef PGR_POOL_POOL_H
#define PGR_POOL_POOL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "loop/loop.h"
#include "stat/hist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool;
struct pool_slot;
struct pool_driver;

enum { POOL_QUEUE_MIN = 100, POOL_MAX_MAX = 10000 };

/* What is done to a connection between two users, after a ROLLBACK where one is needed. */
enum pool_reset {
    POOL_RESET_NONE,
    POOL_RESET_LIGHT, /* settings, cursors, listens, locks, temporary tables; keeps prepared
                         statements */
    POOL_RESET_FULL,  /* DISCARD ALL */
};

struct pool_settings {
    size_t min, max; /* 1 <= max <= POOL_MAX_MAX, min <= max */
    size_t queue;    /* how many may wait; less than POOL_QUEUE_MIN counts as that */
    int64_t timeout_us, idle_timeout_us, max_lifetime_us, health_interval_us; /* all > 0 */
    enum pool_reset reset;
};

/* What is unreasonable in these settings, as texts for people (const char *) in `warnings`. */
void pool_setting_warnings(const struct pool_settings *set, struct vec *warnings);

struct pool_how {
    struct arena *arena; /* must outlive the pool */
    struct loop *loop;
    const struct pool_driver *driver;
    void *driver_context;
    struct pool_settings set;
    uint64_t seed; /* of the jitter */
};

/* Makes a pool and starts opening its minimum. */
struct pool *pool_new(const struct pool_how *how);

/* Closes all connections. Tickets that still wait are forgotten, without a call. Takes NULL. */
void pool_free(struct pool *p);

/* Gets a connection, or why there is none: ERR_TIMEOUT (the text says what the pool was doing and
 * the last failure to connect, the SQLSTATE is that one's) or ERR_LIMIT (the queue is full). May be
 * called before pool_take returns. The failure lives until the function returns. */
typedef void pool_ready(void *context, struct pool_slot *slot, const struct err *failure);

/* A place in the queue: the caller's memory, not to be touched or moved while it waits. */
struct pool_ticket {
    struct pool *pool; /* NULL when it does not wait */
    struct pool_ticket *prev, *next;
    struct loop_timer *deadline;
    pool_ready *ready;
    void *context;
    int64_t asked_us;
};

void pool_take(struct pool *p, struct pool_ticket *t, pool_ready *ready, void *context);

/* Leaves the queue; a ticket that does not wait is fine. `ready` is not called any more. */
void pool_cancel(struct pool_ticket *t);

/* Gives a connection back, in whatever state it is. */
void pool_give(struct pool_slot *slot);

/* The driver's connection of a slot that was handed out. */
void *pool_link(const struct pool_slot *slot);

struct pool_now {
    size_t total, in_use, idle, connecting, waiting; /* pinged and reset ones count as in use */
    int64_t head_waits_us;   /* how long the first in the queue has waited */
    int64_t longest_held_us; /* of those handed out */
};
struct pool_now pool_now(const struct pool *p);

/* Since the pool was made, or since pool_begin. */
struct pool_stats {
    int64_t takes, queued; /* handed out; of those, after waiting */
    int64_t timeouts, rejected, cancelled;
    int64_t connects, connect_errors;
    int64_t lost, dirty, pings; /* broke; given back in a transaction; pinged */
    int64_t retired_age, retired_idle;
    int64_t peak_in_use, peak_queue;
    double utilization_percent;              /* time-weighted: in use over the maximum */
    double of_current_percent;               /* the same over those that were open */
    double over_80_percent, over_90_percent; /* share of the time above that utilisation */
    const struct hist *wait, *connect, *use; /* of takes, of logins, from take to give */
    struct err last_connect_error;
};
struct pool_stats pool_stats(struct pool *p);

/* Forgets what was counted so far: the warm-up is over. */
void pool_begin(struct pool *p);

#endif
