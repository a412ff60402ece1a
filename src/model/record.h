/* SPDX-License-Identifier: PostgreSQL */
/*
 * The record: plain data holding all that a report may say, generated from record.def, with tables
 * that describe it. Texts belong to the record's arena.
 */
#ifndef PGR_MODEL_RECORD_H
#define PGR_MODEL_RECORD_H

#include "base/vec.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_SCHEMA "pg_rehearse.report/v1"
#define MANIFEST_SCHEMA "pg_rehearse.manifest/v1"

/* A figure that may be missing. Zeroed means: not known. */
struct maybe {
    bool known;
    int64_t value;
};
#define KNOWN(v) ((struct maybe){.known = true, .value = (int64_t)(v)})

#define OBJECT(object, help) struct object {
#define TEXT(object, member, help) const char *member;
#define FLAG(object, member, help) bool member;
#define COUNT(object, member, help) int64_t member;
#define MAYBE(object, member, help) struct maybe member;
#define REAL(object, member, help) double member;
#define TIME(object, member, help) int64_t member;
#define WORDS(object, member, words, help) enum words member;
#define PART(object, member, part, help) struct part member;
#define LIST(object, member, item, help) struct vec member;
#define TEXTS(object, member, help) struct vec member;
#define DONE(object)                                                                               \
    }                                                                                              \
    ;
#include "model/record.def"
#include "model/record_undef.h"

enum field_kind {
    FIELD_TEXT,
    FIELD_FLAG,
    FIELD_COUNT,
    FIELD_MAYBE,
    FIELD_REAL,
    FIELD_TIME,
    FIELD_WORDS,
    FIELD_PART,
    FIELD_LIST,
    FIELD_TEXTS,
};

struct shape;

/* One member of an object. */
struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    const char *const *words;  /* FIELD_WORDS: its words, NULL-terminated */
    const struct shape *shape; /* FIELD_PART, FIELD_LIST */
    const char *help;
};

/* One kind of object. */
struct shape {
    const char *name;
    const char *help;
    size_t bytes;
    const struct field *fields;
    size_t n_fields;
};

/* Description of struct record, and through it of everything below. */
extern const struct shape record_shape;

extern const struct shape manifest_shape;

/* A manifest with its lists made; `a` must outlive it. */
struct manifest *manifest_new(struct arena *a);

/* A record with its lists made, ready to be filled; `a` must outlive it. */
struct record *record_new(struct arena *a);

/* A setting among a server's facts; NULL when it is not known. */
const char *record_setting(const struct server_facts *server, const char *name);

/* Adds a copy of the finding (texts are not copied: they must live in the record's arena). */
void record_finding(struct record *r, struct finding f);

/* Adds to `coverage` unless the same is there already. */
void record_gap(struct record *r, const char *what, const char *why);

/* The stage's row; there is always one for each stage. */
struct stage_facts *record_stage(struct record *r, enum stage stage);

/* The row of a table, made when it is not there yet. */
struct table_facts *record_table(struct record *r, const char *schema, const char *name);

/* Sorts `tables` by schema and name. */
void record_sort_tables(struct record *r);

/* How many findings of at least this severity there are. */
size_t record_count_findings(const struct record *r, enum severity at_least);

#endif
