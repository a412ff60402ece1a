/* SPDX-License-Identifier: PostgreSQL */
#include "restore/execute.h"

#include "base/clock.h"
#include "base/embed.h"
#include "restore/cluster.h"
#include "restore/guard.h"
#include "restore/lexeme.h"

#include <stdlib.h>
#include <string.h>

EMBED(restore_own_settings_sql, "src/restore/own_settings.sql");

/* The server's own timeout is to strike first, for the session goes on after it. */
enum { GRACE_SECONDS = 30 };

bool executor_time(struct executor *ex, struct err *e)
{
    int64_t limit_us = ex->job->config->restore_statement_timeout_us;
    int64_t call_us = limit_us > 0 ? limit_us + GRACE_SECONDS * CLOCK_SECOND_US : 0;
    if (ex->deadline_us != 0) {
        int64_t left_us = ex->deadline_us - clock_mono_us();
        if (left_us <= 0)
            return err_set(e, ERR_TIMEOUT, "restore.timeout passed");
        call_us = call_us == 0 || left_us < call_us ? left_us : call_us;
    }
    ex->pg.timeout_us = call_us;
    return true;
}

static long long statement_timeout_ms(const struct executor *ex)
{
    return ex->job->config->restore_statement_timeout_us / 1000;
}

static bool set_statement_timeout(struct executor *ex, struct err *e)
{
    return executor_time(ex, e) &&
           pg_runf(&ex->pg, e, "SET statement_timeout = %lld", statement_timeout_ms(ex));
}

static bool prepare(struct executor *ex, struct err *e)
{
    const struct restore_job *job = ex->job;
    ex->prepare = (struct prepare){.arena = job->arena,
                                   .record = ex->record,
                                   .admin = &ex->admin,
                                   .is_theirs = job->into != NULL};
    return prepare_begin(&ex->prepare, e) &&
           (job->inventory == NULL || prepare_inventory(&ex->prepare, job->inventory, e));
}

bool executor_begin(struct executor *ex, struct err *e)
{
    const char *dumped = ex->record->backup.server_version;
    int64_t major = PQserverVersion(ex->pg.conn) / 10000;
    ex->rejects = rejects_new(ex->job->arena, ex->record);
    ex->rejects.prepare = &ex->prepare;
    rejects_hear(&ex->rejects, ex->pg.conn);
    ex->rejects.target_major = major;
    ex->rejects.dumped_major = dumped == NULL ? 0 : strtoll(dumped, NULL, 10);
    ex->watch = (struct stopwatch){.arena = ex->job->arena};
    ex->settings = arena_printf(ex->job->arena, "%s SET statement_timeout = %lld",
                                restore_own_settings_sql, statement_timeout_ms(ex));
    return executor_time(ex, e) && pg_run(&ex->pg, ex->settings, e) && prepare(ex, e);
}

/* Is the session still there, and was it the statement that the server did not like? */
static bool is_rejection(const struct failure *f)
{
    bool alive = f->conn != NULL && PQstatus(f->conn) == CONNECTION_OK;
    if (!alive || str_starts(f->why->sqlstate, "57P"))
        return false;
    return f->why->code == ERR_SQL || f->why->code == ERR_FORMAT || f->why->sqlstate[0] != '\0';
}

bool executor_failed(struct executor *ex, const struct failure *f, struct err *e)
{
    ex->ok = false;
    if (!is_rejection(f)) {
        *e = *f->why;
        if (e->code == ERR_TIMEOUT && ex->deadline_us != 0 && clock_mono_us() >= ex->deadline_us)
            (void)err_wrap(e, "restore.timeout passed");
        return err_wrap(e, "restore, at byte %llu of the dump",
                        (unsigned long long)f->statement->offset);
    }
    struct reject one = {.statement = f->statement->text,
                         .object = f->object,
                         .offset = f->statement->offset,
                         .err = f->why};
    outbox_hold(&ex->outbox, &one, false);
    return true;
}

bool executor_deliver(struct executor *ex, uint64_t before, struct err *e)
{
    const struct restore_facts *facts = &ex->record->restore;
    int64_t n_errors = facts->n_errors;
    outbox_deliver(&ex->outbox, before, &ex->rejects);
    if (!ex->job->config->restore_stop_on_error || facts->n_errors == n_errors)
        return true;
    const struct statement_error *first = vec_at(&facts->errors, (size_t)n_errors);
    (void)err_set(e, ERR_SQL, "stopped at the first rejected statement (restore.stop_on_error): %s",
                  first->message);
    return false;
}

const char *executor_object(struct executor *ex, const struct statement *s)
{
    char verb[VERB_BYTES];
    struct arena *a = ex->job->arena;
    if (s->object == NULL)
        return arena_strdup(a, statement_verb(s->text, verb));
    if (s->object_type == NULL)
        return arena_strdup(a, s->object);
    return arena_printf(a, "%s %s", s->object_type, s->object);
}

