/* SPDX-License-Identifier: PostgreSQL */
#include "restore/engine.h"

#include "base/clock.h"
#include "base/str.h"
#include "restore/cluster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GRACE_SECONDS = 30, OPEN_JOBS_MAX = 2000 };

/* ---- jobs --------------------------------------------------------------------------------------
 */

static struct job *job_new(struct engine *engine, enum job_kind kind, const struct statement *s)
{
    struct arena *a = engine->ex->job->arena;
    struct job *job = calloc(1, sizeof *job);
    assert(job != NULL);
    *job = (struct job){.kind = kind, .statement = *s, .epoch = session_epoch(&engine->session)};
    buf_append(&job->text, s->text.p, s->text.n);
    job->statement.text = (struct slice){buf_text(&job->text), s->text.n};
    if (s->object != NULL)
        job->statement.object = arena_strdup(a, s->object);
    if (s->object_type != NULL)
        job->statement.object_type = arena_strdup(a, s->object_type);
    return job;
}

/* Adds what the plan has for a table whose rows are all there. The settings are those at its last
 * COPY, which the plan has found to be the same at its indexes. */
static void add_planned(struct engine *engine, struct table *t)
{
    const struct restore_plan *plan = engine->plan;
    if (plan == NULL || engine->serial || engine->sides || t->planned || !t->known ||
        t->open_copies > 0 || executor_in_transaction(engine->ex))
        return;
    const struct plan_table *planned = plan_find(plan, t->key);
    if (planned == NULL || planned->late || t->copies_seen != planned->copies)
        return;
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    t->planned = true;
    VEC_EACH (const struct statement, s, &planned->built) {
        if (s->offset <= engine->offset) { /* its place was passed while the rows were copied */
            t->planned_met++;
            continue;
        }
        struct kind kind = classify(scratch, s->text, &engine->session.meaning);
        struct job *job = job_new(engine, JOB_BUILD, s);
        job->table = t;
        job->exclusive = kind.exclusive;
        job->epoch = t->epoch;
        schedule_add(&engine->crew.schedule, job);
    }
}

/* The index at this place of the dump: was it planned, and is it built or being built? */
static bool meet_planned(struct engine *engine, const struct statement *s, const struct kind *kind,
                         bool *met, struct err *e)
{
    struct table *t = tables_at(&engine->tables, kind->table);
    const struct plan_table *planned = t->planned ? plan_find(engine->plan, t->key) : NULL;
    *met = false;
    if (planned == NULL || t->planned_met == planned->built.n)
        return true;
    const struct statement *expected = vec_at(&planned->built, t->planned_met);
    if (expected->offset != s->offset)
        return true;
    if (expected->text.n != s->text.n || memcmp(expected->text.p, s->text.p, s->text.n) != 0)
        return err_set(e, ERR_REFUSED, "the dump changed while it was being rehearsed");
    t->planned_met++;
    *met = true;
    engine->ex->record->restore.statements++;
    engine->made = schedule_find(&engine->crew.schedule, s->offset);
    engine->made_on = t;
    engine->made_object = arena_strdup(engine->arena, kind->object);
    return true;
}

/* ---- what is over ------------------------------------------------------------------------------
 */

static const char *object_of(struct engine *engine, const struct job *job)
{
    if (job->kind != JOB_COPY)
        return executor_object(engine->ex, &job->statement);
    const struct dump_table *block = &job->block;
    return arena_printf(engine->ex->job->arena, "%s%s%s", block->schema,
                        block->schema[0] == '\0' ? "" : ".", block->name);
}

static bool judge_failure(struct engine *engine, const struct job *job, const struct worker *w,
                          struct err *e)
{
    const struct failure failure = {.statement = &job->statement,
                                    .object = object_of(engine, job),
                                    .why = &job->why,
                                    .conn = w->pg.conn};
    if (!w->lost)
        return executor_failed(engine->ex, &failure, e);
    *e = job->why;
    return err_wrap(e, "bring another connection to the settings of the dump");
}

static void free_job(struct engine *engine, struct job *job)
{
    if (engine->made == job)
        engine->made = NULL;
    job_free(job, &engine->crew.pool);
}

/* A COPY that failed before its block was read is kept until then: it may be cut short, too. */
static void conclude_copy(struct engine *engine, struct job *job)
{
    struct table *t = job->table;
    if (!job->ended)
        return;
    executor_add_copy(engine->ex, &job->block, job->took_us);
    free_job(engine, job);
    add_planned(engine, t);
}

