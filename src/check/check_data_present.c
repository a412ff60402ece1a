/* SPDX-License-Identifier: PostgreSQL */
/* Are both there, tables and rows? Options left over in a script leave one of them out. */
#include "base/str.h"
#include "check/ask.h"

static struct answer one_sided(const struct evidence *ev, const char *code, const char *text)
{
    ask_finding(ev, &check_data_present,
                (struct finding){.code = code,
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .text = text,
                                 .recommendation =
                                     "look for --schema-only, --data-only or --section "
                                     "in the backup job"});
    return ask_answer(ev, OUTCOME_WARNED, "%s", text);
}

static struct answer ask(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    if (f == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    bool has_data = f->copies > 0 || f->n_insert > 0, has_tables = f->n_create_table > 0;
    if (!has_data && ask_has_problem(f, 1U << PROBLEM_STREAM | 1U << PROBLEM_LIMIT))
        return ask_answer(ev, OUTCOME_UNKNOWN, "the part with the data could not be read");
    if (!has_data && !has_tables)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no tables");
    if (!has_data)
        return one_sided(ev, "SCHEMA_ONLY",
                         "tables are created, but there is no data for any of them");
    if (!has_tables)
        return one_sided(ev, "DATA_ONLY", "there is data, but no table is created");
    return ask_answer(ev, OUTCOME_PASSED, "%s tables, %s COPY blocks, %s INSERT statements",
                      str_count(ev->arena, (int64_t)f->n_create_table),
                      str_count(ev->arena, (int64_t)f->copies),
                      str_count(ev->arena, (int64_t)f->n_insert));
}

const struct check check_data_present = {
    .name = "data_present",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "are both there, tables and rows?",
    .doc =
        "Tables without any data, or data without tables, look like --schema-only or --data-only "
        "by mistake: a warning.",
    .ask = ask,
};
