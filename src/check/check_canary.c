/* SPDX-License-Identifier: PostgreSQL */
/* Is the value that was put into the source for this purpose in the restored copy? */
#include "base/str.h"
#include "check/ask.h"

static struct answer unknown(const struct evidence *ev, const char *why)
{
    return ask_answer(ev, OUTCOME_UNKNOWN, "%s", why);
}

static struct answer judge(const struct evidence *ev, const PGresult *rows)
{
    const char *wanted = ev->config->integrity_canary_value;
    if (PQnfields(rows) != 1 || PQntuples(rows) > 1)
        return unknown(ev, "integrity.canary.query must give one value");
    const char *value = PQntuples(rows) == 0 ? NULL : pg_cell(rows, 0, 0);
    if (str_eq(value, wanted))
        return ask_answer(ev, OUTCOME_PASSED, "it is there");
    const char *text = PQntuples(rows) == 0 ? "it is not there: the query gives no row"
                       : value == NULL      ? "it is null"
                                            : "it has another value";
    ask_finding(ev, &check_canary,
                (struct finding){.code = "CANARY_LOST",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .subject = "canary",
                                 .text = text,
                                 .recommendation =
                                     "see when it was last written on the source: the "
                                     "backup is older, or of another database"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", text);
}

static struct answer ask(const struct evidence *ev)
{
    struct err e = {0};
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    const struct config *c = ev->config;
    if (ev->restored == NULL)
        return ask_no_server(ev);
    if (c->integrity_canary_query == NULL && c->integrity_canary_value == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED, "integrity.canary is not set");
    if (c->integrity_canary_query == NULL || c->integrity_canary_value == NULL)
        return unknown(ev, "integrity.canary needs both query and value");
    if (!ask_reading_only(ev, c->integrity_canary_query, &rows, &e))
        return unknown(ev, arena_strdup(ev->arena, e.text));
    return judge(ev, rows);
}

const struct check check_canary = {
    .name = "canary",
    .stage = STAGE_integrity,
    .required = true,
    .exit_code = 1,
    .question = "is the value that was put into the source to be found again in the copy?",
    .doc = "Runs integrity.canary.query in a read-only transaction of the restored copy: its one "
           "value must be integrity.canary.value, as text. It shows that the backup is of this "
           "database, and not an old one.",
    .ask = ask,
};
