/* SPDX-License-Identifier: PostgreSQL */
/* Migrate: the pending migrations are replayed on the restored copy. */
#include "base/str.h"
#include "migrate/migrate.h"
#include "run/run.h"

bool stage_migrate(struct run *run, struct err *e)
{
    if (run->config->migrate_dir == NULL)
        return run_skip(run, STAGE_migrate, "no migrate.dir");
    if (!run_settle_target(run, e))
        return false;
    struct migrate_job job = {
        .arena = run->arena,
        .dir = run->config->migrate_dir,
        .dsn = run->restored_dsn,
        .timeout_us = run->config->migrate_timeout_us,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    if (!migrate_rehearse(&job, run->record, e))
        return false;
    size_t applied = 0, before = 0;
    VEC_EACH (const struct migration_facts, m, &run->record->migrations) {
        applied += m->outcome == OUTCOME_PASSED || m->outcome == OUTCOME_WARNED;
        before += m->outcome == OUTCOME_SKIPPED;
    }
    run_summary(run, STAGE_migrate, "%zu pending, %zu applied, %zu were there before",
                run->record->migrations.n - before, applied, before);
    return true;
}
