/* SPDX-License-Identifier: PostgreSQL */
/* Do \restrict and \unrestrict belong together? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    struct answer answer =
        check_problems(ev, check_restrict_key.name, 1U << PROBLEM_RESTRICT, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    const char *format = ev->record->backup.format;
    if (ev->facts->restrict_key == NULL && format != NULL && !str_eq(format, "plain"))
        return ask_answer(ev, OUTCOME_SKIPPED, "an archive has no commands to psql");
    if (ev->facts->restrict_key == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED, "written without \\restrict, as before August 2025");
    return ask_answer(ev, OUTCOME_PASSED, "\\restrict and \\unrestrict match");
}

const struct check check_restrict_key = {
    .name = "restrict_key",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "do \\restrict and \\unrestrict belong together?",
    .doc =
        "pg_dump puts psql into restricted mode with a random literal key and leaves it with the "
        "same key at the end; another key, or anything that psql would expand, is an attack or a "
        "mix-up of files.",
    .ask = ask,
};
