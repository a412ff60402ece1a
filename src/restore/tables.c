/* SPDX-License-Identifier: PostgreSQL */
#include "restore/tables.h"

#include <search.h>
#include <string.h>

struct tables tables_new(struct arena *a)
{
    return (struct tables){.arena = a};
}

static void leave_alone(void *table)
{
    (void)table; /* it is the arena's */
}

void tables_cleanup(struct tables *tables)
{
    tdestroy(tables->tree, leave_alone);
    tables->tree = NULL;
}

static int by_key(const void *a, const void *b)
{
    const struct table *x = a, *y = b;
    return strcmp(x->key, y->key);
}

struct table *tables_at(struct tables *tables, const char *key)
{
    const struct table wanted = {.key = key};
    struct table **found = tfind(&wanted, &tables->tree, by_key);
    if (found != NULL)
        return *found;
    struct table *new = ARENA_NEW(tables->arena, struct table);
    *new = (struct table){.key = arena_strdup(tables->arena, key)};
    (void)tsearch(new, &tables->tree, by_key);
    return new;
}

static void forget_one(const void *node, VISIT visit, void *unused)
{
    struct table *const *table = node;
    (void)unused;
    if (visit == preorder || visit == leaf)
        (*table)->known = false;
}

void tables_forget(struct tables *tables, const char *key)
{
    if (key != NULL)
        tables_at(tables, key)->known = false;
    else
        twalk_r(tables->tree, forget_one, NULL);
}

struct table *table_root(struct table *t)
{
    while (t->parent != NULL)
        t = t->parent;
    return t;
}

bool table_is_plain(const struct table *t, size_t n_columns)
{
    bool all_given = n_columns == 0 || n_columns >= t->n_columns;
    return t->known && t->rows && !t->calls && (all_given || !t->default_calls);
}

/* ---- CREATE TABLE ------------------------------------------------------------------------------
 */

struct columns {
    struct table *table;
    struct call_watch watch;
    bool closed;
    bool in_check, in_default;
};

static bool is_one_of(const struct lexeme *lexeme, const char *const *words)
{
    for (; *words != NULL; words++)
        if (lexeme_is(lexeme, *words))
            return true;
    return false;
}

/* A column or a constraint begins. */
static void begin_item(struct columns *c, const struct lexeme *first)
{
    static const char *const constraints[] = {"CONSTRAINT", "CHECK",   "PRIMARY", "UNIQUE",
                                              "FOREIGN",    "EXCLUDE", "LIKE",    NULL};
    c->in_check = c->in_default = false;
    c->watch = (struct call_watch){0};
    c->table->n_columns += !is_one_of(first, constraints);
}

/* Words that make a table refer to others; a generated column is not listed by COPY. */
static void take_word(struct columns *c, const struct lexeme *lexeme)
{
    static const char *const checks[] = {"CHECK", "GENERATED", NULL};
    static const char *const elsewhere[] = {"REFERENCES", "LIKE", NULL};
    static const char *const generated[] = {"STORED", "VIRTUAL", NULL};
    c->in_check |= is_one_of(lexeme, checks);
    c->in_default |= lexeme_is(lexeme, "DEFAULT");
    c->table->calls |= is_one_of(lexeme, elsewhere);
    c->table->n_columns -= c->in_check && is_one_of(lexeme, generated);
    if (!sees_call(&c->watch, lexeme, c->closed))
        return;
    c->table->calls |= c->in_check;
    c->table->default_calls |= c->in_default;
}

/* What stands in the parentheses, which are open. */
static void read_columns(struct columns *c, struct lexemes *t)
{
    bool begins = true;
    for (struct lexeme lexeme = lexeme_next(t); lexeme.kind != LEXEME_END && t->depth > 0;
         lexeme = lexeme_next(t)) {
        if (begins)
            begin_item(c, &lexeme);
        begins = t->depth == 1 && lexeme_is_symbol(&lexeme, ',');
        if (!begins)
            take_word(c, &lexeme);
    }
}

/* It has what that one has, and is in its tree. */
static void take_after(struct table *t, struct table *parent)
{
    if (table_root(parent) == t) { /* was detached and put elsewhere */
        t->known = parent->known = false;
        return;
    }
    t->parent = parent;
    t->calls |= parent->calls || !parent->known;
    t->default_calls |= parent->default_calls;
    t->n_columns = SIZE_MAX;
}

