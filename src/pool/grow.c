/* SPDX-License-Identifier: PostgreSQL */
#include "pool/inside.h"

#include <string.h>

enum { STEP_MAX = 16, BACKOFF_DOUBLINGS_MAX = 9 };

static const int64_t BACKOFF_MIN_US = 10000;
static const int64_t BACKOFF_MAX_US = 5 * CLOCK_SECOND_US;
static const int64_t SHRUNK_US = 30 * CLOCK_SECOND_US;
static const int64_t TICK_MIN_US = 10000;

/* ---- growing ---- */

static void try_again(void *context)
{
    struct pool *p = context;
    p->retry = NULL;
    grow(p);
}

static bool wants_more(const struct pool *p)
{
    if (pool_total(p) < p->set.min)
        return true;
    return p->waiting > p->n_in[SLOT_CONNECTING] + p->n_in[SLOT_PINGING];
}

void grow(struct pool *p)
{
    size_t next = 0;
    if (p->waiting == 0 && pool_total(p) >= p->set.min)
        p->step = 1;
    while (!p->closing && wants_more(p) && pool_total(p) < p->max_now &&
           p->n_in[SLOT_CONNECTING] < p->step) {
        if (clock_mono_us() < p->not_before_us) {
            if (p->retry == NULL)
                p->retry = loop_timer(p->loop, p->not_before_us, try_again, p);
            return;
        }
        while (p->slots[next].state != SLOT_EMPTY)
            next++;
        slot_open(&p->slots[next]);
    }
}

void grow_succeeded(struct pool *p)
{
    p->failures = 0;
    p->not_before_us = 0;
    loop_cancel(TAKE(p->retry));
    if (p->step < STEP_MAX)
        p->step++; /* for each that came about: so the number doubles with every round */
}

/* A pause from 10 ms to 5 s: doubling, and drawn at random from its upper half to all of it, so
 * that many pools that lost the same server do not come back together. */
static int64_t backoff_us(struct pool *p)
{
    int doublings = p->failures < BACKOFF_DOUBLINGS_MAX ? p->failures : BACKOFF_DOUBLINGS_MAX;
    int64_t most_us = BACKOFF_MIN_US << doublings;
    if (most_us > BACKOFF_MAX_US)
        most_us = BACKOFF_MAX_US;
    return rng_range(&p->rng, most_us / 2, most_us);
}

void grow_failed(struct pool *p, const struct err *why)
{
    p->stats.connect_errors++;
    p->stats.last_connect_error = *why;
    p->failures++;
    p->step = 1;
    p->not_before_us = clock_mono_us() + backoff_us(p);
    if (strcmp(why->sqlstate, "53300") != 0)
        return;
    /* The server has no more to give: asking again and again only takes the place of others. */
    size_t open = pool_total(p);
    p->max_now = open > 0 ? open : 1;
    p->max_until_us = clock_mono_us() + SHRUNK_US;
}

/* ---- housekeeping ---- */

static void restore_max(struct pool *p, int64_t now_us)
{
    if (p->max_now < p->set.max && now_us >= p->max_until_us)
        p->max_now = p->set.max;
}

/* Oldest first; never more than a quarter of the idle ones at a time. */
static void sweep(struct pool *p, int64_t now_us)
{
    size_t pings_left = p->n_in[SLOT_IDLE] / 4 + 1;
    struct pool_slot *above = NULL;
    for (struct pool_slot *s = p->bottom; s != NULL; s = above) {
        above = s->above;
        if (s->retire_us <= now_us) {
            p->stats.retired_age++;
            slot_drop(s);
        } else if (s->check_us <= now_us && pings_left > 0) {
            pings_left--;
            slot_ping(s, true);
        }
    }
}

static void shrink(struct pool *p, int64_t now_us)
{
    if (now_us < p->window_end_us)
        return;
    size_t surplus = p->free_low;
    while (surplus-- > 0 && pool_total(p) > p->set.min && p->bottom != NULL) {
        p->stats.retired_idle++;
        slot_drop(p->bottom);
    }
    p->window_end_us = now_us + p->set.idle_timeout_us;
    p->free_low = p->n_in[SLOT_IDLE] + p->n_in[SLOT_PINGING];
}

static int64_t tick_us(const struct pool_settings *set)
{
    int64_t shortest_us = set->health_interval_us;
    if (set->idle_timeout_us < shortest_us)
        shortest_us = set->idle_timeout_us;
    if (set->max_lifetime_us / 10 < shortest_us)
        shortest_us = set->max_lifetime_us / 10;
    int64_t us = shortest_us / 16;
    if (us < TICK_MIN_US)
        us = TICK_MIN_US;
    return us < CLOCK_SECOND_US ? us : CLOCK_SECOND_US;
}

static void tick(void *context)
{
    struct pool *p = context;
    int64_t now_us = clock_mono_us();
    restore_max(p, now_us);
    sweep(p, now_us);
    shrink(p, now_us);
    p->housekeeping = loop_timer(p->loop, now_us + tick_us(&p->set), tick, p);
    queue_serve(p);
}

void housekeeping_start(struct pool *p)
{
    int64_t now_us = clock_mono_us();
    p->window_end_us = now_us + p->set.idle_timeout_us;
    p->housekeeping = loop_timer(p->loop, now_us + tick_us(&p->set), tick, p);
}
