/* SPDX-License-Identifier: PostgreSQL */
#include "check/ask.h"

#include "base/str.h"

#include <stdarg.h>

struct answer ask_answer(const struct evidence *ev, enum outcome outcome, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *detail = arena_vprintf(ev->arena, format, args);
    va_end(args);
    return (struct answer){outcome, detail};
}

static bool is_listed(const struct opt_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], name))
            return true;
    return false;
}

static bool is_known(const struct record *r, const struct finding *f)
{
    VEC_EACH (const struct finding, old, &r->findings)
        if (str_eq(old->code, f->code) && str_eq(old->subject, f->subject) &&
            old->offset.value == f->offset.value)
            return true;
    return false;
}

void ask_finding(const struct evidence *ev, const struct check *check, struct finding f)
{
    f.check = check->name;
    f.stage = check->stage;
    if (f.severity == SEVERITY_CRITICAL && is_listed(&ev->config->checks_optional, check->name))
        f.severity = SEVERITY_WARNING;
    if (!is_known(ev->record, &f))
        record_finding(ev->record, f);
}

bool ask_has_finding(const struct record *r, const char *code)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (str_eq(f->code, code))
            return true;
    return false;
}

size_t ask_count_findings(const struct record *r, enum stage stage, enum severity at_least,
                          enum blame blame)
{
    size_t n = 0;
    VEC_EACH (const struct finding, f, &r->findings)
        n += f->stage == stage && f->severity >= at_least && f->blame == blame;
    return n;
}

bool ask_has_problem(const struct dump_facts *facts, unsigned kinds)
{
    VEC_EACH (const struct problem, p, &facts->problems)
        if ((kinds & 1U << p->kind) != 0)
            return true;
    return false;
}

bool ask_problems_dropped(const struct dump_facts *facts)
{
    return facts->n_problems > facts->problems.n;
}

int64_t ask_major(const char *version)
{
    int64_t major = 0;
    for (const char *p = version; p != NULL && *p >= '0' && *p <= '9' && major < 1000; p++)
        major = 10 * major + (*p - '0');
    return major;
}

struct answer ask_no_server(const struct evidence *ev)
{
    return ask_answer(ev, OUTCOME_UNKNOWN, "there is no restored server to ask");
}

/* Turns the bad rows into findings; what goes beyond the limit is counted in the answer only. */
static void list_findings(const struct evidence *ev, const struct ask_list *list,
                          const PGresult *rows)
{
    int n = PQntuples(rows) < ASK_LIST_FINDINGS_MAX ? PQntuples(rows) : ASK_LIST_FINDINGS_MAX;
    for (int i = 0; i < n; i++)
        ask_finding(ev, list->check,
                    (struct finding){.code = list->code,
                                     .severity = list->severity,
                                     .blame = list->blame,
                                     .subject = arena_strdup(ev->arena, pg_cell(rows, i, 1)),
                                     .text = arena_strdup(ev->arena, pg_cell(rows, i, 2)),
                                     .recommendation = list->recommendation});
}

struct answer ask_list(const struct evidence *ev, const struct ask_list *list)
{
    if (ev->restored == NULL)
        return ask_no_server(ev);
    struct err e = {0};
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(ev->restored, list->sql, NULL, &rows, &e))
        return ask_answer(ev, OUTCOME_UNKNOWN, "the server gave no answer: %s", e.text);
    if (PQntuples(rows) == 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the server gave an empty answer");
    int64_t total = pg_cell_int(rows, 0, 0);
    if (total == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no %s", list->many);
    if (pg_cell(rows, 0, 1) == NULL)
        return ask_answer(ev, OUTCOME_PASSED, "%s",
                          str_number_of(ev->arena, total, list->one, list->many));
    list_findings(ev, list, rows);
    return ask_answer(ev, list->severity == SEVERITY_CRITICAL ? OUTCOME_FAILED : OUTCOME_WARNED,
                      "%s of %s; the first: %s, %s", str_count(ev->arena, PQntuples(rows)),
                      str_number_of(ev->arena, total, list->one, list->many), pg_cell(rows, 0, 1),
                      pg_cell(rows, 0, 2));
}

bool ask_reading_only(const struct evidence *ev, const char *sql, PGresult **rows, struct err *e)
{
    struct pg *pg = ev->restored;
    struct err ended = {0};
    int64_t timeout_us = pg->timeout_us;
    if (!pg_run(pg, "BEGIN READ ONLY", e))
        return false;
    pg->timeout_us = ev->config->integrity_assertion_timeout_us;
    bool ok = pg_query(pg, sql, NULL, rows, e);
    pg->timeout_us = timeout_us;
    if (pg_run(pg, "ROLLBACK", &ended))
        return ok;
    if (ok)
        *e = ended;
    return false;
}
