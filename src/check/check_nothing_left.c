/* SPDX-License-Identifier: PostgreSQL */
/* Is everything gone that the run made? It is production data. */
#include "base/str.h"
#include "check/ask.h"

/* The check is asked when the stage has undone everything, or said what it could not undo. */
static struct answer ask(const struct evidence *ev)
{
    const struct stage_facts *stage = record_stage(ev->record, STAGE_teardown);
    if (ask_has_finding(ev->record, "LEFT_BEHIND"))
        return ask_answer(ev, OUTCOME_FAILED, "something is left, see the finding LEFT_BEHIND");
    if (stage->summary == NULL || stage->reason != NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "nothing was looked for: %s",
                          stage->reason == NULL ? "no teardown" : stage->reason);
    return ask_answer(ev, OUTCOME_PASSED, "%s", stage->summary);
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
