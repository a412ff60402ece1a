/* SPDX-License-Identifier: PostgreSQL */
/* Did no more transactions fail than are permitted? */
#include "base/str.h"
#include "check/ask.h"

static const char *first_error(const struct load_facts *l)
{
    if (l->errors.n == 0)
        return "";
    const struct error_count *e = vec_at(&l->errors, 0);
    return e->example == NULL ? "" : e->example;
}

static struct answer ask(const struct evidence *ev)
{
    const struct load_facts *l = &ev->record->load;
    if (ev->config->load_users == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "load.users is 0");
    if (!CONFIG_HAS(ev->config, objective_load_errors))
        return ask_answer(ev, OUTCOME_SKIPPED, "objectives.load.errors is not set");
    int64_t all = l->transactions + l->n_errors;
    if (all == 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "no transaction was tried");
    double share = 100.0 * (double)l->n_errors / (double)all;
    double limit = ev->config->objective_load_errors_percent;
    const char *first = first_error(l);
    return ask_answer(ev, share <= limit ? OUTCOME_PASSED : OUTCOME_FAILED,
                      "%s of %s transactions failed (%.2f %% of %g %% permitted)%s%s",
                      str_count(ev->arena, l->n_errors), str_count(ev->arena, all), share, limit,
                      first[0] == '\0' ? "" : "; the first: ", first);
}

const struct check check_load_errors = {
    .name = "load_errors",
    .stage = STAGE_load,
    .required = true,
    .exit_code = 4,
    .question = "did no more transactions fail than are permitted?",
    .doc = "Share of failed transactions against objectives.load.errors.",
    .ask = ask,
};
