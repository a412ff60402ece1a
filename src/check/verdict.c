/* SPDX-License-Identifier: PostgreSQL */
/* The verdict: no better than the weakest required check, and an exit status that says whose fault.
 */
#include "base/str.h"
#include "check/check.h"

#include <string.h>

enum {
    EXIT_PROVEN = 0,
    EXIT_BROKEN = 1,
    EXIT_UNKNOWN = 3,
    EXIT_OBJECTIVE = 4,
    EXIT_MIGRATION = 5,
    EXIT_DEFECT = 70,
    EXIT_SIGNAL = 128,
};

/* What counts against the backup so far. */
struct judgement {
    struct record *r;
    struct arena *a;
    int exit_code;
    const char *why; /* of that exit code: the first cause */
    bool has_failed; /* something required failed, whatever outranks it */
    size_t n_passed; /* required checks that passed */
    size_t n_warnings;
};

/* The most severe first; a code that is not listed is the least severe. */
static int rank(int exit_code)
{
    static const int order[] = {EXIT_DEFECT, EXIT_BROKEN, EXIT_UNKNOWN, EXIT_MIGRATION,
                                EXIT_OBJECTIVE};
    int i = 0;
    while (i < (int)COUNT_OF(order) && order[i] != exit_code)
        i++;
    return i;
}

static void count_against(struct judgement *j, int exit_code, const char *name, const char *detail)
{
    if (rank(exit_code) >= rank(j->exit_code))
        return;
    j->exit_code = exit_code;
    j->why = detail == NULL ? name : arena_printf(j->a, "%s: %s", name, detail);
}

/* Stages that must have gone well, or have been carried out, before each one. */
static const unsigned stands_on[STAGE_WORDS] = {
#define BIT(stage) (1U << STAGE_##stage)
#define STAGE(name, needs, after, what) [STAGE_##name] = (needs) | (after),
#include "model/stages.def"
#undef STAGE
};

/* The stage itself when it is unknown, or the first unknown one that it stands on. */
static const struct stage_facts *origin_of(struct record *r, enum stage stage)
{
    const struct stage_facts *first = record_stage(r, stage);
    unsigned below = 1U << stage;
    for (unsigned s = stage + 1U; s-- > 0;) {
        const struct stage_facts *facts = record_stage(r, (enum stage)s);
        if ((below >> s & 1U) == 0 || facts->outcome != OUTCOME_UNKNOWN)
            continue;
        first = facts;
        below |= stands_on[s];
    }
    return first;
}

/* Counts what could not be answered. A stage that could not be carried out is the cause, and not
 * `name`, which only lacked it. */
static void count_unanswered(struct judgement *j, enum stage stage, const char *name,
                             const char *detail)
{
    const struct stage_facts *origin = origin_of(j->r, stage);
    if (origin->outcome == OUTCOME_UNKNOWN && origin->reason != NULL)
        count_against(j, EXIT_UNKNOWN,
                      arena_printf(j->a, "%s (at %s)", origin->reason, stage_words[origin->name]),
                      NULL);
    else
        count_against(j, EXIT_UNKNOWN, name, detail);
}

/* A finished report knows no "pending": what was not answered is unknown. */
static void settle_pending(struct record *r)
{
    VEC_EACH (struct check_facts, c, &r->checks)
        if (c->outcome == OUTCOME_PENDING) {
            c->outcome = OUTCOME_UNKNOWN;
            c->detail = "it was never asked";
        }
    VEC_EACH (struct objective, o, &r->objectives)
        if (o->outcome == OUTCOME_PENDING)
            o->outcome = OUTCOME_UNKNOWN;
    VEC_EACH (struct table_facts, t, &r->tables)
        if (t->outcome == OUTCOME_PENDING) {
            t->outcome = OUTCOME_UNKNOWN;
            t->reason = "it was not compared";
        }
}

