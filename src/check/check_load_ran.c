/* SPDX-License-Identifier: PostgreSQL */
/* Did the load do any work? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    const struct load_facts *l = &ev->record->load;
    if (ev->config->load_users == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "load.users is 0");
    if (l->transactions > 0)
        return ask_answer(ev, OUTCOME_PASSED, "%s transactions of %s users",
                          str_count(ev->arena, l->transactions), str_count(ev->arena, l->users));
    ask_finding(
        ev, &check_load_ran,
        (struct finding){.code = "LOAD_IDLE",
                         .severity = SEVERITY_CRITICAL,
                         .blame = BLAME_LOAD,
                         .text = arena_printf(ev->arena,
                                              "no transaction was committed, %s "
                                              "failed",
                                              str_count(ev->arena, l->n_errors)),
                         .recommendation = "look at the first error of each kind under load"});
    return ask_answer(ev, OUTCOME_FAILED, "no transaction was committed, %s failed",
                      str_count(ev->arena, l->n_errors));
}

const struct check check_load_ran = {
    .name = "load_ran",
    .stage = STAGE_load,
    .required = true,
    .exit_code = 4,
    .question = "did the users get any work done?",
    .doc = "A load that commits nothing measures nothing.",
    .ask = ask,
};
