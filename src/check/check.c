/* SPDX-License-Identifier: PostgreSQL */
#include "check/check.h"

#include "base/str.h"
#include "check/ask.h"

#include <assert.h>

#define CHECK(name) &check_##name,
const struct check *const check_all[] = {
#include "check/check.def"
    NULL};
#undef CHECK

/* The names alone, for the nearest one to a wrong name. */
#define CHECK(name) #name,
static const char *const names[] = {
#include "check/check.def"
    NULL};
#undef CHECK

static const struct check *find(const char *name)
{
    for (const struct check *const *c = check_all; *c != NULL; c++)
        if (str_eq((*c)->name, name))
            return *c;
    return NULL;
}

static bool is_listed(const struct opt_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], name))
            return true;
    return false;
}

static bool names_are_known(const struct opt_list *list, const char *key, struct err *e)
{
    for (size_t i = 0; i < list->n; i++) {
        if (find(list->items[i]) != NULL)
            continue;
        const char *nearest = str_nearest(list->items[i], names);
        if (nearest == NULL)
            return err_set(e, ERR_USAGE, "%s: there is no check \"%s\"", key, list->items[i]);
        return err_set(e, ERR_USAGE, "%s: there is no check \"%s\"; did you mean \"%s\"?", key,
                       list->items[i], nearest);
    }
    return true;
}

/* Required and optional at once cannot be meant. */
static bool lists_agree(const struct config *config, struct err *e)
{
    for (size_t i = 0; i < config->checks_required.n; i++) {
        const char *name = config->checks_required.items[i];
        if (is_listed(&config->checks_optional, name))
            return err_set(e, ERR_USAGE, "check \"%s\" is in checks.required and checks.optional",
                           name);
    }
    return true;
}

static bool is_required(const struct check *check, const struct config *config)
{
    if (is_listed(&config->checks_required, check->name))
        return true;
    return check->required && !is_listed(&config->checks_optional, check->name);
}

bool check_plan(struct record *r, const struct config *config, unsigned stages, struct err *e)
{
    if (!names_are_known(&config->checks_required, "checks.required", e) ||
        !names_are_known(&config->checks_optional, "checks.optional", e) || !lists_agree(config, e))
        return false;
    for (const struct check *const *c = check_all; *c != NULL; c++) {
        if ((stages & 1U << (*c)->stage) == 0)
            continue;
        struct check_facts *row = vec_push(&r->checks);
        row->name = (*c)->name;
        row->stage = (*c)->stage;
        row->question = (*c)->question;
        row->required = is_required(*c, config);
        row->exit_code = (*c)->exit_code;
    }
    return true;
}

void check_ask(enum stage stage, const struct evidence *ev)
{
    VEC_EACH (struct check_facts, row, &ev->record->checks) {
        const struct check *check = row->stage == stage ? find(row->name) : NULL;
        if (check == NULL || row->outcome != OUTCOME_PENDING)
            continue;
        struct answer answer = check->ask(ev);
        assert(answer.outcome != OUTCOME_PENDING);
        row->outcome = answer.outcome;
        row->detail = answer.detail;
    }
}

void check_not_asked(struct record *r, enum stage stage, enum outcome outcome, const char *reason)
{
    VEC_EACH (struct check_facts, row, &r->checks) {
        if (row->stage != stage || row->outcome != OUTCOME_PENDING)
            continue;
        row->outcome = outcome;
        row->detail = reason;
    }
}

static enum severity severity_of(const struct problem *p)
{
    static const enum severity severities[] = {[PROBLEM_FATAL] = SEVERITY_CRITICAL,
                                               [PROBLEM_DOUBT] = SEVERITY_WARNING,
                                               [PROBLEM_REMARK] = SEVERITY_NOTE};
    return severities[p->grade];
}

/* What the problems of some kinds come to. */
struct tally {
    size_t n;                    /* without remarks */
    const struct problem *worst; /* the first of the worst grade; NULL without any */
};

/* A finding for each problem of the kinds. */
static struct tally problem_findings(const struct evidence *ev, const struct check *check,
                                     unsigned kinds)
{
    struct tally tally = {0};
    VEC_EACH (const struct problem, p, &ev->facts->problems) {
        if ((kinds & 1U << p->kind) == 0)
            continue;
        tally.n += p->grade != PROBLEM_REMARK;
        if (tally.worst == NULL || p->grade < tally.worst->grade)
            tally.worst = p;
        ask_finding(ev, check,
                    (struct finding){.code = p->code,
                                     .severity = severity_of(p),
                                     .blame = BLAME_BACKUP,
                                     .subject = p->subject,
                                     .text = p->text,
                                     .offset = KNOWN(p->offset)});
    }
    return tally;
}

/* "text (line 17, SQL byte 1,234), and 2 more" */
static struct answer problem_answer(const struct evidence *ev, const struct tally *tally)
{
    const struct problem *p = tally->worst;
    assert(p != NULL);
    const char *line = "", *more = "";
    if (p->line != 0)
        line = arena_printf(ev->arena, "line %s, ", str_count(ev->arena, (int64_t)p->line));
    if (tally->n > 1)
        more =
            arena_printf(ev->arena, ", and %s more", str_count(ev->arena, (int64_t)tally->n - 1));
    return ask_answer(ev, p->grade == PROBLEM_FATAL ? OUTCOME_FAILED : OUTCOME_WARNED,
                      "%s (%sSQL byte %s)%s", p->text, line,
                      str_count(ev->arena, (int64_t)p->offset), more);
}

/* Did no problem of another kind end the reading? */
static bool was_read_whole(const struct dump_facts *facts, unsigned kinds)
{
    unsigned enders = 1U << PROBLEM_STREAM | 1U << PROBLEM_LIMIT;
    return !ask_has_problem(facts, enders & ~kinds);
}

struct answer check_problems(const struct evidence *ev, const char *check, unsigned kinds,
                             const char *detail_when_fine)
{
    if (ev->facts == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    const struct check *asked = find(check);
    assert(asked != NULL);
    struct tally tally = problem_findings(ev, asked, kinds);
    if (tally.worst != NULL && tally.worst->grade == PROBLEM_FATAL)
        return problem_answer(ev, &tally);
    if (ask_problems_dropped(ev->facts))
        return ask_answer(
            ev, OUTCOME_UNKNOWN, "the dump has %s problems, of which only the first %zu were kept",
            str_count(ev->arena, (int64_t)ev->facts->n_problems), ev->facts->problems.n);
    if (!was_read_whole(ev->facts, kinds))
        return ask_answer(ev, OUTCOME_UNKNOWN,
                          "nothing wrong in the first %s bytes of SQL; the rest "
                          "was not read",
                          str_count(ev->arena, (int64_t)ev->facts->bytes));
    if (tally.n > 0)
        return problem_answer(ev, &tally);
    return (struct answer){OUTCOME_PASSED, detail_when_fine};
}
