/* SPDX-License-Identifier: PostgreSQL */
/* Renders the record. Formats are rows of report.def. */
#ifndef PGR_REPORT_REPORT_H
#define PGR_REPORT_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/record.h"

#include <stdbool.h>

struct report_format {
    const char *name;   /* "json" */
    const char *suffix; /* "json": the file is report.SUFFIX */
    const char *help;
    void (*render)(const struct record *r, struct buf *out);
};
extern const struct report_format report_formats[]; /* ends with a NULL name */

/* Writes REPORT_DIR/report.SUFFIX atomically; gives its path in the arena, NULL on failure. */
MUST const char *report_write(struct arena *a, const struct record *r,
                              const struct report_format *format, const char *dir, struct err *e);

/* The record as JSON, and back. Reading refuses what the schema does not permit: unknown or missing
 * members, wrong types, unknown words; the error names the path ("findings[3].severity"). */
void report_json(const struct record *r, struct buf *out);
MUST bool report_read_json(struct arena *a, struct slice text, struct record **r, struct err *e);

/* The JSON Schema (draft 2020-12) of reports, made from record.def. */
void report_json_schema(struct buf *out);

/* For the terminal: which run this is; one stage's line ("ok  verify  0.9 s  41 tables …"); and
 * everything behind the last stage (verdict, findings, what was not checked), which begins with an
 * empty line. All end with a line feed. `color`: with ANSI colours. Names of others cannot act on
 * the terminal. */
void report_stage_line(const struct stage_facts *stage, bool color, struct buf *out);
void report_head_line(const struct record *r, struct buf *out);
void report_conclusion(const struct record *r, bool color, struct buf *out);

/* For `verify --list`: rows, bytes of COPY data and digest of each table of the dump. */
void report_list(const struct record *r, struct buf *out);

/* For `verify`: what the file is, each check with its result, one closing sentence. */
void report_verify(const struct record *r, bool color, struct buf *out);

#endif
