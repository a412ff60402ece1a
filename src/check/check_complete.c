/* SPDX-License-Identifier: PostgreSQL */
/* Is the last thing there that pg_dump writes, and if not: how far is the dump whole? */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

/* Where the data of the last table ends: "recoverable up to table public.orders, row 1,204,331". */
static const char *recoverable(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const struct dump_table *last = &f->last_table;
    if (last->name == NULL)
        return "no table data";
    return arena_printf(ev->arena, "recoverable up to table %s%s%s, %s %s%s", last->schema,
                        last->schema[0] == '\0' ? "" : ".", last->name,
                        last->terminated ? "all" : "row", str_count(ev->arena, (int64_t)last->rows),
                        last->terminated ? " rows" : "");
}

static bool has_problem_with(const struct evidence *ev, const struct dump_table *t)
{
    const char *name =
        arena_printf(ev->arena, "%s%s%s", t->schema, t->schema[0] == '\0' ? "" : ".", t->name);
    VEC_EACH (const struct problem, p, &ev->facts->problems)
        if (p->grade == PROBLEM_FATAL && str_eq(p->subject, name))
            return true;
    return false;
}

/* How many tables there should be: what an archive's table of contents tells, or, in a dump of
 * pg_dump that has come to its data, what was created before them. 0: not known. */
static uint64_t n_expected(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const unsigned no_rows = ITEM_TEMPORARY | ITEM_PARTITIONED | ITEM_FILLED;
    uint64_t n = 0;
    if (f->n_told > 0)
        return f->n_told;
    if (f->dump_version == NULL || f->is_cluster_dump || f->copies == 0 || ev->inventory == NULL ||
        ev->inventory->n_not_kept > 0)
        return 0;
    LISTING_EACH(item, ev->inventory, ITEM_TABLE)
    n += ((*item)->flags & no_rows) == 0 ? (*item)->n : 0;
    return n;
}

/* "21 of 41 tables are whole in this file; ", as far as that is known. */
static const char *tables_whole(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    size_t n = 0;
    if (f->n_insert > 0 || f->tables.n < f->n_tables || ask_problems_dropped(f))
        return "";
    VEC_EACH (const struct dump_table, t, &f->tables)
        n += t->terminated && !has_problem_with(ev, t);
    uint64_t expected = n_expected(ev);
    if (expected == 0 && f->tables.n == 0)
        return "";
    if (expected < f->tables.n)
        return arena_printf(ev->arena, "%s whole in this file; ",
                            str_number_of(ev->arena, (int64_t)n, "table is", "tables are"));
    return arena_printf(ev->arena, "%s of %s whole in this file; ",
                        str_count(ev->arena, (int64_t)n),
                        str_number_of(ev->arena, (int64_t)expected, "table is", "tables are"));
}

/* "whole up to SQL byte 1,017,220,096, object public.customers (TABLE DATA); recoverable …" */
static const char *whole_until(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const char *object = "";
    if (f->whole_object != NULL)
        object = arena_printf(ev->arena, ", object %s (%s)", f->whole_object, f->whole_type);
    return arena_printf(ev->arena, "whole up to SQL byte %s%s; %s",
                        str_count(ev->arena, (int64_t)f->whole_until), object, recoverable(ev));
}

static struct answer incomplete(const struct evidence *ev)
{
    const char *text =
        arena_printf(ev->arena, "no completion line; %s%s", tables_whole(ev), whole_until(ev));
    ask_finding(ev, &check_complete,
                (struct finding){.code = "TRAILER_MISSING",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .text = text,
                                 .offset = KNOWN(ev->facts->bytes),
                                 .recommendation = "take the backup again and keep it only when "
                                                   "pg_dump ended with exit status 0"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", text);
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_complete.name, 1U << PROBLEM_TRAILER, NULL);
    if (ev->facts == NULL)
        return answer;
    const struct dump_facts *f = ev->facts;
    if (answer.outcome == OUTCOME_FAILED || ask_has_problem(f, 1U << PROBLEM_LIMIT))
        return answer;
    if (f->has_header && !f->complete)
        return incomplete(ev);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    if (f->has_header)
        return ask_answer(ev, OUTCOME_PASSED, "the completion line of pg_dump is there");
    if (f->last_object != NULL)
        return ask_answer(
            ev, OUTCOME_UNKNOWN,
            "pg_dump wrote this, but neither its header nor its completion line is there");
    record_gap(
        ev->record, "whether the end of the file is there",
        "it is not from pg_dump as far as one can see, and other SQL has no completion line");
    return ask_answer(ev, OUTCOME_SKIPPED,
                      "not written by pg_dump as far as one can see: no completion line to expect");
}

const struct check check_complete = {
    .name = "complete",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "is the dump there to its very end?",
    .doc =
        "Wants the completion line that belongs to each header of pg_dump or pg_dumpall, and the "
        "header to each completion line; says how far the dump is whole when one is missing. SQL "
        "of "
        "another origin has none to expect, which stands under `coverage`.",
    .ask = ask,
};
