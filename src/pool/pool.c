/* SPDX-License-Identifier: PostgreSQL */
#include "pool/pool.h"

#include "pool/inside.h"

#include <assert.h>

enum { WARN_MAX_BELOW = 20, WARN_TIMEOUT_S = 60 };

static void warn(struct vec *warnings, const char *text)
{
    *(const char **)vec_push(warnings) = text;
}

void pool_setting_warnings(const struct pool_settings *set, struct vec *warnings)
{
    struct arena *a = warnings->arena;
    if (set->max < WARN_MAX_BELOW)
        warn(warnings, arena_printf(a, "the maximum of %zu connections is below %d", set->max,
                                    WARN_MAX_BELOW));
    if (set->min * 2 > set->max)
        warn(warnings,
             arena_printf(a,
                          "the minimum of %zu connections is more than half of the maximum of %zu",
                          set->min, set->max));
    if (set->timeout_us > WARN_TIMEOUT_S * CLOCK_SECOND_US)
        warn(warnings,
             arena_printf(a, "the connection timeout of %lld s is longer than %d s",
                          (long long)(set->timeout_us / CLOCK_SECOND_US), WARN_TIMEOUT_S));
}

struct pool *pool_new(const struct pool_how *how)
{
    const struct pool_settings *set = &how->set;
    assert(set->max >= 1 && set->max <= POOL_MAX_MAX && set->min <= set->max);
    assert(set->timeout_us > 0 && set->idle_timeout_us > 0);
    assert(set->max_lifetime_us > 0 && set->health_interval_us > 0);
    struct pool *p = ARENA_NEW(how->arena, struct pool);
    *p = (struct pool){.arena = how->arena,
                       .loop = how->loop,
                       .driver = how->driver,
                       .driver_context = how->driver_context,
                       .set = *set,
                       .rng = rng_seeded(how->seed, UINT64_C(0x706f6f6c)),
                       .step = 1,
                       .max_now = set->max,
                       .generation = 1};
    if (p->set.queue < POOL_QUEUE_MIN)
        p->set.queue = POOL_QUEUE_MIN;
    p->slots = arena_alloc(how->arena, set->max * sizeof *p->slots);
    for (size_t i = 0; i < set->max; i++)
        p->slots[i] = (struct pool_slot){.pool = p, .number = i};
    p->n_in[SLOT_EMPTY] = set->max;
    p->wait = hist_new(how->arena);
    p->connect = hist_new(how->arena);
    p->use = hist_new(how->arena);
    pool_begin(p);
    housekeeping_start(p);
    grow(p);
    return p;
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    p->closing = true;
    while (p->first != NULL)
        pool_cancel(p->first);
    for (size_t i = 0; i < p->set.max; i++)
        if (p->slots[i].state != SLOT_EMPTY)
            slot_drop(&p->slots[i]);
    loop_cancel(TAKE(p->retry));
    loop_cancel(TAKE(p->housekeeping));
}
