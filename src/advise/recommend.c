/* SPDX-License-Identifier: PostgreSQL */
/* Recommendations: each rule looks at figures of the record and speaks only when they say so. */
#include "advise/advise.h"
#include "base/str.h"

#include <math.h>
#include <string.h>

struct advice {
    struct arena *a;
    const struct config *config;
    struct record *r;
};

static void recommend(const struct advice *ad, const char *code, const char *text,
                      const char *evidence)
{
    *(struct recommendation *)vec_push(&ad->r->recommendations) =
        (struct recommendation){.code = code, .text = text, .evidence = evidence};
}

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

static const char *duration(const struct advice *ad, int64_t us)
{
    return str_duration(ad->a, us);
}

/* ---- restore ----------------------------------------------------------------------------------
 */

enum { LONG_RESTORE_US = 5000000, NOTABLE_US = 1000000 };

static const char *phase_text(const char *phase)
{
    if (str_eq(phase, "data"))
        return "most of the restore is loading rows: faster storage or more restore jobs shorten "
               "it";
    if (str_eq(phase, "post-data"))
        return "most of the restore is building indexes and constraints: more "
               "maintenance_work_mem and max_parallel_maintenance_workers on the server shorten it";
    return "most of the restore is making the schema: look at the slowest statements";
}

static void largest_phase(const struct advice *ad)
{
    const struct timing *largest = NULL;
    int64_t whole = ad->r->restore.took_us, work = 0;
    VEC_EACH (const struct timing, t, &ad->r->restore.phases) {
        work += t->took_us; /* of jobs side by side: more than the whole took */
        if (largest == NULL || t->took_us > largest->took_us)
            largest = t;
    }
    work = work > whole ? work : whole;
    if (largest == NULL || whole < LONG_RESTORE_US || share(largest->took_us, work) < 0.5)
        return;
    recommend(ad, "RESTORE_PHASE", phase_text(largest->name),
              arena_printf(ad->a, "%s took %s of %s (%.0f %%)", largest->name,
                           duration(ad, largest->took_us), duration(ad, work),
                           100.0 * share(largest->took_us, work)));
}

static void slowest_statement(const struct advice *ad)
{
    const struct timing *slowest = NULL;
    int64_t whole = ad->r->restore.took_us;
    VEC_EACH (const struct timing, t, &ad->r->restore.slowest)
        if (slowest == NULL || t->took_us > slowest->took_us)
            slowest = t;
    if (slowest == NULL || slowest->took_us < NOTABLE_US || share(slowest->took_us, whole) < 0.2)
        return;
    recommend(ad, "RESTORE_SLOWEST",
              arena_printf(ad->a,
                           "one statement bounds every restore, however many jobs it has: %s",
                           slowest->name),
              arena_printf(ad->a, "it took %s of %s (%.0f %%)", duration(ad, slowest->took_us),
                           duration(ad, whole), 100.0 * share(slowest->took_us, whole)));
}

/* The size at which the restore meets its limit, by the rate of today. */
static void growth(const struct advice *ad)
{
    const struct restore_facts *x = &ad->r->restore;
    int64_t limit_us = ad->config->objective_restore_time_us;
    if (!CONFIG_HAS(ad->config, objective_restore_time) || x->took_us < NOTABLE_US || x->bytes <= 0)
        return;
    double factor = (double)limit_us / (double)x->took_us;
    if (factor < 1.0 || factor > 10.0)
        return;
    recommend(ad, "RESTORE_HEADROOM",
              arena_printf(ad->a, "at this rate the restore reaches %s at about %s of SQL",
                           duration(ad, limit_us),
                           str_bytes(ad->a, (uint64_t)((double)x->bytes * factor))),
              arena_printf(ad->a, "%s of SQL took %s (%s): %.1f times today's size fits",
                           str_bytes(ad->a, (uint64_t)x->bytes), duration(ad, x->took_us),
                           str_rate(ad->a, (uint64_t)x->bytes, x->took_us), factor));
}

static void analyze(const struct advice *ad)
{
    const struct restore_facts *x = &ad->r->restore;
    if (x->statements == 0)
        return;
    if (x->analyze_us == 0)
        recommend(ad, "ANALYZE_MISSING",
                  "run ANALYZE after every restore: without statistics plans collapse under load",
                  arena_printf(ad->a, "%s statements restored, 0 us of ANALYZE",
                               str_count(ad->a, x->statements)));
    else if (x->analyze_us > NOTABLE_US && share(x->analyze_us, x->took_us + x->analyze_us) > 0.25)
        recommend(
            ad, "ANALYZE_LONG",
            "plan the time of ANALYZE into the recovery: users who come before it meet bad plans",
            arena_printf(ad->a, "ANALYZE took %s after %s of restore", duration(ad, x->analyze_us),
                         duration(ad, x->took_us)));
}

/* ---- backup -----------------------------------------------------------------------------------
 */

enum { LARGE_FILE_BYTES = 100000000, LONG_DUMP_US = 10000000, SLOW_DUMP_BYTES_PER_S = 80000000 };

static const char *ratio(const struct advice *ad, const struct backup_facts *b)
{
    return arena_printf(ad->a, "%s of SQL became %s", str_bytes(ad->a, (uint64_t)b->sql_bytes),
                        str_bytes(ad->a, (uint64_t)b->size_bytes));
}

