/* SPDX-License-Identifier: PostgreSQL */
#include "migrate/apply.h"

#include "base/clock.h"
#include "migrate/history.h"
#include "migrate/locks.h"

#include <string.h>

enum { QUERY_SECONDS = 60, BEGINNING_BYTES = 100 };

/* One file being applied. */
struct applying {
    const struct migrating *in;
    const struct migrate_job *job; /* the three of `in`, for short */
    struct pg *pg;
    struct record *record;
    const struct migration *m;
    struct migration_facts *facts;
    struct vec relations;
    int64_t deadline_us; /* monotonic; 0: none */
    int64_t failed_line; /* of the statement that failed; 0: at the end; -1: the text tells it */
    struct err why;      /* what the server said */
    bool failed;
};

/* The time left for the file; what we ask besides has a minute of its own. */
static void allow(const struct applying *x, bool ours)
{
    int64_t left_us = x->deadline_us == 0 ? 0 : x->deadline_us - clock_mono_us();
    if (x->deadline_us != 0 && left_us <= 0)
        left_us = 1;
    x->pg->timeout_us = ours ? QUERY_SECONDS * CLOCK_SECOND_US : left_us;
}

static bool is_lost(const struct applying *x, const struct err *why)
{
    return x->pg->conn == NULL || PQstatus(x->pg->conn) != CONNECTION_OK ||
           why->code == ERR_INTERRUPTED || str_starts(why->sqlstate, "57P");
}

/* Keeps the failure when it is the migration's; false when the answer cannot be found out. */
static bool keep_failure(struct applying *x, int64_t line, const struct err *why, struct err *e)
{
    bool timed_out = why->code == ERR_TIMEOUT;
    if (!timed_out && is_lost(x, why)) {
        *e = *why;
        return false;
    }
    x->failed = true;
    x->failed_line = line;
    x->why = *why;
    if (timed_out) {
        (void)err_set(&x->why, ERR_TIMEOUT, "did not end within migrate.timeout (%s)",
                      str_duration(x->job->arena, x->job->timeout_us));
        memcpy(x->why.sqlstate, "57014", sizeof "57014");
    }
    return true;
}

/* The beginning of a statement in one line. */
static const char *beginning(struct arena *a, const char *sql)
{
    size_t n = strnlen(sql, BEGINNING_BYTES);
    bool cut = sql[n] != '\0';
    while (cut && n > 0 && (sql[n] & 0xC0) == 0x80) /* not inside a character */
        n--;
    char *text = arena_strndup(a, sql, n);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return cut ? arena_printf(a, "%s...", text) : text;
}

static void add_time(struct applying *x, const char *sql, int64_t took_us)
{
    struct migration_facts *f = x->facts;
    f->statements++;
    f->took_us += took_us;
    if (f->slowest != NULL && took_us <= f->slowest_us)
        return;
    f->slowest = beginning(x->job->arena, sql);
    f->slowest_us = took_us;
}

static bool run_step(struct applying *x, const struct step *step, struct err *e)
{
    struct err why;
    int64_t began_us = clock_mono_us();
    allow(x, false);
    bool ok = pg_run(x->pg, step->sql, &why);
    add_time(x, step->sql, clock_mono_us() - began_us);
    if (!ok)
        return keep_failure(x, step->line, &why, e);
    if (x->m->no_transaction)
        return true;
    allow(x, true);
    return locks_sample(x->pg, &x->relations, began_us, e);
}

/* A statement of ours that belongs to the migration: BEGIN, COMMIT. */
static bool run_own(struct applying *x, const char *sql, struct err *e)
{
    struct err why;
    int64_t began_us = clock_mono_us();
    allow(x, false);
    bool ok = pg_run(x->pg, sql, &why);
    x->facts->took_us += clock_mono_us() - began_us;
    return ok || keep_failure(x, 0, &why, e);
}

static bool add_history(struct applying *x, struct err *e)
{
    struct err why;
    allow(x, true);
    if (pg_run(x->pg, "RESET SESSION AUTHORIZATION; RESET ROLE", &why) &&
        history_add(x->pg, x->m, x->facts->took_us, &why))
        return true;
    return keep_failure(x, 0, &why, e);
}

static bool run_steps(struct applying *x, const struct vec *steps, struct err *e)
{
    uint64_t n = 0;
    VEC_EACH (const struct step, step, steps) {
        const struct progress_state state = {.rows = ++n, .what = x->m->file};
        progress_tell(x->job->progress, &state);
        if (x->failed)
            return true;
        if (!run_step(x, step, e))
            return false;
    }
    return true;
}

/* What the file did to the tables; to be asked before the end of its transaction. */
static bool end_measure(struct applying *x, struct err *e)
{
    if (x->failed)
        return true;
    allow(x, true);
    return locks_rewritten(x->job->arena, x->pg, &x->relations, e) && add_history(x, e);
}

/* After a statement that ran out of time the connection may be gone, and the transaction with it.
 */
static bool roll_back(struct applying *x, struct err *e)
{
    if (x->pg->conn == NULL || PQtransactionStatus(x->pg->conn) == PQTRANS_IDLE)
        return true;
    allow(x, true);
    return pg_run(x->pg, "ROLLBACK", e);
}

