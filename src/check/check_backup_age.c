/* SPDX-License-Identifier: PostgreSQL */
/* Is the backup young enough? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    if (!CONFIG_HAS(ev->config, objective_backup_age))
        return ask_answer(ev, OUTCOME_SKIPPED, "objectives.backup_age is not set");
    const struct backup_facts *b = &ev->record->backup;
    if (!b->age_us.known)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the age of the backup is not known");
    const char *by = str_eq(b->taken_from, "snapshot") ? "its snapshot"
                     : str_eq(b->taken_from, "header") ? "its own words"
                                                       : "the time of the file";
    const char *age = str_duration(ev->arena, b->age_us.value);
    const char *limit = str_duration(ev->arena, ev->config->objective_backup_age_us);
    if (b->age_us.value <= ev->config->objective_backup_age_us)
        return ask_answer(ev, OUTCOME_PASSED, "%s of %s, by %s", age, limit, by);
    const char *text = arena_printf(ev->arena, "%s old by %s, %s are permitted", age, by, limit);
    ask_finding(ev, &check_backup_age,
                (struct finding){.code = "BACKUP_TOO_OLD",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_OBJECTIVE,
                                 .subject = b->path,
                                 .text = arena_printf(ev->arena, "the backup is %s", text),
                                 .recommendation = "see why there is no newer one"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", text);
}

const struct check check_backup_age = {
    .name = "backup_age",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 4,
    .question = "is the backup young enough?",
    .doc = "Age of the snapshot, else by pg_dump's own line (--verbose, in UTC), else of the file, "
           "against objectives.backup_age; skipped without.",
    .ask = ask,
};
