/* SPDX-License-Identifier: PostgreSQL */
/*
 * Are the pages of every heap and B-tree sound? Where the database does not have the extension it
 * is made inside a transaction that is rolled back: the copy stays as it was restored.
 */
#include "base/embed.h"
#include "base/str.h"
#include "check/ask.h"

EMBED(amcheck_schema_sql, "src/check/amcheck_schema.sql");
EMBED(amcheck_list_sql, "src/check/amcheck_list.sql");
EMBED(amcheck_gaps_sql, "src/check/amcheck_gaps.sql");

static const char own_schema[] = "rehearse_amcheck";

/* What was looked at so far. */
struct walk {
    size_t indexes, heaps, bad;
    const char *first; /* the first bad one */
};

/* Quoted schema of the extension, made where it is missing. */
static bool find_extension(const struct evidence *ev, const char **schema, struct err *e)
{
    if (!pg_text(ev->restored, ev->arena, amcheck_schema_sql, schema, e))
        return false;
    if (*schema != NULL)
        return true;
    *schema = own_schema;
    return pg_runf(ev->restored, e, "CREATE SCHEMA %s; CREATE EXTENSION amcheck SCHEMA %s",
                   own_schema, own_schema);
}

static void tell_damage(const struct evidence *ev, struct walk *walk, const char *subject,
                        const char *text)
{
    if (walk->bad++ == 0)
        walk->first = arena_printf(ev->arena, "%s: %s", subject, text);
    if (walk->bad > ASK_LIST_FINDINGS_MAX)
        return;
    ask_finding(ev, &check_amcheck,
                (struct finding){.code = "PAGES_DAMAGED",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_ENVIRONMENT,
                                 .subject = arena_strdup(ev->arena, subject),
                                 .text = arena_strdup(ev->arena, text),
                                 .recommendation =
                                     "the copy was just written: suspect memory and disk "
                                     "of this machine, and for an index the locale or "
                                     "a function that it uses"});
}

/* Index errors of these classes tell of damage; any other error tells nothing. */
static bool is_damage(const struct err *e)
{
    return str_eq(e->sqlstate, "XX001") || str_eq(e->sqlstate, "XX002");
}

static bool look_at(const struct evidence *ev, const PGresult *list, int row, struct walk *walk,
                    struct err *e)
{
    const char *subject = pg_cell(list, row, 1);
    CLEANUP(pg_result_cleanup) PGresult *damage = NULL;
    bool answered = pg_query(ev->restored, pg_cell(list, row, 2), NULL, &damage, e);
    if (!answered && !is_damage(e))
        return err_wrap(e, "%s", subject);
    if (str_eq(pg_cell(list, row, 0), "index"))
        walk->indexes++;
    else
        walk->heaps++;
    if (answered && PQntuples(damage) > 0)
        tell_damage(ev, walk, subject, pg_cell(damage, 0, 0));
    if (answered)
        return true;
    tell_damage(ev, walk, subject, e->text);
    *e = (struct err){0};
    return pg_run(ev->restored, "ROLLBACK TO SAVEPOINT before_look", e);
}

static bool look_at_all(const struct evidence *ev, const char *schema, struct walk *walk,
                        struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *list = NULL;
    if (!pg_query(ev->restored, amcheck_list_sql, &(struct pg_params){&schema, 1}, &list, e) ||
        !pg_run(ev->restored, "SAVEPOINT before_look", e))
        return false;
    for (int i = 0; i < PQntuples(list); i++)
        if (!look_at(ev, list, i, walk, e))
            return false;
    return true;
}

/* Says what is beyond amcheck. */
static bool tell_gaps(const struct evidence *ev, struct err *e)
{
    enum { VERSION_OF_HEAPS = 140000 };
    const char *others = NULL;
    if (PQserverVersion(ev->restored->conn) < VERSION_OF_HEAPS)
        record_gap(ev->record, "pages of heaps of the restored copy",
                   "amcheck looks at them from PostgreSQL 14 on");
    if (!pg_text(ev->restored, ev->arena, amcheck_gaps_sql, &others, e))
        return false;
    if (others != NULL)
        record_gap(ev->record, arena_printf(ev->arena, "contents of indexes: %s", others),
                   "amcheck looks into B-trees only");
    return true;
}

static bool walk_copy(const struct evidence *ev, struct walk *walk, struct err *e)
{
    const char *schema = NULL;
    return find_extension(ev, &schema, e) && tell_gaps(ev, e) && look_at_all(ev, schema, walk, e);
}

static struct answer unknown(const struct evidence *ev, const struct err *e)
{
    record_gap(ev->record, "pages of heaps and indexes of the restored copy",
               arena_printf(ev->arena, "amcheck could not look at them: %s", e->text));
    return ask_answer(ev, OUTCOME_UNKNOWN, "%s", e->text);
}

static struct answer ask(const struct evidence *ev)
{
    if (!ev->config->integrity_amcheck) {
        record_gap(ev->record, "pages of heaps and indexes of the restored copy",
                   "integrity.amcheck is off");
        return ask_answer(ev, OUTCOME_SKIPPED, "integrity.amcheck is off");
    }
    if (ev->restored == NULL)
        return ask_no_server(ev);
    struct err e = {0}, end = {0};
    struct walk walk = {0};
    if (!pg_run(ev->restored, "BEGIN", &e))
        return unknown(ev, &e);
    bool walked = walk_copy(ev, &walk, &e);
    if (!pg_run(ev->restored, "ROLLBACK", &end))
        return unknown(ev, walked ? &end : &e);
    if (walk.bad > 0)
        return ask_answer(ev, OUTCOME_FAILED, "%zu damaged; the first: %s", walk.bad, walk.first);
    if (!walked)
        return unknown(ev, &e);
    if (walk.indexes + walk.heaps == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there is nothing to look at");
    return ask_answer(ev, OUTCOME_PASSED, "%zu B-trees and %zu heaps sound", walk.indexes,
                      walk.heaps);
}

const struct check check_amcheck = {
    .name = "amcheck",
    .stage = STAGE_integrity,
    .required = false,
    .exit_code = 3,
    .question = "are the pages of every heap and B-tree sound?",
    .doc = "bt_index_check with heapallindexed and verify_heapam of the extension amcheck (package "
           "postgresql-contrib where it is apart). Without it: unknown, and the report says so. "
           "Damage "
           "in a fresh copy is blamed on this machine.",
    .ask = ask,
};
