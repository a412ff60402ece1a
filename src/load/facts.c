/* SPDX-License-Identifier: PostgreSQL */
/* From counters to the record. */
#include "base/clock.h"
#include "base/str.h"
#include "load/inside.h"

static struct latency latency_of(const struct hist *h)
{
    return (struct latency){.n = hist_count(h),
                            .p50_us = hist_percentile(h, 50),
                            .p90_us = hist_percentile(h, 90),
                            .p95_us = hist_percentile(h, 95),
                            .p99_us = hist_percentile(h, 99),
                            .max_us = hist_max(h),
                            .mean_us = hist_mean(h)};
}

void facts_second(struct load *l)
{
    struct pool_now now = pool_now(l->pool);
    struct vec *seconds = &l->record->load.seconds;
    struct second_facts *s = vec_push(seconds);
    *s = (struct second_facts){.second = (int64_t)seconds->n - 1,
                               .transactions = l->second_committed,
                               .n_errors = l->second_failed,
                               .p99_us = hist_percentile(l->second, 99),
                               .in_use = (int64_t)now.in_use,
                               .waiting = (int64_t)now.waiting};
    hist_clear(l->second);
    l->second_committed = 0;
    l->second_failed = 0;
}

static void fill_pool(const struct load *l, struct pool_facts *f)
{
    const struct pool_stats *s = &l->pool_stats;
    f->peak = s->peak_in_use;
    f->utilization_percent = s->utilization_percent;
    f->over_80_percent = s->over_80_percent;
    f->over_90_percent = s->over_90_percent;
    f->takes = s->takes;
    f->queued = s->queued;
    f->timeouts = s->timeouts;
    f->rejected = s->rejected;
    f->connects = s->connects;
    f->connect_errors = s->connect_errors;
    f->lost = s->lost;
    f->dirty = s->dirty;
    f->retired = s->retired_age + s->retired_idle;
    f->peak_queue = s->peak_queue;
    f->wait = latency_of(s->wait);
}

static void fill_scripts(const struct load *l, struct vec *scripts)
{
    VEC_EACH (const struct part, part, &l->parts) {
        struct script_facts *f = vec_push(scripts);
        *f = (struct script_facts){.name = arena_strdup(l->job->arena, part->script->name),
                                   .weight = (int64_t)part->script->weight,
                                   .transactions = part->committed,
                                   .n_errors = part->failed,
                                   .response = latency_of(part->response)};
    }
}

static double law_percent(const struct load *l)
{
    double whole = (double)(l->end_us - l->measured_us) * (double)l->n_users;
    return whole > 0 ? 100.0 * l->accounted_us / whole : 0;
}

void facts_fill(struct load *l)
{
    struct load_facts *f = &l->record->load;
    const struct config *config = l->job->config;
    double took_s = (double)(l->end_us - l->measured_us) / (double)CLOCK_SECOND_US;
    f->users = (int64_t)l->n_users;
    f->duration_us = l->end_us - l->measured_us;
    f->think_us = l->think_us;
    f->seed = (int64_t)config->load_seed;
    f->transactions = l->committed;
    f->n_errors = l->failed;
    f->retries = l->retries;
    f->not_started = l->not_started;
    f->statements = l->statements;
    f->tps = took_s > 0 ? (double)l->in_time / took_s : 0;
    f->response = latency_of(l->response);
    f->service = latency_of(l->service);
    f->lag = latency_of(l->lag);
    f->law_percent = law_percent(l);
    f->generator_busy_percent = took_s > 0 ? (double)l->busy_us / (took_s * 1e4) : 0;
    f->backends = (int64_t)l->backends.n;
    fill_pool(l, &f->pool);
    fill_scripts(l, &f->scripts);
    VEC_EACH (const struct error_count, x, &l->errors)
        *(struct error_count *)vec_push(&f->errors) = *x;
}
