/* SPDX-License-Identifier: PostgreSQL */
/* Did pg_dump end well, and its stream with it? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    const struct backup_facts *b = &ev->record->backup;
    if (!str_eq(b->origin, "taken"))
        return ask_answer(ev, OUTCOME_SKIPPED, "the file was given, not taken");
    enum outcome stage = record_stage(ev->record, STAGE_backup)->outcome;
    if (stage == OUTCOME_FAILED || stage == OUTCOME_UNKNOWN || b->size_bytes <= 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "no dump was taken");
    size_t warnings =
        ask_count_findings(ev->record, STAGE_backup, SEVERITY_WARNING, BLAME_SOURCE) +
        ask_count_findings(ev->record, STAGE_backup, SEVERITY_WARNING, BLAME_BACKUP) +
        ask_count_findings(ev->record, STAGE_backup, SEVERITY_WARNING, BLAME_ENVIRONMENT);
    if (warnings > 0)
        return ask_answer(ev, OUTCOME_WARNED, "pg_dump ended well with %zu warning%s", warnings,
                          warnings == 1 ? "" : "s");
    return ask_answer(ev, OUTCOME_PASSED, "pg_dump ended with exit status 0, %s written",
                      str_bytes(ev->arena, (uint64_t)b->size_bytes));
}

const struct check check_dump_status = {
    .name = "dump_status",
    .stage = STAGE_backup,
    .required = true,
    .exit_code = 1,
    .question = "did pg_dump end well?",
    .doc =
        "Exit status of pg_dump and the end of its stream both decide; what it warned about is a "
        "warning here. Skipped for a file that was given.",
    .ask = ask,
};
