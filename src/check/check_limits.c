/* SPDX-License-Identifier: PostgreSQL */
/* Was the dump read without running into a limit? What lies beyond one is not known. */
#include "base/str.h"
#include "check/ask.h"

static const char *advice(const struct problem *p)
{
    return str_eq(p->code, "BEGINNING_ONLY")
               ? "leave --quick away for an answer"
               : "if the dump is yours and really that large, raise the limit under verify";
}

static struct answer ask(const struct evidence *ev)
{
    if (ev->facts == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    VEC_EACH (const struct problem, p, &ev->facts->problems) {
        if (p->kind != PROBLEM_LIMIT)
            continue;
        ask_finding(ev, &check_limits,
                    (struct finding){.code = p->code,
                                     .severity = SEVERITY_WARNING,
                                     .blame = BLAME_ENVIRONMENT,
                                     .subject = p->subject,
                                     .text = p->text,
                                     .offset = KNOWN(p->offset),
                                     .recommendation = advice(p)});
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s; nothing is known about what follows", p->text);
    }
    if (ask_problems_dropped(ev->facts))
        return ask_answer(ev, OUTCOME_UNKNOWN, "more problems than are kept");
    return ask_answer(ev, OUTCOME_PASSED, "no limit was reached");
}

const struct check check_limits = {
    .name = "limits",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 3,
    .question = "was the dump read without running into a limit?",
    .doc =
        "Expansion ratio, total bytes and statement length have limits under `verify`; what lies "
        "beyond one is unknown, never passed and never called broken.",
    .ask = ask,
};
