/* SPDX-License-Identifier: PostgreSQL */
/* Restore: the dump is executed, and timed. */
#include "base/str.h"
#include "dump/databases.h"
#include "pg/catalog.h"
#include "restore/prepare.h"
#include "restore/restore.h"
#include "run/run.h"

#include <stdlib.h>

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
    const struct vec *facts = run->source_dsn == NULL && run->manifest != NULL
                                  ? &run->manifest->source.facts
                                  : &run->record->source.facts;
    return prepare_compare_versions(run->record, facts, &run->restored, e);
}

/* A connection that breaks says little; the server's log may say why. */
static bool with_last_words(struct run *run, struct err *e)
{
    if (e->code != ERR_CONNECT || run->target.log_path == NULL)
        return false;
    const struct err what = *e;
    return err_set(e, what.code, "%s; the server's log ends with: %s", what.text,
                   cluster_log_tail(run->arena, &run->target));
}

/* A server that is older than the one that was dumped may refuse what the dump says. */
static void look_at_majors(struct run *run)
{
    const struct record *r = run->record;
    int64_t major = r->target.version_num / 10000;
    int64_t dumped =
        r->backup.server_version == NULL ? 0 : strtoll(r->backup.server_version, NULL, 10);
    if (dumped <= major)
        return;
    record_finding(
        run->record,
        (struct finding){
            .code = "TARGET_OLDER",
            .severity = SEVERITY_WARNING,
            .blame = BLAME_ENVIRONMENT,
            .stage = STAGE_restore,
            .subject = r->target.database,
            .text = arena_printf(run->arena,
                                 "the dump is of PostgreSQL %s, and the server is of %lld: what it "
                                 "rejects may be sound",
                                 r->backup.server_version, (long long)major),
            .recommendation = "restore into a server of the dump's major version, or a newer one",
        });
}

/* Of a cluster's dump: the database that the stages behind look at. */
static const char *which_database(const struct run *run)
{
    size_t n = databases_count(&run->facts);
    if (!run->facts.is_cluster_dump || n == 0)
        return "";
    const char *name = run->record->target.database;
    if (n == 1)
        return arena_printf(run->arena, "; database \"%s\"", name);
    return arena_printf(run->arena, "; of %zu databases \"%s\" is looked at%s", n, name,
                        run->config->restore_database == NULL ? ", which has most rows" : "");
}

bool run_execute_dump(struct run *run, const struct restore_job *wanted, struct err *e)
{
    struct record *r = run->record;
    struct restore_job job = *wanted;
    struct server_facts like = run->source_dsn != NULL ? r->source : r->target;
    const struct scratch scratch = run_scratch(run);
    job.arena = run->arena;
    job.config = run->config;
    job.cluster = run->facts.is_cluster_dump;
    if (job.cluster)
        job.database = run->database != NULL ? run->database : run->config->restore_database;
    job.path = run->backup_path;
    job.scratch = &scratch;
    job.admin_dsn = run->target.dsn;
    job.like = &like;
    job.inventory = run->verified ? &run->inventory : NULL;
    job.intr = &run->intr;
    job.progress = &run->display.progress;
    job.plan = run->early.arena != NULL && !job.cluster ? &run->early : NULL;
    look_at_majors(run);
    if (!restore_run(&job, r, &run->restored_dsn, e))
        return with_last_words(run, e);
    r->restore.recovery_us = KNOWN(recovery_us(run));
    if (!pg_open(run->restored_dsn, &run->intr, CONNECT_TIMEOUT_US, &run->restored, e))
        return err_wrap(e, "restored database");
    run->restored.timeout_us = run->config->restore_statement_timeout_us;
    if (!look_again(run, e))
        return false;
    struct arena *a = run->arena;
    run_summary(run, STAGE_restore, "%s, %s, %s, %s; analyze %s%s",
                str_number_of(a, r->restore.statements, "statement", "statements"),
                str_number_of(a, r->restore.rows, "row", "rows"),
                str_number_of(a, r->restore.n_errors, "error", "errors"),
                str_number_of(a, r->restore.jobs, "job", "jobs"),
                str_duration(a, r->restore.analyze_us), which_database(run));
    return true;
}

bool stage_restore(struct run *run, struct err *e)
{
    return run_execute_dump(run, &(struct restore_job){.database = "rehearsal"}, e);
}
