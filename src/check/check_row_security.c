/* SPDX-License-Identifier: PostgreSQL */
/* May the dump hold only those rows that the dumping role could see? */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

static bool was_on(const struct inventory *inv)
{
    const struct item *on = inventory_find(inv, ITEM_SETTING, "on", "row_security");
    return on != NULL && on->n > 0;
}

static struct answer partial(const struct evidence *ev, const struct listing *tables)
{
    const char *which = tables->n == 0 ? "the tables" : listing_text(tables);
    ask_finding(ev, &check_row_security,
                (struct finding){.code = "ROW_SECURITY_ON",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .subject = tables->n == 0 ? NULL : which,
                                 .text = "the dump was taken with --enable-row-security: it holds "
                                         "the rows that the dumping role could see, and no more",
                                 .recommendation = "dump without --enable-row-security, as a "
                                                   "superuser or a role with BYPASSRLS"});
    return ask_answer(ev, OUTCOME_UNKNOWN,
                      "taken with row security on: whether all rows of %s are there cannot be seen",
                      which);
}

static struct answer ask_read(const struct evidence *ev)
{
    const struct inventory *inv = ev->inventory;
    if (inv == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    bool has_data = inv->n[ITEM_DATA] + inv->n[ITEM_INSERT] > 0;
    if (!has_data)
        return ask_answer(ev, OUTCOME_SKIPPED, "the dump has no rows");
    struct listing tables = {.arena = ev->arena};
    LISTING_EACH(item, inv, ITEM_ROW_SECURITY)
    listing_add(&tables, (*item)->scope, (*item)->name);
    bool is_shown = inv->n[ITEM_TABLE] > 0 && inv->n_not_kept == 0;
    if (was_on(inv) && (tables.n > 0 || !is_shown))
        return partial(ev, &tables);
    if (was_on(inv))
        return ask_answer(ev, OUTCOME_PASSED, "taken with row security on, but no table has any");
    return ask_answer(ev, OUTCOME_PASSED, "not taken with row security on");
}

static struct answer ask(const struct evidence *ev)
{
    return listing_answer(ev, ask_read(ev));
}

const struct check check_row_security = {
    .name = "row_security",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "was the dump taken without regard to row security?",
    .doc = "With --enable-row-security pg_dump leaves out, without a word, what its role may not "
           "see. Where a table has row security the answer is then unknown.",
    .ask = ask,
};
