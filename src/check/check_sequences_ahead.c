/* SPDX-License-Identifier: PostgreSQL */
/* Would the next value of every sequence be a new one? */
#include "base/embed.h"
#include "base/str.h"
#include "check/ask.h"

EMBED(sequences_ahead_sql, "src/check/sequences_ahead.sql");

static void tell_behind(const struct evidence *ev, const char *subject, const char *column,
                        const PGresult *state)
{
    ask_finding(ev, &check_sequences_ahead,
                (struct finding){
                    .code = "SEQUENCE_BEHIND",
                    .severity = SEVERITY_WARNING,
                    .blame = BLAME_SOURCE,
                    .subject = subject,
                    .text = arena_printf(ev->arena, "its next value is %s, but %s holds %s already",
                                         pg_cell(state, 0, 1), column, pg_cell(state, 0, 2)),
                    .recommendation =
                        "compare with the sequence on the source: if it is ahead there, "
                        "the backup lost its setval; if not, the next insert fails "
                        "there as well"});
}

static void tell_exhausted(const struct evidence *ev, const char *subject, const char *column,
                           const PGresult *state)
{
    ask_finding(
        ev, &check_sequences_ahead,
        (struct finding){.code = "SEQUENCE_EXHAUSTED",
                         .severity = SEVERITY_WARNING,
                         .blame = BLAME_SOURCE,
                         .subject = subject,
                         .text = arena_printf(ev->arena,
                                              "it has no value left for %s (next would be %s)",
                                              column, pg_cell(state, 0, 1)),
                         .recommendation = "give the column and the sequence a larger type"});
}

/* Asks about one column; false when the server gave no answer. */
static bool ask_one(const struct evidence *ev, const PGresult *list, int row, size_t *bad,
                    struct err *e)
{
    const char *subject = arena_strdup(ev->arena, pg_cell(list, row, 0));
    CLEANUP(pg_result_cleanup) PGresult *state = NULL;
    if (!pg_query(ev->restored, pg_cell(list, row, 1), NULL, &state, e))
        return err_wrap(e, "%s", subject);
    if (PQntuples(state) != 1)
        return err_set(e, ERR_SQL, "%s: no answer", subject);
    const char *word = pg_cell(state, 0, 0);
    if (str_eq(word, "ahead"))
        return true;
    (*bad)++;
    if (str_eq(word, "behind"))
        tell_behind(ev, subject, pg_cell(list, row, 2), state);
    else
        tell_exhausted(ev, subject, pg_cell(list, row, 2), state);
    return true;
}

static struct answer ask(const struct evidence *ev)
{
    if (ev->restored == NULL)
        return ask_no_server(ev);
    struct err e = {0};
    CLEANUP(pg_result_cleanup) PGresult *list = NULL;
    if (!pg_query(ev->restored, sequences_ahead_sql, NULL, &list, &e))
        return ask_answer(ev, OUTCOME_UNKNOWN, "the server gave no answer: %s", e.text);
    int n = PQntuples(list);
    if (n == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "no unique column takes its values from a sequence");
    size_t bad = 0;
    for (int i = 0; i < n; i++)
        if (!ask_one(ev, list, i, &bad, &e))
            return ask_answer(ev, OUTCOME_UNKNOWN, "the server gave no answer: %s", e.text);
    if (bad > 0)
        return ask_answer(ev, OUTCOME_WARNED, "%zu of %d sequences would not give a new value", bad,
                          n);
    return ask_answer(ev, OUTCOME_PASSED, "%s ahead of %s data",
                      str_number_of(ev->arena, n, "sequence", "sequences"),
                      n == 1 ? "its" : "their");
}

const struct check check_sequences_ahead = {
    .name = "sequences_ahead",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "would the next value of every sequence be a new one?",
    .doc =
        "Computes the next value (is_called, sign of the increment) and compares it with the "
        "largest value of the unique column it feeds. One that is behind is a warning: nothing in "
        "a dump tells whether it was so on the source.",
    .ask = ask,
};
