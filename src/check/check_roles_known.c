/* SPDX-License-Identifier: PostgreSQL */
/* Are the roles there that the dump refers to? A pg_dump never holds them. */
#include "check/ask.h"

#include <string.h>

static struct answer ask(const struct evidence *ev)
{
    size_t missing = 0;
    const char *first = NULL;
    VEC_EACH (const struct finding, f, &ev->record->findings) {
        if (f->code == NULL || strcmp(f->code, "ROLE_MISSING") != 0)
            continue;
        if (missing++ == 0)
            first = f->subject;
    }
    if (missing == 0)
        return ask_answer(ev, OUTCOME_PASSED, "every role that the dump refers to is there");
    return ask_answer(ev, OUTCOME_WARNED,
                      "%zu role%s not in the dump, made without login for the rehearsal: %s%s",
                      missing, missing == 1 ? " is" : "s are", first == NULL ? "" : first,
                      missing == 1 ? "" : " and others");
}

const struct check check_roles_known = {
    .name = "roles_known",
    .stage = STAGE_restore,
    .required = false,
    .exit_code = 1,
    .question = "are the roles there that the dump refers to?",
    .doc = "pg_dump leaves roles out; without pg_dumpall --globals-only they are gone after a "
           "disaster. Missing ones are a warning.",
    .ask = ask,
};
