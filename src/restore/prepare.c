/* SPDX-License-Identifier: PostgreSQL */
#include "restore/prepare.h"

#include "base/embed.h"
#include "restore/lexeme.h"
#include "restore/roles.h"

#include <string.h>

EMBED(restore_roles_sql, "src/restore/roles.sql");
EMBED(restore_tablespaces_sql, "src/restore/tablespaces.sql");

static bool read_names(struct prepare *p, const char *sql, struct vec *names, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    *names = vec_new(p->arena, sizeof(const char *));
    if (!pg_query(p->admin, sql, NULL, &rows, e))
        return false;
    for (int i = 0; i < PQntuples(rows); i++)
        *(const char **)vec_push(names) = arena_strdup(p->arena, pg_cell(rows, i, 0));
    return true;
}

bool prepare_begin(struct prepare *p, struct err *e)
{
    return read_names(p, restore_roles_sql, &p->roles, e) &&
           read_names(p, restore_tablespaces_sql, &p->tablespaces, e);
}

static bool is_among(const struct vec *names, const char *name)
{
    VEC_EACH (const char *const, one, names)
        if (strcmp(*one, name) == 0)
            return true;
    return false;
}

/* What cannot be made is left to the failure of the statement that needs it; false when not even
 * that can be said. */
static bool made(struct prepare *p, const char *sql, bool *yes, struct err *e)
{
    struct err why;
    *yes = pg_run(p->admin, sql, &why);
    if (*yes || why.code == ERR_SQL)
        return true;
    *e = why;
    return err_wrap(e, "prepare the server");
}

/* Roles are made on a session of their own: the dump's may be acting for somebody else, or inside a
 * transaction that fails. */
static bool need_role(struct prepare *p, const char *name, struct err *e)
{
    bool yes;
    if (p->is_theirs || is_among(&p->roles, name))
        return true;
    *(const char **)vec_push(&p->roles) = arena_strdup(p->arena, name);
    if (!made(p, arena_printf(p->arena, "CREATE ROLE %s NOLOGIN", pg_ident(p->arena, name)), &yes,
              e))
        return false;
    p->n_roles_made += yes;
    if (yes)
        record_gap(p->record, "attributes, passwords and memberships of roles",
                   "a pg_dump does not hold them");
    return true;
}

static void say_mapped(struct prepare *p, const char *name)
{
    record_finding(p->record,
                   (struct finding){
                       .code = "TABLESPACE_MAPPED",
                       .severity = SEVERITY_NOTE,
                       .blame = BLAME_ENVIRONMENT,
                       .stage = STAGE_restore,
                       .subject = arena_strdup(p->arena, name),
                       .text = "this tablespace was made inside the folder of the throw-away "
                               "server, whatever its place in production is",
                       .recommendation = "make it in its own place before a real restore: a "
                                         "pg_dump does not hold it",
                   });
}

/* In the server's own folder, which goes when the server goes. Servers that are too old for that
 * (before the minor versions of August 2022) put the objects into the default tablespace. */
static bool need_tablespace(struct prepare *p, const char *name, struct err *e)
{
    bool yes;
    if (p->is_theirs || name[0] == '\0' || is_among(&p->tablespaces, name))
        return true;
    const char *quoted = pg_ident(p->arena, name);
    *(const char **)vec_push(&p->tablespaces) = arena_strdup(p->arena, name);
    if (!made(p, "SET allow_in_place_tablespaces = on", &yes, e) ||
        (yes &&
         !made(p, arena_printf(p->arena, "CREATE TABLESPACE %s LOCATION ''", quoted), &yes, e)))
        return false;
    if (!yes)
        return true;
    say_mapped(p, name);
    return made(p, arena_printf(p->arena, "GRANT CREATE ON TABLESPACE %s TO PUBLIC", quoted), &yes,
                e);
}

/* Does the dump make it itself? */
static bool is_made(const struct inventory *inv, enum item_kind kind, const char *name)
{
    const struct item *item = inventory_find(inv, kind, "", name);
    return item != NULL && item->n > 0;
}

bool prepare_inventory(struct prepare *p, const struct inventory *inv, struct err *e)
{
    VEC_EACH (struct item *const, item, &inv->items) {
        const char *name = (*item)->name;
        bool role = (*item)->kind == ITEM_ROLE_REF && !is_made(inv, ITEM_ROLE, name);
        bool space = (*item)->kind == ITEM_TABLESPACE_REF || (*item)->kind == ITEM_TABLESPACE;
        if ((role && !need_role(p, name, e)) || (space && !need_tablespace(p, name, e)))
            return false;
    }
    return prepare_extensions(p, inv, e);
}

/* SET default_tablespace = x, CREATE TABLESPACE x: the name in the arena, NULL for all others. */
static const char *tablespace_of(struct arena *a, struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    bool set = lexemes_begin(&t, "SET DEFAULT_TABLESPACE");
    if (!set && !lexemes_begin(&t, "CREATE TABLESPACE"))
        return NULL;
    if (set)
        (void)lexeme_next(&t); /* = or TO */
    struct lexeme name = lexeme_next(&t);
    return name.kind == LEXEME_END || lexeme_is(&name, "DEFAULT") ? NULL : lexeme_name(a, &name);
}

bool prepare_statement(struct prepare *p, struct slice statement, struct err *e)
{
    struct lexemes t = lexemes_of(statement);
    if (lexemes_begin(&t, "INSERT") || lexemes_begin(&t, "SELECT"))
        return true; /* by far the most frequent ones */
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    struct vec names = vec_new(scratch, sizeof(const char *));
    roles_of_statement(statement, &names);
    VEC_EACH (const char *const, name, &names)
        if (!need_role(p, *name, e))
            return false;
    const char *space = tablespace_of(scratch, statement);
    return space == NULL || need_tablespace(p, space, e);
}