static void compression(const struct advice *ad)
{
    const struct backup_facts *b = &ad->r->backup;
    bool long_dump = b->took_us.known && b->took_us.value > LONG_DUMP_US && b->sql_bytes > 0;
    if (str_eq(b->compression, "none") && b->size_bytes > LARGE_FILE_BYTES)
        recommend(ad, "BACKUP_UNCOMPRESSED",
                  "compress the dump: gzip also carries a checksum that shows flipped bits",
                  arena_printf(ad->a, "the file has %s and no checksum of its own",
                               str_bytes(ad->a, (uint64_t)b->size_bytes)));
    if (!str_eq(b->compression, "gzip") || !long_dump)
        return;
    double rate = (double)b->sql_bytes * 1e6 / (double)b->took_us.value;
    if (rate < (double)SLOW_DUMP_BYTES_PER_S)
        recommend(ad, "BACKUP_ZSTD",
                  "measure the dump with backup.take.compress: zstd: at this rate compressing is "
                  "likely to be what it waits for",
                  arena_printf(ad->a, "%s in %s (%s)", ratio(ad, b), duration(ad, b->took_us.value),
                               str_rate(ad->a, (uint64_t)b->sql_bytes, b->took_us.value)));
}

static void age(const struct advice *ad)
{
    const struct backup_facts *b = &ad->r->backup;
    int64_t limit_us = ad->config->objective_backup_age_us;
    if (!CONFIG_HAS(ad->config, objective_backup_age) || !b->age_us.known)
        return;
    double used = share(b->age_us.value, limit_us);
    if (used < 0.8 || used > 1.0)
        return;
    recommend(ad, "BACKUP_AGE_NEAR",
              "take backups more often: one that is late misses the objective",
              arena_printf(ad->a, "the backup is %s old, %.0f %% of %s",
                           duration(ad, b->age_us.value), 100.0 * used, duration(ad, limit_us)));
}

static void roles(const struct advice *ad)
{
    VEC_EACH (const struct finding, f, &ad->r->findings) {
        if (!str_eq(f->code, "ROLE_MISSING") || f->subject == NULL)
            continue;
        recommend(ad, "DUMP_GLOBALS",
                  "keep the output of pg_dumpall --globals-only beside each dump: roles are in no "
                  "pg_dump",
                  arena_printf(ad->a, "%s: %s", f->text, f->subject));
        return;
    }
}

/* ---- load -------------------------------------------------------------------------------------
 */

static void pool_size(const struct advice *ad)
{
    const struct pool_facts *p = &ad->r->load.pool;
    if (p->takes == 0 || p->max == 0)
        return;
    const char *evidence =
        arena_printf(ad->a, "%.0f %% of %s connections busy, %s at the peak, %s of %s takes queued",
                     p->utilization_percent, str_count(ad->a, p->max), str_count(ad->a, p->peak),
                     str_count(ad->a, p->queued), str_count(ad->a, p->takes));
    double busy = (double)p->max * p->utilization_percent / 100.0;
    if (p->utilization_percent > 80.0)
        recommend(ad, "POOL_LARGER",
                  arena_printf(ad->a, "load.pool.max: %.0f would be busy to 70 %% with this load",
                               ceil(busy / 0.7 - 1e-6)),
                  evidence);
    else if (p->peak > 0 && p->peak * 2 < p->max && p->queued == 0)
        recommend(ad, "POOL_SMALLER",
                  arena_printf(ad->a,
                               "load.pool.max: %.0f would do for this load, peak and a quarter "
                               "more",
                               ceil((double)p->peak * 1.25)),
                  evidence);
}

static void pool_against_server(const struct advice *ad)
{
    const struct pool_facts *p = &ad->r->load.pool;
    struct maybe most = ad->r->source.max_connections;
    if (!most.known || p->max == 0 || (double)p->max <= 0.8 * (double)most.value)
        return;
    recommend(ad, "POOL_NEAR_MAX_CONNECTIONS",
              "leave connections for administration and for a second instance of the application",
              arena_printf(ad->a, "load.pool.max is %s, max_connections of the source %s",
                           str_count(ad->a, p->max), str_count(ad->a, most.value)));
}

/* What the slowest hundredth of the transactions spend their time on. */
static void latency(const struct advice *ad)
{
    const struct load_facts *l = &ad->r->load;
    int64_t p99 = l->response.p99_us, wait = l->pool.wait.p99_us, service = l->service.p99_us;
    if (l->response.n == 0 || p99 < 100000)
        return;
    const char *evidence =
        arena_printf(ad->a, "p99 %s; of waiting for a connection %s, of the statements %s",
                     duration(ad, p99), duration(ad, wait), duration(ad, service));
    if (share(wait, p99) > 0.5)
        recommend(ad, "LATENCY_POOL",
                  "the slowest transactions wait for a connection: a larger pool, or shorter "
                  "transactions",
                  evidence);
    else if (share(service, p99) > 0.8)
        recommend(
            ad, "LATENCY_STATEMENTS",
            "the slowest transactions are slow on the server: look at the plans of the slowest "
            "script",
            evidence);
}

static void generator(const struct advice *ad)
{
    const struct load_facts *l = &ad->r->load;
    if (l->transactions == 0 || l->generator_busy_percent < 80.0)
        return;
    recommend(ad, "GENERATOR_BUSY",
              "the load generator itself was the limit: read the figures as a lower bound",
              arena_printf(ad->a, "it computed %.0f %% of the time at %.0f transactions per second",
                           l->generator_busy_percent, l->tps));
}

/* ---- all of them ------------------------------------------------------------------------------
 */

void advise_recommend(struct arena *a, const struct config *config, struct record *r)
{
    static void (*const rules[])(const struct advice *ad) = {
        largest_phase, slowest_statement,   growth,  analyze,   compression, age, roles,
        pool_size,     pool_against_server, latency, generator,
    };
    struct advice ad = {a, config, r};
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        rules[i](&ad);
}
