/* SPDX-License-Identifier: PostgreSQL */
/* What is wrong with a load that was measured. */
#include "base/clock.h"
#include "base/str.h"
#include "load/inside.h"

/* The generator counts as the limit when it was busy, or when users began late, beyond these. */
static const double BUSY_PERCENT_MAX = 90, LAW_PERCENT_MIN = 95;
static const double SATURATED_PERCENT = 10;
/* Share of the planned transactions that may never begin before it is worth a word. */
static const double NOT_STARTED_PERCENT_MAX = 1;

static void add(struct load *l, struct finding f)
{
    f.stage = STAGE_load;
    if (f.severity == SEVERITY_NOTE)
        f.severity = SEVERITY_WARNING;
    record_finding(l->record, f);
}

static const struct error_count *most_frequent(const struct load *l)
{
    const struct error_count *most = NULL;
    VEC_EACH (const struct error_count, x, &l->errors)
        if (most == NULL || x->n > most->n)
            most = x;
    return most;
}

static void find_errors(struct load *l)
{
    struct arena *a = l->job->arena;
    const struct error_count *most = most_frequent(l);
    const char *example = most == NULL ? "none" : most->example;
    const char *kind = most == NULL ? "" : most->sqlstate;
    if (l->committed == 0)
        add(l, (struct finding){
                   .code = "LOAD_NOTHING_COMMITTED",
                   .severity = SEVERITY_CRITICAL,
                   .blame = BLAME_LOAD,
                   .text = arena_printf(
                       a, "not one transaction was committed, %s failed; most often %s: %s",
                       str_count(a, l->failed), kind, example),
                   .recommendation = "run one of the scripts by hand on a restored copy"});
    else if (most != NULL)
        add(l, (struct finding){.code = "LOAD_ERRORS",
                                .blame = BLAME_LOAD,
                                .subject = most->sqlstate,
                                .text = arena_printf(
                                    a, "%s of %s transactions failed; most often %s (%s times): %s",
                                    str_count(a, l->failed), str_count(a, l->failed + l->committed),
                                    kind, str_count(a, most->n), example),
                                .recommendation = "see load.errors in the report for every kind"});
}

static void find_generator(struct load *l)
{
    const struct load_facts *f = &l->record->load;
    if (f->law_percent >= LAW_PERCENT_MIN && f->generator_busy_percent <= BUSY_PERCENT_MAX)
        return;
    add(l, (struct finding){
               .code = "LOAD_GENERATOR_LIMIT",
               .blame = BLAME_ENVIRONMENT,
               .text = arena_printf(
                   l->job->arena,
                   "the load generator itself was the limit: it computed %.0f %% of the "
                   "time, and %.1f %% of the users' time is accounted for",
                   f->generator_busy_percent, f->law_percent),
               .recommendation = "fewer users, a longer load.think, or a machine with more cores; "
                                 "the latencies of this run are too large"});
}

static void find_lateness(struct load *l)
{
    struct arena *a = l->job->arena;
    double planned = (double)(l->not_started + l->committed + l->failed);
    if (planned <= 0 || 100.0 * (double)l->not_started / planned <= NOT_STARTED_PERCENT_MAX)
        return;
    add(l, (struct finding){
               .code = "LOAD_BEHIND_SCHEDULE",
               .blame = BLAME_LOAD,
               .text = arena_printf(a,
                                    "%s planned transactions were never begun: the users got their "
                                    "answers later than their think time of %s allows",
                                    str_count(a, l->not_started), str_duration(a, l->think_us)),
               .recommendation =
                   arena_printf(a,
                                "the server does about %.0f transactions a second of this "
                                "mix; plan for less, or make the slowest script faster",
                                l->record->load.tps)});
}

/* ---- the pool ---- */

static void find_waits(struct load *l)
{
    struct arena *a = l->job->arena;
    const struct pool_stats *s = &l->pool_stats;
    if (s->timeouts > 0)
        add(l, (struct finding){
                   .code = "POOL_TIMEOUTS",
                   .blame = BLAME_LOAD,
                   .text = arena_printf(
                       a, "%s users got no connection within %s", str_count(a, s->timeouts),
                       str_duration(a, l->job->config->pool_connection_timeout_us)),
                   .recommendation = arena_printf(
                       a,
                       "the longest queue was %lld for %llu connections: raise load.pool.max, or "
                       "shorten the transactions",
                       (long long)s->peak_queue, (unsigned long long)l->job->config->pool_max)});
    if (s->rejected > 0)
        add(l, (struct finding){
                   .code = "POOL_QUEUE_FULL",
                   .blame = BLAME_LOAD,
                   .text = arena_printf(a, "%s users were turned away because the queue was full",
                                        str_count(a, s->rejected)),
                   .recommendation = "raise load.pool.queue or load.pool.max"});
    if (s->over_90_percent > SATURATED_PERCENT && s->queued > 0)
        add(l, (struct finding){
                   .code = "POOL_SATURATED",
                   .blame = BLAME_LOAD,
                   .text = arena_printf(
                       a,
                       "more than 90 %% of the connections were in use in %.0f %% of the "
                       "time; a wait was %s at the 99th percentile",
                       s->over_90_percent, str_duration(a, hist_percentile(s->wait, 99))),
                   .recommendation =
                       "raise load.pool.max, unless the server is busy with what it has"});
}

static void find_connections(struct load *l)
{
    struct arena *a = l->job->arena;
    const struct pool_stats *s = &l->pool_stats;
    const struct err *last = &s->last_connect_error;
    if (s->connect_errors > 0)
        add(l, (struct finding){
                   .code = "POOL_CONNECT_ERRORS",
                   .blame = BLAME_ENVIRONMENT,
                   .sqlstate = last->sqlstate[0] == '\0' ? NULL : arena_strdup(a, last->sqlstate),
                   .text = arena_printf(a, "%s attempts to connect failed; the last one: %s",
                                        str_count(a, s->connect_errors), last->text),
                   .recommendation =
                       str_eq(last->sqlstate, "53300")
                           ? "lower load.pool.max, or raise max_connections of the server"
                           : "look into the server's log for its reason"});
    if (s->lost > 0)
        add(l, (struct finding){.code = "POOL_CONNECTIONS_LOST",
                                .blame = BLAME_ENVIRONMENT,
                                .text = arena_printf(a, "%s connections broke during the load",
                                                     str_count(a, s->lost)),
                                .recommendation = "look into the server's log for its reason"});
    if (s->dirty > 0)
        add(l, (struct finding){
                   .code = "POOL_DIRTY_RETURNS",
                   .blame = BLAME_LOAD,
                   .text = arena_printf(a, "%s connections were given back inside a transaction",
                                        str_count(a, s->dirty)),
                   .recommendation = "end every transaction of the scripts by COMMIT or ROLLBACK"});
}

static void find_settings(struct load *l)
{
    VEC_EACH (const char *const, text, &l->record->load.pool.warnings)
        add(l,
            (struct finding){.code = "POOL_SETTINGS",
                             .blame = BLAME_LOAD,
                             .subject = "load.pool",
                             .text = *text,
                             .recommendation = "20 to 50 connections, at most half of them always "
                                               "open, and a timeout of up to 60 s are usual"});
}

void facts_findings(struct load *l)
{
    find_settings(l);
    find_errors(l);
    find_generator(l);
    find_lateness(l);
    find_waits(l);
    find_connections(l);
    if (l->think_us == 0)
        record_gap(l->record, "load: response from an intended start",
                   "without think time a user waits for each answer, so stalls count only once");
}
