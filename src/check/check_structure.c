/* SPDX-License-Identifier: PostgreSQL */
/* Is the decoded text SQL from its first byte to its last? */
#include "base/str.h"
#include "check/ask.h"

static struct answer not_a_dump(const struct evidence *ev)
{
    ask_finding(ev, &check_structure,
                (struct finding){.code = "NOT_A_DUMP",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .subject = ev->record->backup.path,
                                 .text = "the file holds no SQL",
                                 .recommendation = "look at what the backup job wrote here: an "
                                                   "error text and an empty file are common"});
    return ask_answer(ev, OUTCOME_FAILED, "there is no SQL in it");
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_structure.name, 1U << PROBLEM_STRUCTURE, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    if (!ev->facts->is_dump || ev->facts->statements == 0)
        return not_a_dump(ev);
    return ask_answer(ev, OUTCOME_PASSED, "%s statements, every quote and comment closed",
                      str_count(ev->arena, (int64_t)ev->facts->statements));
}

const struct check check_structure = {
    .name = "structure",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "is it SQL from the first byte to the last?",
    .doc = "Lexes everything outside COPY data: quotes, dollar quotes and comments are closed, "
           "statements start with a command and end, no stray text stands between them.",
    .ask = ask,
};
