/* SPDX-License-Identifier: PostgreSQL */
/* What the files of single checks share: answers, findings, lists that a server gives. */
#ifndef PGR_CHECK_ASK_H
#define PGR_CHECK_ASK_H

#include "base/attr.h"
#include "check/check.h"

#include <stdbool.h>

#define CHECK(name) extern const struct check check_##name;
#include "check/check.def"
#undef CHECK

/* An answer whose detail is made by the format, in the arena. */
struct answer ask_answer(const struct evidence *ev, enum outcome outcome, const char *format, ...)
    PRINTF(3, 4);

/* Adds a finding of this check; what has its code and subject already is not added again. A
 * critical one becomes a warning when the user made the check optional. */
void ask_finding(const struct evidence *ev, const struct check *check, struct finding f);

/* Is there a finding with this code? */
bool ask_has_finding(const struct record *r, const char *code);

/* Findings of a stage with at least this severity and this blame. */
size_t ask_count_findings(const struct record *r, enum stage stage, enum severity at_least,
                          enum blame blame);

/* Is there a problem of these kinds (bits of enum problem_kind) among those that were kept? */
bool ask_has_problem(const struct dump_facts *facts, unsigned kinds);

/* Were there more problems than are kept, so that a missing one proves nothing? */
bool ask_problems_dropped(const struct dump_facts *facts);

/*
 * A question to the restored server whose SQL gives rows (total, subject, text): how many objects
 * were looked at, and one row for each bad one; a single row with a null subject when all are good.
 */
struct ask_list {
    const struct check *check;
    const char *sql;
    const char *one, *many; /* "index", "indexes": for "63 indexes" */
    const char *code;
    enum severity severity; /* CRITICAL makes the answer failed, WARNING warned */
    enum blame blame;
    const char *recommendation;
};
enum { ASK_LIST_FINDINGS_MAX = 50 };
struct answer ask_list(const struct evidence *ev, const struct ask_list *list);

/* The rows of a query of the user's, in a read-only transaction of the restored server that ends
 * with it, within integrity.assertion_timeout. */
MUST bool ask_reading_only(const struct evidence *ev, const char *sql, PGresult **rows,
                           struct err *e);

/* 15 of "15.18 (Debian 15.18-0+deb12u1)", 9 of "9.6.24", 0 of what is no version or NULL. */
int64_t ask_major(const char *version);

/* The answer where there is no restored server. */
struct answer ask_no_server(const struct evidence *ev);

#endif
