/* SPDX-License-Identifier: PostgreSQL */
/* Do header, table of contents and data of an archive belong together? */
#include "base/str.h"
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    static const char *const formats[] = {"custom", "directory", "tar"};
    const struct backup_facts *b = &ev->record->backup;
    bool is_archive = false;
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        is_archive = is_archive || str_eq(b->format, formats[i]);
    if (!is_archive)
        return ask_answer(ev, OUTCOME_SKIPPED, "it is no archive of pg_dump");
    struct answer answer = check_problems(ev, check_archive.name, 1U << PROBLEM_ARCHIVE, NULL);
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    return ask_answer(
        ev, OUTCOME_PASSED, "version %s, %s entries, every one has its data: %s members",
        b->archive_version, str_count(ev->arena, b->entries), str_count(ev->arena, b->members));
}

const struct check check_archive = {
    .name = "archive",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "do header, table of contents and data of the archive belong together?",
    .doc = "Reads custom, directory and tar archives: the header is one that pg_dump writes, every "
           "entry has its data and all data have an entry, once, whole, and where the table of "
           "contents says; none is of zero bytes, and none ends before its terminator.",
    .ask = ask,
};
