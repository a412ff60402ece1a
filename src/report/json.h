/* SPDX-License-Identifier: PostgreSQL */
/*
 * How the record is spelled in JSON, for the writer, the reader and the schema.
 *
 * COUNT, FLAG, WORDS, PART, LIST and TEXTS are always there: a part that nothing has filled is
 * there with zeros (`stages` tells what ran), an empty list is []. TEXT is left out when there is
 * none, MAYBE when it is not known, TIME when it is 0, REAL when it is no finite number. Bytes of a
 * text that are not UTF-8 are written as \xHH in plain letters, so that no report is ever invalid.
 */
#ifndef PGR_REPORT_JSON_H
#define PGR_REPORT_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/record.h"

#include <stdbool.h>

/* Must a member of this kind be there? */
bool json_is_always(enum field_kind kind);

/* The member of an object that `f` describes. */
const void *json_member(const void *object, const struct field *f);

/* A kind of document: what its root looks like, which `schema` it names, what people call it. */
struct json_kind {
    const struct shape *shape;
    const char *schema; /* "pg_rehearse.report/v1" */
    const char *noun;   /* "report" */
    const char *about;  /* for the schema */
    bool lasting;       /* read by programs of other versions: what is missing is zero or not known,
                           members that are not known are passed over */
};
extern const struct json_kind json_of_report, json_of_manifest;

/* A document with a line feed at its end. */
void json_document(const struct json_kind *kind, const void *root, struct buf *out);

/* Reads a document into the zeroed `root`. Refuses what the schema does not permit; the error names
 * the path ("findings[3].severity"). */
MUST bool json_read_document(struct arena *a, struct slice text, const struct json_kind *kind,
                             void *root, struct err *e);

/* The JSON Schema (draft 2020-12) of such documents. */
void json_schema(const struct json_kind *kind, struct buf *out);

/* A string literal with its quotes. Hidden characters (utf8.h) are escaped. */
void json_string(struct buf *out, const char *text);

/* A line feed and two blanks for each level. */
void json_indent(struct buf *out, int depth);

/* What the reader gives to cJSON. */
enum {
    JSON_BYTES_MAX = 64 * 1024 * 1024,
    JSON_DEPTH_MAX = 16,
    JSON_NUMBER_MAX = 40,  /* characters */
    JSON_EXACT_DIGITS = 15 /* an integer of so many digits survives being a double */
};

/* Begins a string that stands for an integer; no JSON text can make such a string. */
#define JSON_INTEGER_MARK '\xff'

/*
 * Copies `text` into `out` for cJSON and refuses what that would let pass: beyond the limits above,
 * malformed UTF-8, raw control characters, \u0000, numbers with a wrong grammar. Integers that a
 * double cannot hold exactly become strings that begin with JSON_INTEGER_MARK.
 */
MUST bool json_scan(struct slice text, struct buf *out, struct err *e);

#endif
