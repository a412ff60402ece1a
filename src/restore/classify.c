/* SPDX-License-Identifier: PostgreSQL */
#include "restore/classify.h"

#include <string.h>

/* ---- names -------------------------------------------------------------------------------------
 */

struct name {
    const char *schema, *name;
};

const char *name_key(struct arena *a, const char *schema, const char *name)
{
    return arena_printf(a, "%zu.%s.%s", strlen(schema), schema, name);
}

static bool is_name(const struct lexeme *lexeme)
{
    return lexeme->kind == LEXEME_WORD || lexeme->kind == LEXEME_NAME;
}

/* "schema.name" or "name"; false when it cannot be told which one is meant. */
static bool read_name(struct lexemes *t, struct arena *a, const struct meaning *m,
                      struct name *name)
{
    struct lexeme first = lexeme_next(t);
    struct lexemes ahead = *t;
    struct lexeme dot = lexeme_next(&ahead);
    if (!is_name(&first))
        return false;
    *name = (struct name){m->schema, lexeme_name(a, &first)};
    if (!lexeme_is_symbol(&dot, '.'))
        return m->schema != NULL;
    struct lexeme second = lexeme_next(&ahead);
    *t = ahead;
    *name = (struct name){name->name, lexeme_name(a, &second)};
    dot = lexeme_next(&ahead);
    return is_name(&second) && !lexeme_is_symbol(&dot, '.');
}

