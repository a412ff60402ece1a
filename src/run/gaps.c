/* SPDX-License-Identifier: PostgreSQL */
/* What a file alone cannot show. */
#include "run/run.h"

void run_note_gaps(struct run *run)
{
    const struct inventory *inv = &run->inventory;
    if (!run->verified || !run->facts.is_dump)
        return;
    const struct {
        uint64_t n;
        const char *what, *why;
    } gaps[] = {
        {run->facts.rows + run->facts.n_insert,
         "rows that were lost before the dump was taken, and wrong values",
         "only the source, or a manifest of it, can show them"},
        {inv->n[ITEM_INDEX] + inv->n[ITEM_CONSTRAINT],
         "whether indexes and constraints can be built", "only a restore shows it"},
        {inv->n[ITEM_LARGE_OBJECT], "contents of large objects",
         "nothing in a dump says what they should be"},
        {inv->n[ITEM_FOREIGN_TABLE], "rows of foreign tables",
         "a dump holds their definition only"},
    };
    for (size_t i = 0; i < COUNT_OF(gaps); i++)
        if (gaps[i].n > 0)
            record_gap(run->record, gaps[i].what, gaps[i].why);
}
