/* SPDX-License-Identifier: PostgreSQL */
/* Restore: the dump is executed, and timed. */
#include "base/str.h"
#include "pg/catalog.h"
#include "restore/restore.h"
#include "run/run.h"

enum { CONNECT_TIMEOUT_US = 30000000 };

/* From the file to a usable database: what an outage would take with this backup. */
static int64_t recovery_us(const struct run *run)
{
    const struct restore_facts *restore = &run->record->restore;
    return record_stage(run->record, STAGE_verify)->took_us +
           record_stage(run->record, STAGE_provision)->took_us + restore->took_us +
           restore->analyze_us;
}

/* The server was looked at when it was empty. */
static bool look_again(struct run *run, struct err *e)
{
    struct server_facts now = {0}, *target = &run->record->target;
    if (!catalog_server(&run->restored, run->arena, &now, e))
        return err_wrap(e, "restored database");
    target->database = now.database;
    target->size_bytes = now.size_bytes;
    target->tables = now.tables;
    return true;
}

bool stage_restore(struct run *run, struct err *e)
{
    struct record *r = run->record;
    struct server_facts like = run->source_dsn != NULL ? r->source : r->target;
    const struct scratch scratch = run_scratch(run);
    struct restore_job job = {
        .arena = run->arena,
        .config = run->config,
        .path = run->backup_path,
        .scratch = &scratch,
        .admin_dsn = run->target.dsn,
        .database = "rehearsal",
        .like = &like,
        .intr = &run->intr,
        .progress = &run->display.progress,
        .plan = run->plan.arena != NULL ? &run->plan : NULL,
    };
    if (!restore_run(&job, r, &run->restored_dsn, e))
        return false;
    r->restore.recovery_us = KNOWN(recovery_us(run));
    if (!pg_open(run->restored_dsn, &run->intr, CONNECT_TIMEOUT_US, &run->restored, e))
        return err_wrap(e, "restored database");
    run->restored.timeout_us = run->config->restore_statement_timeout_us;
    if (!look_again(run, e))
        return false;
    struct arena *a = run->arena;
    run_summary(run, STAGE_restore, "%s, %s, %s, %s; analyze %s",
                str_number_of(a, r->restore.statements, "statement", "statements"),
                str_number_of(a, r->restore.rows, "row", "rows"),
                str_number_of(a, r->restore.n_errors, "error", "errors"),
                str_number_of(a, r->restore.jobs, "job", "jobs"),
                str_duration(a, r->restore.analyze_us));
    return true;
}
