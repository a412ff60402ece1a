/* SPDX-License-Identifier: PostgreSQL */
/* Can every materialized view be read? */
#include "base/embed.h"
#include "check/ask.h"

EMBED(matviews_populated_sql, "src/check/matviews_populated.sql");

static struct answer ask(const struct evidence *ev)
{
    return ask_list(ev, &(struct ask_list){.check = &check_matviews_populated,
                                           .sql = matviews_populated_sql,
                                           .one = "materialized view",
                                           .many = "materialized views",
                                           .code = "MATVIEW_NOT_POPULATED",
                                           .severity = SEVERITY_WARNING,
                                           .blame = BLAME_SOURCE,
                                           .recommendation = "REFRESH MATERIALIZED VIEW after the "
                                                             "restore"});
}

const struct check check_matviews_populated = {
    .name = "matviews_populated",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "can every materialized view be read?",
    .doc =
        "A materialized view without data cannot be queried. pg_dump leaves it so when it was so "
        "on the source, and a REFRESH that fails is an error of the restore: here it is a warning.",
    .ask = ask,
};
