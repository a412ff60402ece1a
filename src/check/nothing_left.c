/* SPDX-License-Identifier: PostgreSQL */
/* Is everything gone that the run made? It is production data. */
#include "check/ask.h"

#include "base/str.h"

static const char *or_nothing(const char *text)
{
    return text == NULL ? "nothing more is known" : text;
}

static struct answer ask(const struct evidence *ev)
{
    const struct stage_facts *stage = record_stage(ev->record, STAGE_teardown);
    if (stage->outcome == OUTCOME_PASSED)
        return ask_answer(ev, OUTCOME_PASSED, "%s",
                          stage->summary == NULL ? "nothing left behind" : stage->summary);
    if (stage->outcome != OUTCOME_FAILED)
        return ask_answer(ev, OUTCOME_UNKNOWN, "whether anything is left is not known: %s",
                          or_nothing(stage->reason));
    ask_finding(ev, &check_nothing_left,
                (struct finding){.code = "LEFT_BEHIND",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_ENVIRONMENT,
                                 .text = or_nothing(stage->reason),
                                 .recommendation = "run pg_rehearse reap"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", or_nothing(stage->reason));
}

const struct check check_nothing_left = {
    .name = "nothing_left",
    .stage = STAGE_teardown,
    .required = true,
    .exit_code = 3,
    .question = "is everything gone that the run made?",
    .doc = "The restored copy is production data: processes and folders are looked for after their "
           "removal.",
    .ask = ask,
};
