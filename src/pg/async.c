/* SPDX-License-Identifier: PostgreSQL */
#include "pg/async.h"

#include "base/arena.h"
#include "base/clock.h"
#include "pg/async_error.h"
#include "pg/cancel.h"

#include <libpq-fe.h>

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int64_t DRAIN_LIMIT_US = 2 * CLOCK_SECOND_US;

struct async {
    struct arena *arena;
    struct loop *loop;
    PGconn *conn;
    enum async_state state;
    struct loop_watch *watch;
    struct loop_timer *deadline; /* of the login, the call, or the draining */
    struct loop_timer *news;     /* a failure to be told from the loop */
    void (*opened)(void *context, const struct err *failure);
    void (*lost)(void *context, const struct err *why);
    void *context;
    struct async_call call; /* while busy or draining */
    bool preparing;         /* the PREPARE of the call is on its way */
    bool failed;            /* the call has failed; `error` says how */
    bool late;              /* its deadline passed */
    bool answered;          /* late, and the server is ready; only the cancel request is not over */
    struct loop_watch *cancelling; /* of cancel_fd, while a cancel request is under way */
    int cancel_fd;
    int64_t rows;
    struct err error;
    uint8_t prepared[ASYNC_STATEMENTS_MAX / 8];
};

static const unsigned may_follow[ASYNC_STATES] = {
    [ASYNC_CONNECTING] = 1U << ASYNC_IDLE | 1U << ASYNC_DEAD,
    [ASYNC_IDLE] = 1U << ASYNC_BUSY | 1U << ASYNC_DEAD,
    [ASYNC_BUSY] = 1U << ASYNC_IDLE | 1U << ASYNC_DRAINING | 1U << ASYNC_DEAD,
    [ASYNC_DRAINING] = 1U << ASYNC_IDLE | 1U << ASYNC_DEAD,
    [ASYNC_DEAD] = 0,
};

static void move(struct async *c, enum async_state to)
{
    assert((may_follow[c->state] & 1U << to) != 0);
    c->state = to;
}

static void set_deadline(struct async *c, int64_t at_us, void (*fn)(void *))
{
    loop_cancel(TAKE(c->deadline));
    if (at_us != 0)
        c->deadline = loop_timer(c->loop, at_us, fn, c);
}

/* ---- the end ---- */

/* Tells the owner of a dead connection; touches nothing afterwards, it may be closed by then. */
static void tell_death(struct async *c, enum async_state was)
{
    switch (was) {
    case ASYNC_CONNECTING:
        c->opened(c->context, &c->error);
        return;
    case ASYNC_IDLE:
        c->lost(c->context, &c->error);
        return;
    case ASYNC_BUSY:
    case ASYNC_DRAINING:
        c->call.done(c->call.context,
                     &(struct async_outcome){.failure = &c->error, .rows = c->rows});
        return;
    case ASYNC_DEAD:
    case ASYNC_STATES:
        return;
    }
}

static void bury(struct async *c)
{
    loop_cancel(TAKE(c->deadline));
    loop_unwatch(TAKE(c->watch));
    move(c, ASYNC_DEAD);
}

/* The connection is broken; what the server said before it closed outranks "closed unexpectedly".
 */
static void die(struct async *c)
{
    enum async_state was = c->state;
    if (!c->failed)
        async_error_broken(c->conn, was == ASYNC_CONNECTING, &c->error);
    if (c->error.code != ERR_TIMEOUT)
        c->error.code = ERR_CONNECT;
    bury(c);
    tell_death(c, was);
}

static void die_late(struct async *c, const char *what)
{
    enum async_state was = c->state;
    (void)err_set(&c->error, ERR_TIMEOUT, "%s", what);
    bury(c);
    tell_death(c, was);
}

static void tell_news(void *context)
{
    struct async *c = context;
    c->news = NULL;
    if (c->state == ASYNC_DEAD)
        tell_death(c, ASYNC_BUSY);
    else
        die(c);
}

/* A failure found inside a call of the owner: told later. */
static void die_soon(struct async *c)
{
    if (c->news == NULL)
        c->news = loop_timer(c->loop, 0, tell_news, c);
}

/* ---- a call ---- */

static bool is_prepared(const struct async *c, int statement)
{
    return (c->prepared[statement / 8] >> (statement % 8) & 1) != 0;
}

