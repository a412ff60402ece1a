/* SPDX-License-Identifier: PostgreSQL */
#include "restore/worker.h"

#include "base/clock.h"
#include "pg/cancel.h"
#include "restore/lexeme.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 30, CANCEL_SECONDS = 3 };

/* ---- what is sent ------------------------------------------------------------------------------
 */

/* The table's name as the COPY has it. */
static struct slice copy_target(struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    (void)lexemes_begin(&t, "COPY");
    const char *start = t.p, *end = t.p;
    for (;;) {
        struct lexeme lexeme = lexeme_next(&t);
        if (lexeme.kind == LEXEME_END || lexeme_is(&lexeme, "FROM") || t.depth > 0)
            return (struct slice){start, (size_t)(end - start)};
        end = t.p;
    }
}

static bool same_epoch(const struct worker *w)
{
    return w->epoch.encoding == w->job->epoch.encoding &&
           w->epoch.settings == w->job->epoch.settings;
}

static void put_reset(struct worker *w)
{
    if (!same_epoch(w))
        buf_printf(&w->sql, "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; %s; %s",
                   w->how->settings, w->job->epoch.encoding);
}

static void put_settings(struct worker *w)
{
    if (!same_epoch(w))
        buf_puts(&w->sql, w->job->epoch.settings);
}

static void put_helpers(struct worker *w)
{
    if (w->helpers != w->job->helpers || !same_epoch(w))
        buf_printf(&w->sql, "SET max_parallel_maintenance_workers = %u", w->job->helpers);
}

static void put_statement(struct worker *w)
{
    if (w->job->kind != JOB_COPY)
        buf_append(&w->sql, w->job->statement.text.p, w->job->statement.text.n);
}

/* Locked first and looked at then, so that nothing can come between. */
static void put_lock(struct worker *w)
{
    if (w->job->kind != JOB_COPY || !w->how->truncate || w->job->data.n < COPY_CHUNKS_MIN)
        return;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice target = copy_target(w->job->statement.text);
    const char *name = arena_strndup(a, target.p, target.n);
    buf_printf(&w->sql,
               "BEGIN; LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE; "
               "SELECT pg_catalog.pg_relation_size(%s)",
               name, pg_literal(a, name));
    w->in_transaction = true;
}

static void put_truncate(struct worker *w)
{
    struct slice target = copy_target(w->job->statement.text);
    if (w->in_transaction && w->is_empty)
        buf_printf(&w->sql, "TRUNCATE ONLY %.*s", (int)target.n, target.p);
}

static void put_rollback(struct worker *w)
{
    if (w->in_transaction)
        buf_puts(&w->sql, "ROLLBACK");
    w->in_transaction = false;
}

static void put_copy(struct worker *w)
{
    if (w->job->kind == JOB_COPY)
        buf_append(&w->sql, w->job->statement.text.p, w->job->statement.text.n);
}

static void put_commit(struct worker *w)
{
    if (w->in_transaction)
        buf_puts(&w->sql, "COMMIT");
    w->in_transaction = false;
}

/* Whose failure it is when a step fails. */
enum fault {
    FAULT_JOB,     /* the statement's: the job has failed */
    FAULT_SESSION, /* nobody's: the job has failed, but not of itself */
    FAULT_NONE,    /* there is another way */
};

/* What each step sends (nothing: it is passed over), and what follows it. */
static const struct {
    void (*put)(struct worker *w);
    enum step then, failed;
    enum fault fault;
} steps[STEPS] = {
    [STEP_RESET] = {put_reset, STEP_SETTINGS, STEP_IDLE, FAULT_SESSION},
    [STEP_SETTINGS] = {put_settings, STEP_HELPERS, STEP_IDLE, FAULT_SESSION},
    [STEP_HELPERS] = {put_helpers, STEP_EXECUTE, STEP_IDLE, FAULT_SESSION},
    [STEP_EXECUTE] = {put_statement, STEP_LOCK, STEP_IDLE, FAULT_JOB},
    [STEP_LOCK] = {put_lock, STEP_TRUNCATE, STEP_RETREAT, FAULT_NONE},
    [STEP_TRUNCATE] = {put_truncate, STEP_COPY, STEP_RETREAT, FAULT_NONE},
    [STEP_RETREAT] = {put_rollback, STEP_COPY, STEP_IDLE, FAULT_SESSION},
    [STEP_COPY] = {put_copy, STEP_COMMIT, STEP_ROLLBACK, FAULT_JOB},
    [STEP_END] = {NULL, STEP_COMMIT, STEP_ROLLBACK, FAULT_JOB},
    [STEP_COMMIT] = {put_commit, STEP_IDLE, STEP_IDLE, FAULT_JOB},
    [STEP_ROLLBACK] = {put_rollback, STEP_IDLE, STEP_IDLE, FAULT_NONE},
};

/* ---- moving ------------------------------------------------------------------------------------
 */

static void begin_call(struct worker *w)
{
    w->deadline_us = w->how->call_us > 0 ? clock_mono_us() + w->how->call_us : 0;
    w->ok = true;
}

