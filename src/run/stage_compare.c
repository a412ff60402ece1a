/* SPDX-License-Identifier: PostgreSQL */
/* Compare: rows of every table, source = dump = restored. */
#include "base/str.h"
#include "check/compare.h"
#include "pg/objects.h"
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

/* The objects of the source: of this run's own, or as a manifest of this very file tells. */
static void find_objects(struct run *run)
{
    const struct record *r = run->record;
    const struct manifest *m = run->manifest;
    if (run->objects.n == 0 && m != NULL && !r->manifest.tampered && r->backup.sha256 != NULL &&
        str_eq(r->backup.sha256, m->backup.sha256))
        run->objects = m->objects;
}

bool run_list_restored(struct run *run, struct err *e)
{
    if (run->objects.n == 0 || str_eq(run->config->compare_catalog, "none"))
        return true;
    return objects_list(&run->restored, run->arena, &run->restored_objects, e) ||
           err_wrap(e, "restored copy");
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
    find_objects(run);
    if (!compare_restored(&what, e) || !run_list_restored(run, e))
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
