/* SPDX-License-Identifier: PostgreSQL */
#include "pool/inside.h"

#include <assert.h>
#include <stdio.h>

static const int64_t FRESH_US = CLOCK_SECOND_US;

static double seconds(int64_t us)
{
    return (double)us / (double)CLOCK_SECOND_US;
}

struct pool_now pool_now(const struct pool *p)
{
    int64_t now_us = clock_mono_us();
    struct pool_now n = {.total = pool_total(p),
                         .in_use = pool_busy(p) + p->n_in[SLOT_PINGING],
                         .idle = p->n_in[SLOT_IDLE],
                         .connecting = p->n_in[SLOT_CONNECTING],
                         .waiting = p->waiting,
                         .head_waits_us = p->first == NULL ? 0 : now_us - p->first->asked_us};
    for (size_t i = 0; i < p->set.max; i++) {
        const struct pool_slot *s = &p->slots[i];
        if (s->state == SLOT_IN_USE && now_us - s->since_us > n.longest_held_us)
            n.longest_held_us = now_us - s->since_us;
    }
    return n;
}

/* Who reads it wants to know what the pool was doing. */
static void say_why(const struct pool *p, enum err_code code, const char *what, struct err *e)
{
    struct pool_now n = pool_now(p);
    const struct err *last = &p->stats.last_connect_error;
    (void)err_set(e, code,
                  "%s: %zu of %zu connections open, %zu in use, %zu idle, %zu connecting, "
                  "%zu waiting; the first has waited %.1f s, the longest use lasts %.1f s; "
                  "last failure to connect: %s",
                  what, n.total - n.connecting, p->max_now, n.in_use, n.idle, n.connecting,
                  n.waiting, seconds(n.head_waits_us), seconds(n.longest_held_us),
                  last->code == ERR_NONE ? "none" : last->text);
    (void)snprintf(e->sqlstate, sizeof e->sqlstate, "%s", last->sqlstate);
}

static void leave(struct pool_ticket *t)
{
    struct pool *p = t->pool;
    assert(p != NULL);
    *(t->prev != NULL ? &t->prev->next : &p->first) = t->next;
    *(t->next != NULL ? &t->next->prev : &p->last) = t->prev;
    loop_cancel(TAKE(t->deadline));
    t->prev = t->next = NULL;
    t->pool = NULL;
    p->waiting--;
}

static void enter(struct pool *p, struct pool_ticket *t)
{
    t->pool = p;
    t->prev = p->last;
    *(p->last != NULL ? &p->last->next : &p->first) = t;
    p->last = t;
    p->waiting++;
    if ((int64_t)p->waiting > p->stats.peak_queue)
        p->stats.peak_queue = (int64_t)p->waiting;
}

static void time_out(void *context)
{
    struct pool_ticket *t = context;
    struct pool *p = t->pool;
    struct err why = {0};
    char what[64];
    t->deadline = NULL;
    (void)snprintf(what, sizeof what, "no connection within %.3g s", seconds(p->set.timeout_us));
    say_why(p, ERR_TIMEOUT, what, &why);
    leave(t);
    p->stats.timeouts++;
    t->ready(t->context, NULL, &why);
}

static void hand_over(struct pool_slot *s, struct pool_ticket *t)
{
    struct pool *p = s->pool;
    slot_move(s, SLOT_IN_USE);
    p->stats.takes++;
    hist_add(p->wait, s->since_us - t->asked_us);
    t->ready(t->context, s, NULL);
}

static bool must_ping(const struct pool_slot *s)
{
    return s->generation != s->pool->generation || clock_mono_us() - s->alive_us > FRESH_US;
}

/* The top of the idle stack when it can be handed out as it is, else NULL. Broken ones are dropped
 * on the way; pings are started, but not more than there are people waiting for them. */
static struct pool_slot *usable(struct pool *p)
{
    static const struct err spoke = {.code = ERR_CONNECT};
    while (p->top != NULL) {
        struct pool_slot *s = p->top;
        if (!p->driver->quiet(s->link))
            slot_break(s, &spoke);
        else if (!must_ping(s))
            return s;
        else if (p->n_in[SLOT_PINGING] < p->waiting)
            slot_ping(s, false);
        else
            return NULL;
    }
    return NULL;
}

void queue_serve(struct pool *p)
{
    while (p->first != NULL && !p->closing) {
        struct pool_slot *s = usable(p);
        if (s == NULL)
            break;
        struct pool_ticket *t = p->first;
        leave(t);
        p->stats.queued++;
        hand_over(s, t);
    }
    grow(p);
}

void pool_take(struct pool *p, struct pool_ticket *t, pool_ready *ready, void *context)
{
    assert(t->pool == NULL);
    *t = (struct pool_ticket){.ready = ready, .context = context, .asked_us = clock_mono_us()};
    struct pool_slot *s = p->first == NULL ? p->top : NULL;
    if (s != NULL && !must_ping(s) && p->driver->quiet(s->link)) {
        hand_over(s, t);
        return;
    }
    if (p->waiting >= p->set.queue) {
        struct err why = {0};
        say_why(p, ERR_LIMIT, "the queue for connections is full", &why);
        p->stats.rejected++;
        ready(context, NULL, &why);
        return;
    }
    enter(p, t);
    t->deadline = loop_timer(p->loop, t->asked_us + p->set.timeout_us, time_out, t);
    queue_serve(p);
}

void pool_cancel(struct pool_ticket *t)
{
    if (t->pool == NULL)
        return;
    t->pool->stats.cancelled++;
    leave(t);
}