static void fail(struct worker *w, const struct err *why)
{
    enum fault fault = steps[w->step].fault;
    w->ok = false;
    if (fault == FAULT_NONE || w->job->failed)
        return;
    w->lost = fault == FAULT_SESSION;
    w->job->failed = true;
    w->job->why = *why;
}

/* Goes on to the next step that has something to send. */
static void move(struct worker *w, enum step to)
{
    while (to != STEP_IDLE) {
        w->step = to;
        buf_clear(&w->sql);
        steps[to].put(w);
        if (w->sql.n == 0) {
            to = steps[to].then;
            continue;
        }
        begin_call(w);
        if (PQsendQuery(w->pg.conn, buf_text(&w->sql)) == 1)
            return;
        struct err why;
        (void)pg_err(w->pg.conn, NULL, &why);
        fail(w, &why);
        to = steps[to].failed;
    }
    w->step = STEP_IDLE;
}

/* The step is over. */
static void next(struct worker *w)
{
    move(w, w->ok ? steps[w->step].then : steps[w->step].failed);
}

/* ---- what comes back ---------------------------------------------------------------------------
 */

static void take_error(struct worker *w, const PGresult *r)
{
    struct err why;
    (void)pg_err(w->pg.conn, r, &why);
    fail(w, &why);
}

/* A server that is out of step with us: the connection is of no more use. */
static void give_up(struct worker *w)
{
    struct err why;
    (void)err_set(&why, ERR_CONNECT, "the server gave no answer to what it was asked");
    fail(w, &why);
    PQfinish(w->pg.conn);
    w->pg.conn = NULL;
    w->step = STEP_IDLE;
}

/* Takes one result; false when it opened the door for data. */
static bool take_result(struct worker *w, const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_COPY_IN && w->step == STEP_COPY) {
        w->step = STEP_FEED;
        begin_call(w);
        return false;
    }
    if (status == PGRES_TUPLES_OK && w->step == STEP_LOCK)
        w->is_empty = PQntuples(r) == 1 && pg_cell_int(r, 0, 0) == 0;
    else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        give_up(w);
    else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        take_error(w, r);
    return true;
}

/* True: all results of the step are there. */
static bool read_results(struct worker *w)
{
    while (w->pg.conn != NULL && PQisBusy(w->pg.conn) == 0) {
        CLEANUP(pg_result_cleanup) PGresult *r = PQgetResult(w->pg.conn);
        if (r == NULL)
            return true;
        if (!take_result(w, r))
            return false;
    }
    return false;
}

/* Hands data on while the socket takes it. True: all of it went. */
static bool feed(struct worker *w)
{
    struct job *job = w->job;
    for (;;) {
        bool whole = job->data.first != NULL && (job->ended || job->data.n > 1);
        w->writing = PQflush(w->pg.conn) == 1;
        if (w->writing || (!whole && !job->ended))
            return false;
        if (!whole)
            return PQputCopyEnd(w->pg.conn, job->aborted) != 0;
        const struct chunk *c = job->data.first;
        if (PQputCopyData(w->pg.conn, c->bytes, (int)c->n) < 0)
            return true; /* the connection is gone, which its results will say */
        chunk_drop(w->how->pool, &job->data);
        begin_call(w);
    }
}

static bool turn(struct worker *w)
{
    if (w->step == STEP_FEED) {
        if (!feed(w))
            return false;
        w->step = STEP_END;
        begin_call(w);
    }
    w->writing = PQflush(w->pg.conn) == 1;
    if (!read_results(w))
        return w->pg.conn == NULL || w->step == STEP_FEED;
    next(w);
    return true;
}

bool worker_turn(struct worker *w)
{
    if (w->job == NULL)
        return false;
    if (w->step != STEP_IDLE)
        (void)PQconsumeInput(w->pg.conn); /* a lost connection is told by its results */
    while (w->step != STEP_IDLE)
        if (!turn(w))
            return false;
    struct job *job = w->job;
    w->epoch = job->epoch;
    w->helpers = job->helpers;
    job->took_us = clock_mono_us() - job->began_us;
    w->job = NULL;
    return true;
}

void worker_start(struct worker *w, struct job *job)
{
    job->began_us = clock_mono_us();
    w->job = job;
    w->is_empty = false;
    move(w, STEP_RESET);
}

short worker_events(const struct worker *w)
{
    return w->writing ? POLLIN | POLLOUT : POLLIN;
}

/* ---- beginning and end -------------------------------------------------------------------------
 */

bool worker_open(struct worker *w, const struct worker_how *how, struct err *e)
{
    *w = (struct worker){.how = how};
    return pg_open(how->dsn, how->intr, CONNECT_SECONDS * CLOCK_SECOND_US, &w->pg, e);
}

/* Without this a server would build an index to its end for nobody. */
static void cancel(PGconn *conn)
{
    int fd = pg_cancel_start(conn);
    if (fd < 0)
        return;
    struct pollfd done = {.fd = fd, .events = POLLIN};
    (void)poll(&done, 1, CANCEL_SECONDS * 1000);
    (void)close(fd);
}

void worker_cleanup(struct worker *w)
{
    if (w->job != NULL && w->pg.conn != NULL)
        cancel(w->pg.conn);
    pg_cleanup(&w->pg);
    buf_cleanup(&w->sql);
}
