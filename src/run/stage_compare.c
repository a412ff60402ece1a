/* SPDX-License-Identifier: PostgreSQL */
/* Compare: rows of every table, source = dump = restored. */
#include "base/str.h"
#include "check/compare.h"
#include "run/run.h"

bool stage_compare(struct run *run, struct err *e)
{
    if (!compare_restored(&run->restored, run->record, &run->display.progress, e))
        return false;
    size_t equal = 0, counted = 0;
    VEC_EACH (const struct table_facts, t, &run->record->tables) {
        equal += t->outcome == OUTCOME_PASSED;
        counted += t->outcome != OUTCOME_SKIPPED;
    }
    run_summary(run, STAGE_compare, "row counts: %s = restored in %zu of %zu tables",
                run->source_dsn == NULL ? "dump" : "source = dump", equal, counted);
    return true;
}
