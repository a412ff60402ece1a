/* SPDX-License-Identifier: PostgreSQL */
#include "model/record.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* All shapes are named before their fields, which point at them. */
#define OBJECT(object, help) extern const struct shape object##_shape;
#define TEXT(object, member, help)
#define FLAG(object, member, help)
#define COUNT(object, member, help)
#define MAYBE(object, member, help)
#define REAL(object, member, help)
#define TIME(object, member, help)
#define WORDS(object, member, words, help)
#define PART(object, member, part, help)
#define LIST(object, member, item, help)
#define TEXTS(object, member, help)
#define DONE(object)
#include "model/record.def"
#include "model/record_undef.h"

#define OBJECT(object, help) static const struct field object##_fields[] = {
#define ROW(object, member, kind, words, shape, help)                                              \
    {#member, kind, offsetof(struct object, member), words, shape, help},
#define TEXT(object, member, help) ROW(object, member, FIELD_TEXT, NULL, NULL, help)
#define FLAG(object, member, help) ROW(object, member, FIELD_FLAG, NULL, NULL, help)
#define COUNT(object, member, help) ROW(object, member, FIELD_COUNT, NULL, NULL, help)
#define MAYBE(object, member, help) ROW(object, member, FIELD_MAYBE, NULL, NULL, help)
#define REAL(object, member, help) ROW(object, member, FIELD_REAL, NULL, NULL, help)
#define TIME(object, member, help) ROW(object, member, FIELD_TIME, NULL, NULL, help)
#define WORDS(object, member, words, help)                                                         \
    ROW(object, member, FIELD_WORDS, words##_words, NULL, help)
#define PART(object, member, part, help) ROW(object, member, FIELD_PART, NULL, &part##_shape, help)
#define LIST(object, member, item, help) ROW(object, member, FIELD_LIST, NULL, &item##_shape, help)
#define TEXTS(object, member, help) ROW(object, member, FIELD_TEXTS, NULL, NULL, help)
#define DONE(object)                                                                               \
    }                                                                                              \
    ;
#include "model/record.def"
#include "model/record_undef.h"

#define OBJECT(object, help)                                                                       \
    const struct shape object##_shape = {#object, help, sizeof(struct object), object##_fields,    \
                                         COUNT_OF(object##_fields)};
#define TEXT(object, member, help)
#define FLAG(object, member, help)
#define COUNT(object, member, help)
#define MAYBE(object, member, help)
#define REAL(object, member, help)
#define TIME(object, member, help)
#define WORDS(object, member, words, help)
#define PART(object, member, part, help)
#define LIST(object, member, item, help)
#define TEXTS(object, member, help)
#define DONE(object)
#include "model/record.def"
#include "model/record_undef.h"

/* Makes the lists of an object and of its parts, so that they can be pushed to. */
static void make_lists(struct arena *a, void *object, const struct shape *shape)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        void *member = (char *)object + f->offset;
        if (f->kind == FIELD_LIST)
            *(struct vec *)member = vec_new(a, f->shape->bytes);
        else if (f->kind == FIELD_TEXTS)
            *(struct vec *)member = vec_new(a, sizeof(const char *));
        else if (f->kind == FIELD_PART)
            make_lists(a, member, f->shape);
    }
}

struct record *record_new(struct arena *a)
{
    struct record *r = ARENA_NEW(a, struct record);
    make_lists(a, r, &record_shape);
    r->schema = RECORD_SCHEMA;
    for (int s = 0; s < STAGE_WORDS; s++)
        ((struct stage_facts *)vec_push(&r->stages))->name = (enum stage)s;
    return r;
}

struct manifest *manifest_new(struct arena *a)
{
    struct manifest *m = ARENA_NEW(a, struct manifest);
    make_lists(a, m, &manifest_shape);
    m->schema = MANIFEST_SCHEMA;
    return m;
}

const char *record_setting(const struct server_facts *server, const char *name)
{
    VEC_EACH (const struct source_fact, f, &server->facts)
        if (str_eq(f->kind, "setting") && str_eq(f->name, name))
            return f->value;
    return NULL;
}

void record_finding(struct record *r, struct finding f)
{
    *(struct finding *)vec_push(&r->findings) = f;
}

void record_gap(struct record *r, const char *what, const char *why)
{
    VEC_EACH (struct gap, g, &r->coverage)
        if (str_eq(g->what, what) && str_eq(g->why, why))
            return;
    *(struct gap *)vec_push(&r->coverage) = (struct gap){what, why};
}

struct stage_facts *record_stage(struct record *r, enum stage stage)
{
    return vec_at(&r->stages, (size_t)stage);
}

struct table_facts *record_table(struct record *r, const char *schema, const char *name)
{
    VEC_EACH (struct table_facts, t, &r->tables)
        if (strcmp(t->name, name) == 0 && strcmp(t->schema, schema) == 0)
            return t;
    struct table_facts *t = vec_push(&r->tables);
    t->schema = schema;
    t->name = name;
    return t;
}

static int by_schema_and_name(const void *a, const void *b)
{
    const struct table_facts *x = a, *y = b;
    int schema = strcmp(x->schema, y->schema);
    return schema != 0 ? schema : strcmp(x->name, y->name);
}

void record_sort_tables(struct record *r)
{
    if (r->tables.n > 1)
        qsort(r->tables.items, r->tables.n, sizeof(struct table_facts), by_schema_and_name);
}

size_t record_count_findings(const struct record *r, enum severity at_least)
{
    size_t n = 0;
    VEC_EACH (const struct finding, f, &r->findings)
        n += f->severity >= at_least;
    return n;
}
