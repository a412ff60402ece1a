/* SPDX-License-Identifier: PostgreSQL */
/* Did every byte of the file decode to a clean end? */
#include "base/str.h"
#include "check/ask.h"

/* What says whether flipped bits would have been seen. */
static const char *protection_text(const struct evidence *ev, const struct backup_facts *b)
{
    if (b->protection != NULL && !str_eq(b->protection, "none"))
        return arena_printf(ev->arena, "checksum %s", b->protection);
    record_gap(ev->record, "bits flipped inside the data of the file",
               "the file carries no checksum of its own (gzip does)");
    return "no checksum in the stream";
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = check_problems(ev, check_stream.name, 1U << PROBLEM_STREAM, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    const struct backup_facts *b = &ev->record->backup;
    if (ask_has_finding(ev->record, "TRAILING_GARBAGE"))
        return ask_answer(ev, OUTCOME_WARNED, "the data is whole, and something else follows it");
    bool packed = b->compression != NULL && !str_eq(b->compression, "none");
    return ask_answer(ev, OUTCOME_PASSED, "%s, %s of SQL decoded to a clean end, %s",
                      packed ? b->compression : "not compressed",
                      str_bytes(ev->arena, ev->facts->bytes), protection_text(ev, b));
}

const struct check check_stream = {
    .name = "stream",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "does every byte of the file decode to a clean end?",
    .doc = "Decodes the whole file, every gzip member and zstd frame to its end and its checksum; "
           "a file that ends or breaks in the middle fails.",
    .ask = ask,
};
