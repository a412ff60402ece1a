/* SPDX-License-Identifier: PostgreSQL */
#include "load/load.h"

#include "base/clock.h"
#include "load/inside.h"
#include "pool/driver.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

enum { USERS_MAX = 100000 };

static const int64_t PROGRESS_US = CLOCK_SECOND_US / 5;
/* What was begun may end this much later, and not more. */
static const int64_t LAST_ANSWERS_US = 10 * CLOCK_SECOND_US;

static struct pool_settings pool_settings(const struct config *c)
{
    return (struct pool_settings){.min = (size_t)c->pool_min,
                                  .max = (size_t)c->pool_max,
                                  .queue = (size_t)c->pool_queue,
                                  .timeout_us = c->pool_connection_timeout_us,
                                  .idle_timeout_us = c->pool_idle_timeout_us,
                                  .max_lifetime_us = c->pool_max_lifetime_us,
                                  .health_interval_us = c->pool_health_interval_us};
}

static bool check_settings(const struct config *c, struct err *e)
{
    if (c->load_users < 1 || c->load_users > USERS_MAX)
        return err_set(e, ERR_USAGE, "load.users is a number from 1 to %d", USERS_MAX);
    if (c->pool_max < 1 || c->pool_max > POOL_MAX_MAX)
        return err_set(e, ERR_USAGE, "load.pool.max is a number from 1 to %d", POOL_MAX_MAX);
    if (c->pool_min > c->pool_max)
        return err_set(e, ERR_USAGE, "load.pool.min is above load.pool.max");
    if (c->load_duration_us <= 0)
        return err_set(e, ERR_USAGE, "load.duration is zero");
    if (c->pool_connection_timeout_us <= 0 || c->pool_idle_timeout_us <= 0 ||
        c->pool_max_lifetime_us <= 0 || c->pool_health_interval_us <= 0)
        return err_set(e, ERR_USAGE, "a duration of load.pool is zero");
    return true;
}

/* ---- timers of the whole load ---- */

static void tell_progress(void *context)
{
    struct load *l = context;
    struct pool_now now = pool_now(l->pool);
    int64_t at_us = clock_mono_us();
    char what[64];
    (void)snprintf(what, sizeof what, "%zu of %zu connections busy", now.in_use,
                   (size_t)l->job->config->pool_max);
    progress_tell(l->job->progress,
                  &(struct progress_state){.rows = (uint64_t)l->committed, .what = what});
    if (at_us < l->end_us)
        (void)loop_timer(l->loop, at_us + PROGRESS_US, tell_progress, l);
}

static void end_second(void *context)
{
    struct load *l = context;
    facts_second(l);
    int64_t next_us = l->measured_us + ((int64_t)l->record->load.seconds.n + 1) * CLOCK_SECOND_US;
    if (next_us < l->end_us)
        (void)loop_timer(l->loop, next_us, end_second, l);
}

static void end_warmup(void *context)
{
    struct load *l = context;
    pool_begin(l->pool);
    l->busy_from_us = loop_busy_us(l->loop);
}

static void end_time(void *context)
{
    struct load *l = context;
    l->busy_us = loop_busy_us(l->loop) - l->busy_from_us;
    l->pool_stats = pool_stats(l->pool);
    facts_second(l);
    for (size_t i = 0; i < l->n_users; i++)
        user_end(&l->users[i]);
    l->ended = true;
    if (l->n_done == l->n_users)
        loop_stop(l->loop);
}

/* ---- the run ---- */

/* Users start one after the other over the warm-up, so that they do not all connect at once. */
static void start(struct load *l)
{
    const struct config *c = l->job->config;
    l->began_us = clock_mono_us();
    l->measured_us = l->began_us + c->load_warmup_us;
    l->end_us = l->measured_us + c->load_duration_us;
    for (size_t i = 0; i < l->n_users; i++) {
        l->users[i] = (struct user){.load = l, .number = i};
        user_start(&l->users[i],
                   l->began_us + c->load_warmup_us * (int64_t)i / (int64_t)l->n_users);
    }
    (void)loop_timer(l->loop, l->measured_us, end_warmup, l);
    if (c->load_duration_us > CLOCK_SECOND_US)
        (void)loop_timer(l->loop, l->measured_us + CLOCK_SECOND_US, end_second, l);
    (void)loop_timer(l->loop, l->end_us, end_time, l);
    (void)loop_timer(l->loop, l->began_us, tell_progress, l);
}

static bool run(struct load *l, struct err *e)
{
    start(l);
    if (!loop_run(l->loop, l->end_us + LAST_ANSWERS_US, e))
        return err_wrap(e, "load");
    int64_t connect_errors = l->pool_stats.connect_errors;
    l->pool_stats.last_connect_error = pool_stats(l->pool).last_connect_error;
    l->pool_stats.connect_errors = connect_errors;
    for (size_t i = 0; i < l->n_users; i++)
        user_stop(&l->users[i]);
    return true;
}

static struct load load_made(struct arena *a, const struct load_job *job, struct record *r)
{
    return (struct load){.arena = a,
                         .job = job,
                         .record = r,
                         .parts = vec_new(a, sizeof(struct part)),
                         .n_users = (size_t)job->config->load_users,
                         .think_us = job->config->load_think_us,
                         .response = hist_new(a),
                         .service = hist_new(a),
                         .lag = hist_new(a),
                         .second = hist_new(a),
                         .backends = vec_new(a, sizeof(int)),
                         .errors = vec_new(a, sizeof(struct error_count))};
}

static void pool_cleanup(struct pool **p)
{
    pool_free(*p);
    *p = NULL;
}

bool load_run(const struct load_job *job, struct record *r, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    if (!check_settings(job->config, e))
        return false;
    struct load l = load_made(a, job, r);
    if (!prepare_scripts(&l, e))
        return false;
    struct pool_settings settings = pool_settings(job->config);
    r->load.pool.min = (int64_t)settings.min;
    r->load.pool.max = (int64_t)settings.max;
    pool_setting_warnings(&settings, &r->load.pool.warnings);
    l.users = arena_alloc(a, l.n_users * sizeof *l.users);
    CLEANUP(loop_cleanup) struct loop *loop = loop_new(job->intr);
    l.loop = loop;
    char *dsn = arena_strdup(a, job->dsn);
    CLEANUP(pool_cleanup)
    struct pool *pool = pool_new(&(struct pool_how){.arena = a,
                                                    .loop = loop,
                                                    .driver = &pool_driver_pg,
                                                    .driver_context = dsn,
                                                    .set = settings,
                                                    .seed = job->config->load_seed});
    l.pool = pool;
    /* The default slack of 50 us would be part of every response time. */
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    bool ok = run(&l, e);
    (void)prctl(PR_SET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);
    if (!ok)
        return false;
    facts_fill(&l);
    facts_findings(&l);
    return true;
}
