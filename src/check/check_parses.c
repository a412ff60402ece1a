/* SPDX-License-Identifier: PostgreSQL */
/* Does PostgreSQL's own parser accept the statements? What it refuses may be of another version. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

/* Up to here every word that may follow CREATE is known to us (inventory.def). */
enum { MAJOR_KNOWN = 18 };

static void tell_refusals(const struct evidence *ev)
{
    VEC_EACH (const struct refusal, r, &ev->inventory->grammar.refusals)
        ask_finding(
            ev, &check_parses,
            (struct finding){
                .code = "STATEMENT_NOT_PARSED",
                .severity = SEVERITY_NOTE,
                .blame = BLAME_BACKUP,
                .subject = r->object,
                .text = arena_printf(ev->arena, "the parser of PostgreSQL 15 says: %s", r->text),
                .offset = KNOWN(r->offset)});
}

/* CREATE with a word that no PostgreSQL has had: not of a newer version, but broken, or of another
 * program. */
static size_t tell_unknown(const struct evidence *ev)
{
    struct listing list = {.arena = ev->arena};
    uint64_t offset = 0;
    if (ask_major(ev->facts->dump_version) > MAJOR_KNOWN)
        return 0;
    LISTING_EACH(item, ev->inventory, ITEM_UNKNOWN)
    {
        offset = list.n == 0 ? (*item)->offset : offset;
        listing_add(&list, "", (*item)->name);
    }
    if (list.n > 0)
        ask_finding(ev, &check_parses,
                    (struct finding){.code = "STATEMENT_UNKNOWN",
                                     .severity = SEVERITY_WARNING,
                                     .blame = BLAME_BACKUP,
                                     .subject = listing_text(&list),
                                     .text = "CREATE with a word that no PostgreSQL knows",
                                     .offset = KNOWN(offset)});
    return list.n;
}

static struct answer ask_read(const struct evidence *ev)
{
    if (ev->inventory == NULL || ev->facts == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    const struct grammar *g = &ev->inventory->grammar;
    uint64_t open = g->n_refused + g->n_passed_over, all = open + g->n_parsed;
    if (all == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no statements besides the data");
    tell_refusals(ev);
    const char *counts = arena_printf(ev->arena, "%s of %s statements parsed",
                                      str_count(ev->arena, (int64_t)g->n_parsed),
                                      str_count(ev->arena, (int64_t)all));
    if (open > 0) {
        counts = arena_printf(ev->arena, "%s, %s not judged", counts,
                              str_count(ev->arena, (int64_t)open));
        record_gap(ev->record,
                   arena_printf(ev->arena, "grammar of %s statements",
                                str_count(ev->arena, (int64_t)open)),
                   "the parser knows PostgreSQL 15, UTF8, and takes its time");
    }
    size_t unknown = tell_unknown(ev);
    if (unknown > 0)
        return ask_answer(ev, OUTCOME_WARNED, "%s; CREATE with %zu word%s that no PostgreSQL knows",
                          counts, unknown, unknown == 1 ? "" : "s");
    return ask_answer(ev, g->n_parsed > 0 ? OUTCOME_PASSED : OUTCOME_UNKNOWN, "%s", counts);
}

static struct answer ask(const struct evidence *ev)
{
    return listing_answer(ev, ask_read(ev));
}

const struct check check_parses = {
    .name = "parses",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 1,
    .question = "does PostgreSQL's own parser accept the statements?",
    .doc = "Statements other than rows are given to PostgreSQL 15's grammar (libpg_query). What it "
           "refuses may be sound SQL of another version: it is not judged, a note says where it "
           "is. CREATE with a word that no PostgreSQL has is a warning.",
    .ask = ask,
};
