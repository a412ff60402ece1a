/* SPDX-License-Identifier: PostgreSQL */
/* Is the last thing there that pg_dump writes, and if not: how far is the dump whole? */
#include "base/str.h"
#include "check/ask.h"

/* "whole up to table public.orders, row 1,204,331 (SQL byte 1,017,220,096)" */
static const char *whole_until(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const char *byte = str_count(ev->arena, (int64_t)f->whole_until);
    const struct dump_table *last = f->tables.n == 0 ? NULL : vec_at(&f->tables, f->tables.n - 1);
    if (last != NULL && !last->terminated)
        return arena_printf(ev->arena, "whole up to table %s%s%s, row %s (SQL byte %s)",
                            last->schema, last->schema[0] == '\0' ? "" : ".", last->name,
                            str_count(ev->arena, (int64_t)last->rows), byte);
    if (f->last_object != NULL)
        return arena_printf(ev->arena, "whole up to SQL byte %s, near %s", byte, f->last_object);
    return arena_printf(ev->arena, "whole up to SQL byte %s", byte);
}

static struct answer incomplete(const struct evidence *ev)
{
    const char *text = arena_printf(ev->arena, "no completion line; %s", whole_until(ev));
    if (!ask_has_problem(ev->facts, 1U << PROBLEM_TRAILER))
        ask_finding(ev, &check_complete,
                    (struct finding){.code = "TRAILER_MISSING",
                                     .severity = SEVERITY_CRITICAL,
                                     .blame = BLAME_BACKUP,
                                     .text = text,
                                     .offset = KNOWN(ev->facts->bytes),
                                     .recommendation =
                                         "take the backup again and keep it only when "
                                         "pg_dump ended with exit status 0"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", text);
}

/* A completion line whose beginning is not there: comments are stripped by some tools, heads get
 * lost. */
static struct answer headless(const struct evidence *ev)
{
    ask_finding(
        ev, &check_complete,
        (struct finding){.code = "HEADER_MISSING",
                         .severity = SEVERITY_WARNING,
                         .blame = BLAME_BACKUP,
                         .text = "the completion line of pg_dump is there, its header is not",
                         .recommendation = "keep dumps as pg_dump wrote them"});
    return ask_answer(ev, OUTCOME_WARNED, "completion line without header");
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_complete.name, 1U << PROBLEM_TRAILER, NULL);
    if (ev->facts == NULL)
        return answer;
    const struct dump_facts *f = ev->facts;
    if (answer.outcome == OUTCOME_FAILED || (f->has_header && !f->complete))
        return ask_has_problem(f, 1U << PROBLEM_LIMIT) ? answer : incomplete(ev);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    if (f->has_header)
        return ask_answer(ev, OUTCOME_PASSED, "the completion line of pg_dump is there");
    if (f->complete)
        return headless(ev);
    if (f->last_object != NULL)
        return ask_answer(
            ev, OUTCOME_UNKNOWN,
            "pg_dump wrote this, but neither its header nor its completion line is there");
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
        "Wants the completion line that belongs to each header of pg_dump or pg_dumpall; says how "
        "far the dump is whole when it is missing. SQL of another origin has none to expect.",
    .ask = ask,
};
