/* SPDX-License-Identifier: PostgreSQL */
/* What the server's rejections mean: rows of sqlstate.def, findings, the list of errors. */
#ifndef PGR_RESTORE_REJECT_H
#define PGR_RESTORE_REJECT_H

#include "base/err.h"
#include "base/str.h"
#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

enum effect { EFFECT_BENIGN, EFFECT_NOTED, EFFECT_COUNTED, EFFECT_ERROR };

struct rule {
    const char *sqlstate, *verb, *words; /* beginnings; words anywhere in the message */
    const char *code;
    enum effect effect;
    enum severity severity;
    enum blame blame;
    const char *recommendation; /* NULL: made from the statement */
};

/* The row for a rejection; there is always one. `verb` as statement_verb gives it. */
const struct rule *rule_of(const char *sqlstate, const char *verb, const char *message);

/* The first keywords in upper case with one blank between, at most four words: "CREATE UNIQUE INDEX
 * X". A statement whose purpose is to drop something (ALTER TABLE … DROP …) gives "DROP". */
enum { VERB_BYTES = 96 };
const char *statement_verb(struct slice statement, char out[VERB_BYTES]);

/* Row of a COPY that the server's message names ("COPY orders, line 12, column total"), or 0. */
int64_t copy_row(const char *message);

enum { ERRORS_IN_FULL = 200, FINDINGS_PER_CODE = 10 };

/* How many rejections had which code, beyond which they are only counted. */
struct rejects {
    struct arena *arena; /* the record's */
    struct record *record;
    struct vec codes;      /* struct code_count */
    const char *extension; /* the first one that is missing, or NULL */
    int64_t target_major;  /* of the server that restores; 0: not known */
    bool target_is_older;  /* than the server that was dumped */
};

struct code_count {
    const char *code;
    struct finding last;
    int64_t n;
};

/* One rejected statement. */
struct reject {
    struct slice statement;
    const char *object;    /* or NULL */
    uint64_t offset;       /* in the decoded dump */
    const struct err *err; /* the server's words */
};

struct rejects rejects_new(struct arena *a, struct record *r);

/* Judges it: counts in record->restore.n_errors, keeps the first ERRORS_IN_FULL, adds findings (the
 * first FINDINGS_PER_CODE of a code). */
void rejects_add(struct rejects *all, const struct reject *one);

/* Like rejects_add for a statement that we refuse to execute; err->text says why. */
void rejects_refused(struct rejects *all, const struct reject *one);

/* At the end: one finding more for each code that had more rejections than findings. */
void rejects_finish(struct rejects *all);

#endif
