/* SPDX-License-Identifier: PostgreSQL */
#include "restore/schedule.h"

#include <assert.h>
#include <stdlib.h>

/* ---- the rules ---------------------------------------------------------------------------------
 */

static bool is_free(struct table *t)
{
    return !t->taken && t->sharing == 0 && !table_root(t)->tree_taken;
}

static bool copy_may_start(struct job *job)
{
    bool ready = job->ended || job->data.n >= COPY_CHUNKS_MIN;
    return ready && is_free(job->table);
}

static bool build_may_start(struct job *job)
{
    struct table *t = job->table;
    bool shared = !job->exclusive && !t->taken && !table_root(t)->tree_taken;
    return t->open_copies == 0 && (shared || is_free(t));
}

static bool rider_may_start(struct job *job)
{
    return job->after == NULL && is_free(job->table);
}

/* Only foreign keys are open in the tree, and none of them runs. */
static bool tree_is_ready(struct table *t)
{
    const struct table *root = table_root(t);
    return root->tree_open == 0 && root->tree_running == 0 && !root->tree_taken;
}

static bool foreign_key_may_start(struct job *job)
{
    return tree_is_ready(job->table) && tree_is_ready(job->other);
}

static bool (*const may_start[])(struct job *job) = {
    [JOB_COPY] = copy_may_start,
    [JOB_BUILD] = build_may_start,
    [JOB_RIDER] = rider_may_start,
    [JOB_FOREIGN_KEY] = foreign_key_may_start,
};

/* ---- the counts --------------------------------------------------------------------------------
 */

static void count_open(struct schedule *s, struct job *job, size_t one)
{
    struct table *t = job->table;
    s->n_open += one;
    if (job->kind == JOB_COPY) {
        s->n_open_copies += one;
        t->open_copies += one;
    } else if (job->kind != JOB_FOREIGN_KEY) {
        t->open_builds += one;
    }
    if (job->counted)
        table_root(t)->tree_open += one;
}

/* Does a foreign key wait for it? Not for another one, nor for what waits for one. */
static bool holds_foreign_keys(const struct job *job)
{
    if (job->kind == JOB_FOREIGN_KEY)
        return false;
    return job->after == NULL || job->after->counted;
}

static void count_running(struct schedule *s, struct job *job, bool running)
{
    size_t one = running ? 1 : SIZE_MAX; /* wraps to one less */
    struct table *t = job->table;
    job->running = running;
    s->n_running += one;
    if (job->kind == JOB_COPY)
        s->n_running_copies += one;
    if (job->kind == JOB_FOREIGN_KEY) {
        table_root(t)->tree_taken = running;
        table_root(job->other)->tree_taken = running;
        return;
    }
    table_root(t)->tree_running += one;
    if (job->exclusive)
        t->taken = running;
    else
        t->sharing += one;
}

void schedule_add(struct schedule *s, struct job *job)
{
    job->previous = s->last;
    *(s->last == NULL ? &s->first : &s->last->next) = job;
    s->last = job;
    job->counted = holds_foreign_keys(job);
    count_open(s, job, 1);
}

void schedule_end(struct schedule *s, struct job *job)
{
    assert(job->running);
    count_running(s, job, false);
    count_open(s, job, SIZE_MAX);
    *(job->previous == NULL ? &s->first : &job->previous->next) = job->next;
    *(job->next == NULL ? &s->last : &job->next->previous) = job->previous;
    for (struct job *other = s->first; other != NULL; other = other->next)
        if (other->after == job)
            other->after = NULL;
}

/* ---- the choice --------------------------------------------------------------------------------
 */

/* COPYs first and in their order, for the dump is read on behind them; then riders, which take no
 * time; then what concerns the largest table. */
static bool is_better(const struct job *job, const struct job *than)
{
    if (than == NULL)
        return true;
    if (job->kind != than->kind && (job->kind == JOB_COPY || than->kind == JOB_COPY))
        return job->kind == JOB_COPY;
    if (job->kind != than->kind && (job->kind == JOB_RIDER || than->kind == JOB_RIDER))
        return job->kind == JOB_RIDER;
    return job->kind != JOB_COPY && job->table->bytes > than->table->bytes;
}

static bool has_room(const struct schedule *s, const struct job *job)
{
    size_t kept = s->keep_one && job->kind != JOB_COPY && s->n_running_copies == 0;
    return s->n_running + kept < s->n_workers;
}

struct job *schedule_start(struct schedule *s)
{
    struct job *best = NULL;
    for (struct job *job = s->first; job != NULL; job = job->next)
        if (!job->running && has_room(s, job) && is_better(job, best) && may_start[job->kind](job))
            best = job;
    if (best == NULL)
        return NULL;
    bool last_ones = !s->keep_one && s->n_open < s->n_workers;
    best->helpers = last_ones ? (unsigned)(s->n_workers - s->n_open) : 0;
    count_running(s, best, true);
    return best;
}

uint64_t schedule_first_offset(const struct schedule *s)
{
    uint64_t first = UINT64_MAX;
    for (const struct job *job = s->first; job != NULL; job = job->next)
        if (job->statement.offset < first)
            first = job->statement.offset;
    return first;
}

bool schedule_has_before(const struct schedule *s, uint64_t offset)
{
    return schedule_first_offset(s) < offset;
}

void job_free(struct job *job, struct chunk_pool *pool)
{
    chunk_drop_all(pool, &job->data);
    buf_cleanup(&job->text);
    free(job);
}
