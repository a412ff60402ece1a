/* SPDX-License-Identifier: PostgreSQL */
#include "run/into.h"

#include "base/embed.h"
#include "base/str.h"
#include "pg/catalog.h"

EMBED(into_state_sql, "src/run/into_state.sql");
EMBED(into_server_sql, "src/run/into_server.sql");
EMBED(into_objects_sql, "src/run/into_objects.sql");
EMBED(into_objects_10_sql, "src/run/into_objects_10.sql");
EMBED(into_found_sql, "src/run/into_found.sql");

enum { CONNECT_TIMEOUT_US = 30000000, KINDS_SHOWN = 4, VERSION_10 = 100000 };

/* What is wrong with a database that the one row of into_state.sql tells; NULL: nothing. */
static const char *unfit(struct arena *a, const PGresult *state, const char *name)
{
    const char *why = NULL;
    if (pg_cell_true(state, 0, PQfnumber(state, "in_recovery")))
        why = "is on a standby (in recovery), which nothing can be written to";
    else if (pg_cell_true(state, 0, PQfnumber(state, "read_only")))
        why = "is read-only (default_transaction_read_only)";
    else if (!pg_cell_true(state, 0, PQfnumber(state, "may_create")))
        why = "does not let this role create anything: connect as its owner, or as a superuser";
    else if (!pg_cell_true(state, 0, PQfnumber(state, "reserved")))
        why = "is being restored into at this moment by another pg_rehearse";
    return why == NULL ? NULL : arena_printf(a, "the database \"%s\" %s", name, why);
}

static bool check_state(struct run *run, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *state = NULL;
    const char *name = run->record->target.database;
    if (!pg_query(&run->into, into_state_sql, NULL, &state, e))
        return false;
    if (PQntuples(state) != 1)
        return err_set(e, ERR_SQL, "the server does not know its own database");
    if (pg_cell_true(state, 0, PQfnumber(state, "is_template")) || str_eq(name, "template0") ||
        str_eq(name, "template1"))
        return err_set(e, ERR_USAGE,
                       "the database \"%s\" is a template: every database made from it would get "
                       "what is restored; name another one",
                       name);
    const char *why = unfit(run->arena, state, name);
    return why == NULL || err_set(e, ERR_REFUSED, "%s", why);
}

/* "extension pgcrypto, table public.orders and 11 more, view public.totals" */
static const char *list_found(struct arena *a, const PGresult *found)
{
    const char *text = "";
    int n = PQntuples(found), shown = n < KINDS_SHOWN ? n : KINDS_SHOWN;
    for (int i = 0; i < shown; i++) {
        int64_t others = pg_cell_int(found, i, 1) - 1;
        text = arena_printf(
            a, "%s%s%s %s%s", text, i == 0 ? "" : ", ", pg_cell(found, i, 0), pg_cell(found, i, 2),
            others == 0 ? "" : arena_printf(a, " and %s more", str_count(a, others)));
    }
    return n == shown ? text : arena_printf(a, "%s, and other objects", text);
}

static bool check_empty(struct run *run, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *found = NULL;
    const struct server_facts *target = &run->record->target;
    const char *more = target->version_num >= VERSION_10 ? into_objects_10_sql : "";
    const char *sql = arena_printf(run->arena, "%s%s%s", into_objects_sql, more, into_found_sql);
    if (!pg_query(&run->into, sql, NULL, &found, e))
        return err_wrap(e, "what is in the database \"%s\"", target->database);
    if (PQntuples(found) == 0)
        return true;
    return err_set(e, ERR_USAGE,
                   "the database \"%s\" is not empty: %s; a restore goes into an empty one only: "
                   "CREATE DATABASE … TEMPLATE template0",
                   target->database, list_found(run->arena, found));
}

/* The system identifier is a standby's, too; a server that does not tell it has its start. */
static bool same_database(struct run *run, struct pg *source, bool *same, struct err *e)
{
    static const char started[] =
        "SELECT pg_catalog.concat_ws(' ', pg_catalog.pg_postmaster_start_time(), "
        "pg_catalog.current_database())";
    const char *const questions[] = {into_server_sql, started};
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        const char *ours = NULL, *theirs = NULL;
        if (!pg_text(&run->into, run->arena, questions[i], &ours, e) ||
            !pg_text(source, run->arena, questions[i], &theirs, e))
            continue;
        *e = (struct err){0};
        *same = str_eq(ours, theirs);
        return true;
    }
    return false;
}

/* The source of a scenario is never written to, not even when it is empty. */
static bool check_source(struct run *run, struct err *e)
{
    const char *dsn = run->config->source_dsn;
    CLEANUP(pg_cleanup) struct pg source = {0};
    struct err why = {0};
    bool same = false;
    if (dsn == NULL)
        return true;
    if (!pg_open(dsn, &run->intr, CONNECT_TIMEOUT_US, &source, &why) ||
        !same_database(run, &source, &same, &why)) {
        record_gap(run->record, "whether the database is the source",
                   arena_printf(run->arena, "the source does not tell: %s", why.text));
        return why.code != ERR_INTERRUPTED || interrupt_check(&run->intr, e);
    }
    return !same || err_set(e, ERR_USAGE,
                            "the database \"%s\" is the source (source.dsn): nothing is ever "
                            "restored into that",
                            run->record->target.database);
}

bool into_is_not_origin(struct run *run, struct err *e)
{
    const char *here = NULL;
    struct err untold;
    if (run->manifest == NULL || run->manifest->source.system_identifier == NULL ||
        !pg_text(&run->into, run->arena, into_server_sql, &here, &untold))
        return true;
    const struct server_facts *source = &run->manifest->source;
    const char *there =
        arena_printf(run->arena, "%s %s", source->system_identifier, source->database);
    return !str_eq(here, there) ||
           err_set(e, ERR_USAGE,
                   "the database \"%s\" is the one that the dump was taken from, as its manifest "
                   "says: nothing is ever restored into that",
                   source->database);
}

bool into_open(struct run *run, struct err *e)
{
    struct server_facts *target = &run->record->target;
    const char *dsn = run->config->restore_into;
    if (!pg_open(dsn, &run->intr, CONNECT_TIMEOUT_US, &run->into, e))
        return err_wrap(e, "--into");
    run->into.timeout_us = CONNECT_TIMEOUT_US;
    if (!catalog_server(&run->into, run->arena, target, e))
        return err_wrap(e, "--into");
    target->kind = "existing";
    target->dsn = pg_redact(run->arena, dsn);
    return check_state(run, e) && check_source(run, e) && check_empty(run, e);
}

void into_note_left(struct run *run)
{
    struct arena *a = run->arena;
    const char *name = run->record->target.database;
    bool touched = run->record->restore.statements > 0;
    if (run->record->verdict == VERDICT_PASSED || !touched)
        return;
    record_finding(
        run->record,
        (struct finding){
            .code = "DATABASE_LEFT",
            .severity = SEVERITY_WARNING,
            .blame = BLAME_ENVIRONMENT,
            .stage = STAGE_restore,
            .subject = name,
            .text =
                "this database is left as the restore left it, with what was restored until then",
            .recommendation = arena_printf(a, "drop it before you try again: DROP DATABASE %s",
                                           pg_ident(a, name)),
        });
}
