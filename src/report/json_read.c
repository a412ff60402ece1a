/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/utf8.h"
#include "report/json.h"
#include "report/report.h"

#include <cjson/cJSON.h>

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where we are, for messages: a member, or an element when `member` is NULL. */
struct place {
    const struct place *up;
    const char *member;
    size_t index;
};

struct reader {
    struct arena *a;
    const struct json_kind *kind;
    struct err *e;
};

static void cleanup_json(cJSON **json)
{
    cJSON_Delete(*json);
}

static void name_place(struct buf *out, const struct place *at)
{
    if (at->up == NULL)
        return;
    name_place(out, at->up);
    if (at->member == NULL) {
        buf_printf(out, "[%zu]", at->index);
        return;
    }
    buf_puts(out, out->n == 0 ? "" : ".");
    utf8_show(out, at->member);
}

static bool PRINTF(3, 4)
    refuse(const struct reader *r, const struct place *at, const char *format, ...)
{
    CLEANUP(buf_cleanup) struct buf where = {0};
    name_place(&where, at);
    char what[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (where.n == 0)
        return err_set(r->e, ERR_FORMAT, "the %s: %s", r->kind->noun, what);
    return err_set(r->e, ERR_FORMAT, "%.300s: %s", buf_text(&where), what);
}

static bool read_text(const struct reader *r, const cJSON *json, const char **text,
                      const struct place *at)
{
    if (!cJSON_IsString(json) || json->valuestring[0] == JSON_INTEGER_MARK)
        return refuse(r, at, "must be a text");
    *text = arena_strdup(r->a, json->valuestring);
    return true;
}

static bool read_flag(const struct reader *r, const cJSON *json, bool *flag, const struct place *at)
{
    if (!cJSON_IsBool(json))
        return refuse(r, at, "must be true or false");
    *flag = cJSON_IsTrue(json);
    return true;
}

static bool read_count(const struct reader *r, const cJSON *json, int64_t *n,
                       const struct place *at)
{
    static const double exact_max = 9007199254740992.0;
    if (cJSON_IsString(json) && json->valuestring[0] == JSON_INTEGER_MARK) {
        if (!str_parse_int(json->valuestring + 1, n))
            return refuse(r, at, "does not fit 64 bits");
        return true;
    }
    if (!cJSON_IsNumber(json) || floor(json->valuedouble) != json->valuedouble)
        return refuse(r, at, "must be a whole number");
    if (fabs(json->valuedouble) > exact_max)
        return refuse(r, at, "must be written with all its digits");
    *n = (int64_t)json->valuedouble;
    return true;
}

static bool read_maybe(const struct reader *r, const cJSON *json, struct maybe *m,
                       const struct place *at)
{
    int64_t n;
    if (!read_count(r, json, &n, at))
        return false;
    *m = KNOWN(n);
    return true;
}

static bool read_real(const struct reader *r, const cJSON *json, double *x, const struct place *at)
{
    if (cJSON_IsString(json) && json->valuestring[0] == JSON_INTEGER_MARK) {
        if (!str_parse_double(json->valuestring + 1, x))
            return refuse(r, at, "has too many digits");
        return true;
    }
    if (!cJSON_IsNumber(json) || !isfinite(json->valuedouble))
        return refuse(r, at, "must be a finite number");
    *x = json->valuedouble;
    return true;
}

/* The one spelling that we write, so that nothing is read that would be written otherwise. */
static bool read_time(const struct reader *r, const cJSON *json, int64_t *us,
                      const struct place *at)
{
    char again[CLOCK_ISO_BYTES];
    int64_t wall_us;
    if (!cJSON_IsString(json) || !clock_parse_iso(json->valuestring, &wall_us) || wall_us == 0 ||
        strcmp(clock_iso(wall_us, again), json->valuestring) != 0)
        return refuse(r, at, "must be a time like 2026-11-23T02:00:01.000000Z");
    *us = wall_us;
    return true;
}

static bool read_word(const struct reader *r, const cJSON *json, const struct field *f,
                      void *member, const struct place *at)
{
    if (!cJSON_IsString(json))
        return refuse(r, at, "must be a word");
    unsigned word = 0;
    while (f->words[word] != NULL && strcmp(f->words[word], json->valuestring) != 0)
        word++;
    if (f->words[word] == NULL) {
        CLEANUP(buf_cleanup) struct buf shown = {0};
        utf8_show(&shown, json->valuestring);
        return refuse(r, at, "unknown word \"%.40s\"", buf_text(&shown));
    }
    memcpy(member, &word, sizeof word);
    return true;
}

static bool read_object(const struct reader *r, const cJSON *json, const struct shape *shape,
                        void *object, const struct place *at);

/* A list of objects, or of texts when there is no shape. */
static bool read_list(const struct reader *r, const cJSON *json, const struct shape *shape,
                      struct vec *list, const struct place *at)
{
    if (!cJSON_IsArray(json))
        return refuse(r, at, "must be a list");
    *list = vec_new(r->a, shape == NULL ? sizeof(const char *) : shape->bytes);
    for (const cJSON *item = json->child; item != NULL; item = item->next) {
        struct place here = {.up = at, .index = list->n};
        void *element = vec_push(list);
        bool ok = shape == NULL ? read_text(r, item, element, &here)
                                : read_object(r, item, shape, element, &here);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_value(const struct reader *r, const cJSON *json, const struct field *f,
                       void *member, const struct place *at)
{
    switch (f->kind) {
    case FIELD_TEXT:
        return read_text(r, json, member, at);
    case FIELD_FLAG:
        return read_flag(r, json, member, at);
    case FIELD_COUNT:
        return read_count(r, json, member, at);
    case FIELD_MAYBE:
        return read_maybe(r, json, member, at);
    case FIELD_REAL:
        return read_real(r, json, member, at);
    case FIELD_TIME:
        return read_time(r, json, member, at);
    case FIELD_WORDS:
        return read_word(r, json, f, member, at);
    case FIELD_PART:
        return read_object(r, json, f->shape, member, at);
    case FIELD_LIST:
    case FIELD_TEXTS:
        return read_list(r, json, f->shape, member, at);
    }
    assert(false && "a kind of field");
    return false;
}

/* What is left out reads as: no text, not known, no time; a figure that was none stays none. */
static bool read_absence(const struct reader *r, const struct field *f, void *member,
                         const struct place *at)
{
    if (json_is_always(f->kind) && !r->kind->lasting)
        return refuse(r, at, "is missing");
    if (f->kind == FIELD_REAL)
        *(double *)member = (double)NAN;
    return true;
}

static const struct field *find_field(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n_fields; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return &shape->fields[i];
    return NULL;
}

static bool read_object(const struct reader *r, const cJSON *json, const struct shape *shape,
                        void *object, const struct place *at)
{
    uint64_t seen = 0;
    assert(shape->n_fields <= 64);
    if (!cJSON_IsObject(json))
        return refuse(r, at, "must be an object");
    for (const cJSON *child = json->child; child != NULL; child = child->next) {
        struct place here = {.up = at, .member = child->string};
        const struct field *f = find_field(shape, child->string);
        if (f == NULL && r->kind->lasting)
            continue;
        if (f == NULL)
            return refuse(r, &here, "unknown member");
        uint64_t bit = UINT64_C(1) << (f - shape->fields);
        if ((seen & bit) != 0)
            return refuse(r, &here, "is there twice");
        seen |= bit;
        if (!read_value(r, child, f, (char *)object + f->offset, &here))
            return false;
    }
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        struct place here = {.up = at, .member = f->name};
        if ((seen >> i & 1) == 0 && !read_absence(r, f, (char *)object + f->offset, &here))
            return false;
    }
    return true;
}

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static bool check_version(const struct reader *r, const cJSON *json)
{
    const struct place top = {0}, here = {.up = &top, .member = "schema"};
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(json, "schema");
    if (!cJSON_IsObject(json))
        return refuse(r, &top, "must be an object");
    if (!cJSON_IsString(schema))
        return refuse(r, &here, "is missing");
    if (strcmp(schema->valuestring, r->kind->schema) != 0)
        return refuse(r, &here, "is not \"%s\", which this program reads", r->kind->schema);
    return true;
}

bool json_read_document(struct arena *a, struct slice text, const struct json_kind *kind,
                        void *root, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf copy = {0};
    if (!json_scan(text, &copy, e))
        return false;
    const char *stopped = NULL;
    CLEANUP(cleanup_json)
    cJSON *json = cJSON_ParseWithLengthOpts(buf_text(&copy), copy.n + 1, &stopped, true);
    if (json == NULL)
        return err_set(e, ERR_FORMAT, "no %s: not JSON in line %zu", kind->noun,
                       line_of(buf_text(&copy), stopped == NULL ? buf_text(&copy) : stopped));
    const struct reader r = {.a = a, .kind = kind, .e = e};
    const struct place top = {0};
    return check_version(&r, json) && read_object(&r, json, kind->shape, root, &top);
}

/* record_stage() needs every stage, in order. */
static bool check_stages(const struct record *record, struct err *e)
{
    if (record->stages.n != STAGE_WORDS)
        return err_set(e, ERR_FORMAT, "stages: must have %d elements, not %zu", STAGE_WORDS,
                       record->stages.n);
    for (size_t i = 0; i < record->stages.n; i++) {
        const struct stage_facts *stage = vec_at(&record->stages, i);
        if (stage->name != (enum stage)i)
            return err_set(e, ERR_FORMAT, "stages[%zu]: must be %s, not %s", i, stage_words[i],
                           stage_words[stage->name]);
    }
    return true;
}

bool report_read_json(struct arena *a, struct slice text, struct record **record, struct err *e)
{
    struct record *read = ARENA_NEW(a, struct record);
    if (!json_read_document(a, text, &json_of_report, read, e) || !check_stages(read, e))
        return false;
    *record = read;
    return true;
}
