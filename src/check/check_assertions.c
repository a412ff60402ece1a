/* SPDX-License-Identifier: PostgreSQL */
/* Does what the user says of the data hold in the restored copy? */
#include "base/fs.h"
#include "base/str.h"
#include "check/ask.h"

#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, BOOL_OID = 16 };

struct tally {
    size_t files, held, failed, unknown;
    const char *first;
};

/* What did not hold, or could not be asked. */
static void tell(const struct evidence *ev, struct tally *t, bool failed, const char *subject,
                 const char *text)
{
    t->failed += failed;
    t->unknown += !failed;
    if (t->first == NULL || (failed && t->failed == 1))
        t->first = arena_printf(ev->arena, "%s: %s", subject, text);
    if (t->failed + t->unknown > ASK_LIST_FINDINGS_MAX)
        return;
    ask_finding(ev, &check_assertions,
                (struct finding){
                    .code = failed ? "ASSERTION_FAILED" : "ASSERTION_NOT_ASKED",
                    .severity = SEVERITY_CRITICAL,
                    .blame = failed ? BLAME_BACKUP : BLAME_ENVIRONMENT,
                    .subject = subject,
                    .text = text,
                    .recommendation = failed ? "ask the source the same: if it holds there, the "
                                               "backup lost something"
                                             : "an assertion is one query whose rows are (name, "
                                               "ok, detail), ok true or false; it cannot write",
                });
}

static const char *cell(const struct evidence *ev, const PGresult *rows, int row,
                        const char *column, const char *otherwise)
{
    int i = PQfnumber(rows, column);
    return i < 0 || PQgetisnull(rows, row, i) ? otherwise
                                              : arena_strdup(ev->arena, PQgetvalue(rows, row, i));
}

static void judge(const struct evidence *ev, const char *file, const PGresult *rows,
                  struct tally *t)
{
    int ok = PQfnumber(rows, "ok");
    if (ok < 0 || PQftype(rows, ok) != BOOL_OID) {
        tell(ev, t, false, file, "its query has no boolean column ok");
        return;
    }
    if (PQntuples(rows) == 0)
        tell(ev, t, false, file, "its query gave no row");
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *name = cell(ev, rows, i, "name", arena_printf(ev->arena, "row %d", i + 1));
        const char *subject = arena_printf(ev->arena, "%s: %s", file, name);
        if (pg_cell_true(rows, i, ok))
            t->held++;
        else if (PQgetisnull(rows, i, ok))
            tell(ev, t, false, subject, "ok is null");
        else
            tell(ev, t, true, subject, cell(ev, rows, i, "detail", "it does not hold"));
    }
}

static void ask_file(const struct evidence *ev, const char *name, struct tally *t)
{
    struct slice sql;
    struct err e = {0};
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    const char *path = fs_join(ev->arena, ev->config->integrity_assertions, name);
    t->files++;
    if (fs_read_file(ev->arena, path, FILE_BYTES_MAX, &sql, &e) &&
        ask_reading_only(ev, sql.p, &rows, &e))
        judge(ev, name, rows, t);
    else
        tell(ev, t, false, name, arena_strdup(ev->arena, e.text));
}

static struct answer answer(const struct evidence *ev, const struct tally *t)
{
    struct arena *a = ev->arena;
    size_t n = t->held + t->failed + t->unknown;
    if (t->failed + t->unknown > 0)
        return ask_answer(ev, t->failed > 0 ? OUTCOME_FAILED : OUTCOME_UNKNOWN,
                          "%zu of %s failed, %zu could not be asked; the first: %s", t->failed,
                          str_number_of(a, (int64_t)n, "assertion", "assertions"), t->unknown,
                          t->first);
    return ask_answer(ev, OUTCOME_PASSED, "%s of %s hold",
                      str_number_of(a, (int64_t)n, "assertion", "assertions"),
                      str_number_of(a, (int64_t)t->files, "file", "files"));
}

static struct answer ask(const struct evidence *ev)
{
    struct vec names;
    struct err e = {0};
    struct tally t = {0};
    const char *dir = ev->config->integrity_assertions;
    if (ev->restored == NULL)
        return ask_no_server(ev);
    if (dir == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED, "integrity.assertions is not set");
    if (!fs_list(ev->arena, dir, &names, &e))
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s", e.text);
    VEC_EACH (const char *const, name, &names)
        if (**name != '.' && str_ends(*name, ".sql"))
            ask_file(ev, *name, &t);
    if (t.files == 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "no .sql file in %s", dir);
    return answer(ev, &t);
}

const struct check check_assertions = {
    .name = "assertions",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "does what the user says of the data hold in the restored copy?",
    .doc = "Each .sql file of integrity.assertions is one query, run in a read-only transaction; "
           "its rows are (name, ok, detail). A row whose ok is false fails; a query that is "
           "rejected, gives no row, or runs into integrity.assertion_timeout is unknown.",
    .ask = ask,
};
