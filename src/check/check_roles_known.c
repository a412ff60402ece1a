/* SPDX-License-Identifier: PostgreSQL */
/* Are the roles there that the dump refers to? A pg_dump never holds them. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

/* Every server has the predefined ones, and the superuser whom initdb makes unless told otherwise.
 */
static bool is_given(const char *role)
{
    return str_starts(role, "pg_") || str_eq(role, "postgres");
}

static struct answer missing(const struct evidence *ev, const struct listing *list)
{
    bool lost = ev->facts->is_cluster_dump && inventory_count(ev->inventory, ITEM_ROLE) == 0;
    ask_finding(
        ev, &check_roles_known,
        (struct finding){.code = "ROLE_MISSING",
                         .severity = lost ? SEVERITY_WARNING : SEVERITY_NOTE,
                         .blame = ev->facts->is_cluster_dump ? BLAME_BACKUP : BLAME_ENVIRONMENT,
                         .subject = listing_names(list),
                         .text = arena_printf(ev->arena,
                                              "the dump refers to %zu role%s that it does "
                                              "not hold",
                                              list->n, list->n == 1 ? "" : "s"),
                         .recommendation = "roles are not in a pg_dump: keep the output of "
                                           "pg_dumpall --globals-only beside each backup"});
    record_gap(ev->record, "attributes, passwords and memberships of roles",
               "a pg_dump does not hold them");
    return ask_answer(ev, lost ? OUTCOME_WARNED : OUTCOME_PASSED, "not in the dump: %s",
                      listing_text(list));
}

static struct answer ask(const struct evidence *ev)
{
    const char *why;
    const struct inventory *inv = ev->inventory;
    if (!listing_is_whole(ev, &why))
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s", why);
    struct listing list = {.arena = ev->arena};
    LISTING_EACH(item, inv, ITEM_ROLE_REF)
    {
        const struct item *made = inventory_find(inv, ITEM_ROLE, "", (*item)->name);
        if ((made == NULL || made->n == 0) && !is_given((*item)->name))
            listing_add(&list, "", (*item)->name);
    }
    if (list.n > 0)
        return missing(ev, &list);
    return ask_answer(ev, OUTCOME_PASSED, "%s roles in the dump; it refers to no other",
                      str_count(ev->arena, (int64_t)inventory_count(inv, ITEM_ROLE)));
}

const struct check check_roles_known = {
    .name = "roles_known",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 1,
    .question = "are the roles there that the dump refers to?",
    .doc = "pg_dump leaves roles out; without pg_dumpall --globals-only they are gone after a "
           "disaster. Missing ones are named in a note, blamed on the backup only where it is of "
           "pg_dumpall, which should hold them; a pg_dumpall without any role is a warning.",
    .ask = ask,
};
