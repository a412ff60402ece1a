/* SPDX-License-Identifier: PostgreSQL */
/* Does every constraint hold for the rows that are there? */
#include "base/embed.h"
#include "check/ask.h"

EMBED(constraints_valid_sql, "src/check/constraints_valid.sql");

static struct answer ask(const struct evidence *ev)
{
    return ask_list(ev,
                    &(struct ask_list){.check = &check_constraints_valid,
                                       .sql = constraints_valid_sql,
                                       .one = "foreign key or check",
                                       .many = "foreign keys and checks",
                                       .code = "CONSTRAINT_NOT_VALID",
                                       .severity = SEVERITY_WARNING,
                                       .blame = BLAME_SOURCE,
                                       .recommendation = "ALTER TABLE ... VALIDATE CONSTRAINT on "
                                                         "the source"});
}

const struct check check_constraints_valid = {
    .name = "constraints_valid",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "does every foreign key and check hold for the rows that are there?",
    .doc =
        "A constraint that is NOT VALID on the source survives the dump as NOT VALID: a warning, "
        "because the rows were never held to it.",
    .ask = ask,
};
