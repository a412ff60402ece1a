/* SPDX-License-Identifier: PostgreSQL */
/* The table of checks for the documentation, out of the checks themselves. */
#include "check/check.h"

void check_docs(struct buf *out)
{
    buf_puts(out, "| check | stage | required | exit | asks | how |\n|---|---|---|--:|---|---|\n");
    for (const struct check *const *c = check_all; *c != NULL; c++)
        buf_printf(out, "| `%s` | %s | %s | %d | %s | %s |\n", (*c)->name, stage_words[(*c)->stage],
                   (*c)->required ? "yes" : "no", (*c)->exit_code, (*c)->question, (*c)->doc);
}
