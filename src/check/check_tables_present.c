/* SPDX-License-Identifier: PostgreSQL */
/* Does every table of the dump exist in the restored copy, and every table of the source? */
#include "base/str.h"
#include "check/ask.h"

/* Was the dump narrowed to some schemas, so that tables of the source may be missing? */
static bool is_narrowed(const struct config *config)
{
    return config->backup_schema.n > 0 || config->backup_exclude_schema.n > 0;
}

/* A table that is not in the restored copy; restored_bytes is known of those that have no rows of
 * their own. */
static bool is_missing(const struct evidence *ev, const struct table_facts *t)
{
    if (t->restored_rows.known || t->restored_bytes.known)
        return false;
    return t->dump_rows.known || !is_narrowed(ev->config);
}

static void tell(const struct evidence *ev, struct table_facts *t, enum blame blame)
{
    const char *subject = arena_printf(ev->arena, "%s.%s", t->schema, t->name);
    const char *where = t->dump_rows.known ? "the dump" : "the source";
    if (t->schema[0] == '\0') {
        t->outcome = OUTCOME_UNKNOWN;
        t->reason =
            "the dump names it without schema, and several schemas may have one of that name";
        return;
    }
    t->reason = arena_printf(ev->arena, "it is in %s but not in the restored copy", where);
    t->outcome = blame == BLAME_ENVIRONMENT ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
    ask_finding(ev, &check_tables_present,
                (struct finding){.code = "TABLE_MISSING",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = blame,
                                 .subject = subject,
                                 .text = t->reason,
                                 .recommendation =
                                     "look for the rejected statement that should have "
                                     "made it among the findings of the restore"});
}

static struct answer ask(const struct evidence *ev)
{
    struct record *r = ev->record;
    bool environment =
        ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_ENVIRONMENT) > 0;
    size_t n = 0, missing = 0, unsure = 0, left_out = 0;
    VEC_EACH (struct table_facts, t, &r->tables) {
        n++;
        if (is_missing(ev, t)) {
            tell(ev, t, environment ? BLAME_ENVIRONMENT : BLAME_BACKUP);
            missing += t->outcome == OUTCOME_FAILED;
            unsure += t->outcome == OUTCOME_UNKNOWN;
        } else if (!t->restored_rows.known && !t->restored_bytes.known) {
            left_out++;
            t->outcome = OUTCOME_SKIPPED;
            t->reason = "left out by backup.take.schema or exclude_schema";
        }
    }
    if (left_out > 0)
        record_gap(r, "tables outside the dumped schemas",
                   "backup.take.schema or backup.take.exclude_schema leaves them out");
    if (n == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no tables");
    if (missing + unsure > 0)
        return ask_answer(ev, missing > 0 ? OUTCOME_FAILED : OUTCOME_UNKNOWN,
                          "%zu of %zu tables are not in the restored copy%s", missing + unsure, n,
                          missing > 0   ? ""
                          : environment ? ", which may be because of this machine"
                                        : " under the name in the dump");
    return ask_answer(ev, OUTCOME_PASSED, "%zu tables%s", n - left_out,
                      left_out > 0 ? "; those of other schemas were left out" : "");
}

const struct check check_tables_present = {
    .name = "tables_present",
    .stage = STAGE_compare,
    .required = true,
    .exit_code = 1,
    .question = "is every table of the source and of the dump in the restored copy?",
    .doc =
        "Compares the names; tables of schemas that the configuration leaves out are not missed, "
        "and the report says so under `coverage`.",
    .ask = ask,
};
