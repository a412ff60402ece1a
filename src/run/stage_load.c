/* SPDX-License-Identifier: PostgreSQL */
/* Load: virtual users on the restored, migrated copy. */
#include "base/str.h"
#include "load/load.h"
#include "run/run.h"

bool stage_load(struct run *run, struct err *e)
{
    if (run->config->load_users == 0)
        return run_skip(run, STAGE_load, "load.users is 0");
    if (!run_settle_target(run, e))
        return false;
    struct load_job job = {
        .arena = run->arena,
        .config = run->config,
        .dsn = run->restored_dsn,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    if (!load_run(&job, run->record, e))
        return false;
    const struct load_facts *l = &run->record->load;
    run_summary(run, STAGE_load, "%s users, %s tps, p50 %s, p99 %s, %s errors, pool %s busy",
                str_count(run->arena, l->users), str_count(run->arena, (int64_t)l->tps),
                str_duration(run->arena, l->response.p50_us),
                str_duration(run->arena, l->response.p99_us), str_count(run->arena, l->n_errors),
                str_percent(run->arena, l->pool.utilization_percent));
    return true;
}
