/* SPDX-License-Identifier: PostgreSQL */
/*
 * Checks: one file, one row in check.def each. A check is asked once its stage has done its work
 * and answers from evidence: the record, the facts of the dump, or the restored server.
 */
#ifndef PGR_CHECK_CHECK_H
#define PGR_CHECK_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "dump/inventory.h"
#include "dump/scan.h"
#include "model/config.h"
#include "model/record.h"
#include "pg/pg.h"

#include <stdbool.h>

/* What a check may look at. */
struct evidence {
    struct arena *arena; /* the record's */
    const struct config *config;
    struct record *record;              /* findings are added here */
    const struct dump_facts *facts;     /* NULL before verify */
    const struct inventory *inventory;  /* NULL before verify */
    const struct manifest *manifest;    /* NULL where there is none that can be read */
    const struct vec *objects;          /* of the source (struct object_facts, sorted), or NULL */
    const struct vec *restored_objects; /* likewise, of the restored copy */
    struct pg *restored;                /* NULL without a restored server */
};

struct answer {
    enum outcome outcome; /* PASSED, WARNED, FAILED, UNKNOWN, SKIPPED */
    const char *detail;   /* what was measured, or why there is no answer; in the arena */
};

struct check {
    const char *name; /* "stream" */
    enum stage stage;
    bool required; /* by default, in `run` and `verify` */
    int exit_code; /* when it fails: 1, 3 (the environment is at fault), 4 or 5 */
    const char *question;
    const char *doc; /* one line more for the documentation */
    /* Never fails: what cannot be found out is OUTCOME_UNKNOWN with the reason. */
    struct answer (*ask)(const struct evidence *ev);
};

/* All checks in the order of check.def; NULL ends. */
extern const struct check *const check_all[];

/* Makes a row of the record (pending) for each check of the stages in `stages` (bits), with
 * `required` settled by checks.required and checks.optional. ERR_USAGE for a name that is none. */
MUST bool check_plan(struct record *r, const struct config *config, unsigned stages, struct err *e);

/* Asks the checks of one stage and fills their rows. */
void check_ask(enum stage stage, const struct evidence *ev);

/* Gives every check of a stage that was not carried out the outcome and the reason. */
void check_not_asked(struct record *r, enum stage stage, enum outcome outcome, const char *reason);

/* Turns the problems of one kind into findings (blame backup, critical unless said otherwise). */
struct answer check_problems(const struct evidence *ev, const char *check, unsigned kinds,
                             const char *detail_when_fine);

/*
 * Verdict, exit code and conclusion from checks, objectives, findings and stages. Call it once
 * every stage before the report has its outcome. What is still pending becomes unknown. failed    a
 * required check or an objective failed, or a critical finding blames backup or source unknown   a
 * required check, an objective or a stage without checks has no answer, a critical finding blames
 * the environment, or no required check passed at all passed    else; a failed or unknown optional
 * check is a warning at most Exit code when several apply: 70, 128+n, 1, 3, 5, 4, 0. An exit code
 * of 70 that the record has already stays. `signo` is 0 unless interrupted; strict turns warnings
 * into failed and 1.
 */
void check_conclude(struct record *r, bool strict, int signo);

/* The markdown table of all checks, for docs/checks.md. */
void check_docs(struct buf *out);

#endif
