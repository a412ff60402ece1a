/* SPDX-License-Identifier: PostgreSQL */
/* Would restoring it run anything besides SQL? */
#include "check/ask.h"

static struct answer ask(const struct evidence *ev)
{
    return check_problems(ev, check_meta_commands.name, 1U << PROBLEM_META,
                          "no psql meta-command outside COPY data, no program of the server");
}

const struct check check_meta_commands = {
    .name = "meta_commands",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "would restoring it run anything besides SQL?",
    .doc =
        "A line of a dump that starts with a backslash makes psql run programs on the machine that "
        "restores it (CVE-2025-8714), and COPY with PROGRAM does so on the server; commands that "
        "only "
        "print, and files of the server, are a warning.",
    .ask = ask,
};
