/* SPDX-License-Identifier: PostgreSQL */
#include "check/listing.h"

#include "check/ask.h"

void listing_add(struct listing *list, const char *scope, const char *name)
{
    if (list->n < LISTING_NAMES_MAX)
        list->names[list->n] =
            scope[0] == '\0' ? name : arena_printf(list->arena, "%s.%s", scope, name);
    list->n++;
}

static const char *join(const struct listing *list, size_t max)
{
    size_t shown = list->n < max ? list->n : max;
    const char *text = "";
    for (size_t i = 0; i < shown; i++)
        text = arena_printf(list->arena, "%s%s%s", text, i == 0 ? "" : ", ", list->names[i]);
    return list->n == shown ? text
                            : arena_printf(list->arena, "%s and %zu more", text, list->n - shown);
}

const char *listing_text(const struct listing *list)
{
    return join(list, LISTING_LINE_MAX);
}

const char *listing_names(const struct listing *list)
{
    return join(list, LISTING_NAMES_MAX);
}

bool listing_is_whole(const struct evidence *ev, const char **why)
{
    *why = NULL;
    if (ev->facts == NULL || ev->inventory == NULL)
        *why = "the dump was not read";
    else if (ask_has_problem(ev->facts, 1U << PROBLEM_STREAM | 1U << PROBLEM_LIMIT))
        *why = "not all of the dump could be read";
    else if (ev->facts->has_header && !ev->facts->complete)
        *why = "the dump does not go to its end";
    else if (ev->inventory->n_not_kept > 0)
        *why = "the dump has more objects than are kept apart";
    return *why == NULL;
}

struct answer listing_answer(const struct evidence *ev, struct answer answer)
{
    const char *why;
    bool says_all = answer.outcome == OUTCOME_PASSED || answer.outcome == OUTCOME_SKIPPED;
    if (!says_all || listing_is_whole(ev, &why))
        return answer;
    return ask_answer(ev, OUTCOME_UNKNOWN, "%s, but %s", answer.detail, why);
}
