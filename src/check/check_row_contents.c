/* SPDX-License-Identifier: PostgreSQL */
/* Does every table of the restored copy hold the very rows of the dump, and of the source? */
#include "base/str.h"
#include "check/ask.h"

struct tally {
    size_t of[OUTCOME_WORDS];
    bool with_source;
    const struct table_facts *first_bad;
};

static struct tally count(const struct record *r)
{
    struct tally n = {0};
    VEC_EACH (const struct table_facts, t, &r->tables) {
        n.of[t->contents]++;
        n.with_source = n.with_source || t->source_digest != NULL;
        bool is_worse = t->contents == OUTCOME_FAILED &&
                        (n.first_bad == NULL || n.first_bad->contents != OUTCOME_FAILED);
        if (is_worse || (t->contents == OUTCOME_UNKNOWN && n.first_bad == NULL))
            n.first_bad = t;
    }
    return n;
}

static const char *advice(const struct table_facts *t)
{
    if (t->contents == OUTCOME_FAILED)
        return "as many rows, but others: do not trust this backup before it is known why";
    if (t->restored_digest == NULL)
        return "see why the table cannot be read: nothing is proved of its rows";
    return "name the time zone of the dumping session in compare.time_zone, or let `run` take the "
           "dump";
}

/* Rows that are missing are told by row_counts. */
static void tell(const struct evidence *ev, const struct table_facts *t)
{
    bool failed = t->contents == OUTCOME_FAILED;
    if ((!failed && t->contents != OUTCOME_UNKNOWN) || t->outcome == OUTCOME_FAILED)
        return;
    ask_finding(ev, &check_row_contents,
                (struct finding){.code = failed ? "ROWS_DIFFER" : "ROWS_NOT_COMPARED",
                                 .severity = failed ? SEVERITY_CRITICAL : SEVERITY_WARNING,
                                 .blame = failed ? BLAME_BACKUP : BLAME_ENVIRONMENT,
                                 .subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name),
                                 .text = t->contents_reason,
                                 .recommendation = advice(t)});
}

static struct answer ask(const struct evidence *ev)
{
    if (!str_eq(ev->config->compare_content, "full")) {
        record_gap(ev->record, "what the rows of the restored copy hold",
                   "compare.content is none: they are counted only");
        return ask_answer(ev, OUTCOME_SKIPPED, "compare.content is none");
    }
    VEC_EACH (const struct table_facts, t, &ev->record->tables)
        tell(ev, t);
    struct tally n = count(ev->record);
    size_t compared = n.of[OUTCOME_PASSED] + n.of[OUTCOME_FAILED] + n.of[OUTCOME_UNKNOWN];
    if (!n.with_source)
        record_gap(ev->record, "what the rows of the source hold",
                   ev->record->source.version == NULL
                       ? "there is no source, and no manifest of it"
                       : "they are counted, not read, unless compare.source is full");
    if (n.first_bad != NULL)
        return ask_answer(ev, n.of[OUTCOME_FAILED] > 0 ? OUTCOME_FAILED : OUTCOME_UNKNOWN,
                          "%zu of %zu tables differ, %zu unknown; the first: %s.%s, %s",
                          n.of[OUTCOME_FAILED], compared, n.of[OUTCOME_UNKNOWN],
                          n.first_bad->schema, n.first_bad->name, n.first_bad->contents_reason);
    if (compared == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "no table has a digest to compare with");
    return ask_answer(ev, OUTCOME_PASSED, "%s, row for row, in %zu of %zu tables",
                      n.with_source ? "source = dump = restored" : "dump = restored", compared,
                      compared);
}

const struct check check_row_contents = {
    .name = "row_contents",
    .stage = STAGE_compare,
    .required = true,
    .exit_code = 1,
    .question = "does every table hold the very rows of the dump, and of the source?",
    .doc = "Compares a digest of all rows of each table: of the COPY data in the dump, of the "
           "restored copy read by COPY, and of the source under the snapshot of the dump when "
           "compare.source is full.",
    .ask = ask,
};