static void judge_check(struct judgement *j, const struct check_facts *c)
{
    switch (c->outcome) {
    case OUTCOME_PASSED:
        j->n_passed += c->required;
        return;
    case OUTCOME_WARNED:
        j->n_passed += c->required;
        j->n_warnings++;
        return;
    case OUTCOME_FAILED:
        j->n_warnings += !c->required;
        j->has_failed = j->has_failed || c->required;
        if (c->required)
            count_against(j, (int)c->exit_code, c->name, c->detail);
        return;
    case OUTCOME_UNKNOWN:
    case OUTCOME_PENDING:
        if (c->required)
            count_unanswered(j, c->stage, c->name, c->detail);
        return;
    case OUTCOME_SKIPPED:
    case OUTCOME_WORDS:
        return;
    }
}

/* Objectives are judged by the figures; those of a stage that was not to run are skipped. */
static void judge_objective(struct judgement *j, const struct objective *o)
{
    if (o->outcome == OUTCOME_FAILED) {
        j->has_failed = true;
        count_against(j, EXIT_OBJECTIVE, o->name, o->text);
    } else if (o->outcome == OUTCOME_UNKNOWN) {
        count_against(j, EXIT_UNKNOWN, o->name, o->text);
    }
    j->n_warnings += o->outcome == OUTCOME_WARNED;
}

/* What is critical and the backup's, the source's or the machine's counts without a check too. */
static void judge_finding(struct judgement *j, const struct finding *f)
{
    if (f->severity != SEVERITY_CRITICAL)
        return;
    if (f->blame == BLAME_BACKUP || f->blame == BLAME_SOURCE) {
        j->has_failed = true;
        count_against(j, EXIT_BROKEN, f->code, f->text);
    } else if (f->blame == BLAME_ENVIRONMENT) {
        count_against(j, EXIT_UNKNOWN, f->code, f->text);
    }
}

static bool has_checks(const struct record *r, enum stage stage)
{
    VEC_EACH (const struct check_facts, c, &r->checks)
        if (c->stage == stage)
            return true;
    return false;
}

/* Stages that no check speaks for: when one failed, something was not found out. */
static void judge_stage(struct judgement *j, const struct stage_facts *s)
{
    if (s->outcome != OUTCOME_FAILED && s->outcome != OUTCOME_UNKNOWN)
        return;
    if (!has_checks(j->r, s->name))
        count_unanswered(j, s->name, stage_words[s->name], s->reason);
}

static void judge_all(struct judgement *j)
{
    VEC_EACH (const struct check_facts, c, &j->r->checks)
        judge_check(j, c);
    VEC_EACH (const struct objective, o, &j->r->objectives)
        judge_objective(j, o);
    VEC_EACH (const struct finding, f, &j->r->findings)
        judge_finding(j, f);
    VEC_EACH (const struct stage_facts, s, &j->r->stages)
        judge_stage(j, s);
    if (j->n_passed == 0)
        count_against(j, EXIT_UNKNOWN, "no required check has passed", NULL);
    size_t findings = record_count_findings(j->r, SEVERITY_WARNING);
    if (findings > 0)
        j->n_warnings = findings;
}

/* How far a broken dump is whole, where `complete` says it and is not the cause named already. */
static const char *how_far(const struct judgement *j)
{
    VEC_EACH (const struct check_facts, c, &j->r->checks)
        if (str_eq(c->name, "complete") && c->outcome == OUTCOME_FAILED &&
            !str_starts(j->why, "complete"))
            return arena_printf(j->a, "; %s", c->detail);
    return "";
}

static const char *warnings_text(const struct judgement *j)
{
    if (j->n_warnings == 0)
        return "";
    return arena_printf(j->a, ", with %zu warning%s", j->n_warnings, j->n_warnings == 1 ? "" : "s");
}

