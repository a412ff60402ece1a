/* SPDX-License-Identifier: PostgreSQL */
#include "report/json.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "report/formats.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool json_is_always(enum field_kind kind)
{
    switch (kind) {
    case FIELD_FLAG:
    case FIELD_COUNT:
    case FIELD_WORDS:
    case FIELD_PART:
    case FIELD_LIST:
    case FIELD_TEXTS:
        return true;
    case FIELD_TEXT:
    case FIELD_MAYBE:
    case FIELD_REAL:
    case FIELD_TIME:
        return false;
    }
    assert(false && "a kind of field");
    return false;
}

const void *json_member(const void *object, const struct field *f)
{
    return (const char *)object + f->offset;
}

void json_indent(struct buf *out, int depth)
{
    buf_printf(out, "\n%*s", 2 * depth, "");
}

static void escape(struct buf *out, uint32_t code)
{
    static const char short_forms[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (code < sizeof short_forms && short_forms[code] != '\0')
        buf_printf(out, "\\%c", short_forms[code]);
    else if (code < 0x10000)
        buf_printf(out, "\\u%04x", (unsigned)code);
    else
        buf_printf(out, "\\u%04x\\u%04x", 0xd800U + ((code - 0x10000U) >> 10),
                   0xdc00U + ((code - 0x10000U) & 0x3ffU));
}

void json_string(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t code = 0;
        size_t n = utf8_decode(text, left, &code);
        if (n == 0)
            buf_printf(out, "\\\\x%02x", (unsigned)(unsigned char)*text);
        else if (code == '"' || code == '\\')
            buf_printf(out, "\\%c", (char)code);
        else if (utf8_is_hidden(code))
            escape(out, code);
        else
            buf_append(out, text, n);
        n += n == 0;
        text += n;
        left -= n;
    }
    buf_putc(out, '"');
}

/* The shortest spelling that reads back as the same number. */
static void write_real(struct buf *out, double x)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    buf_puts(out, text);
}

static void write_word(struct buf *out, const void *member, const char *const *words)
{
    unsigned word, n = 0;
    memcpy(&word, member, sizeof word); /* all enums of the record are as large as an int */
    while (words[n] != NULL)
        n++;
    assert(word < n);
    json_string(out, words[word]);
}

static bool is_there(const void *member, enum field_kind kind)
{
    if (kind == FIELD_TEXT)
        return *(const char *const *)member != NULL;
    if (kind == FIELD_MAYBE)
        return ((const struct maybe *)member)->known;
    if (kind == FIELD_REAL)
        return isfinite(*(const double *)member);
    if (kind == FIELD_TIME)
        return *(const int64_t *)member != 0;
    return true;
}

static void write_object(struct buf *out, const void *object, const struct shape *shape, int depth);

static void write_list(struct buf *out, const struct vec *list, const struct shape *shape,
                       int depth)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        json_indent(out, depth + 1);
        const void *item = vec_at(list, i);
        if (shape != NULL)
            write_object(out, item, shape, depth + 1);
        else
            json_string(out, *(const char *const *)item);
    }
    if (list->n > 0)
        json_indent(out, depth);
    buf_putc(out, ']');
}

static void write_value(struct buf *out, const void *member, const struct field *f, int depth)
{
    char time[CLOCK_ISO_BYTES];
    switch (f->kind) {
    case FIELD_TEXT:
        json_string(out, *(const char *const *)member);
        break;
    case FIELD_FLAG:
        buf_puts(out, *(const bool *)member ? "true" : "false");
        break;
    case FIELD_COUNT:
        buf_printf(out, "%" PRId64, *(const int64_t *)member);
        break;
    case FIELD_MAYBE:
        buf_printf(out, "%" PRId64, ((const struct maybe *)member)->value);
        break;
    case FIELD_REAL:
        write_real(out, *(const double *)member);
        break;
    case FIELD_TIME:
        json_string(out, clock_iso(*(const int64_t *)member, time));
        break;
    case FIELD_WORDS:
        write_word(out, member, f->words);
        break;
    case FIELD_PART:
        write_object(out, member, f->shape, depth);
        break;
    case FIELD_LIST:
    case FIELD_TEXTS:
        write_list(out, member, f->shape, depth);
        break;
    }
}

static void write_object(struct buf *out, const void *object, const struct shape *shape, int depth)
{
    const char *separator = "";
    buf_putc(out, '{');
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        const void *member = json_member(object, f);
        if (!is_there(member, f->kind))
            continue;
        buf_puts(out, separator);
        json_indent(out, depth + 1);
        json_string(out, f->name);
        buf_puts(out, ": ");
        write_value(out, member, f, depth + 1);
        separator = ",";
    }
    if (*separator != '\0')
        json_indent(out, depth);
    buf_putc(out, '}');
}

void json_document(const struct json_kind *kind, const void *root, struct buf *out)
{
    write_object(out, root, kind->shape, 0);
    buf_putc(out, '\n');
}

void report_json(const struct record *r, struct buf *out)
{
    json_document(&json_of_report, r, out);
}