/* Rejections are judged in the order of the dump: as far as everything before them is over. */
static bool deliver(struct engine *engine, uint64_t now, struct err *e)
{
    uint64_t open = schedule_first_offset(&engine->crew.schedule);
    return executor_deliver(engine->ex, open < now ? open : now, e);
}

static bool on_ended(void *context, struct job *job, const struct worker *w, struct err *e)
{
    struct engine *engine = context;
    if (job->aborted != NULL && job->failed)
        (void)err_set(&job->why, ERR_FORMAT, "%s", job->aborted);
    if (job->failed && !judge_failure(engine, job, w, e)) {
        if (engine->copy != job)
            free_job(engine, job);
        return false;
    }
    if (job->kind == JOB_COPY) {
        conclude_copy(engine, job);
        return true;
    }
    stopwatch_add(&engine->ex->watch, &job->statement, job->took_us);
    free_job(engine, job);
    return true;
}

/* ---- waiting -----------------------------------------------------------------------------------
 */

/* Until nothing is open that stands before that place. */
static bool wait_before(struct engine *engine, uint64_t offset, struct err *e)
{
    while (schedule_has_before(&engine->crew.schedule, offset))
        if (!crew_turn(&engine->crew, true, e))
            return false;
    return true;
}

static bool wait_copies(struct engine *engine, struct err *e)
{
    while (engine->crew.schedule.n_open_copies > 0)
        if (!crew_turn(&engine->crew, true, e))
            return false;
    return true;
}

/* The job that a statement can be, or NULL. */
static struct job *job_of(struct engine *engine, const struct statement *s, const struct kind *kind)
{
    struct tables *tables = &engine->tables;
    struct table *table = kind->table == NULL ? NULL : tables_at(tables, kind->table);
    struct table *other = kind->other == NULL ? NULL : tables_at(tables, kind->other);
    enum job_kind what = JOB_BUILD;
    bool possible = false;
    if (kind->class == CLASS_INDEX) {
        possible = table != NULL && table->known && (kind->only || !table->partitioned);
    } else if (kind->class == CLASS_FOREIGN_KEY) {
        what = JOB_FOREIGN_KEY;
        possible = table != NULL && other != NULL && table->known && other->known;
    } else if (kind->class == CLASS_RIDER) {
        what = JOB_RIDER;
        table = engine->made_on;
        possible = table != NULL && str_eq(kind->object, engine->made_object);
    }
    if (!possible)
        return NULL;
    struct job *job = job_new(engine, what, s);
    job->table = table;
    job->other = other;
    job->after = what == JOB_RIDER ? engine->made : NULL;
    job->exclusive = kind->exclusive;
    return job;
}

static bool add_job(struct engine *engine, struct job *job, const struct kind *kind, struct err *e)
{
    schedule_add(&engine->crew.schedule, job);
    engine->ex->record->restore.statements++;
    engine->sides |= job->kind == JOB_FOREIGN_KEY;
    engine->made = job;
    engine->made_on = job->table;
    engine->made_object = arena_strdup(engine->arena, kind->object);
    while (engine->crew.schedule.n_open > OPEN_JOBS_MAX)
        if (!crew_turn(&engine->crew, true, e))
            return false;
    return crew_turn(&engine->crew, false, e);
}

/* ---- statements --------------------------------------------------------------------------------
 */

/* What a statement in its place waits for. */
static const enum {
    WAIT_ALL,
    WAIT_COPIES,
    WAIT_NOTHING
} waits[] = {
    [CLASS_FENCE] = WAIT_ALL,   [CLASS_SESSION] = WAIT_NOTHING, [CLASS_LOST] = WAIT_ALL,
    [CLASS_DATA] = WAIT_COPIES, [CLASS_BEGIN] = WAIT_ALL,       [CLASS_TABLE] = WAIT_ALL,
    [CLASS_CHANGE] = WAIT_ALL,  [CLASS_SIDE] = WAIT_ALL,        [CLASS_INDEX] = WAIT_ALL,
    [CLASS_CAREFUL] = WAIT_ALL, [CLASS_RIDER] = WAIT_ALL,       [CLASS_FOREIGN_KEY] = WAIT_ALL,
};

static bool wait_for(struct engine *engine, enum class class, uint64_t offset, struct err *e)
{
    if (waits[class] == WAIT_ALL)
        return wait_before(engine, offset, e);
    return (waits[class] == WAIT_NOTHING || wait_copies(engine, e)) &&
           crew_turn(&engine->crew, false, e);
}

