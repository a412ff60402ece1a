/* SPDX-License-Identifier: PostgreSQL */
/* Does every sequence of the restored copy stand where the dump sets it? */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

struct tally {
    bool excused; /* the environment kept statements from being carried out */
    size_t n, bad;
    const char *first;
};

static void tell(const struct evidence *ev, const struct item *s, struct tally *tally,
                 const char *text)
{
    const char *name = arena_printf(ev->arena, "%s.%s", s->scope, s->name);
    if (tally->bad++ == 0)
        tally->first = arena_printf(ev->arena, "%s %s", name, text);
    if (tally->bad <= ASK_LIST_FINDINGS_MAX)
        ask_finding(ev, &check_sequence_positions,
                    (struct finding){
                        .code = "SEQUENCE_MOVED",
                        .severity = tally->excused ? SEVERITY_WARNING : SEVERITY_CRITICAL,
                        .blame = tally->excused ? BLAME_ENVIRONMENT : BLAME_BACKUP,
                        .subject = name,
                        .text = text,
                        .recommendation = "look at the rejected statements of the restore, and for "
                                          "statements behind its setval that take values from it",
                    });
}

static void compare(const struct evidence *ev, const struct item *s, const PGresult *rows,
                    struct tally *tally)
{
    bool called = pg_cell_true(rows, 0, 1), wanted = (s->flags & ITEM_NOT_CALLED) == 0;
    int64_t value = pg_cell_int(rows, 0, 0);
    if (value == s->value && called == wanted)
        return;
    tell(ev, s, tally,
         arena_printf(ev->arena, "the dump sets it to %lld%s, it stands at %lld%s",
                      (long long)s->value, wanted ? "" : " (not handed out)", (long long)value,
                      called ? "" : " (not handed out)"));
}

/* False: the server gave no answer about it. */
static bool ask_one(const struct evidence *ev, const struct item *s, struct tally *tally,
                    struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    const char *sql = arena_printf(ev->arena, "SELECT last_value, is_called FROM %s",
                                   pg_qualified(ev->arena, s->scope, s->name));
    tally->n++;
    if (pg_query(ev->restored, sql, NULL, &rows, e)) {
        compare(ev, s, rows, tally);
        return true;
    }
    if (!str_eq(e->sqlstate, "42P01"))
        return false;
    tell(ev, s, tally, "the dump sets it, the restored copy does not have it");
    *e = (struct err){0};
    return true;
}

static struct answer ask(const struct evidence *ev)
{
    struct tally tally = {.excused = ask_count_findings(ev->record, STAGE_restore,
                                                        SEVERITY_CRITICAL, BLAME_ENVIRONMENT) > 0};
    struct err e = {0};
    if (ev->inventory == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED, "there is no dump");
    if (ev->facts->is_cluster_dump)
        return ask_answer(ev, OUTCOME_SKIPPED,
                          "a cluster's dump may set sequences of one name in two databases");
    if (ev->restored == NULL)
        return ask_no_server(ev);
    VEC_EACH (struct item *const, s, &ev->inventory->items)
        if ((*s)->kind == ITEM_SEQUENCE && (*s)->n_filled > 0 && !ask_one(ev, *s, &tally, &e))
            return ask_answer(ev, OUTCOME_UNKNOWN, "the server gave no answer: %s", e.text);
    if (tally.bad > 0)
        return ask_answer(ev, tally.excused ? OUTCOME_UNKNOWN : OUTCOME_FAILED,
                          "%zu of %zu sequences; the first: %s", tally.bad, tally.n, tally.first);
    if (ev->inventory->n_not_kept > 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump has more objects than are kept apart");
    if (tally.n == 0)
        return ask_answer(ev, OUTCOME_SKIPPED, "the dump sets no sequence");
    return ask_answer(ev, OUTCOME_PASSED, "%s where the dump sets %s",
                      str_number_of(ev->arena, (int64_t)tally.n, "sequence", "sequences"),
                      tally.n == 1 ? "it" : "them");
}

const struct check check_sequence_positions = {
    .name = "sequence_positions",
    .stage = STAGE_compare,
    .required = true,
    .exit_code = 1,
    .question = "does every sequence stand where the dump sets it?",
    .doc = "Reads last_value and is_called of each in the restored copy, against the last setval "
           "of the dump.",
    .ask = ask,
};