static bool in_transaction(struct applying *x, const struct vec *steps, struct err *e)
{
    if (!run_own(x, "BEGIN", e) || !run_steps(x, steps, e) || !end_measure(x, e))
        return false;
    if (!x->failed && !run_own(x, "COMMIT", e))
        return false;
    return !x->failed || roll_back(x, e);
}

static bool without_transaction(struct applying *x, const struct vec *steps, struct err *e)
{
    record_gap(x->record, arena_printf(x->job->arena, "locks held by %s", x->m->file),
               "it runs outside a transaction, where locks end with each statement");
    return run_steps(x, steps, e) && end_measure(x, e);
}

static void find_blocked(const struct applying *x, const struct relation *relation, int64_t end_us)
{
    struct arena *a = x->job->arena;
    int64_t held_us = end_us - relation->locked_at_us;
    if (relation->locked_at_us == 0 || held_us < BLOCKS_US_MIN)
        return;
    const char *held = str_duration(a, held_us);
    const char *size = str_bytes(a, (uint64_t)relation->bytes);
    x->facts->outcome = OUTCOME_WARNED;
    record_finding(
        x->record,
        (struct finding){
            .code = "MIGRATION_BLOCKS",
            .severity = SEVERITY_WARNING,
            .blame = BLAME_MIGRATION,
            .stage = STAGE_migrate,
            .subject = x->m->file,
            .text = relation->rewritten
                        ? arena_printf(a, "%s rewrites %s (%s) under ACCESS EXCLUSIVE for %s",
                                       x->m->file, relation->name, size, held)
                        : arena_printf(a, "%s holds ACCESS EXCLUSIVE on %s (%s) for %s", x->m->file,
                                       relation->name, size, held),
            .recommendation =
                relation->rewritten
                    ? "change the table without a rewrite: add what is new beside the old, fill "
                      "it in batches, then switch"
                    : "take the lock last and for a moment: split the file, validate constraints "
                      "in a step of their own, set lock_timeout",
        });
}

/* The machine's fault leaves it open whether the migration is sound. */
static bool is_environment(const char *sqlstate)
{
    return str_starts(sqlstate, "53") || str_starts(sqlstate, "58") || str_starts(sqlstate, "XX");
}

static void tell_failure(const struct applying *x)
{
    struct arena *a = x->job->arena;
    bool environment = is_environment(x->why.sqlstate);
    const char *where = x->failed_line < 0 ? "" : "at its end: ";
    if (x->failed_line > 0)
        where = arena_printf(a, "line %lld: ", (long long)x->failed_line);
    const char *after = x->failed_line < 0 ? "; nothing was executed"
                        : x->m->no_transaction
                            ? "; the statements before it have taken effect, for the file asks "
                              "for no transaction"
                            : "; rolled back";
    x->facts->error = arena_printf(a, "%s%s", where, x->why.text);
    x->facts->sqlstate = arena_strdup(a, x->why.sqlstate);
    x->facts->outcome = environment ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
    record_finding(
        x->record,
        (struct finding){
            .code = environment ? "MIGRATION_NOT_JUDGED" : "MIGRATION_FAILED",
            .severity = SEVERITY_CRITICAL,
            .blame = environment ? BLAME_ENVIRONMENT : BLAME_MIGRATION,
            .stage = STAGE_migrate,
            .subject = x->m->file,
            .text = arena_printf(a, "%s%s", x->facts->error, after),
            .sqlstate = x->facts->sqlstate,
            .recommendation = environment
                                  ? "give the rehearsal what the server's message asks for, then "
                                    "rehearse again"
                                  : "correct the migration: on the data of this backup it fails",
        });
}

/* A file that cannot be taken apart fails like one whose statements do. */
static bool read_steps(struct applying *x, struct vec *steps, struct err *e)
{
    struct err why;
    *steps = vec_new(x->job->arena, sizeof(struct step));
    if (migration_steps(x->in, x->m, steps, &why))
        return true;
    if (why.code == ERR_USAGE)
        return keep_failure(x, -1, &why, e);
    *e = why;
    return false;
}

static bool apply(struct applying *x, struct err *e)
{
    struct vec steps;
    allow(x, true);
    if (!read_steps(x, &steps, e) || !locks_relations(x->job->arena, x->pg, &x->relations, e))
        return false;
    if (x->failed)
        return true;
    if (x->job->timeout_us > 0)
        x->deadline_us = clock_mono_us() + x->job->timeout_us;
    return x->m->no_transaction ? without_transaction(x, &steps, e) : in_transaction(x, &steps, e);
}

bool migration_apply(const struct migrating *in, const struct migration *m,
                     struct migration_facts *facts, struct err *e)
{
    struct applying x = {
        .in = in, .job = in->job, .m = m, .pg = in->pg, .facts = facts, .record = in->record};
    if (!apply(&x, e))
        return err_wrap(e, "migration %s", m->file);
    int64_t end_us = clock_mono_us();
    if (x.failed) {
        tell_failure(&x);
        return true;
    }
    facts->outcome = OUTCOME_PASSED;
    VEC_EACH (const struct relation, relation, &x.relations)
        find_blocked(&x, relation, end_us);
    return true;
}
