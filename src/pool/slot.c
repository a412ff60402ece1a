/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "pool/inside.h"

#include <assert.h>
#include <string.h>

static const int64_t LOGIN_LIMIT_US = 10 * CLOCK_SECOND_US;
static const int64_t PING_LIMIT_US = CLOCK_SECOND_US / 2;
static const int64_t CLEAN_LIMIT_US = 5 * CLOCK_SECOND_US;

static const char RESET_LIGHT[] =
    "RESET SESSION AUTHORIZATION; RESET ALL; CLOSE ALL; UNLISTEN *; "
    "SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

static const unsigned may_follow[SLOT_STATES] = {
    [SLOT_EMPTY] = 1U << SLOT_CONNECTING,
    [SLOT_CONNECTING] = 1U << SLOT_IDLE | 1U << SLOT_EMPTY,
    [SLOT_IDLE] = 1U << SLOT_IN_USE | 1U << SLOT_PINGING | 1U << SLOT_EMPTY,
    [SLOT_PINGING] = 1U << SLOT_IDLE | 1U << SLOT_EMPTY,
    [SLOT_IN_USE] = 1U << SLOT_IDLE | 1U << SLOT_CLEANING | 1U << SLOT_EMPTY,
    [SLOT_CLEANING] = 1U << SLOT_IDLE | 1U << SLOT_EMPTY,
};

/* ---- the idle stack ---- */

static void stack_remove(struct pool_slot *s)
{
    struct pool *p = s->pool;
    *(s->above != NULL ? &s->above->below : &p->top) = s->below;
    *(s->below != NULL ? &s->below->above : &p->bottom) = s->above;
    s->above = s->below = NULL;
}

static void stack_push(struct pool_slot *s)
{
    struct pool *p = s->pool;
    s->below = p->top;
    *(p->top != NULL ? &p->top->above : &p->bottom) = s;
    p->top = s;
}

static void stack_push_under(struct pool_slot *s)
{
    struct pool *p = s->pool;
    s->above = p->bottom;
    *(p->bottom != NULL ? &p->bottom->below : &p->top) = s;
    p->bottom = s;
}

void slot_move(struct pool_slot *s, enum slot_state to)
{
    struct pool *p = s->pool;
    assert((may_follow[s->state] & 1U << to) != 0);
    meter_advance(p);
    if (s->state == SLOT_IDLE)
        stack_remove(s);
    p->n_in[s->state]--;
    p->n_in[to]++;
    if (to == SLOT_IDLE && s->state == SLOT_PINGING && s->swept)
        stack_push_under(s);
    else if (to == SLOT_IDLE)
        stack_push(s);
    s->state = to;
    s->since_us = p->meter.at_us;
    size_t free_now = p->n_in[SLOT_IDLE] + p->n_in[SLOT_PINGING];
    if (free_now < p->free_low)
        p->free_low = free_now;
    if ((int64_t)pool_busy(p) > p->stats.peak_in_use)
        p->stats.peak_in_use = (int64_t)pool_busy(p);
}

/* ---- opening ---- */

/* The last tenth of the lifetime is divided among the slots, and each has half of its share to
 * choose from: connections of equal birthdays die one after the other. */
static int64_t lifetime_us(struct pool_slot *s)
{
    const struct pool_settings *set = &s->pool->set;
    double share = ((double)s->number + rng_unit(&s->pool->rng) / 2) / (double)set->max;
    return set->max_lifetime_us - (int64_t)(share * (double)set->max_lifetime_us / 10);
}

static void proved_alive(struct pool_slot *s)
{
    struct pool *p = s->pool;
    double early = rng_unit(&p->rng) / 10;
    s->alive_us = clock_mono_us();
    s->generation = p->generation;
    s->check_us = s->alive_us + (int64_t)((1.0 - early) * (double)p->set.health_interval_us);
}

void slot_open(struct pool_slot *s)
{
    struct pool *p = s->pool;
    int64_t limit_us = p->set.timeout_us < LOGIN_LIMIT_US ? p->set.timeout_us : LOGIN_LIMIT_US;
    slot_move(s, SLOT_CONNECTING);
    s->link = p->driver->open(p->driver_context, p->loop, s, clock_mono_us() + limit_us);
}