/* Statements about the database itself are passed over; a second CREATE DATABASE is more than one
 * database, which nobody wants in one. */
static bool pass_over(struct executor *ex, const struct statement *s, struct err *e)
{
    const char *created = guard_created_database(ex->job->arena, s->text);
    if (created != NULL && ex->database != NULL && !str_eq(created, ex->database))
        return err_set(e, ERR_REFUSED,
                       "the dump holds several databases (\"%s\", \"%s\"); only a dump of one "
                       "database can be rehearsed",
                       ex->database, created);
    if (created != NULL)
        ex->database = created;
    record_gap(ex->record, "settings, rights and comments of the database itself",
               "the dump was made with --create, and is restored into a database of another name");
    return true;
}

static void refuse(struct executor *ex, const struct statement *s, const char *why)
{
    struct err words;
    (void)err_set(&words, ERR_REFUSED, "not executed: %s", why);
    struct reject one = {
        .statement = s->text, .object = executor_object(ex, s), .offset = s->offset, .err = &words};
    outbox_hold(&ex->outbox, &one, true);
}

static bool execute(struct executor *ex, const struct statement *s, struct err *e)
{
    struct err why;
    struct lexemes t = lexemes_of(s->text);
    buf_clear(&ex->sql);
    buf_append(&ex->sql, s->text.p, s->text.n);
    if (!prepare_statement(&ex->prepare, s->text, e) || !executor_time(ex, e))
        return false;
    int64_t began_us = clock_mono_us();
    bool ok = pg_run(&ex->pg, buf_text(&ex->sql), &why);
    stopwatch_add(&ex->watch, s, clock_mono_us() - began_us);
    ex->record->restore.statements++;
    struct failure failure = {.statement = s, .why = &why, .conn = ex->pg.conn};
    if (!ok)
        failure.object = executor_object(ex, s);
    if (!ok && !executor_failed(ex, &failure, e))
        return false;
    /* A dump switches the timeout off for its own session; ours stays in force. */
    return !lexemes_begin(&t, "SET STATEMENT_TIMEOUT") || set_statement_timeout(ex, e);
}

bool executor_keeps_back(const struct statement *s)
{
    return guard_is_about_database(s->text) || guard_refusal(s->text) != NULL;
}

/* True: the statement is none for this cluster. */
static bool leave_out(struct executor *ex, const struct statement *s)
{
    const char *what = cluster_leaves_out(ex->job->arena, s->text, PQuser(ex->admin.conn));
    if (what != NULL)
        record_gap(ex->record, what, "the throw-away cluster has its own");
    return what != NULL;
}

bool executor_statement(struct executor *ex, const struct statement *s, struct err *e)
{
    bool about_database = guard_is_about_database(s->text);
    ex->ok = true;
    if ((ex->skipping && !about_database) || (ex->job->cluster && leave_out(ex, s)))
        return true;
    if (!ex->job->cluster && about_database)
        return pass_over(ex, s, e);
    const char *why = guard_refusal(s->text);
    if (why == NULL)
        return execute(ex, s, e);
    refuse(ex, s, why);
    return true;
}

bool executor_in_transaction(const struct executor *ex)
{
    return PQtransactionStatus(ex->pg.conn) != PQTRANS_IDLE;
}

void executor_tell(const struct executor *ex, uint64_t rows, const char *what)
{
    const struct progress_state state = {
        .bytes = ex->stream->file_bytes,
        .total_bytes = ex->total_bytes,
        .rows = rows,
        .what = what,
    };
    progress_tell(ex->job->progress, &state);
}

bool executor_end_transaction(struct executor *ex, struct err *e)
{
    if (!executor_in_transaction(ex))
        return true;
    record_finding(ex->record,
                   (struct finding){
                       .code = "TRANSACTION_OPEN",
                       .severity = SEVERITY_CRITICAL,
                       .blame = BLAME_BACKUP,
                       .stage = STAGE_restore,
                       .text = "the dump ends inside a transaction that it began; its work was "
                               "rolled back, as it would be in a real restore",
                       .recommendation = "take a new dump: this one is not whole",
                   });
    return executor_time(ex, e) && pg_run(&ex->pg, "ROLLBACK", e);
}

bool executor_finish(struct executor *ex, const struct dump_facts *facts, struct err *e)
{
    struct restore_facts *restore = &ex->record->restore;
    if (!executor_deliver(ex, UINT64_MAX, e) || !executor_end_transaction(ex, e))
        return false;
    rejects_finish(&ex->rejects);
    stopwatch_finish(&ex->watch, restore);
    restore->rows = (int64_t)facts->rows;
    restore->bytes = (int64_t)facts->bytes;
    return true;
}

void executor_cleanup(struct executor *ex)
{
    pg_cleanup(&ex->pg);
    pg_cleanup(&ex->admin);
    outbox_cleanup(&ex->outbox);
    buf_cleanup(&ex->sql);
    buf_cleanup(&ex->copy_sql);
}
