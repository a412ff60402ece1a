/* SPDX-License-Identifier: PostgreSQL */
#include "migrate/locks.h"

#include "base/embed.h"

#include <stdlib.h>

EMBED(migrate_relations_sql, "src/migrate/relations.sql");
EMBED(migrate_locks_sql, "src/migrate/locks.sql");

static int by_oid(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    return (x->oid > y->oid) - (x->oid < y->oid);
}

static struct relation *find(const struct vec *relations, int64_t oid)
{
    const struct relation key = {.oid = oid};
    if (relations->n == 0)
        return NULL;
    return bsearch(&key, relations->items, relations->n, sizeof key, by_oid);
}

bool locks_relations(struct arena *a, struct pg *pg, struct vec *relations, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(pg, migrate_relations_sql, NULL, &rows, e))
        return err_wrap(e, "tables before the migration");
    struct vec found = vec_new(a, sizeof(struct relation));
    for (int i = 0; i < PQntuples(rows); i++)
        *(struct relation *)vec_push(&found) = (struct relation){
            .oid = pg_cell_int(rows, i, 0),
            .name = arena_printf(a, "%s.%s", pg_cell(rows, i, 1), pg_cell(rows, i, 2)),
            .filenode = pg_cell_int(rows, i, 3),
            .bytes = pg_cell_int(rows, i, 4),
        };
    if (found.n > 1)
        qsort(found.items, found.n, sizeof(struct relation), by_oid);
    *relations = found;
    return true;
}

bool locks_sample(struct pg *pg, struct vec *relations, int64_t began_us, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(pg, migrate_locks_sql, NULL, &rows, e))
        return err_wrap(e, "locks of the migration");
    for (int i = 0; i < PQntuples(rows); i++) {
        struct relation *relation = find(relations, pg_cell_int(rows, i, 0));
        if (relation != NULL && relation->locked_at_us == 0)
            relation->locked_at_us = began_us;
    }
    return true;
}

bool locks_rewritten(struct arena *a, struct pg *pg, struct vec *relations, struct err *e)
{
    struct vec now;
    if (!locks_relations(a, pg, &now, e))
        return false;
    VEC_EACH (struct relation, relation, relations) {
        const struct relation *same = find(&now, relation->oid);
        if (same != NULL && relation->filenode != 0 && same->filenode != relation->filenode)
            relation->rewritten = true;
    }
    return true;
}
