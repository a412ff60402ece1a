/* SPDX-License-Identifier: PostgreSQL */
/* Did the server accept every statement of the dump? */
#include "base/str.h"
#include "check/ask.h"

static const struct statement_error *first_error(const struct record *r)
{
    return r->restore.errors.n == 0 ? NULL : vec_at(&r->restore.errors, 0);
}

/* The answer with the first rejection in it. */
static struct answer rejected(const struct evidence *ev, enum outcome outcome, const char *whose)
{
    const struct record *r = ev->record;
    const char *n = str_number_of(ev->arena, r->restore.n_errors, "statement", "statements");
    const struct statement_error *e = first_error(r);
    if (e == NULL)
        return ask_answer(ev, outcome, "%s rejected%s", n, whose);
    return ask_answer(ev, outcome, "%s rejected%s; the first: %s%s%s", n, whose,
                      e->object == NULL ? "" : e->object, e->object == NULL ? "" : ": ",
                      e->message == NULL ? "" : e->message);
}

/* Rejections that no finding explains. */
static bool is_unexplained(const struct record *r)
{
    size_t explained = 0;
    VEC_EACH (const struct finding, f, &r->findings)
        explained += f->stage == STAGE_restore && f->sqlstate != NULL;
    return r->restore.n_errors > 0 && explained == 0;
}

static struct answer ask(const struct evidence *ev)
{
    const struct record *r = ev->record;
    size_t theirs = ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_BACKUP) +
                    ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_SOURCE);
    if (theirs > 0)
        return rejected(ev, OUTCOME_FAILED, "");
    if (ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_ENVIRONMENT) > 0)
        return rejected(ev, OUTCOME_UNKNOWN, " because of this machine, not of the backup");
    if (is_unexplained(r))
        return rejected(ev, OUTCOME_FAILED, "");
    if (r->restore.n_errors > 0)
        return rejected(ev, OUTCOME_WARNED, " without harm");
    if (r->restore.statements == 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "nothing was executed");
    return ask_answer(ev, OUTCOME_PASSED, "%s statements and %s rows accepted, 0 errors",
                      str_count(ev->arena, r->restore.statements),
                      str_count(ev->arena, r->restore.rows));
}

const struct check check_restore_complete = {
    .name = "restore_complete",
    .stage = STAGE_restore,
    .required = true,
    .exit_code = 1,
    .question = "did the server accept every statement and every row?",
    .doc =
        "Every statement of the dump is executed and every rejection recorded. Rejections that "
        "only this machine is to blame for (an extension that is not installed) make it unknown, "
        "not failed.",
    .ask = ask,
};