/* What a statement that was executed in its place means for what follows. */
static void note(struct engine *engine, const struct statement *s, const struct kind *kind)
{
    const struct meaning *m = &engine->session.meaning;
    switch (kind->class) {
    case CLASS_SESSION:
        if (engine->ex->ok && !session_note(&engine->session, s->text))
            engine->serial = true;
        break;
    case CLASS_LOST:
        engine->serial = true;
        break;
    case CLASS_TABLE:
        if (engine->ex->ok)
            tables_note(&engine->tables, s->text, m);
        break;
    case CLASS_CHANGE:
        tables_forget(&engine->tables, kind->table);
        break;
    case CLASS_CAREFUL:
        if (kind->table != NULL)
            tables_at(&engine->tables, kind->table)->calls = true;
        break;
    case CLASS_SIDE:
    case CLASS_FOREIGN_KEY:
        engine->sides = true;
        break;
    case CLASS_FENCE:
    case CLASS_DATA:
    case CLASS_BEGIN:
    case CLASS_INDEX:
    case CLASS_RIDER:
        break;
    }
}

/* Settings inside a transaction go with it, when it is rolled back. */
static enum class class_inside(enum class class, bool in_transaction) {
    return in_transaction && class == CLASS_SESSION ? CLASS_LOST : class;
}

static bool in_place(struct engine *engine, const struct statement *s, struct kind *kind,
                     struct err *e)
{
    engine->made_on = NULL;
    if (!wait_for(engine, kind->class, s->offset, e) || !deliver(engine, s->offset, e) ||
        !executor_statement(engine->ex, s, e))
        return false;
    note(engine, s, kind);
    return deliver(engine, s->offset + 1, e);
}

