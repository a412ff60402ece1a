/* SPDX-License-Identifier: PostgreSQL */
/* Do the pending migrations apply to the restored data? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    size_t applied = 0, before = 0, unreached = 0;
    VEC_EACH (const struct migration_facts, m, &ev->record->migrations) {
        if (m->outcome == OUTCOME_FAILED)
            return ask_answer(ev, OUTCOME_FAILED, "%s: %s", m->file,
                              m->error == NULL ? "failed" : m->error);
        applied += m->outcome == OUTCOME_PASSED || m->outcome == OUTCOME_WARNED;
        before += m->outcome == OUTCOME_SKIPPED;
        unreached += m->outcome == OUTCOME_UNKNOWN || m->outcome == OUTCOME_PENDING;
    }
    if (unreached > 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "%zu migrations were not tried", unreached);
    if (ask_count_findings(ev->record, STAGE_migrate, SEVERITY_CRITICAL, BLAME_MIGRATION) > 0)
        return ask_answer(ev, OUTCOME_FAILED, "see the findings about the migrations");
    if (ask_count_findings(ev->record, STAGE_migrate, SEVERITY_WARNING, BLAME_MIGRATION) > 0)
        return ask_answer(ev, OUTCOME_WARNED, "%zu applied, with warnings", applied);
    if (applied == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "none is pending, %zu were applied before", before);
    return ask_answer(ev, OUTCOME_PASSED, "%zu applied, %zu were applied before", applied, before);
}

const struct check check_migrations_apply = {
    .name = "migrations_apply",
    .stage = STAGE_migrate,
    .required = true,
    .exit_code = 5,
    .question = "do the pending migrations apply to the restored data?",
    .doc = "Each pending file is applied to the restored copy in its own transaction.",
    .ask = ask,
};
