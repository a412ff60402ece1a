/* SPDX-License-Identifier: PostgreSQL */
#include "unit/pool/fake.h"

#include "base/clock.h"
#include "base/str.h"

#include <check.h>

#include <stdio.h>

static const int64_t START_US = INT64_C(3600) * 1000 * 1000;
static const int64_t STEP_US = 100;

struct link {
    struct fake *fake;
    struct pool_slot *slot;
    struct loop_timer *timer;
    bool open, dead, mute, in_transaction, late;
};

static void answer_open(void *context)
{
    struct link *k = context;
    struct fake *f = k->fake;
    struct err e = {0};
    k->timer = NULL;
    f->opening--;
    if (f->refuse == NULL) {
        k->open = true;
        pool_opened(k->slot, NULL);
        return;
    }
    (void)err_set(&e, ERR_CONNECT, "refused by the test");
    (void)snprintf(e.sqlstate, sizeof e.sqlstate, "%s", f->refuse);
    k->dead = true;
    pool_opened(k->slot, &e);
}

static void *open_link(void *context, struct loop *loop, struct pool_slot *slot,
                       int64_t deadline_us)
{
    struct fake *f = context;
    struct link *k = ARENA_NEW(f->arena, struct link);
    ck_assert_int_gt(deadline_us, clock_mono_us());
    *k = (struct link){.fake = f, .slot = slot, .mute = f->mute};
    f->opens++;
    f->open_now++;
    f->last_open_us = clock_mono_us();
    if (++f->opening > f->opening_peak)
        f->opening_peak = f->opening;
    k->timer = loop_timer(loop, clock_mono_us() + f->connect_us, answer_open, k);
    return k;
}

static void answer_run(void *context)
{
    static const struct err late = {.code = ERR_TIMEOUT};
    struct link *k = context;
    k->timer = NULL;
    if (k->late)
        k->dead = true;
    else
        k->in_transaction = false;
    pool_ran(k->slot, k->late ? &late : NULL);
}

static void run(void *link, struct pool_slot *slot, const char *sql, int64_t deadline_us)
{
    struct link *k = link;
    struct fake *f = k->fake;
    ck_assert_ptr_eq(slot, k->slot);
    ck_assert(k->open && !k->dead && k->timer == NULL);
    f->pings += sql[0] == '\0';
    f->rollbacks += str_eq(sql, "ROLLBACK");
    f->resets += str_starts(sql, "DISCARD ALL");
    k->late = k->mute;
    k->timer =
        loop_timer(f->loop, k->late ? deadline_us : clock_mono_us() + f->ping_us, answer_run, k);
}

static bool quiet(const void *link)
{
    const struct link *k = link;
    return k->open && !k->dead;
}

static enum pool_link_status status(const void *link)
{
    const struct link *k = link;
    if (k->dead)
        return POOL_LINK_DEAD;
    return k->in_transaction ? POOL_LINK_IN_TRANSACTION : POOL_LINK_IDLE;
}

static void close_link(void *link)
{
    struct link *k = link;
    if (k->timer != NULL && !k->open)
        k->fake->opening--;
    loop_cancel(k->timer);
    k->timer = NULL;
    k->fake->open_now--;
}

static const struct pool_driver driver = {
    .open = open_link, .run = run, .quiet = quiet, .status = status, .close = close_link};

void fake_begin(struct fake *f)
{
    struct arena *a = arena_new();
    clock_fake(START_US);
    *f = (struct fake){.arena = a,
                       .loop = loop_new(NULL),
                       .connect_us = 1000,
                       .ping_us = 100,
                       .set = {.min = 0,
                               .max = 10,
                               .queue = 1000,
                               .timeout_us = 30 * CLOCK_SECOND_US,
                               .idle_timeout_us = 300 * CLOCK_SECOND_US,
                               .max_lifetime_us = 3600 * CLOCK_SECOND_US,
                               .health_interval_us = 60 * CLOCK_SECOND_US}};
}

void fake_start(struct fake *f)
{
    f->pool = pool_new(&(struct pool_how){.arena = f->arena,
                                          .loop = f->loop,
                                          .driver = &driver,
                                          .driver_context = f,
                                          .set = f->set,
                                          .seed = 1});
}

void fake_end(struct fake *f)
{
    pool_free(f->pool);
    ck_assert_int_eq(f->open_now, 0);
    loop_free(f->loop);
    arena_free(f->arena);
    clock_fake(0);
}

void fake_pass_by(struct fake *f, int64_t us, int64_t step_us)
{
    int64_t until_us = clock_mono_us() + us;
    struct err e = {0};
    while (clock_mono_us() < until_us) {
        clock_fake(clock_mono_us() + step_us);
        ck_assert_msg(loop_run(f->loop, 1, &e), "%s", e.text);
    }
}

void fake_pass(struct fake *f, int64_t us)
{
    fake_pass_by(f, us, STEP_US);
}

static void held_enough(void *context)
{
    struct fake_user *u = context;
    fake_give(u);
    if (u->again)
        fake_take(u->fake, u, u->hold_us);
}

static void ready(void *context, struct pool_slot *slot, const struct err *failure)
{
    struct fake_user *u = context;
    ck_assert((slot == NULL) == (failure != NULL));
    if (slot == NULL) {
        u->failed++;
        u->failure = *failure;
        return;
    }
    u->slot = slot;
    u->got++;
    u->got_us = clock_mono_us();
    if (u->hold_us >= 0)
        (void)loop_timer(u->fake->loop, u->got_us + u->hold_us, held_enough, u);
}

void fake_take(struct fake *f, struct fake_user *u, int64_t hold_us)
{
    u->fake = f;
    u->hold_us = hold_us;
    u->asked_us = clock_mono_us();
    pool_take(f->pool, &u->ticket, ready, u);
}

void fake_give(struct fake_user *u)
{
    struct pool_slot *slot = u->slot;
    ck_assert(slot != NULL);
    ((struct link *)pool_link(slot))->in_transaction = u->fake->in_transaction;
    u->slot = NULL;
    pool_give(slot);
}

void fake_kill(struct fake_user *u)
{
    ((struct link *)pool_link(u->slot))->dead = true;
}