static bool send_call(struct async *c)
{
    const struct async_call *call = &c->call;
    char name[24];
    (void)snprintf(name, sizeof name, "pgr_%d", call->statement);
    c->preparing = call->statement >= 0 && !is_prepared(c, call->statement);
    if (c->preparing)
        return PQsendPrepare(c->conn, name, call->sql, 0, NULL) == 1;
    int sent = 0;
    if (call->simple)
        sent = PQsendQuery(c->conn, call->sql);
    else if (call->statement >= 0)
        sent = PQsendQueryPrepared(c->conn, name, call->n_params, call->params, NULL, NULL, 0);
    else
        sent = PQsendQueryParams(c->conn, call->sql, call->n_params, NULL, call->params, NULL, NULL,
                                 0);
    return sent == 1 && PQsetSingleRowMode(c->conn) == 1;
}

static bool flush(struct async *c)
{
    int left = PQflush(c->conn);
    if (left >= 0)
        loop_change(c->watch, PQsocket(c->conn), left > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    return left >= 0;
}

static void tell_done(struct async *c)
{
    move(c, ASYNC_IDLE);
    c->call.done(c->call.context,
                 &(struct async_outcome){.failure = c->failed ? &c->error : NULL, .rows = c->rows});
}

/* The answer to a call whose deadline passed, and the end of the cancel request, are both here. */
static void finish_late(struct async *c)
{
    loop_cancel(TAKE(c->deadline));
    if (c->failed || c->preparing) {
        c->failed = true;
        (void)err_set(&c->error, ERR_TIMEOUT, "cancelled at its deadline");
        (void)snprintf(c->error.sqlstate, sizeof c->error.sqlstate, "57014");
    }
    tell_done(c);
}

static void forget_cancel(struct async *c)
{
    if (c->cancelling == NULL)
        return;
    loop_unwatch(TAKE(c->cancelling));
    (void)close(c->cancel_fd);
}

static void cancel_ended(void *context, int ready)
{
    struct async *c = context;
    (void)ready;
    forget_cancel(c);
    if (c->answered)
        finish_late(c);
}

static void give_up_draining(void *context)
{
    struct async *c = context;
    c->deadline = NULL;
    die_late(c, "no answer to the cancel request");
}

static void run_late(void *context)
{
    struct async *c = context;
    c->deadline = NULL;
    if (c->call.give_up_late) {
        die_late(c, "no answer within the time limit");
        return;
    }
    c->late = true;
    move(c, ASYNC_DRAINING);
    c->cancel_fd = pg_cancel_start(c->conn);
    if (c->cancel_fd >= 0)
        c->cancelling = loop_watch(c->loop, c->cancel_fd, LOOP_READ, cancel_ended, c);
    set_deadline(c, clock_mono_us() + DRAIN_LIMIT_US, give_up_draining);
}

void async_run(struct async *c, const struct async_call *call)
{
    assert(c->state == ASYNC_IDLE || c->state == ASYNC_DEAD);
    assert(call->statement < ASYNC_STATEMENTS_MAX);
    c->call = *call;
    c->failed = false;
    c->late = false;
    c->answered = false;
    c->rows = 0;
    if (c->state == ASYNC_DEAD) {
        die_soon(c);
        return;
    }
    move(c, ASYNC_BUSY);
    set_deadline(c, call->deadline_us, run_late);
    if (!send_call(c) || !flush(c))
        die_soon(c);
}

static void take_result(struct async *c, const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
        c->rows += PQntuples(r);
        return;
    }
    if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY || c->failed)
        return;
    c->failed = true;
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        (void)err_set(&c->error, ERR_SQL, "COPY from or to the client is not possible here");
    else
        async_error_result(r, &c->error);
}

/* The server is ready for more. */
static void finish_call(struct async *c)
{
    if (PQstatus(c->conn) != CONNECTION_OK) {
        die(c);
        return;
    }
    if (c->preparing && !c->failed && !c->late) {
        c->prepared[c->call.statement / 8] |= (uint8_t)(1U << (c->call.statement % 8));
        if (!send_call(c) || !flush(c))
            die(c);
        return;
    }
    if (!c->late) {
        loop_cancel(TAKE(c->deadline));
        tell_done(c);
        return;
    }
    c->answered = true;
    if (c->cancelling == NULL)
        finish_late(c);
}

/* One buffer a turn, so that a large result does not keep the others waiting. */
static void read_results(struct async *c)
{
    while (PQisBusy(c->conn) == 0) {
        PGresult *r = PQgetResult(c->conn);
        if (r == NULL) {
            finish_call(c);
            return;
        }
        ExecStatusType status = PQresultStatus(r);
        take_result(c, r);
        PQclear(r);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            die(c); /* the only way out of a COPY without speaking its protocol */
            return;
        }
    }
}

