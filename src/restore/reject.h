/* SPDX-License-Identifier: PostgreSQL */
/* What the server's rejections mean: rows of sqlstate.def, findings, the list of errors. */
#ifndef PGR_RESTORE_REJECT_H
#define PGR_RESTORE_REJECT_H

#include "base/err.h"
#include "base/str.h"
#include "model/record.h"
#include "restore/prepare.h"

#include <stdbool.h>
#include <stdint.h>

enum effect { EFFECT_BENIGN, EFFECT_NOTED, EFFECT_COUNTED, EFFECT_ERROR, EFFECT_PROVEN };

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
 * X". A statement whose purpose is to drop something (ALTER TABLE t DROP x) gives "DROP", a COPY
 * t WITH OIDS "COPY WITH OIDS". */
enum { VERB_BYTES = 96 };
const char *statement_verb(struct slice statement, char out[VERB_BYTES]);

/* ---- what the server's words tell; they are those of lc_messages C, as pg_err puts them together
 */

/* Row of a COPY that the message names ("COPY orders, line 12, column total"), or 0. */
int64_t copy_row(const char *message);

/* The innermost function that its context names ("public.f(integer)"), in the arena, or NULL. */
const char *message_function(struct arena *a, const char *message);

/* What is said not to exist, when it was named without a schema: "g(integer)"; NULL otherwise. */
const char *message_unqualified(struct arena *a, const char *message);

/* What stands between the first double quotes; NULL when there is none. */
const char *message_quoted(struct arena *a, const char *message);

/* ---- judging */

enum { ERRORS_IN_FULL = 200, FINDINGS_PER_CODE = 10 };

/* Why a later rejection may not be what it looks like. */
struct cause {
    const char *what; /* "the missing extension vector"; NULL: there is none */
    const char *recommendation;
    enum blame blame;
};

/* A foreign key that was rejected because of its rows. */
struct orphans {
    uint64_t offset; /* of the statement, as in its finding */
    const char *sql; /* counts them */
};

/* How many rejections had which code, beyond which they are only counted. */
struct rejects {
    struct arena *arena; /* the record's */
    struct record *record;
    struct vec codes;              /* struct code_count */
    struct vec orphans;            /* struct orphans */
    const struct prepare *prepare; /* what was made for the dump, or NULL */
    int64_t target_major;          /* of the server that restores; 0: not known */
    int64_t dumped_major;          /* of the server that was dumped; 0: not known */
    struct cause lacking;          /* the first thing that this machine lacked */
    struct cause lost;             /* the first COPY whose rows are missing */
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

/* Warnings that the server gives on a connection become findings, each once, from now until it is
 * closed or `all` is gone. */
void rejects_hear(struct rejects *all, PGconn *conn);

/* At the end: one finding more for each code that had more rejections than findings. */
void rejects_finish(struct rejects *all);

/* Counts the rows that kept foreign keys from being made, in the restored database, and says so in
 * the findings. One that cannot be counted within a minute says that; false: the connection is gone
 * or interrupted. */
MUST bool rejects_count_orphans(struct rejects *all, struct pg *pg, struct err *e);

/* ---- private to the folder ---- */

/* The query that shows orphans of ALTER TABLE … ADD FOREIGN KEY, and the one that counts them;
 * false when the statement is another one, or does not name its columns. */
struct orphans_sql {
    const char *sample, *count;
};
MUST bool orphans_sql(struct arena *a, struct slice statement, struct orphans_sql *sql);

#endif
