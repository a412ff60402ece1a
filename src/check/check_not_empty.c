/* SPDX-License-Identifier: PostgreSQL */
/* Is there anything in the dump? */
#include "base/str.h"
#include "check/ask.h"

/* pg_dumpall --globals-only goes into no database. */
static bool is_globals_only(const struct evidence *ev)
{
    return ev->facts->is_cluster_dump && ev->facts->database == NULL &&
           inventory_count(ev->inventory, ITEM_ROLE) > 0;
}

static struct answer empty(const struct evidence *ev)
{
    if (is_globals_only(ev))
        return ask_answer(ev, OUTCOME_SKIPPED,
                          "roles and tablespaces of a cluster alone, no database");
    if (ev->config->verify_allow_empty)
        return ask_answer(ev, OUTCOME_SKIPPED, "no table, as verify.allow_empty expects");
    if (ask_has_problem(ev->facts, 1U << PROBLEM_LIMIT | 1U << PROBLEM_STREAM))
        return ask_answer(ev, OUTCOME_UNKNOWN, "no table in the part that could be read");
    ask_finding(ev, &check_not_empty,
                (struct finding){.code = "DUMP_EMPTY",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .text = "there is no table in the dump",
                                 .recommendation =
                                     "see that the backup job names the right database; "
                                     "where none is expected set verify.allow_empty"});
    return ask_answer(ev, OUTCOME_FAILED, "there is no table in it");
}

static struct answer ask(const struct evidence *ev)
{
    if (ev->facts == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    const struct dump_facts *f = ev->facts;
    if (f->n_create_table == 0 && f->copies == 0 && f->n_insert == 0)
        return empty(ev);
    return ask_answer(ev, OUTCOME_PASSED, "%s tables created, %s with a data section",
                      str_count(ev->arena, (int64_t)ev->facts->n_create_table),
                      str_count(ev->arena, (int64_t)ev->facts->copies));
}

const struct check check_not_empty = {
    .name = "not_empty",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "is there anything in it?",
    .doc = "A dump without any table fails unless verify.allow_empty says that this is expected, "
           "or it holds the globals of pg_dumpall alone.",
    .ask = ask,
};
