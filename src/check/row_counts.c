/* SPDX-License-Identifier: PostgreSQL */
/* Has every table as many rows in the source, in the dump and in the restored copy? */
#include "check/ask.h"

#include "base/str.h"

static const char *figure(struct arena *a, struct maybe n)
{
    return n.known ? str_count(a, n.value) : "unknown";
}

static bool differ(struct maybe a, struct maybe b)
{
    return a.known && b.known && a.value != b.value;
}

/* Is it the restored copy alone that differs, after rejections that this machine is to blame for? */
static bool may_be_environment(const struct record *r, const struct table_facts *t)
{
    return !differ(t->source_rows, t->dump_rows) &&
           ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_ENVIRONMENT) > 0;
}

static void judge_different(const struct evidence *ev, struct table_facts *t)
{
    bool environment = may_be_environment(ev->record, t);
    t->outcome = environment ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
    t->reason = arena_printf(ev->arena, "rows: source %s, dump %s, restored %s",
                             figure(ev->arena, t->source_rows), figure(ev->arena, t->dump_rows),
                             figure(ev->arena, t->restored_rows));
    bool short_dump = differ(t->source_rows, t->dump_rows);
    ask_finding(ev, &check_row_counts,
                (struct finding){
                    .code = short_dump ? "ROWS_NOT_DUMPED" : "ROWS_NOT_RESTORED",
                    .severity = SEVERITY_CRITICAL,
                    .blame = environment ? BLAME_ENVIRONMENT : BLAME_BACKUP,
                    .subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name),
                    .text = t->reason,
                    .recommendation = short_dump ? "look for row security of the dumping role"
                                                 : "look at the rejected statements of the restore"});
}

/* A table without a data section, in a dump that has them. */
static void judge_without_data(const struct evidence *ev, struct table_facts *t)
{
    if (t->restored_rows.value > 0) {
        t->outcome = OUTCOME_SKIPPED;
        t->reason = "its rows did not come by COPY: nothing to compare them with";
        return;
    }
    t->outcome = OUTCOME_WARNED;
    t->reason = "the dump has no data section for it";
    ask_finding(ev, &check_row_counts,
                (struct finding){.code = "TABLE_WITHOUT_DATA",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name),
                                 .text = "the dump makes the table but has no data section for it",
                                 .recommendation = "look for --exclude-table-data or "
                                                   "--no-unlogged-table-data in the backup job"});
}

static bool dump_has_data_sections(const struct record *r)
{
    VEC_EACH (const struct table_facts, t, &r->tables)
        if (t->dump_rows.known)
            return true;
    return false;
}

static void judge(const struct evidence *ev, struct table_facts *t, bool has_sections)
{
    if (t->outcome != OUTCOME_PENDING)
        return;
    if (differ(t->source_rows, t->dump_rows) || differ(t->dump_rows, t->restored_rows) ||
        differ(t->source_rows, t->restored_rows)) {
        judge_different(ev, t);
    } else if (!t->restored_rows.known) {
        t->outcome = OUTCOME_UNKNOWN;
        t->reason = "it was not counted in the restored copy";
    } else if (t->dump_rows.known || t->source_rows.known) {
        t->outcome = OUTCOME_PASSED;
    } else if (has_sections) {
        judge_without_data(ev, t);
    } else {
        t->outcome = OUTCOME_SKIPPED;
        t->reason = "the dump has no COPY data and there is no source: nothing to compare with";
    }
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
    bool has_sections = dump_has_data_sections(ev->record);
    VEC_EACH (struct table_facts, t, &ev->record->tables)
        judge(ev, t, has_sections);
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
    return ask_answer(ev, OUTCOME_PASSED, "%s in %zu of %zu tables",
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
