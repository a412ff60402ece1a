/* SPDX-License-Identifier: PostgreSQL */
/* Are the tablespaces there that the dump refers to? A pg_dump never holds them. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

static struct answer missing(const struct evidence *ev, const struct listing *list)
{
    ask_finding(
        ev, &check_tablespaces,
        (struct finding){.code = "TABLESPACE_MISSING",
                         .severity = SEVERITY_WARNING,
                         .blame = BLAME_ENVIRONMENT,
                         .subject = listing_text(list),
                         .text = arena_printf(ev->arena,
                                              "the dump refers to %zu tablespace%s that it does "
                                              "not create",
                                              list->n, list->n == 1 ? "" : "s"),
                         .recommendation = "make them where it is restored, or dump with "
                                           "--no-tablespaces"});
    return ask_answer(ev, OUTCOME_WARNED, "not in the dump: %s", listing_text(list));
}

static struct answer ask(const struct evidence *ev)
{
    const char *why;
    const struct inventory *inv = ev->inventory;
    if (!listing_is_whole(ev, &why))
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s", why);
    struct listing list = {.arena = ev->arena};
    LISTING_EACH(item, inv, ITEM_TABLESPACE_REF)
    {
        const char *name = (*item)->name;
        const struct item *made = inventory_find(inv, ITEM_TABLESPACE, "", name);
        bool given = str_eq(name, "pg_default") || str_eq(name, "pg_global");
        if ((made == NULL || made->n == 0) && !given)
            listing_add(&list, "", name);
    }
    if (list.n > 0)
        return missing(ev, &list);
    if (inv->n[ITEM_TABLESPACE] == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "the dump refers to no tablespace");
    return ask_answer(ev, OUTCOME_PASSED, "it creates all that it refers to");
}

const struct check check_tablespaces = {
    .name = "tablespaces",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 3,
    .question = "are the tablespaces there that the dump refers to?",
    .doc = "Tablespaces are no part of a pg_dump either. Where one is missing, objects land in "
           "the default one or fail: a warning with their names.",
    .ask = ask,
};
