/* SPDX-License-Identifier: PostgreSQL */
#include "unit/report/sample.h"

#include "report/report.h"

#include <string.h>

static void fill(struct arena *a, void *object, const struct shape *shape);

static void fill_list(struct arena *a, struct vec *list, const struct shape *shape)
{
    *list = vec_new(a, shape == NULL ? sizeof(const char *) : shape->bytes);
    for (int i = 0; i < 2; i++) {
        void *item = vec_push(list);
        if (shape == NULL)
            *(const char **)item = arena_printf(a, "text %d", i);
        else
            fill(a, item, shape);
    }
}

static void fill_member(struct arena *a, void *member, const struct field *f)
{
    const unsigned last_word = 1;
    switch (f->kind) {
    case FIELD_TEXT:
        *(const char **)member = arena_printf(a, "a %s", f->name);
        break;
    case FIELD_FLAG:
        *(bool *)member = true;
        break;
    case FIELD_COUNT:
        *(int64_t *)member = 12345;
        break;
    case FIELD_MAYBE:
        *(struct maybe *)member = KNOWN(INT64_MAX);
        break;
    case FIELD_REAL:
        *(double *)member = 0.1;
        break;
    case FIELD_TIME:
        *(int64_t *)member = INT64_C(1795399201000001);
        break;
    case FIELD_WORDS:
        memcpy(member, &last_word, sizeof last_word);
        break;
    case FIELD_PART:
        fill(a, member, f->shape);
        break;
    case FIELD_LIST:
    case FIELD_TEXTS:
        fill_list(a, member, f->shape);
        break;
    }
}

static void fill(struct arena *a, void *object, const struct shape *shape)
{
    for (size_t i = 0; i < shape->n_fields; i++)
        fill_member(a, (char *)object + shape->fields[i].offset, &shape->fields[i]);
}

struct record *sample_full(struct arena *a)
{
    struct record *fresh = record_new(a), *r = record_new(a);
    const struct field *stages = record_shape.fields;
    while (strcmp(stages->name, "stages") != 0)
        stages++;
    fill(a, r, &record_shape);
    r->schema = fresh->schema;
    r->stages = fresh->stages;
    for (size_t i = 0; i < r->stages.n; i++) {
        struct stage_facts *s = vec_at(&r->stages, i);
        fill(a, s, stages->shape);
        s->name = (enum stage)i;
    }
    return r;
}

const char *sample_json(struct arena *a)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_json(sample_full(a), &out);
    return arena_strdup(a, buf_text(&out));
}
