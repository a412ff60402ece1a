/* SPDX-License-Identifier: PostgreSQL */
/* Compare: rows of every table, source = dump = restored. */
#include "base/str.h"
#include "check/compare.h"
#include "run/run.h"

/* How many tables were compared, and in how many all that is known is equal. */
struct tally {
    size_t equal, compared;
    bool with_source;
};

static struct tally count(const struct record *r, bool by_contents)
{
    struct tally n = {0};
    VEC_EACH (const struct table_facts, t, &r->tables) {
        enum outcome o = by_contents ? t->contents : t->outcome;
        n.equal += o == OUTCOME_PASSED;
        n.compared += o != OUTCOME_SKIPPED && o != OUTCOME_PENDING;
        n.with_source |= by_contents ? t->source_digest != NULL : t->source_rows.known;
    }
    return n;
}

bool stage_compare(struct run *run, struct err *e)
{
    struct contents what = {
        .arena = run->arena,
        .config = run->config,
        .record = run->record,
        .manifest = run->manifest,
        .dsn = run->restored_dsn,
        .restored = &run->restored,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    if (!compare_restored(&what, e))
        return false;
    bool by_contents = count(run->record, true).compared > 0;
    struct tally n = count(run->record, by_contents);
    bool counted = by_contents && !n.with_source && count(run->record, false).with_source;
    run_summary(run, STAGE_compare, "%s, %s, in %zu of %zu tables%s",
                n.with_source ? "source = dump = restored" : "dump = restored",
                by_contents ? "row for row" : "by number of rows", n.equal, n.compared,
                counted ? "; counted in the source" : "");
    return true;
}
