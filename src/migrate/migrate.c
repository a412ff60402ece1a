/* SPDX-License-Identifier: PostgreSQL */
#include "migrate/migrate.h"

#include "base/clock.h"
#include "migrate/apply.h"
#include "migrate/history.h"

enum { CONNECT_SECONDS = 30, QUERY_SECONDS = 60 };

/* A row for each file of the folder, before anything is applied. */
static void make_rows(const struct vec *migrations, const struct vec *applied, struct record *r)
{
    VEC_EACH (const struct migration, m, migrations) {
        struct migration_facts *facts = vec_push(&r->migrations);
        *facts = (struct migration_facts){
            .version = m->version,
            .file = m->file,
            .sha256 = m->sha256,
            .outcome = OUTCOME_UNKNOWN,
            .error = "not reached",
        };
        if (history_find(applied, m->version) == NULL)
            continue;
        facts->outcome = OUTCOME_SKIPPED;
        facts->error = NULL;
    }
}

/* What one file has set for its session does not reach the next. */
static bool forget_settings(struct pg *pg, struct err *e)
{
    pg->timeout_us = QUERY_SECONDS * CLOCK_SECOND_US;
    return pg_run(pg, "DISCARD ALL", e);
}

static bool apply_pending(const struct migrating *in, const struct vec *migrations, struct err *e)
{
    for (size_t i = 0; i < migrations->n; i++) {
        struct migration_facts *facts = vec_at(&in->record->migrations, i);
        if (facts->outcome == OUTCOME_SKIPPED)
            continue;
        facts->error = NULL;
        if (!forget_settings(in->pg, e) || !migration_apply(in, vec_at(migrations, i), facts, e))
            return false;
        if (facts->outcome != OUTCOME_PASSED && facts->outcome != OUTCOME_WARNED)
            return true; /* the later ones stay "not reached" */
    }
    return true;
}

bool migrate_rehearse(const struct migrate_job *job, struct record *r, struct err *e)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct vec migrations, applied;
    if (!migration_folder(job->arena, job->dir, &migrations, e))
        return false;
    if (!pg_open(job->dsn, job->intr, CONNECT_SECONDS * CLOCK_SECOND_US, &pg, e))
        return err_wrap(e, "restored database");
    pg.timeout_us = QUERY_SECONDS * CLOCK_SECOND_US;
    if (!history_read(job->arena, &pg, &applied, e))
        return false;
    history_compare(job->arena, &migrations, &applied, r);
    make_rows(&migrations, &applied, r);
    const struct migrating in = {.job = job, .pg = &pg, .record = r};
    return apply_pending(&in, &migrations, e);
}
