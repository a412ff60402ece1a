/* SPDX-License-Identifier: PostgreSQL */
/* Has every row its columns and every COPY block its end? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_copy.name, 1U << PROBLEM_COPY, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    if (ev->facts->copies == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no COPY blocks");
    if (ev->facts->n_uncounted > 0)
        return ask_answer(ev, OUTCOME_UNKNOWN,
                          "%s of %s COPY blocks are in a format whose rows are not counted here "
                          "(csv, binary, or with a header line)",
                          str_count(ev->arena, (int64_t)ev->facts->n_uncounted),
                          str_count(ev->arena, (int64_t)ev->facts->copies));
    return ask_answer(ev, OUTCOME_PASSED, "%s rows in %s COPY blocks",
                      str_count(ev->arena, (int64_t)ev->facts->rows),
                      str_count(ev->arena, (int64_t)ev->facts->copies));
}

const struct check check_copy = {
    .name = "copy",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "has every row its columns and every COPY block its end?",
    .doc = "Counts the columns of every row against the column list and wants the terminator of "
           "every COPY block: a dump that is cut at a line end restores with psql without an "
           "error. Formats "
           "that pg_dump does not write (csv, binary) are not counted, so the answer is unknown.",
    .ask = ask,
};