static bool on_statement(void *context, const struct statement *s, struct err *e)
{
    struct engine *engine = context;
    engine->offset = s->offset;
    if (s->text.n == 0)
        return true;
    if (engine->serial || executor_keeps_back(s))
        return executor_statement(engine->ex, s, e) && deliver(engine, s->offset + 1, e);
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    bool inside = executor_in_transaction(engine->ex);
    struct kind kind = classify(scratch, s->text, &engine->session.meaning);
    kind.class = class_inside(kind.class, inside);
    bool met = false;
    if (kind.class == CLASS_INDEX && !meet_planned(engine, s, &kind, &met, e))
        return false;
    if (met)
        return deliver(engine, s->offset, e);
    struct job *job = inside ? NULL : job_of(engine, s, &kind);
    if (job == NULL)
        return in_place(engine, s, &kind, e);
    return add_job(engine, job, &kind, e) && deliver(engine, s->offset, e);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static struct table *table_of(struct engine *engine, const struct copy_head *head)
{
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    if (engine->serial)
        return NULL;
    const char *key = classify_copy(scratch, head->statement.text, &engine->session.meaning);
    return key == NULL ? NULL : tables_at(&engine->tables, key);
}

static struct job *copy_job(struct engine *engine, const struct copy_head *head)
{
    struct arena *a = engine->ex->job->arena;
    struct job *job = job_new(engine, JOB_COPY, &head->statement);
    job->table = engine->copy_table;
    job->exclusive = true;
    job->block.database = head->table->database; /* which lives as long as the scan */
    job->block.schema = arena_strdup(a, head->table->schema);
    job->block.name = arena_strdup(a, head->table->name);
    engine->ex->record->restore.copies++;
    engine->ex->record->restore.statements++;
    return job;
}

static bool on_copy_begin(void *context, const struct copy_head *head, struct err *e)
{
    struct engine *engine = context;
    struct table *t = engine->copy_table = table_of(engine, head);
    engine->offset = head->statement.offset;
    engine->made_on = NULL;
    bool plain = t != NULL && table_is_plain(t, head->table->n_columns) && !engine->sides &&
                 !executor_in_transaction(engine->ex);
    if (!plain)
        return wait_before(engine, head->statement.offset, e) &&
               deliver(engine, head->statement.offset, e) &&
               executor_copy_begin(engine->ex, head, e);
    while (t->open_builds > 0)
        if (!crew_turn(&engine->crew, true, e))
            return false;
    engine->copy = copy_job(engine, head);
    schedule_add(&engine->crew.schedule, engine->copy);
    return true;
}

static bool on_copy_data(void *context, const char *bytes, size_t n, struct err *e)
{
    struct engine *engine = context;
    struct slice data = {bytes, n};
    return engine->copy != NULL ? crew_feed(&engine->crew, engine->copy, data, e)
                                : executor_copy_data(engine->ex, data, e);
}

/* The end of the file came before the end of the block: what was sent must not stay. */
static const char cut_short[] = "the dump ends inside this COPY block; its rows were dropped";

static bool end_copy(struct engine *engine, const struct dump_table *table, struct err *e)
{
    struct job *job = engine->copy;
    engine->copy = NULL;
    job->ended = true;
    job->aborted = table->terminated ? NULL : cut_short;
    job->block.rows = table->rows;
    job->block.bytes = table->bytes;
    if (job->over) {
        conclude_copy(engine, job);
        return true;
    }
    return crew_poke(&engine->crew, job, e) && crew_turn(&engine->crew, false, e);
}

static bool on_copy_end(void *context, const struct dump_table *table, struct err *e)
{
    struct engine *engine = context;
    struct table *t = engine->copy_table;
    if (t != NULL) {
        t->bytes += table->bytes;
        t->copies_seen++;
        t->epoch = session_epoch(&engine->session);
    }
    bool ok =
        engine->copy != NULL ? end_copy(engine, table, e) : executor_copy_end(engine->ex, table, e);
    return ok && deliver(engine, table->offset + 1, e);
}

static void on_progress(void *context, const struct dump_facts *so_far)
{
    const struct engine *engine = context;
    executor_tell(engine->ex, so_far->rows, so_far->last_object);
}

/* Another database: nothing of what was learned about the one before holds there. */
static bool on_connect(void *context, const char *database, struct err *e)
{
    struct engine *engine = context;
    struct executor *ex = engine->ex;
    const char *dsn;
    if (!ex->job->cluster)
        return true;
    if (!engine_finish(engine, e) || !executor_end_transaction(ex, e) ||
        !cluster_connect(ex, database, &dsn, e))
        return false;
    engine_cleanup(engine);
    *engine = (struct engine){0};
    return engine_begin(engine, ex, dsn, e);
}

struct dump_listener engine_listener(struct engine *engine)
{
    return (struct dump_listener){
        .context = engine,
        .statement = on_statement,
        .copy_begin = on_copy_begin,
        .copy_data = on_copy_data,
        .copy_end = on_copy_end,
        .connect = on_connect,
        .progress = on_progress,
    };
}

/* ---- beginning and end -------------------------------------------------------------------------
 */

/* Without WAL for what a transaction puts into a table that it has truncated. */
static bool read_wal_level(struct engine *engine, struct err *e)
{
    const char *level;
    if (!pg_text(&engine->ex->pg, engine->arena, "SHOW wal_level", &level, e))
        return false;
    engine->crew.how.truncate = str_eq(level, "minimal");
    return true;
}

static size_t jobs_wanted(const struct executor *ex)
{
    uint64_t jobs = ex->job->config->jobs;
    if (ex->job->config->restore_serial)
        return 1;
    return jobs > 0 ? (size_t)jobs : (size_t)sysconf(_SC_NPROCESSORS_ONLN);
}

bool engine_begin(struct engine *engine, struct executor *ex, const char *dsn, struct err *e)
{
    const struct restore_job *job = ex->job;
    int64_t limit_us = job->config->restore_statement_timeout_us;
    size_t n = jobs_wanted(ex);
    engine->ex = ex;
    engine->arena = arena_new();
    engine->session = session_new(engine->arena);
    engine->tables = tables_new(engine->arena);
    engine->crew.ended = on_ended;
    engine->crew.context = engine;
    engine->crew.deadline_us = ex->deadline_us;
    engine->crew.how = (struct worker_how){
        .dsn = dsn,
        .settings = ex->settings,
        .intr = job->intr,
        .call_us = limit_us > 0 ? limit_us + GRACE_SECONDS * CLOCK_SECOND_US : 0,
    };
    engine->serial = n < 2;
    if (!engine->serial && (!read_wal_level(engine, e) || !crew_open(&engine->crew, n + 1, e)))
        return false;
    engine->serial = engine->crew.schedule.n_workers < 2 || ex->skipping;
    engine_follow(engine, job->plan);
    ex->record->restore.jobs = engine->serial ? 1 : (int64_t)engine->crew.schedule.n_builders;
    return true;
}

void engine_follow(struct engine *engine, const struct restore_plan *plan)
{
    engine->plan = plan;
    engine->crew.schedule.copies_come = plan != NULL && plan->n_copies > 0;
}

bool engine_finish(struct engine *engine, struct err *e)
{
    return wait_before(engine, UINT64_MAX, e) && executor_deliver(engine->ex, UINT64_MAX, e);
}

void engine_cleanup(struct engine *engine)
{
    if (engine->copy != NULL && engine->copy->over)
        job_free(engine->copy, &engine->crew.pool);
    crew_cleanup(&engine->crew);
    tables_cleanup(&engine->tables);
    session_cleanup(&engine->session);
    arena_free(engine->arena);
}
