/* SPDX-License-Identifier: PostgreSQL */
/* Are the bytes valid in the encoding that the dump declares? */
#include "base/str.h"
#include "check/ask.h"

#include <strings.h>

static bool is_utf8(const char *encoding)
{
    return strcasecmp(encoding, "UTF8") == 0 || strcasecmp(encoding, "UTF-8") == 0 ||
           strcasecmp(encoding, "UNICODE") == 0;
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_encoding.name, 1U << PROBLEM_ENCODING, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    const char *encoding = ev->facts->encoding;
    if (encoding != NULL && is_utf8(encoding))
        return ask_answer(ev, OUTCOME_PASSED, "all of it is valid UTF8");
    const char *why =
        encoding == NULL
            ? "the dump does not say in which encoding it is"
            : arena_printf(ev->arena,
                           "the dump is in %s; only UTF8 is checked byte by byte here, "
                           "other encodings by the server that restores them",
                           encoding);
    record_gap(ev->record, "validity of every character of the file", why);
    return ask_answer(ev, OUTCOME_SKIPPED, "%s", why);
}

const struct check check_encoding = {
    .name = "encoding",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "are all characters valid in the declared encoding?",
    .doc = "Checks every byte of a dump that declares UTF8; for other encodings it is skipped, and "
           "the report says so under `coverage`.",
    .ask = ask,
};