/* INHERITS (a, b): of one tree only. */
static void read_parents(struct tables *tables, struct table *t, struct lexemes *lx,
                         const struct meaning *m)
{
    struct lexeme sign = lexeme_next(lx);
    for (size_t n = 0; lexeme_is_symbol(&sign, '(') || lexeme_is_symbol(&sign, ','); n++) {
        const char *parent = read_key(lx, tables->arena, m);
        if (parent == NULL || n > 0)
            t->known = false;
        if (parent != NULL)
            take_after(t, tables_at(tables, parent));
        sign = lexeme_next(lx);
    }
}

/* PARTITION BY …: its expressions count for the partitions. */
static void read_bounds(struct table *t, struct lexemes lx, bool closed)
{
    struct call_watch watch = {0};
    t->rows = false;
    t->partitioned = true;
    (void)lexeme_next(&lx); /* RANGE, LIST, HASH */
    for (struct lexeme lexeme = lexeme_next(&lx); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(&lx))
        t->calls |= sees_call(&watch, &lexeme, closed);
}

static void read_create(struct tables *tables, struct lexemes t, const struct meaning *m)
{
    const char *key = read_key(&t, tables->arena, m);
    if (key == NULL)
        return;
    struct table *table = tables_at(tables, key);
    *table = (struct table){.key = table->key, .known = true, .rows = true};
    if (lexemes_begin(&t, "PARTITION OF")) {
        const char *parent = read_key(&t, tables->arena, m);
        table->known = parent != NULL;
        if (parent != NULL)
            take_after(table, tables_at(tables, parent));
    } else if (lexemes_begin(&t, "OF")) {
        (void)read_key(&t, tables->arena, m);
        table->n_columns = SIZE_MAX;
    }
    struct lexemes ahead = t;
    struct lexeme open = lexeme_next(&ahead);
    struct columns c = {.table = table, .closed = m->closed};
    if (lexeme_is_symbol(&open, '(')) {
        size_t n_columns = table->n_columns;
        read_columns(&c, &ahead);
        table->n_columns = n_columns == SIZE_MAX ? SIZE_MAX : table->n_columns;
        t = ahead;
    }
    struct lexemes as = t, bounds = t;
    if (lexemes_begin(&t, "INHERITS"))
        read_parents(tables, table, &t, m);
    if (lexemes_find(&as, "AS"))
        table->known = false;
    if (lexemes_find(&bounds, "PARTITION") && lexemes_begin(&bounds, "BY"))
        read_bounds(table, bounds, m->closed);
}

static void read_view(struct tables *tables, struct lexemes t, const struct meaning *m)
{
    const char *key = read_key(&t, tables->arena, m);
    if (key == NULL)
        return;
    struct table *view = tables_at(tables, key);
    *view = (struct table){.key = view->key, .known = true};
}

/* ALTER TABLE [ONLY] parent ATTACH PARTITION table … */
static void read_attach(struct tables *tables, struct lexemes t, const struct meaning *m)
{
    (void)lexemes_begin(&t, "ONLY");
    const char *parent = read_key(&t, tables->arena, m);
    (void)lexemes_begin(&t, "ATTACH PARTITION");
    const char *key = read_key(&t, tables->arena, m);
    if (parent == NULL || key == NULL) {
        tables_forget(tables, NULL);
        return;
    }
    struct table *table = tables_at(tables, key);
    size_t n_columns = table->n_columns;
    take_after(table, tables_at(tables, parent));
    table->n_columns = n_columns;
}

void tables_note(struct tables *tables, struct slice statement, const struct meaning *m)
{
    struct lexemes t = lexemes_of(statement);
    if (lexemes_begin(&t, "ALTER TABLE"))
        read_attach(tables, t, m);
    else if (lexemes_begin(&t, "CREATE MATERIALIZED VIEW"))
        read_view(tables, t, m);
    else if (lexemes_begin(&t, "CREATE TABLE") || lexemes_begin(&t, "CREATE UNLOGGED TABLE"))
        read_create(tables, t, m);
}
