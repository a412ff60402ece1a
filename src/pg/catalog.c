/* SPDX-License-Identifier: PostgreSQL */
#include "pg/catalog.h"

#include "base/embed.h"
#include "base/str.h"

EMBED(catalog_server_sql, "src/pg/catalog_server.sql");
EMBED(catalog_settings_sql, "src/pg/catalog_settings.sql");
EMBED(catalog_tables_sql, "src/pg/catalog_tables.sql");

/* Columns by name, so that the .sql files can be changed on their own. A name that is not there
 * reads as null. */
static const char *cell(const PGresult *r, int row, const char *column)
{
    int i = PQfnumber(r, column);
    return i < 0 ? NULL : pg_cell(r, row, i);
}

static const char *text(struct arena *a, const PGresult *r, int row, const char *column)
{
    const char *value = cell(r, row, column);
    return value == NULL ? NULL : arena_strdup(a, value);
}

static struct maybe figure(const PGresult *r, int row, const char *column)
{
    struct maybe n = {.known = cell(r, row, column) != NULL};
    n.value = n.known ? pg_cell_int(r, row, PQfnumber(r, column)) : 0;
    return n;
}

static bool yes(const PGresult *r, int row, const char *column)
{
    return str_eq(cell(r, row, column), "t");
}

bool catalog_server(struct pg *pg, struct arena *a, struct server_facts *facts, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, catalog_server_sql, NULL, &r, e))
        return err_wrap(e, "facts about the server");
    if (PQntuples(r) != 1)
        return err_set(e, ERR_SQL, "the server does not know its own database");
    facts->version = text(a, r, 0, "version");
    facts->version_num = figure(r, 0, "version_num").value;
    facts->database = text(a, r, 0, "database");
    facts->user = text(a, r, 0, "user");
    facts->encoding = text(a, r, 0, "encoding");
    facts->collate = text(a, r, 0, "collate");
    facts->ctype = text(a, r, 0, "ctype");
    facts->locale_provider = text(a, r, 0, "locale_provider");
    facts->icu_locale = text(a, r, 0, "icu_locale");
    facts->size_bytes = figure(r, 0, "size_bytes");
    facts->tables = figure(r, 0, "tables");
    facts->max_connections = figure(r, 0, "max_connections");
    facts->standby = yes(r, 0, "standby");
    return true;
}

bool catalog_settings(struct pg *pg, struct arena *a, struct vec *settings, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, catalog_settings_sql, NULL, &r, e))
        return err_wrap(e, "settings of the server");
    struct vec found = vec_new(a, sizeof(const char *));
    for (int i = 0; i < PQntuples(r); i++)
        *(const char **)vec_push(&found) =
            arena_printf(a, "%s = %s", cell(r, i, "name"), cell(r, i, "value"));
    *settings = found;
    return true;
}

bool catalog_tables(struct pg *pg, struct arena *a, struct vec *tables, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, catalog_tables_sql, NULL, &r, e))
        return err_wrap(e, "list of tables");
    struct vec found = vec_new(a, sizeof(struct catalog_table));
    for (int i = 0; i < PQntuples(r); i++) {
        struct catalog_table *t = vec_push(&found);
        t->schema = text(a, r, i, "schema");
        t->name = text(a, r, i, "name");
        const char *kind = cell(r, i, "kind");
        t->kind = kind == NULL ? 'r' : kind[0]; /* relkind is never null */
        t->is_partition = yes(r, i, "is_partition");
        t->is_unlogged = yes(r, i, "is_unlogged");
        t->from_extension = yes(r, i, "from_extension");
        t->bytes = figure(r, i, "bytes").value;
    }
    *tables = found;
    return true;
}

bool catalog_count(struct pg *pg, const struct catalog_table *table, int64_t *rows, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *name = pg_qualified(a, table->schema, table->name);
    const char *sql = arena_printf(a, "SELECT pg_catalog.count(*) FROM %s%s",
                                   table->kind == 'r' ? "ONLY " : "", name);
    if (!pg_run(pg, "SET row_security = off", e) || !pg_int(pg, sql, rows, e))
        return err_wrap(e, "rows of %s", name);
    return true;
}