void pool_opened(struct pool_slot *s, const struct err *failure)
{
    struct pool *p = s->pool;
    assert(s->state == SLOT_CONNECTING);
    if (failure != NULL) {
        struct err why = *failure;
        slot_drop(s);
        grow_failed(p, &why);
        queue_serve(p);
        return;
    }
    int64_t now_us = clock_mono_us();
    p->stats.connects++;
    hist_add(p->connect, now_us - s->since_us);
    s->retire_us = now_us + lifetime_us(s);
    proved_alive(s);
    slot_move(s, SLOT_IDLE);
    grow_succeeded(p);
    queue_serve(p);
}

/* ---- closing ---- */

void slot_drop(struct pool_slot *s)
{
    void *link = s->link;
    s->link = NULL;
    slot_move(s, SLOT_EMPTY);
    if (link != NULL)
        s->pool->driver->close(link);
}

/* Does it mean that the server went away, and not only this connection? */
static bool server_went(const struct err *why)
{
    return why->sqlstate[0] == '\0' || str_starts(why->sqlstate, "08") ||
           str_starts(why->sqlstate, "57P");
}

void slot_break(struct pool_slot *s, const struct err *why)
{
    struct pool *p = s->pool;
    p->stats.lost++;
    if (server_went(why))
        p->generation++;
    slot_drop(s);
}

void pool_lost(struct pool_slot *s, const struct err *why)
{
    struct pool *p = s->pool;
    if (s->state != SLOT_IDLE) /* its user will find out, and give it back */
        return;
    slot_break(s, why);
    queue_serve(p);
}

/* ---- ping and return ---- */

void slot_ping(struct pool_slot *s, bool swept)
{
    struct pool *p = s->pool;
    s->swept = swept;
    p->stats.pings++;
    slot_move(s, SLOT_PINGING);
    p->driver->run(s->link, s, "", clock_mono_us() + PING_LIMIT_US);
}

static void settle(struct pool_slot *s)
{
    struct pool *p = s->pool;
    if (s->retire_us <= clock_mono_us()) {
        p->stats.retired_age++;
        slot_drop(s);
    } else {
        slot_move(s, SLOT_IDLE);
    }
    queue_serve(p);
}

static const char *reset_sql(enum pool_reset reset)
{
    switch (reset) {
    case POOL_RESET_LIGHT:
        return RESET_LIGHT;
    case POOL_RESET_FULL:
        return "DISCARD ALL";
    case POOL_RESET_NONE:
        break;
    }
    return NULL;
}

static void clean(struct pool_slot *s, const char *sql)
{
    struct pool *p = s->pool;
    if (s->state != SLOT_CLEANING)
        slot_move(s, SLOT_CLEANING);
    p->driver->run(s->link, s, sql, clock_mono_us() + CLEAN_LIMIT_US);
}

void pool_ran(struct pool_slot *s, const struct err *failure)
{
    struct pool *p = s->pool;
    assert(s->state == SLOT_PINGING || s->state == SLOT_CLEANING);
    if (failure != NULL) {
        struct err why = *failure;
        slot_break(s, &why);
        queue_serve(p);
        return;
    }
    proved_alive(s);
    const char *reset = reset_sql(p->set.reset);
    if (s->state == SLOT_CLEANING && s->rolled_back && reset != NULL) {
        s->rolled_back = false;
        clean(s, reset);
        return;
    }
    settle(s);
}

static void give_idle(struct pool_slot *s)
{
    const char *reset = reset_sql(s->pool->set.reset);
    proved_alive(s);
    if (reset != NULL)
        clean(s, reset);
    else
        settle(s);
}

void pool_give(struct pool_slot *s)
{
    static const struct err unfinished = {.code = ERR_CONNECT, .sqlstate = "57014"};
    static const struct err dead = {.code = ERR_CONNECT};
    struct pool *p = s->pool;
    assert(s->state == SLOT_IN_USE);
    hist_add(p->use, clock_mono_us() - s->since_us);
    s->rolled_back = false;
    switch (p->driver->status(s->link)) {
    case POOL_LINK_IDLE:
        give_idle(s);
        return;
    case POOL_LINK_IN_TRANSACTION:
        p->stats.dirty++;
        s->rolled_back = true;
        clean(s, "ROLLBACK");
        return;
    case POOL_LINK_BUSY:
        slot_break(s, &unfinished);
        break;
    case POOL_LINK_DEAD:
        slot_break(s, &dead);
        break;
    }
    queue_serve(p);
}

void *pool_link(const struct pool_slot *s)
{
    return s->link;
}
