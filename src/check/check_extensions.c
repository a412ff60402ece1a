/* SPDX-License-Identifier: PostgreSQL */
/* Which extensions does a server need that restores the dump? */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

static struct answer ask_read(const struct evidence *ev)
{
    if (ev->inventory == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    struct listing list = {.arena = ev->arena};
    LISTING_EACH(item, ev->inventory, ITEM_EXTENSION)
    listing_add(&list, "", (*item)->name);
    if (list.n == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "it creates no extension");
    ask_finding(
        ev, &check_extensions,
        (struct finding){.code = "EXTENSIONS_NEEDED",
                         .severity = SEVERITY_NOTE,
                         .blame = BLAME_ENVIRONMENT,
                         .subject = listing_names(&list),
                         .text = "the dump creates extensions, but holds neither their files nor "
                                 "their versions",
                         .recommendation = "see that their packages are installed wherever it is "
                                           "to be restored"});
    return ask_answer(ev, OUTCOME_PASSED, "needs %s", listing_text(&list));
}

static struct answer ask(const struct evidence *ev)
{
    return listing_answer(ev, ask_read(ev));
}

const struct check check_extensions = {
    .name = "extensions",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 3,
    .question = "which extensions does a server need that restores it?",
    .doc = "Names them in a note: their files and versions are in no dump.",
    .ask = ask,
};
