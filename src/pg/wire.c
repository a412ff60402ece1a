/* SPDX-License-Identifier: PostgreSQL */
#include "pg/wire.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { CANCEL_SECONDS = 2, DRAIN_SECONDS = 3 };

int64_t wire_deadline(const struct pg *pg)
{
    return pg->timeout_us > 0 ? clock_mono_us() + pg->timeout_us : 0;
}

bool wire_wait(const struct pg *pg, short events, int64_t deadline_us, short *ready, struct err *e)
{
    for (;;) {
        if (!interrupt_check(pg->intr, e))
            return false;
        struct pollfd fds[] = {
            {.fd = PQsocket(pg->conn), .events = events},
            {.fd = interrupt_fd(pg->intr), .events = POLLIN},
        };
        int n = poll(fds, COUNT_OF(fds), clock_poll_ms(deadline_us));
        if (n < 0 && errno != EINTR)
            return err_sys(e, "wait for the server");
        if (n > 0 && fds[0].revents != 0) {
            *ready = fds[0].revents;
            return true;
        }
        if (PQsocket(pg->conn) < 0 || (deadline_us != 0 && clock_mono_us() >= deadline_us))
            return err_set(e, ERR_TIMEOUT, "no answer from the server in time");
    }
}

bool wire_flush(struct pg *pg, int64_t deadline_us, struct err *e)
{
    while (PQflush(pg->conn) == 1) {
        short ready = 0;
        if (!wire_wait(pg, POLLIN | POLLOUT, deadline_us, &ready, e))
            return false;
        if ((ready & ~POLLOUT) != 0 && PQconsumeInput(pg->conn) == 0)
            return true;
    }
    return true;
}

bool wire_next(struct pg *pg, int64_t deadline_us, PGresult **r, struct err *e)
{
    if (!wire_flush(pg, deadline_us, e))
        return false;
    while (PQisBusy(pg->conn) != 0) {
        short ready = 0;
        if (!wire_wait(pg, POLLIN, deadline_us, &ready, e))
            return false;
        if (PQconsumeInput(pg->conn) == 0) /* lost: PQgetResult says so without waiting */
            break;
    }
    *r = PQgetResult(pg->conn);
    return true;
}

static bool is_error(const PGresult *r)
{
    switch (PQresultStatus(r)) {
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
    case PGRES_PIPELINE_ABORTED:
        return true;
    case PGRES_EMPTY_QUERY:
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    case PGRES_SINGLE_TUPLE:
    case PGRES_PIPELINE_SYNC:
        return false;
    }
    return true;
}

/* COPY is for those who asked for it: libpq waits for ever for the data of one that nobody feeds.
 */
static bool refuse_copy(const PGresult *r, struct err *e)
{
    ExecStatusType status = PQresultStatus(r);
    bool copy = status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
    return !copy || err_set(e, ERR_SQL, "COPY from or to the client is not possible here");
}

bool wire_finish(struct pg *pg, int64_t deadline_us, PGresult **last, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *good = NULL;
    bool ok = true;
    for (;;) {
        CLEANUP(pg_result_cleanup) PGresult *r = NULL;
        struct err why = {0};
        if (!wire_next(pg, deadline_us, &r, &why) || !refuse_copy(r, &why)) {
            wire_stop(pg);
            *e = ok ? why : *e;
            return false;
        }
        if (r == NULL)
            break;
        if (is_error(r)) {
            (void)pg_err(pg->conn, r, &why);
            *e = ok ? why : *e;
            ok = false;
            continue;
        }
        pg_result_cleanup(&good);
        good = TAKE(r);
    }
    if (ok && last != NULL)
        *last = TAKE(good);
    return ok;
}

/* PQcancel waits without a bound for a server that does not answer, so a thread does it. */
static void *cancel_in_thread(void *context)
{
    PGcancel *cancel = context;
    char why[256];
    (void)PQcancel(cancel, why, (int)sizeof why);
    PQfreeCancel(cancel);
    return NULL;
}

static void request_cancel(PGconn *conn)
{
    PGcancel *cancel = PQgetCancel(conn);
    pthread_t thread;
    if (cancel == NULL)
        return;
    if (pthread_create(&thread, NULL, cancel_in_thread, cancel) != 0) {
        PQfreeCancel(cancel);
        return;
    }
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CANCEL_SECONDS;
    if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) != 0)
        (void)pthread_detach(thread);
}

/* Drops what a COPY TO STDOUT sends. False when the connection is of no more use. */
static bool drop_copy_out(struct pg *quiet, int64_t deadline_us)
{
    struct err ignored;
    for (;;) {
        char *row = NULL;
        int n = PQgetCopyData(quiet->conn, &row, 1);
        PQfreemem(row);
        if (n < 0)
            return n == -1;
        short ready = 0;
        if (n == 0 && (!wire_wait(quiet, POLLIN, deadline_us, &ready, &ignored) ||
                       PQconsumeInput(quiet->conn) == 0))
            return false;
    }
}

static bool drain_one(struct pg *quiet, int64_t deadline_us, bool *more)
{
    struct err ignored;
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!wire_next(quiet, deadline_us, &r, &ignored))
        return false;
    *more = r != NULL;
    if (r == NULL)
        return true;
    if (PQresultStatus(r) == PGRES_COPY_IN)
        return PQputCopyEnd(quiet->conn, "stopped by pg_rehearse") == 1;
    if (PQresultStatus(r) == PGRES_COPY_OUT)
        return drop_copy_out(quiet, deadline_us);
    return PQresultStatus(r) != PGRES_COPY_BOTH;
}

void wire_stop(struct pg *pg)
{
    if (pg->conn == NULL)
        return;
    struct pg quiet = {.conn = pg->conn};
    if (PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        request_cancel(pg->conn);
    if (pg->copying)
        (void)PQputCopyEnd(pg->conn, "stopped by pg_rehearse");
    pg->copying = false;
    int64_t deadline_us = clock_mono_us() + DRAIN_SECONDS * CLOCK_SECOND_US;
    bool more = true, ok = true;
    while (more && ok)
        ok = clock_mono_us() < deadline_us && drain_one(&quiet, deadline_us, &more);
    if (ok)
        return;
    PQfinish(pg->conn);
    pg->conn = NULL;
}

bool wire_idle(const struct pg *pg, struct err *e)
{
    if (pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK)
        return err_set(e, ERR_CONNECT, "the connection to the server is closed");
    if (pg->copying || PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        return err_set(e, ERR_DEFECT, "a statement sent while another one runs");
    return true;
}
