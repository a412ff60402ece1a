/* SPDX-License-Identifier: PostgreSQL */
/* Does the dump say for every sequence where it stands? Without that it starts anew after a
 * restore, and hands out values that the data has already. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

static bool has_data(const struct inventory *inv)
{
    return inv->n[ITEM_DATA] + inv->n[ITEM_INSERT] + inv->n[ITEM_SETVAL] > 0;
}

static struct answer missing(const struct evidence *ev, const struct listing *list)
{
    ask_finding(ev, &check_sequences,
                (struct finding){.code = "SEQUENCE_WITHOUT_POSITION",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .subject = listing_text(list),
                                 .text = arena_printf(ev->arena,
                                                      "%zu sequence%s created, but never set: "
                                                      "restored, they start anew",
                                                      list->n, list->n == 1 ? " is" : "s are"),
                                 .recommendation = "look for --exclude-table-data or --section in "
                                                   "the backup job, or for lost lines"});
    return ask_answer(ev, OUTCOME_WARNED, "no position for %s", listing_text(list));
}

static struct answer ask(const struct evidence *ev)
{
    const char *why;
    const struct inventory *inv = ev->inventory;
    if (inv == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    uint64_t n = inventory_count(inv, ITEM_SEQUENCE);
    if (n == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "no sequence is created");
    if (!has_data(inv))
        return ask_answer(ev, OUTCOME_SKIPPED, "the dump has no data");
    if (ev->facts->dump_version == NULL && inv->n[ITEM_SETVAL] == 0)
        return ask_answer(ev, OUTCOME_SKIPPED,
                          "not written by pg_dump, and without any sequence position");
    if (!listing_is_whole(ev, &why))
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s", why);
    struct listing list = {.arena = ev->arena};
    LISTING_EACH(item, inv, ITEM_SEQUENCE)
    {
        if ((*item)->n_filled < (*item)->n)
            listing_add(&list, (*item)->scope, (*item)->name);
    }
    if (list.n > 0)
        return missing(ev, &list);
    return ask_answer(ev, OUTCOME_PASSED, "%s sequences, each with its position",
                      str_count(ev->arena, (int64_t)n));
}

const struct check check_sequences = {
    .name = "sequences",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "does the dump say for every sequence where it stands?",
    .doc = "A sequence that is created without a setval in a dump with data is a warning. Whether "
           "the position is ahead of the data, the restored copy shows (sequences_ahead).",
    .ask = ask,
};
