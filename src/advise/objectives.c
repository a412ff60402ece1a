/* SPDX-License-Identifier: PostgreSQL */
/* The limits that the user set, and the thresholds that hold for everybody. */
#include "advise/advise.h"
#include "base/str.h"

#include <math.h>

/* A figure, exact; or why there is none. */
struct figure {
    bool known;
    double value;
};

enum unit { UNIT_US, UNIT_BYTES, UNIT_PERCENT, UNIT_COUNT };
static const char *const unit_words[] = {"us", "bytes", "percent", "count"};

static struct figure of_maybe(struct maybe m)
{
    return (struct figure){m.known, (double)m.value};
}

/* ---- figures ----------------------------------------------------------------------------------
 */

static struct figure restore_time(const struct record *r)
{
    return (struct figure){r->restore.statements > 0 && r->restore.took_us > 0,
                           (double)r->restore.took_us};
}

static struct figure recovery_time(const struct record *r)
{
    return of_maybe(r->restore.recovery_us);
}

static struct figure backup_age(const struct record *r)
{
    return of_maybe(r->backup.age_us);
}

static struct figure backup_size(const struct record *r)
{
    return (struct figure){r->backup.size_bytes > 0, (double)r->backup.size_bytes};
}

static struct figure load_p99(const struct record *r)
{
    return (struct figure){r->load.response.n > 0, (double)r->load.response.p99_us};
}

static struct figure load_mean(const struct record *r)
{
    return (struct figure){r->load.response.n > 0, r->load.response.mean_us};
}

static struct figure load_errors(const struct record *r)
{
    int64_t all = r->load.transactions + r->load.n_errors;
    return (struct figure){all > 0, all > 0 ? 100.0 * (double)r->load.n_errors / (double)all : 0.0};
}

static struct figure pool_utilization(const struct record *r)
{
    return (struct figure){r->load.pool.takes > 0, r->load.pool.utilization_percent};
}

static struct figure database_size(const struct record *r)
{
    return of_maybe(r->source.size_bytes.known ? r->source.size_bytes : r->target.size_bytes);
}

static struct figure slow_scripts(const struct record *r)
{
    size_t n = 0;
    VEC_EACH (const struct script_facts, s, &r->load.scripts)
        n += s->response.n > 0 && s->response.mean_us > 1e6;
    return (struct figure){r->load.scripts.n > 0, (double)n};
}

/* ---- objectives -------------------------------------------------------------------------------
 */

struct goal {
    enum opt_id option;
    const char *what; /* for people: "Restore" */
    enum unit unit;
    enum stage stage; /* that measures it; where it was skipped, the objective is too */
    enum outcome when_missed;
    struct figure (*measure)(const struct record *r);
    size_t limit_offset; /* of the member of struct config */
    const char *code, *recommendation;
};

#define LIMIT(member) OPT_ID_##member
static const struct goal goals[] = {
    {LIMIT(objective_restore_time), "Restore", UNIT_US, STAGE_restore, OUTCOME_FAILED, restore_time,
     offsetof(struct config, objective_restore_time_us), "RESTORE_TOO_SLOW",
     "see the recommendations about the largest share of the restore"},
    {LIMIT(objective_recovery_time), "Recovery", UNIT_US, STAGE_restore, OUTCOME_FAILED,
     recovery_time, offsetof(struct config, objective_recovery_time_us), "RECOVERY_TOO_SLOW",
     "see which stage took longest"},
    {LIMIT(objective_backup_age), "Backup age", UNIT_US, STAGE_backup, OUTCOME_FAILED, backup_age,
     offsetof(struct config, objective_backup_age_us), "BACKUP_TOO_OLD",
     "see why there is no newer one"},
    {LIMIT(objective_backup_size), "Backup size", UNIT_BYTES, STAGE_backup, OUTCOME_WARNED,
     backup_size, offsetof(struct config, objective_backup_size_bytes), "BACKUP_TOO_LARGE", NULL},
    {LIMIT(objective_load_p99), "p99 under load", UNIT_US, STAGE_load, OUTCOME_FAILED, load_p99,
     offsetof(struct config, objective_load_p99_us), "RESPONSE_SLOW",
     "see which script is slowest, and how much of it is waiting for a connection"},
    {LIMIT(objective_load_errors), "Failed transactions", UNIT_PERCENT, STAGE_load, OUTCOME_FAILED,
     load_errors, offsetof(struct config, objective_load_errors_percent), "LOAD_ERRORS",
     "look at the first error of each kind under load"},
    {LIMIT(objective_pool_utilization), "Pool utilisation", UNIT_PERCENT, STAGE_load,
     OUTCOME_FAILED, pool_utilization, offsetof(struct config, objective_pool_utilization_percent),
     "POOL_BUSY", "see the recommendation about the size of the pool"},
};
#undef LIMIT

