/* SPDX-License-Identifier: PostgreSQL */
/* The inside of a pool, shared by the files of this folder and by nobody else. */
#ifndef PGR_POOL_INSIDE_H
#define PGR_POOL_INSIDE_H

#include "base/clock.h"
#include "pool/driver.h"
#include "pool/pool.h"
#include "stat/rng.h"

enum slot_state {
    /* No connection. */
    SLOT_EMPTY,
    /* A login is under way, for the queue or to reach the minimum. Nobody in particular gets it. */
    SLOT_CONNECTING,
    /* On the stack of idle connections, nothing running on it. */
    SLOT_IDLE,
    /* A ping is under way: before use, or by the health sweep. Nobody in particular gets it. */
    SLOT_PINGING,
    /* Handed out. */
    SLOT_IN_USE,
    /* Given back; a ROLLBACK or the reset is under way. */
    SLOT_CLEANING,
    SLOT_STATES
};

struct pool_slot {
    struct pool *pool;
    size_t number;
    enum slot_state state;
    void *link;
    struct pool_slot *above, *below; /* on the idle stack */
    uint64_t generation;             /* older than the pool's: to be pinged whatever its age */
    int64_t since_us;                /* in this state */
    int64_t alive_us;                /* last known to work */
    int64_t retire_us, check_us;     /* when its lifetime ends; when it is pinged next */
    bool swept;                      /* the ping is the sweep's: it goes back under the stack */
    bool rolled_back;                /* while cleaning: the ROLLBACK is done */
};

/* Integrals over time since pool_begin. */
struct pool_meter {
    int64_t began_us, at_us;
    double in_use, total; /* connection-microseconds */
    int64_t over_80_us, over_90_us;
};

struct pool {
    struct arena *arena;
    struct loop *loop;
    const struct pool_driver *driver;
    void *driver_context;
    struct pool_settings set;
    struct rng rng;
    struct pool_slot *slots;
    size_t n_in[SLOT_STATES];
    struct pool_slot *top, *bottom; /* idle stack */
    struct pool_ticket *first, *last;
    size_t waiting;
    uint64_t generation;
    /* growing */
    size_t step;          /* logins at the same time */
    size_t max_now;       /* lower than set.max for a while after 53300 */
    int64_t max_until_us; /* end of that while */
    int failures;         /* logins in a row that failed */
    int64_t not_before_us;
    struct loop_timer *retry, *housekeeping;
    /* shrinking */
    size_t free_low; /* fewest that were free in this window */
    int64_t window_end_us;
    struct pool_meter meter;
    struct pool_stats stats;
    struct hist *wait, *connect, *use;
    bool closing;
};

static inline size_t pool_total(const struct pool *p)
{
    return p->set.max - p->n_in[SLOT_EMPTY];
}

static inline size_t pool_busy(const struct pool *p)
{
    return p->n_in[SLOT_IN_USE] + p->n_in[SLOT_CLEANING];
}

/* slot.c */
/* The only function that changes a state. Keeps counts, idle stack and meter right. */
void slot_move(struct pool_slot *s, enum slot_state to);
void slot_open(struct pool_slot *s);
void slot_ping(struct pool_slot *s, bool swept);
/* Closes the connection, in any state but EMPTY. */
void slot_drop(struct pool_slot *s);
/* A connection broke: others of its age are suspect. */
void slot_break(struct pool_slot *s, const struct err *why);

/* queue.c */
/* Hands idle connections to those who wait, pings those that need it, then lets the pool grow. */
void queue_serve(struct pool *p);

/* grow.c */
void grow(struct pool *p);
void grow_succeeded(struct pool *p);
void grow_failed(struct pool *p, const struct err *why);
void housekeeping_start(struct pool *p);

/* meter.c */
/* Adds the time since the last call at the present numbers; to be called before they change. */
void meter_advance(struct pool *p);

#endif