/* Tables whose rows were compared and are the same. */
static const char *equal_tables(const struct judgement *j)
{
    int64_t n = 0;
    VEC_EACH (const struct table_facts, t, &j->r->tables)
        n += t->contents == OUTCOME_PASSED;
    return str_number_of(j->a, n, "table", "tables");
}

/* What is proven, by what was carried out. */
static const char *proven(const struct judgement *j)
{
    const struct record *r = j->r;
    const char *tables = str_number_of(j->a, r->backup.tables, "table", "tables");
    const char *rows = str_number_of(j->a, r->backup.rows, "row", "rows");
    enum outcome restore = record_stage(j->r, STAGE_restore)->outcome;
    if (restore == OUTCOME_PASSED || restore == OUTCOME_WARNED)
        return arena_printf(j->a, "the backup restores whole: %s, %s%s", tables, rows,
                            warnings_text(j));
    if (str_eq(r->run.command, "compare"))
        return arena_printf(j->a, "both hold the same rows in %s%s", equal_tables(j),
                            warnings_text(j));
    return arena_printf(j->a, "the file is whole: %s, %s, every byte read%s", tables, rows,
                        warnings_text(j));
}

static const char *interrupted(const struct judgement *j, int signo)
{
    const char *what = arena_printf(j->a, "interrupted by signal %d (%s)", signo, strsignal(signo));
    if (j->exit_code != EXIT_BROKEN)
        return arena_printf(j->a, "%s, nothing is proven", what);
    return arena_printf(j->a, "%s, but the backup is broken already: %s", what, j->why);
}

static const char *conclusion(const struct judgement *j, int signo)
{
    if (j->exit_code == EXIT_DEFECT)
        return "a defect of pg_rehearse ended the run, nothing is proven";
    if (signo != 0)
        return interrupted(j, signo);
    switch (j->exit_code) {
    case EXIT_PROVEN:
        return proven(j);
    case EXIT_BROKEN:
        if (str_eq(j->r->run.command, "compare"))
            return arena_printf(j->a, "they do not hold the same rows: %s", j->why);
        return arena_printf(j->a, "the backup is broken or does not restore whole: %s%s", j->why,
                            how_far(j));
    case EXIT_MIGRATION:
        return arena_printf(j->a, "the backup restores whole, but a migration fails: %s", j->why);
    case EXIT_OBJECTIVE:
        return arena_printf(j->a, "the backup is whole, but an objective was missed: %s", j->why);
    default:
        return arena_printf(j->a, "could not be verified: %s", j->why);
    }
}

static enum verdict verdict_of(const struct judgement *j, int signo)
{
    if (j->exit_code == EXIT_DEFECT)
        return VERDICT_UNKNOWN;
    if (signo != 0)
        return VERDICT_INTERRUPTED;
    if (j->exit_code == EXIT_PROVEN)
        return VERDICT_PASSED;
    return j->has_failed ? VERDICT_FAILED : VERDICT_UNKNOWN;
}

/* With --strict a warning is a failure. */
static void apply_strict(struct judgement *j)
{
    if (j->exit_code != EXIT_PROVEN || j->n_warnings == 0)
        return;
    j->has_failed = true;
    j->exit_code = EXIT_BROKEN;
    j->why = arena_printf(j->a, "%zu warning%s, and strict makes warnings count", j->n_warnings,
                          j->n_warnings == 1 ? "" : "s");
}

void check_conclude(struct record *r, bool strict, int signo)
{
    struct judgement j = {.r = r,
                          .a = r->checks.arena,
                          .exit_code = r->exit_code == EXIT_DEFECT ? EXIT_DEFECT : EXIT_PROVEN};
    settle_pending(r);
    judge_all(&j);
    if (strict)
        apply_strict(&j);
    r->verdict = verdict_of(&j, signo);
    r->conclusion = conclusion(&j, signo);
    r->exit_code = signo != 0 && j.exit_code != EXIT_DEFECT ? EXIT_SIGNAL + signo : j.exit_code;
}
