/* SPDX-License-Identifier: PostgreSQL */
/* Is every index of the restored copy usable? */
#include "base/embed.h"
#include "check/ask.h"

EMBED(indexes_valid_sql, "src/check/indexes_valid.sql");

static struct answer ask(const struct evidence *ev)
{
    return ask_list(ev, &(struct ask_list){.check = &check_indexes_valid,
                                           .sql = indexes_valid_sql,
                                           .one = "index",
                                           .many = "indexes",
                                           .code = "INDEX_INVALID",
                                           .severity = SEVERITY_CRITICAL,
                                           .blame = BLAME_BACKUP,
                                           .recommendation = "REINDEX it on the source, see why it "
                                                             "fails, and take the backup again"});
}

const struct check check_indexes_valid = {
    .name = "indexes_valid",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "is every index usable?",
    .doc =
        "pg_index of the restored copy: valid, ready and live. amcheck passes over invalid ones.",
    .ask = ask,
};