static double limit_of(const struct config *config, const struct goal *g)
{
    const char *member = (const char *)config + g->limit_offset;
    switch (g->unit) {
    case UNIT_US:
        return (double)*(const int64_t *)(const void *)member;
    case UNIT_BYTES:
        return (double)*(const uint64_t *)(const void *)member;
    case UNIT_PERCENT:
        return *(const double *)(const void *)member;
    case UNIT_COUNT:
        break;
    }
    return 0.0;
}

static const char *in_words(struct arena *a, enum unit unit, double value)
{
    switch (unit) {
    case UNIT_US:
        return str_duration(a, (int64_t)value);
    case UNIT_BYTES:
        return str_bytes(a, (uint64_t)value);
    case UNIT_PERCENT:
        return str_percent(a, value);
    case UNIT_COUNT:
        return str_count(a, (int64_t)value);
    }
    return "";
}

static void add_finding_once(struct record *r, struct finding f)
{
    VEC_EACH (const struct finding, old, &r->findings)
        if (str_eq(old->code, f.code))
            return;
    f.stage = STAGE_advise;
    record_finding(r, f);
}

/* An objective without a figure: skipped when the stage was not to run, else unknown. */
static void judge_missing(struct arena *a, struct record *r, const struct goal *g,
                          struct objective *o)
{
    const struct stage_facts *stage = record_stage(r, g->stage);
    o->outcome = stage->outcome == OUTCOME_SKIPPED ? OUTCOME_SKIPPED : OUTCOME_UNKNOWN;
    o->text = arena_printf(a, "%s was not measured: %s", g->what,
                           stage->reason != NULL ? stage->reason : "there is no figure");
}

static void judge_goal(struct arena *a, const struct config *config, struct record *r,
                       const struct goal *g)
{
    struct objective *o = vec_push(&r->objectives);
    struct figure figure = g->measure(r);
    o->name = config_opts[g->option].key;
    o->unit = unit_words[g->unit];
    o->limit = limit_of(config, g);
    o->measured = figure.known ? figure.value : (double)NAN;
    if (!figure.known) {
        judge_missing(a, r, g, o);
        return;
    }
    o->outcome = figure.value <= o->limit ? OUTCOME_PASSED : g->when_missed;
    o->text = arena_printf(a, "%s %s of %s", g->what, in_words(a, g->unit, figure.value),
                           in_words(a, g->unit, o->limit));
    if (o->outcome != OUTCOME_PASSED)
        add_finding_once(r, (struct finding){.code = g->code,
                                             .severity = SEVERITY_WARNING,
                                             .blame = BLAME_OBJECTIVE,
                                             .subject = o->name,
                                             .text = o->text,
                                             .recommendation = g->recommendation});
}

/* ---- thresholds that nobody has to set --------------------------------------------------------
 */

struct threshold {
    const char *code, *what;
    enum unit unit;
    double warning, critical; /* above; 0: none */
    enum blame blame;
    struct figure (*measure)(const struct record *r);
    const char *recommendation;
};

static const struct threshold thresholds[] = {
    {"POOL_BUSY", "pool utilisation", UNIT_PERCENT, 80.0, 90.0, BLAME_LOAD, pool_utilization,
     "see the recommendation about the size of the pool"},
    {"RESPONSE_SLOW", "99th percentile of the response", UNIT_US, 2e6, 5e6, BLAME_LOAD, load_p99,
     "see which script is slowest, and how much of it is waiting for a connection"},
    {"RESPONSE_MEAN_SLOW", "mean response", UNIT_US, 1e6, 0.0, BLAME_LOAD, load_mean,
     "see which script is slowest"},
    {"SLOW_SCRIPTS", "load scripts with a mean above 1 s", UNIT_COUNT, 10.0, 0.0, BLAME_LOAD,
     slow_scripts, "look at the plans of their statements"},
    {"DATABASE_LARGE", "database size", UNIT_BYTES, 10e9, 50e9, BLAME_OBJECTIVE, database_size,
     "see that time and room for a restore grow with it"},
};

static void judge_threshold(struct arena *a, struct record *r, const struct threshold *t)
{
    struct figure figure = t->measure(r);
    if (!figure.known || figure.value <= t->warning)
        return;
    bool critical = t->critical > 0.0 && figure.value > t->critical;
    add_finding_once(
        r,
        (struct finding){.code = t->code,
                         .severity = critical ? SEVERITY_CRITICAL : SEVERITY_WARNING,
                         .blame = t->blame,
                         .subject = t->what,
                         .text = arena_printf(
                             a, "%s is %s, above %s", t->what, in_words(a, t->unit, figure.value),
                             in_words(a, t->unit, critical ? t->critical : t->warning)),
                         .recommendation = t->recommendation});
}

void advise_objectives(struct arena *a, const struct config *config, struct record *r)
{
    for (size_t i = 0; i < COUNT_OF(thresholds); i++)
        judge_threshold(a, r, &thresholds[i]);
    for (size_t i = 0; i < COUNT_OF(goals); i++)
        if (config->is_set[goals[i].option])
            judge_goal(a, config, r, &goals[i]);
}
