/* SPDX-License-Identifier: PostgreSQL */
#include "pg/objects.h"

#include "base/buf.h"
#include "base/embed.h"
#include "base/str.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

EMBED(pg_objects_sql, "src/pg/objects.sql");
EMBED(pg_objects_10_sql, "src/pg/objects_10.sql");
EMBED(pg_objects_15_sql, "src/pg/objects_15.sql");

static const struct {
    int since; /* server_version_num */
    const char *sql;
} parts[] = {{0, pg_objects_sql}, {100000, pg_objects_10_sql}, {150000, pg_objects_15_sql}};

int objects_order(const void *a, const void *b)
{
    const struct object_facts *x = a, *y = b;
    int order = strcmp(x->type, y->type);
    if (order == 0)
        order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->aspect, y->aspect);
}

/* As a report would spell it, for a database in SQL_ASCII may hold anything. */
static const char *valid(struct arena *a, const char *text)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    uint32_t code;
    for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
        n = utf8_decode(text, left, &code);
        if (n == 0)
            buf_printf(&out, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            buf_append(&out, text, n);
        n += n == 0;
    }
    return arena_strdup(a, buf_text(&out));
}

static bool list_part(struct pg *pg, struct arena *a, const char *sql, struct vec *objects,
                      struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(pg, sql, NULL, &rows, e))
        return err_wrap(e, "list of objects");
    for (int i = 0; i < PQntuples(rows); i++)
        if (!PQgetisnull(rows, i, 1)) /* it is gone, though the snapshot shows it */
            *(struct object_facts *)vec_push(objects) =
                (struct object_facts){.type = valid(a, PQgetvalue(rows, i, 0)),
                                      .name = valid(a, PQgetvalue(rows, i, 1)),
                                      .aspect = valid(a, PQgetvalue(rows, i, 2)),
                                      .value = valid(a, PQgetvalue(rows, i, 3))};
    return true;
}

static bool list_parts(struct pg *pg, struct arena *a, struct vec *objects, struct err *e)
{
    if (!pg_run(pg, "SET search_path = ''", e))
        return false;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (PQserverVersion(pg->conn) >= parts[i].since &&
            !list_part(pg, a, parts[i].sql, objects, e))
            return false;
    return true;
}

bool objects_list(struct pg *pg, struct arena *a, struct vec *objects, struct err *e)
{
    const char *path;
    struct err later = {0};
    struct vec found = vec_new(a, sizeof(struct object_facts));
    if (!pg_text(pg, a, "SELECT pg_catalog.current_setting('search_path')", &path, e))
        return false;
    bool ok = list_parts(pg, a, &found, e);
    bool back = pg_runf(pg, &later, "SELECT pg_catalog.set_config('search_path', %s, false)",
                        pg_literal(a, path));
    if (ok && !back)
        *e = later;
    if (!ok || !back)
        return false;
    if (found.n > 1)
        qsort(found.items, found.n, found.item_bytes, objects_order);
    *objects = found;
    return true;
}

void objects_agree(struct vec *objects, const struct vec *later)
{
    size_t k = 0;
    VEC_EACH (struct object_facts, o, objects) {
        while (k < later->n && objects_order(vec_at(later, k), o) < 0)
            k++;
        const struct object_facts *other = k < later->n ? vec_at(later, k) : NULL;
        if (other == NULL || objects_order(other, o) != 0 || !str_eq(other->value, o->value))
            o->value = NULL;
    }
}
