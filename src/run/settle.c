/* SPDX-License-Identifier: PostgreSQL */
/* What comes behind the restore is not measured on a server that was tuned for restoring. */
#include "base/str.h"
#include "run/run.h"

enum { CONNECT_TIMEOUT_US = 30000000 };

/* A demonstration source is a throw-away server itself, tuned for being filled. */
static const struct vec *source_settings(const struct run *run)
{
    const struct vec *settings = &run->record->source.settings;
    return run->config->source_demo == NULL && settings->n > 0 ? settings : NULL;
}

/* A setting that this server refuses, of another build or major, must not end the rehearsal. */
static bool settle(struct run *run, struct cluster_settle *how, struct err *e)
{
    if (cluster_settle(run->arena, &run->target, how, e))
        return true;
    if (how->like == NULL || e->code == ERR_INTERRUPTED)
        return false;
    record_gap(
        run->record, "migrations and load with the settings of the source",
        arena_printf(run->arena, "the throw-away server does not start with them: %s", e->text));
    how->like = NULL;
    return cluster_settle(run->arena, &run->target, how, e);
}

static void note(struct run *run, const struct cluster_settle *how)
{
    struct server_facts *target = &run->record->target;
    target->settings_later = how->in_use;
    target->settings_from = how->like != NULL ? "source" : "defaults";
    VEC_EACH (const char *, text, &how->smaller)
        record_gap(run->record,
                   arena_printf(run->arena, "migrations and load with the source's %s", *text),
                   "this machine has less memory or room than the source");
    if (how->like == NULL && run->config->source_demo == NULL)
        record_gap(run->record, "migrations and load with the settings of the source",
                   "they are not known: PostgreSQL's defaults were in force");
}

bool run_settle_target(struct run *run, struct err *e)
{
    struct cluster_settle how = {.like = source_settings(run)};
    if (run->record->target.settings_from != NULL)
        return true;
    pg_cleanup(&run->restored);
    if (!settle(run, &how, e))
        return err_wrap(e, "settings behind the restore");
    note(run, &how);
    if (!pg_open(run->restored_dsn, &run->intr, CONNECT_TIMEOUT_US, &run->restored, e))
        return err_wrap(e, "restored database");
    run->restored.timeout_us = run->config->restore_statement_timeout_us;
    return true;
}
