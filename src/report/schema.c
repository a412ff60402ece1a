/* SPDX-License-Identifier: PostgreSQL */
#include "report/json.h"
#include "report/manifest.h"
#include "report/report.h"

#include <inttypes.h>
#include <string.h>

enum { SHAPES_MAX = 64 };

static const char about_report[] =
    "What one run of pg_rehearse found. Figures, flags, words, parts and lists are always there: a "
    "part that no stage has filled is there with zeros (stages tells what ran), an empty list is "
    "[]. Texts that do not exist, figures that are not known (null is never written) and times "
    "that never came are left out. Names end in their unit; times are UTC.";

static const char about_manifest[] =
    "What a dump holds, written beside it by pg_rehearse when it was made: enough to prove the "
    "dump, or a database that was restored from it, years later and without its source. Figures "
    "that are not known and texts that do not exist are left out; times are UTC. Members may be "
    "added in later versions: what is missing is not known, what is not known is passed over.";

const struct json_kind json_of_report = {
    .shape = &record_shape, .schema = RECORD_SCHEMA, .noun = "report", .about = about_report};
const struct json_kind json_of_manifest = {.shape = &manifest_shape,
                                           .schema = MANIFEST_SCHEMA,
                                           .noun = "manifest",
                                           .about = about_manifest,
                                           .lasting = true};

/* The shapes that can be reached from the root, each behind those that it holds. */
struct shapes {
    const struct shape *items[SHAPES_MAX];
    size_t n;
};

static bool is_known(const struct shapes *all, const struct shape *shape)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->items[i] == shape)
            return true;
    return false;
}

static void collect(struct shapes *all, const struct shape *shape)
{
    if (is_known(all, shape) || all->n == SHAPES_MAX)
        return;
    for (size_t i = 0; i < shape->n_fields; i++)
        if (shape->fields[i].shape != NULL)
            collect(all, shape->fields[i].shape);
    all->items[all->n++] = shape;
}

static void key(struct buf *out, int depth, const char *name)
{
    json_indent(out, depth);
    json_string(out, name);
    buf_puts(out, ": ");
}

static void pair(struct buf *out, int depth, const char *name, const char *value)
{
    key(out, depth, name);
    json_string(out, value);
    buf_putc(out, ',');
}

static void write_words(struct buf *out, const char *const *words)
{
    buf_puts(out, "\"enum\": [");
    for (size_t i = 0; words[i] != NULL; i++) {
        buf_puts(out, i == 0 ? "" : ", ");
        json_string(out, words[i]);
    }
    buf_putc(out, ']');
}

static void write_ref(struct buf *out, const char *name)
{
    buf_printf(out, "\"$ref\": \"#/$defs/%s\"", name);
}

static void write_type(struct buf *out, const struct field *f)
{
    switch (f->kind) {
    case FIELD_TEXT:
        buf_puts(out, "\"type\": \"string\"");
        break;
    case FIELD_FLAG:
        buf_puts(out, "\"type\": \"boolean\"");
        break;
    case FIELD_COUNT:
    case FIELD_MAYBE:
        write_ref(out, "int64");
        break;
    case FIELD_REAL:
        buf_puts(out, "\"type\": \"number\"");
        break;
    case FIELD_TIME:
        write_ref(out, "time");
        break;
    case FIELD_WORDS:
        write_words(out, f->words);
        break;
    case FIELD_PART:
        write_ref(out, f->shape->name);
        break;
    case FIELD_LIST:
        buf_puts(out, "\"type\": \"array\", \"items\": { ");
        write_ref(out, f->shape->name);
        buf_puts(out, " }");
        break;
    case FIELD_TEXTS:
        buf_puts(out, "\"type\": \"array\", \"items\": { \"type\": \"string\" }");
        break;
    }
}

static bool is_version(const struct json_kind *kind, const struct shape *shape,
                       const struct field *f)
{
    return shape == kind->shape && strcmp(f->name, "schema") == 0;
}

/* The two members of a root that the tables do not describe in full. */
static void write_extra(struct buf *out, const struct json_kind *kind, const struct shape *shape,
                        const struct field *f)
{
    if (is_version(kind, shape, f))
        buf_printf(out, ", \"const\": \"%s\"", kind->schema);
    if (shape == &record_shape && strcmp(f->name, "stages") == 0)
        buf_printf(out, ", \"minItems\": %d, \"maxItems\": %d", STAGE_WORDS, STAGE_WORDS);
}

static void write_required(struct buf *out, const struct json_kind *kind, const struct shape *shape,
                           int depth)
{
    const char *separator = "";
    key(out, depth, "required");
    buf_putc(out, '[');
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        bool always = json_is_always(f->kind) && !kind->lasting;
        if (!always && !is_version(kind, shape, f))
            continue;
        buf_puts(out, separator);
        json_indent(out, depth + 1);
        json_string(out, f->name);
        separator = ",";
    }
    if (*separator != '\0')
        json_indent(out, depth);
    buf_puts(out, "],");
}

static void write_shape(struct buf *out, const struct json_kind *kind, const struct shape *shape,
                        int depth)
{
    key(out, depth, shape->name);
    buf_putc(out, '{');
    pair(out, depth + 1, "description", shape->help);
    pair(out, depth + 1, "type", "object");
    key(out, depth + 1, "additionalProperties");
    buf_puts(out, kind->lasting ? "true," : "false,");
    write_required(out, kind, shape, depth + 1);
    key(out, depth + 1, "properties");
    buf_putc(out, '{');
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        key(out, depth + 2, f->name);
        buf_puts(out, "{ \"description\": ");
        json_string(out, f->help);
        buf_puts(out, ", ");
        write_type(out, f);
        write_extra(out, kind, shape, f);
        buf_puts(out, i + 1 < shape->n_fields ? " }," : " }");
    }
    json_indent(out, depth + 1);
    buf_putc(out, '}');
    json_indent(out, depth);
    buf_putc(out, '}');
}

void json_schema(const struct json_kind *kind, struct buf *out)
{
    struct shapes all = {.n = 0};
    collect(&all, kind->shape);
    buf_putc(out, '{');
    pair(out, 1, "$schema", "https://json-schema.org/draft/2020-12/schema");
    key(out, 1, "$id");
    buf_printf(out, "\"urn:%s\",", kind->schema);
    pair(out, 1, "title", kind->schema);
    pair(out, 1, "description", kind->about);
    key(out, 1, "$ref");
    buf_printf(out, "\"#/$defs/%s\",", kind->shape->name);
    key(out, 1, "$defs");
    buf_putc(out, '{');
    key(out, 2, "int64");
    buf_printf(out,
               "{ \"type\": \"integer\", \"minimum\": %" PRId64 ", \"maximum\": %" PRId64 " },",
               INT64_MIN, INT64_MAX);
    key(out, 2, "time");
    buf_puts(out, "{ \"type\": \"string\", \"format\": \"date-time\", \"pattern\": "
                  "\"^\\\\d{4}-\\\\d{2}-\\\\d{2}T\\\\d{2}:\\\\d{2}:\\\\d{2}\\\\.\\\\d{6}Z$\" },");
    for (size_t i = 0; i < all.n; i++) {
        write_shape(out, kind, all.items[i], 2);
        buf_puts(out, i + 1 < all.n ? "," : "");
    }
    json_indent(out, 1);
    buf_putc(out, '}');
    json_indent(out, 0);
    buf_puts(out, "}\n");
}

void report_json_schema(struct buf *out)
{
    json_schema(&json_of_report, out);
}

void manifest_json_schema(struct buf *out)
{
    json_schema(&json_of_manifest, out);
}
