/* SPDX-License-Identifier: PostgreSQL */
/* A load without scripts: look-ups by primary key and by foreign key, made from the catalogue, with
 * keys that were really found in the tables. */
#include "base/embed.h"
#include "load/inside.h"

#include <string.h>

EMBED(auto_tables_sql, "src/load/auto_tables.sql");
EMBED(auto_children_sql, "src/load/auto_children.sql");

enum { SAMPLE_ROWS_MAX = 2000, SAMPLE_ROWS_AIM = 1500, SCAN_ROWS_MAX = 100000, WEIGHTS = 1000 };

/* One row of those queries. */
struct lookup {
    const char *schema, *name; /* where keys are sampled */
    const char *cells, *condition;
    int width;
    int64_t bytes, rows;
    const char *on_schema, *on_name; /* what is looked up */
    bool children;
};

static struct lookup read_lookup(struct arena *a, const PGresult *r, int row, bool children)
{
    struct lookup x = {.schema = arena_strdup(a, pg_cell(r, row, 0)),
                       .name = arena_strdup(a, pg_cell(r, row, 1)),
                       .width = (int)pg_cell_int(r, row, 2),
                       .cells = arena_strdup(a, pg_cell(r, row, 3)),
                       .condition = arena_strdup(a, pg_cell(r, row, 4)),
                       .bytes = pg_cell_int(r, row, 5),
                       .rows = pg_cell_int(r, row, 6),
                       .children = children};
    x.on_schema = children ? arena_strdup(a, pg_cell(r, row, 7)) : x.schema;
    x.on_name = children ? arena_strdup(a, pg_cell(r, row, 8)) : x.name;
    return x;
}

static bool read_lookups(struct load *l, struct pg *pg, bool children, struct vec *lookups,
                         struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, children ? auto_children_sql : auto_tables_sql, NULL, &r, e))
        return err_wrap(e, "look for keys in the catalogue");
    for (int i = 0; i < PQntuples(r); i++)
        *(struct lookup *)vec_push(lookups) = read_lookup(l->arena, r, i, children);
    return true;
}

/* A large table is not read for a sample of it; a small one is, because blocks would be too few. */
static const char *sample_sql(struct load *l, const struct lookup *x)
{
    double percent = 100;
    if (x->rows > SAMPLE_ROWS_AIM)
        percent = 100.0 * SAMPLE_ROWS_AIM / (double)x->rows;
    return arena_printf(l->arena,
                        "SELECT %s FROM %s TABLESAMPLE %s (%.6f) REPEATABLE (%llu) LIMIT %d",
                        x->cells, pg_qualified(l->arena, x->schema, x->name),
                        x->rows > SCAN_ROWS_MAX ? "SYSTEM" : "BERNOULLI", percent,
                        (unsigned long long)l->job->config->load_seed, SAMPLE_ROWS_MAX);
}

static bool row_is_whole(const PGresult *r, int row, int width)
{
    for (int i = 0; i < width; i++)
        if (pg_cell(r, row, i) == NULL)
            return false;
    return true;
}

/* NULL in *sample: the table has no rows to pick from. */
static bool take_sample(struct load *l, struct pg *pg, const struct lookup *x,
                        const struct sample **sample, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, sample_sql(l, x), NULL, &r, e))
        return err_wrap(e, "sample the keys of %s.%s", x->schema, x->name);
    struct vec cells = vec_new(l->arena, sizeof(const char *));
    for (int row = 0; row < PQntuples(r); row++) {
        if (!row_is_whole(r, row, x->width))
            continue;
        for (int i = 0; i < x->width; i++)
            *(const char **)vec_push(&cells) = arena_strdup(l->arena, pg_cell(r, row, i));
    }
    *sample = NULL;
    if (cells.n == 0)
        return true;
    struct sample *made = ARENA_NEW(l->arena, struct sample);
    *made = (struct sample){
        .n = cells.n / (size_t)x->width, .width = (size_t)x->width, .cells = cells.items};
    *sample = made;
    return true;
}

static const struct script *make_script(struct load *l, const struct lookup *x,
                                        const struct sample *sample, int statement,
                                        int64_t all_bytes)
{
    struct arena *a = l->arena;
    int64_t weight = all_bytes > 0 ? x->bytes * WEIGHTS / all_bytes : 0;
    const char *name =
        arena_printf(l->job->arena, "%s.%s %s %s", x->on_schema, x->on_name,
                     x->children ? "of" : "by", x->children ? x->name : "primary key");
    struct script *s = script_new(a, name, weight > 0 ? (uint64_t)weight : 1);
    int *params = arena_alloc(a, sample->width * sizeof *params);
    int first = (int)s->variables.n;
    for (size_t i = 0; i < sample->width; i++) {
        const char *key = arena_printf(a, "key%zu", i);
        params[i] = script_variable(s, slice_of(key));
    }
    *(struct command *)vec_push(&s->commands) =
        (struct command){.kind = COMMAND_PICK, .variable = first, .sample = sample};
    *(struct command *)vec_push(&s->commands) =
        (struct command){.kind = COMMAND_SQL,
                         .statement = statement,
                         .sql = arena_printf(a, "SELECT * FROM %s WHERE %s%s",
                                             pg_qualified(a, x->on_schema, x->on_name),
                                             x->condition, x->children ? " LIMIT 50" : ""),
                         .n_params = (int)sample->width,
                         .params = params};
    return s;
}

static void add_script(struct load *l, const struct script *s)
{
    *(struct part *)vec_push(&l->parts) = (struct part){.script = s};
}

bool auto_scripts(struct load *l, struct pg *pg, struct err *e)
{
    struct vec lookups = vec_new(l->arena, sizeof(struct lookup));
    int64_t all_bytes = 0;
    if (!read_lookups(l, pg, false, &lookups, e))
        return false;
    if (lookups.n == 0)
        return err_set(e, ERR_MISSING, "no table with a primary key to make look-ups from");
    if (!read_lookups(l, pg, true, &lookups, e))
        return false;
    VEC_EACH (const struct lookup, x, &lookups)
        all_bytes += x->bytes;
    VEC_EACH (const struct lookup, x, &lookups) {
        const struct sample *sample = NULL;
        if (x->width > SCRIPT_VARIABLES_MAX - 1)
            continue;
        if (!take_sample(l, pg, x, &sample, e))
            return false;
        if (sample != NULL)
            add_script(l, make_script(l, x, sample, (int)l->parts.n, all_bytes));
    }
    if (l->parts.n == 0)
        return err_set(e, ERR_MISSING, "no rows in any table with a primary key");
    return true;
}
