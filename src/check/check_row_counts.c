/* SPDX-License-Identifier: PostgreSQL */
/* Has every table as many rows in the source, in the dump and in the restored copy? */
#include "base/str.h"
#include "check/ask.h"
#include "check/compare.h"

static void tell_different(const struct evidence *ev, const struct table_facts *t)
{
    bool short_dump = compare_differ(t->source_rows, t->dump_rows);
    ask_finding(
        ev, &check_row_counts,
        (struct finding){.code = short_dump ? "ROWS_NOT_DUMPED" : "ROWS_NOT_RESTORED",
                         .severity = SEVERITY_CRITICAL,
                         .blame = t->outcome == OUTCOME_FAILED ? BLAME_BACKUP : BLAME_ENVIRONMENT,
                         .subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name),
                         .text = t->reason,
                         .recommendation = short_dump
                                               ? "look for row security of the dumping role"
                                               : "look at the rejected statements of the restore"});
}

static void tell_without_data(const struct evidence *ev, const struct table_facts *t)
{
    ask_finding(ev, &check_row_counts,
                (struct finding){.code = "TABLE_WITHOUT_DATA",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name),
                                 .text = t->reason,
                                 .recommendation = "look for --exclude-table-data or "
                                                   "--no-unlogged-table-data in the backup job"});
}

/* Findings for what compare_judge found; a table that is not there is told by tables_present. */
static void tell(const struct evidence *ev, const struct table_facts *t)
{
    if (!t->restored_rows.known)
        return;
    if (t->outcome == OUTCOME_FAILED || t->outcome == OUTCOME_UNKNOWN)
        tell_different(ev, t);
    else if (t->outcome == OUTCOME_WARNED && !t->dump_rows.known && !t->source_rows.known)
        tell_without_data(ev, t);
}

/* How many tables have which outcome. */
struct tally {
    size_t of[OUTCOME_WORDS];
    bool with_source;
    const struct table_facts *first_bad;
};

static struct tally count(const struct record *r)
{
    struct tally tally = {0};
    VEC_EACH (const struct table_facts, t, &r->tables) {
        tally.of[t->outcome]++;
        tally.with_source = tally.with_source || t->source_rows.known;
        if (tally.first_bad == NULL && t->reason != NULL &&
            (t->outcome == OUTCOME_FAILED || t->outcome == OUTCOME_UNKNOWN))
            tally.first_bad = t;
    }
    return tally;
}

static struct answer ask(const struct evidence *ev)
{
    compare_judge(ev->record);
    VEC_EACH (const struct table_facts, t, &ev->record->tables)
        tell(ev, t);
    struct tally n = count(ev->record);
    size_t compared = n.of[OUTCOME_PASSED] + n.of[OUTCOME_FAILED] + n.of[OUTCOME_UNKNOWN];
    if (!n.with_source)
        record_gap(ev->record, "rows of the source",
                   "there is no source, or its rows were not counted under the dump's snapshot");
    if (n.first_bad != NULL)
        return ask_answer(ev, n.of[OUTCOME_FAILED] > 0 ? OUTCOME_FAILED : OUTCOME_UNKNOWN,
                          "%zu of %zu tables differ, %zu unknown; the first: %s.%s, %s",
                          n.of[OUTCOME_FAILED], compared, n.of[OUTCOME_UNKNOWN],
                          n.first_bad->schema, n.first_bad->name, n.first_bad->reason);
    if (n.of[OUTCOME_WARNED] > 0)
        return ask_answer(ev, OUTCOME_WARNED, "equal in %zu tables; %zu others are to be looked at",
                          compared, n.of[OUTCOME_WARNED]);
    if (compared == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there is no table to compare");
    return ask_answer(ev, OUTCOME_PASSED, "row counts: %s in %zu of %zu tables",
                      n.with_source ? "source = dump = restored" : "dump = restored", compared,
                      compared);
}

const struct check check_row_counts = {
    .name = "row_counts",
    .stage = STAGE_compare,
    .required = true,
    .exit_code = 1,
    .question = "has every table as many rows in the source, in the dump and in the restored copy?",
    .doc = "Counts under the snapshot of the dump, rows of the COPY blocks, and count(*) in the "
           "restored copy. A table that is made but has no data section is a warning.",
    .ask = ask,
};