const char *read_key(struct lexemes *t, struct arena *a, const struct meaning *m)
{
    struct name name;
    return read_name(t, a, m, &name) ? name_key(a, name.schema, name.name) : NULL;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

bool sees_call(struct call_watch *w, const struct lexeme *lexeme, bool closed)
{
    if (lexeme_is_symbol(lexeme, '(') && w->named && (w->qualified || w->op || !closed))
        return true;
    *w = (struct call_watch){
        .named = is_name(lexeme),
        .qualified = is_name(lexeme) && w->dot,
        .op = lexeme_is(lexeme, "OPERATOR"),
        .dot = lexeme_is_symbol(lexeme, '.'),
    };
    return false;
}

static bool calls(struct lexemes t, bool closed)
{
    struct call_watch w = {0};
    for (struct lexeme lexeme = lexeme_next(&t); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(&t))
        if (sees_call(&w, &lexeme, closed))
            return true;
    return false;
}

static bool has_comma(struct lexemes t)
{
    for (struct lexeme lexeme = lexeme_next(&t); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(&t))
        if (t.depth == 0 && lexeme_is_symbol(&lexeme, ','))
            return true;
    return false;
}

/* ---- statements that need a closer look --------------------------------------------------------
 */

/* What a reader is given: the lexemes behind the keywords of its row. */
struct reading {
    struct arena *a;
    const struct meaning *m;
    struct lexemes t;
};

static struct kind of(enum class class)
{
    return (struct kind){.class = class};
}

/* pg_catalog.set_config('name', 'value', false), setval, lo_create … */
static struct kind of_select(struct reading *r)
{
    static const char *const data[] = {"SETVAL",  "LO_CREATE", "LO_OPEN",
                                       "LOWRITE", "LO_CLOSE",  "LO_UNLINK"};
    struct lexeme schema = lexeme_next(&r->t);
    if (lexeme_is_symbol(&schema, '*') && lexemes_begin(&r->t, "FROM"))
        schema = lexeme_next(&r->t);
    struct lexeme dot = lexeme_next(&r->t), function = lexeme_next(&r->t);
    if (!lexeme_is(&schema, "PG_CATALOG") || !lexeme_is_symbol(&dot, '.') || calls(r->t, true))
        return of(CLASS_LOST);
    for (size_t i = 0; i < COUNT_OF(data); i++)
        if (lexeme_is(&function, data[i]))
            return of(CLASS_DATA);
    return of(lexeme_is(&function, "SET_CONFIG") ? CLASS_SESSION : CLASS_FENCE);
}

/* CREATE [UNIQUE] INDEX name ON [ONLY] table [USING method] (…) … */
static struct kind of_index(struct reading *r)
{
    struct kind kind = {.class = CLASS_INDEX};
    struct name table;
    struct lexeme index = lexeme_next(&r->t);
    if (!is_name(&index) || lexeme_is(&index, "ON") || lexeme_is(&index, "IF") ||
        lexeme_is(&index, "CONCURRENTLY") || !lexemes_begin(&r->t, "ON"))
        return of(CLASS_FENCE);
    kind.only = lexemes_begin(&r->t, "ONLY");
    if (!read_name(&r->t, r->a, r->m, &table))
        return of(CLASS_FENCE);
    kind.table = name_key(r->a, table.schema, table.name);
    kind.object = name_key(r->a, table.schema, lexeme_name(r->a, &index));
    if (lexemes_begin(&r->t, "USING"))
        (void)lexeme_next(&r->t);
    if (calls(r->t, r->m->closed))
        kind.class = CLASS_CAREFUL;
    return kind;
}

/* The table that is altered. */
struct altered {
    struct name name;
    const char *table;
    bool only;
};

static struct kind on(const struct altered *t, enum class class)
{
    return (struct kind){.class = class, .table = t->table, .only = t->only, .exclusive = true};
}

static struct kind of_foreign_key(struct reading *r, const struct altered *t)
{
    struct kind kind = on(t, CLASS_FOREIGN_KEY);
    if (!lexemes_find(&r->t, "REFERENCES"))
        return on(t, CLASS_CHANGE);
    kind.other = read_key(&r->t, r->a, r->m);
    return kind.other == NULL ? on(t, CLASS_CHANGE) : kind;
}

static bool begins_with_key(struct lexemes *t)
{
    return lexemes_begin(t, "PRIMARY KEY") || lexemes_begin(t, "UNIQUE") ||
           lexemes_begin(t, "EXCLUDE");
}

/* ADD CONSTRAINT name … */
static struct kind of_constraint(struct reading *r, const struct altered *t)
{
    struct lexeme name = lexeme_next(&r->t);
    const char *object = name_key(r->a, t->name.schema, lexeme_name(r->a, &name));
    struct kind kind = on(t, CLASS_CHANGE);
    if (!is_name(&name) || has_comma(r->t))
        return kind;
    if (lexemes_begin(&r->t, "FOREIGN KEY"))
        kind = of_foreign_key(r, t);
    else if (lexemes_begin(&r->t, "CHECK"))
        kind.class = CLASS_CAREFUL;
    else if (begins_with_key(&r->t)) {
        bool own = !lexemes_begin(&r->t, "USING INDEX") && t->only;
        if (lexemes_begin(&r->t, "USING"))
            (void)lexeme_next(&r->t);
        kind.class = own && !calls(r->t, r->m->closed) ? CLASS_INDEX : CLASS_CAREFUL;
    }
    kind.object = object;
    return kind;
}

/* ALTER TABLE t CLUSTER ON index, REPLICA IDENTITY USING INDEX index. */
static struct kind of_chosen(struct reading *r, const struct altered *t)
{
    struct lexeme name = lexeme_next(&r->t);
    struct kind kind = on(t, CLASS_RIDER);
    kind.object = name_key(r->a, t->name.schema, lexeme_name(r->a, &name));
    return kind;
}

/* ALTER COLUMN c …, as pg_dump writes it beside the table. */
static struct kind of_column(struct reading *r, const struct altered *t)
{
    static const char *const mild[] = {"SET STORAGE", "SET STATISTICS", "SET COMPRESSION",
                                       "ADD GENERATED"};
    (void)lexeme_next(&r->t);
    if (lexemes_begin(&r->t, "SET DEFAULT"))
        return on(t, calls(r->t, r->m->closed) ? CLASS_CHANGE : CLASS_FENCE);
    for (size_t i = 0; i < COUNT_OF(mild); i++)
        if (lexemes_begin(&r->t, mild[i]))
            return on(t, CLASS_FENCE);
    return on(t, CLASS_CHANGE);
}

static struct kind of_table(struct reading *r)
{
    struct altered t = {.only = lexemes_begin(&r->t, "ONLY")};
    if (lexemes_begin(&r->t, "IF EXISTS") || !read_name(&r->t, r->a, r->m, &t.name))
        return of(CLASS_CHANGE);
    t.table = name_key(r->a, t.name.schema, t.name.name);
    if (lexemes_begin(&r->t, "ADD CONSTRAINT"))
        return of_constraint(r, &t);
    if (lexemes_begin(&r->t, "CLUSTER ON") || lexemes_begin(&r->t, "REPLICA IDENTITY USING INDEX"))
        return of_chosen(r, &t);
    if (lexemes_begin(&r->t, "ALTER COLUMN"))
        return of_column(r, &t);
    if (lexemes_begin(&r->t, "ATTACH PARTITION"))
        return on(&t, CLASS_TABLE);
    if (lexemes_begin(&r->t, "OWNER TO") || lexemes_begin(&r->t, "REPLICA IDENTITY"))
        return on(&t, CLASS_FENCE);
    return on(&t, CLASS_CHANGE);
}

/* COMMENT ON INDEX name IS, ALTER INDEX name ALTER COLUMN … SET STATISTICS, SET (…). */
static struct kind of_existing_index(struct reading *r)
{
    struct kind kind = {.class = CLASS_RIDER, .exclusive = true};
    kind.object = read_key(&r->t, r->a, r->m);
    bool mild = lexemes_begin(&r->t, "IS") || lexemes_begin(&r->t, "ALTER") ||
                (lexemes_begin(&r->t, "SET") && !lexemes_begin(&r->t, "TABLESPACE"));
    return kind.object != NULL && mild ? kind : of(CLASS_FENCE);
}

/* COMMENT ON CONSTRAINT name ON table IS … */
static struct kind of_constraint_comment(struct reading *r)
{
    struct name table;
    struct lexeme name = lexeme_next(&r->t);
    if (!lexemes_begin(&r->t, "ON") || lexemes_begin(&r->t, "DOMAIN") ||
        !read_name(&r->t, r->a, r->m, &table))
        return of(CLASS_FENCE);
    struct kind kind = {.class = CLASS_RIDER, .exclusive = true};
    kind.object = name_key(r->a, table.schema, lexeme_name(r->a, &name));
    return kind;
}

static struct kind of_domain(struct reading *r)
{
    return of(calls(r->t, r->m->closed) ? CLASS_SIDE : CLASS_FENCE);
}

/* ---- the table ---------------------------------------------------------------------------------
 */

/* The first row whose keywords the statement begins with; a reader looks closer. */
static const struct head {
    const char *keywords;
    enum class class;
    struct kind (*read)(struct reading *r);
} heads[] = {
    {"INSERT", CLASS_DATA, NULL},
    {"SELECT", CLASS_LOST, of_select},
    {"ALTER TABLE", CLASS_CHANGE, of_table},
    {"CREATE INDEX", CLASS_FENCE, of_index},
    {"CREATE UNIQUE INDEX", CLASS_FENCE, of_index},
    {"COMMENT ON INDEX", CLASS_FENCE, of_existing_index},
    {"COMMENT ON CONSTRAINT", CLASS_FENCE, of_constraint_comment},
    {"ALTER INDEX", CLASS_FENCE, of_existing_index},
    {"CREATE TABLE", CLASS_TABLE, NULL},
    {"CREATE UNLOGGED TABLE", CLASS_TABLE, NULL},
    {"CREATE MATERIALIZED VIEW", CLASS_TABLE, NULL},
    {"SET LOCAL", CLASS_LOST, NULL},
    {"SET SESSION CHARACTERISTICS", CLASS_LOST, NULL},
    {"SET TRANSACTION", CLASS_FENCE, NULL},
    {"SET CONSTRAINTS", CLASS_FENCE, NULL},
    {"SET", CLASS_SESSION, NULL},
    {"RESET ALL", CLASS_LOST, NULL},
    {"RESET", CLASS_SESSION, NULL},
    {"BEGIN", CLASS_BEGIN, NULL},
    {"START", CLASS_BEGIN, NULL},
    {"COMMIT", CLASS_DATA, NULL},
    {"END", CLASS_DATA, NULL},
    {"ALTER LARGE OBJECT", CLASS_DATA, NULL},
    {"COMMENT ON LARGE OBJECT", CLASS_DATA, NULL},
    {"CREATE DOMAIN", CLASS_FENCE, of_domain},
    {"ALTER DOMAIN", CLASS_FENCE, of_domain},
    {"CREATE CAST", CLASS_SIDE, NULL},
    {"CREATE TRIGGER", CLASS_SIDE, NULL},
    {"CREATE CONSTRAINT TRIGGER", CLASS_SIDE, NULL},
    {"CREATE OR REPLACE TRIGGER", CLASS_SIDE, NULL},
    {"CREATE EVENT TRIGGER", CLASS_SIDE, NULL},
    {"CREATE RULE", CLASS_SIDE, NULL},
    {"CREATE OR REPLACE RULE", CLASS_SIDE, NULL},
    {"CREATE POLICY", CLASS_SIDE, NULL},
    {"DROP", CLASS_CHANGE, NULL},
    {"ALTER SCHEMA", CLASS_CHANGE, NULL},
    {"DISCARD", CLASS_LOST, NULL},
    {"LOAD", CLASS_LOST, NULL},
    {"DO", CLASS_LOST, NULL},
    {"CALL", CLASS_LOST, NULL},
    {"EXECUTE", CLASS_LOST, NULL},
};

struct kind classify(struct arena *a, struct slice statement, const struct meaning *m)
{
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        struct reading r = {a, m, lexemes_of(statement)};
        if (!lexemes_begin(&r.t, heads[i].keywords))
            continue;
        return heads[i].read != NULL ? heads[i].read(&r) : of(heads[i].class);
    }
    return of(CLASS_FENCE);
}

/* ---- data --------------------------------------------------------------------------------------
 */

const char *classify_copy(struct arena *a, struct slice statement, const struct meaning *m)
{
    struct lexemes t = lexemes_of(statement);
    const char *table = lexemes_begin(&t, "COPY") ? read_key(&t, a, m) : NULL;
    bool plain = lexemes_find(&t, "FROM") && lexemes_begin(&t, "STDIN") &&
                 lexeme_next(&t).kind == LEXEME_END;
    return plain ? table : NULL;
}

const char *classify_insert(struct arena *a, struct slice statement, const struct meaning *m)
{
    struct lexemes t = lexemes_of(statement);
    return lexemes_begin(&t, "INSERT INTO") ? read_key(&t, a, m) : NULL;
}
