/* SPDX-License-Identifier: PostgreSQL */
#include "restore/cluster.h"

#include "base/clock.h"
#include "dump/databases.h"
#include "restore/database.h"
#include "restore/lexeme.h"

enum { CONNECT_SECONDS = 30 };

/* The word behind the keywords, and behind IF EXISTS, is this name. */
static bool names(struct arena *a, struct lexemes t, const char *name)
{
    (void)lexemes_begin(&t, "IF EXISTS");
    struct lexeme lexeme = lexeme_next(&t);
    return str_eq(lexeme_name(a, &lexeme), name);
}

/* Stands behind the keywords of `t` one of the databases that every cluster has? */
static bool is_everywhere(struct arena *a, struct lexemes t)
{
    return names(a, t, "postgres") || names(a, t, "template0") || names(a, t, "template1");
}

const char *cluster_leaves_out(struct arena *a, struct slice statement, const char *user)
{
    static const char *const about_roles[] = {"ALTER ROLE", "ALTER USER", "DROP ROLE", "DROP USER"};
    static const char *const about_databases[] = {"CREATE DATABASE", "DROP DATABASE"};
    struct lexemes t = lexemes_of(statement);
    for (size_t i = 0; i < COUNT_OF(about_roles); i++)
        if (lexemes_begin(&t, about_roles[i]))
            return names(a, t, user) ? "attributes and settings of the role that restores" : NULL;
    for (size_t i = 0; i < COUNT_OF(about_databases); i++)
        if (lexemes_begin(&t, about_databases[i]) && is_everywhere(a, t))
            return "encoding and locale of the databases that every cluster has";
    return NULL;
}

static bool open_database(struct executor *ex, const char *database, struct pg *pg,
                          const char **dsn, struct err *e)
{
    const struct restore_job *job = ex->job;
    return (*dsn = pg_dsn_with(job->arena, job->admin_dsn, "dbname", database, e)) != NULL &&
           pg_open(*dsn, job->intr, CONNECT_SECONDS * CLOCK_SECOND_US, pg, e);
}

/* 3D000: no such database. Its CREATE DATABASE was rejected, and is told. */
static bool is_missing(const struct err *why)
{
    return str_eq(why->sqlstate, "3D000");
}

bool cluster_connect(struct executor *ex, const char *database, const char **dsn, struct err *e)
{
    struct err why = {0};
    pg_cleanup(&ex->pg);
    ex->skipping = !open_database(ex, database, &ex->pg, dsn, &why);
    rejects_hear(&ex->rejects, ex->pg.conn);
    if (!ex->skipping)
        return executor_time(ex, e) && pg_run(&ex->pg, ex->settings, e);
    *e = why;
    if (!is_missing(&why))
        return err_wrap(e, "database \"%s\"", database);
    record_gap(ex->record, arena_printf(ex->job->arena, "the database %s", database),
               "the server did not make it");
    return open_database(ex, "postgres", &ex->pg, dsn, e); /* there must be some session */
}

/* One database; those behind it are analysed for the time that it takes. */
static bool finish_one(struct executor *ex, const char *database, bool main, struct err *e)
{
    const char *dsn;
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct restore_facts *facts = &ex->record->restore;
    int64_t so_far_us = facts->analyze_us, began_us = clock_mono_us();
    struct err why = {0};
    if (!open_database(ex, database, &pg, &dsn, &why)) {
        *e = why;
        return is_missing(&why) && !main;
    }
    if (!executor_time(ex, e))
        return false;
    pg.timeout_us = ex->pg.timeout_us;
    bool ok = main ? database_finish(ex->job, &pg, ex->record, e) : pg_run(&pg, "ANALYZE", e);
    facts->analyze_us = so_far_us + clock_mono_us() - began_us;
    return ok || err_wrap(e, "database \"%s\"", database);
}

bool cluster_finish(struct executor *ex, const struct dump_facts *facts, const char **dsn,
                    struct err *e)
{
    const struct restore_job *job = ex->job;
    const struct dump_database *chosen = databases_main(facts, job->config->restore_database);
    if (chosen == NULL && job->config->restore_database != NULL)
        return err_set(e, ERR_USAGE, "restore.database: the dump has no database \"%s\", but %s",
                       job->config->restore_database, databases_others(job->arena, facts, NULL));
    const char *main = chosen == NULL ? "postgres" : chosen->name;
    VEC_EACH (const struct dump_database, d, &facts->databases)
        if (d->makes && !str_eq(d->name, main) && !finish_one(ex, d->name, false, e))
            return false;
    *dsn = pg_dsn_with(job->arena, job->admin_dsn, "dbname", main, e);
    return *dsn != NULL && finish_one(ex, main, true, e);
}