/* ---- the socket ---- */

static void drop_notifications(struct async *c)
{
    for (PGnotify *n = PQnotifies(c->conn); n != NULL; n = PQnotifies(c->conn))
        PQfreemem(n);
}

static void on_ready(void *context, int ready)
{
    struct async *c = context;
    if (c->news != NULL)
        return;
    if ((ready & LOOP_READ) != 0 && PQconsumeInput(c->conn) == 0) {
        die(c);
        return;
    }
    drop_notifications(c);
    if (c->state == ASYNC_IDLE) {
        (void)PQisBusy(c->conn); /* digests notices and parameter changes */
        if (PQstatus(c->conn) != CONNECTION_OK)
            die(c);
        return;
    }
    if (!flush(c)) {
        die(c);
        return;
    }
    if ((ready & LOOP_READ) != 0 && !c->answered)
        read_results(c);
}

/* ---- login ---- */

static void no_notice(void *context, const PGresult *r)
{
    (void)context;
    (void)r;
}

static void open_late(void *context)
{
    struct async *c = context;
    c->deadline = NULL;
    die_late(c, "no connection within the time limit");
}

static void finish_login(struct async *c)
{
    loop_cancel(TAKE(c->deadline));
    (void)PQsetErrorVerbosity(c->conn, PQERRORS_DEFAULT);
    (void)PQsetnonblocking(c->conn, 1);
    loop_unwatch(TAKE(c->watch));
    c->watch = loop_watch(c->loop, PQsocket(c->conn), LOOP_READ, on_ready, c);
    move(c, ASYNC_IDLE);
    c->opened(c->context, NULL);
}

static void on_login(void *context, int ready)
{
    struct async *c = context;
    (void)ready;
    if (c->news != NULL)
        return;
    PostgresPollingStatusType next = PQconnectPoll(c->conn);
    if (next == PGRES_POLLING_OK)
        finish_login(c);
    else if (next == PGRES_POLLING_READING)
        loop_change(c->watch, PQsocket(c->conn), LOOP_READ);
    else if (next == PGRES_POLLING_WRITING)
        loop_change(c->watch, PQsocket(c->conn), LOOP_WRITE);
    else
        die(c);
}

struct async *async_open(const struct async_how *how)
{
    static const char *const keywords[] = {"dbname", "fallback_application_name", NULL};
    const char *const values[] = {how->dsn, "pg_rehearse", NULL};
    struct arena *a = arena_new();
    struct async *c = ARENA_NEW(a, struct async);
    *c = (struct async){.arena = a,
                        .loop = how->loop,
                        .state = ASYNC_CONNECTING,
                        .opened = how->opened,
                        .lost = how->lost,
                        .context = how->context};
    c->conn = PQconnectStartParams(keywords, values, 1);
    assert(c->conn != NULL);
    if (PQstatus(c->conn) == CONNECTION_BAD) {
        die_soon(c);
        return c;
    }
    /* The only way to learn the SQLSTATE of a refused login is to have it put into the text. */
    (void)PQsetErrorVerbosity(c->conn, PQERRORS_VERBOSE);
    (void)PQsetNoticeReceiver(c->conn, no_notice, NULL);
    c->watch = loop_watch(c->loop, PQsocket(c->conn), LOOP_WRITE, on_login, c);
    set_deadline(c, how->deadline_us, open_late);
    return c;
}

void async_close(struct async *c)
{
    if (c == NULL)
        return;
    loop_cancel(c->deadline);
    loop_cancel(c->news);
    loop_unwatch(c->watch);
    forget_cancel(c);
    PQfinish(c->conn);
    arena_free(c->arena);
}

/* ---- questions ---- */

void async_forget_prepared(struct async *c)
{
    memset(c->prepared, 0, sizeof c->prepared);
}

enum async_state async_state(const struct async *c)
{
    return c->state;
}

bool async_in_transaction(const struct async *c)
{
    PGTransactionStatusType status = PQtransactionStatus(c->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int async_backend_pid(const struct async *c)
{
    return PQbackendPID(c->conn);
}

bool async_quiet(const struct async *c)
{
    struct pollfd p = {.fd = PQsocket(c->conn), .events = POLLIN};
    return c->state == ASYNC_IDLE && poll(&p, 1, 0) == 0;
}
