/* SPDX-License-Identifier: PostgreSQL */
/* Are the bytes valid in the encoding that the dump declares? */
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_encoding.name, 1U << PROBLEM_ENCODING, NULL);
    if (answer.outcome == OUTCOME_FAILED || ev->facts == NULL)
        return answer;
    const struct dump_facts *f = ev->facts;
    if (f->unknown_encoding != NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "there is no encoding \"%s\" in PostgreSQL up to 18",
                          f->unknown_encoding);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    if (f->encodings != NULL)
        return ask_answer(ev, OUTCOME_PASSED, "all of it is valid %s", f->encodings);
    record_gap(ev->record, "the encoding of the file", "the file does not say in which one it is");
    return ask_answer(ev, OUTCOME_SKIPPED,
                      "the dump does not say in which encoding it is; it could be UTF8");
}

const struct check check_encoding = {
    .name = "encoding",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "are all characters valid in the declared encoding?",
    .doc = "Checks every byte against the encoding that is declared where it stands, each of "
           "PostgreSQL's as its server does. In a single-byte encoding every byte is valid. Bytes "
           "of a SQL_ASCII dump, or of one that declares nothing, that are not UTF8 are a warning.",
    .ask = ask,
};
