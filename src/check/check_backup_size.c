/* SPDX-License-Identifier: PostgreSQL */
/* Is the file as small as was wished? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    if (!CONFIG_HAS(ev->config, objective_backup_size))
        return ask_answer(ev, OUTCOME_SKIPPED, "objectives.backup_size is not set");
    const struct backup_facts *b = &ev->record->backup;
    if (b->size_bytes <= 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the size of the backup is not known");
    const char *size = str_bytes(ev->arena, (uint64_t)b->size_bytes);
    const char *limit = str_bytes(ev->arena, ev->config->objective_backup_size_bytes);
    if ((uint64_t)b->size_bytes <= ev->config->objective_backup_size_bytes)
        return ask_answer(ev, OUTCOME_PASSED, "%s of %s", size, limit);
    ask_finding(ev, &check_backup_size,
                (struct finding){.code = "BACKUP_TOO_LARGE",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_OBJECTIVE,
                                 .subject = b->path,
                                 .text = arena_printf(ev->arena, "the backup has %s, %s are wished",
                                                      size, limit)});
    return ask_answer(ev, OUTCOME_WARNED, "%s, %s are wished", size, limit);
}

const struct check check_backup_size = {
    .name = "backup_size",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 4,
    .question = "is the file as small as wished?",
    .doc = "Size of the file against objectives.backup_size; a larger one is a warning. Skipped "
           "without.",
    .ask = ask,
};
