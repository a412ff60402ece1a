/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/str.h"
#include "pg/pg.h"
#include "pg/wire.h"

#include <assert.h>
#include <limits.h>

/* Small pieces are gathered up to this, so that a message carries more than its own head. */
enum { GATHER_BYTES = 128 * 1024, MESSAGE_BYTES_MAX = 1024 * 1024, ABORT_SECONDS = 10 };

/* Reads what is left to read; what it says is of no interest any more. */
static void forget_rest(struct pg *pg, int64_t deadline_us)
{
    struct err ignored;
    if (!wire_finish(pg, deadline_us, NULL, &ignored))
        return;
}

/* What came instead of readiness for COPY data, as an error; the connection is idle afterwards. */
static bool not_begun(struct pg *pg, int64_t deadline_us, const PGresult *r, struct err *e)
{
    ExecStatusType status = PQresultStatus(r);
    bool odd = status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
    if (r != NULL && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE))
        (void)pg_err(pg->conn, r, e);
    else
        (void)err_set(e, ERR_SQL, "the statement is no COPY FROM STDIN");
    if (odd)
        wire_stop(pg);
    else if (r != NULL)
        forget_rest(pg, deadline_us);
    return false;
}

bool pg_copy_begin(struct pg *pg, const char *copy_sql, struct err *e)
{
    int64_t deadline_us = wire_deadline(pg);
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!wire_idle(pg, e))
        return false;
    if (PQsendQuery(pg->conn, copy_sql) != 1)
        return pg_err(pg->conn, NULL, e);
    if (!wire_next(pg, deadline_us, &r, e)) {
        wire_stop(pg);
        return false;
    }
    if (PQresultStatus(r) != PGRES_COPY_IN)
        return not_begun(pg, deadline_us, r, e);
    buf_clear(&pg->pending);
    pg->copying = true;
    return true;
}

/* The COPY is over without a right end: says what the server had to say about it. */
static bool broken(struct pg *pg, int64_t deadline_us, struct err *e)
{
    pg->copying = false;
    (void)pg_err(pg->conn, NULL, e);
    struct err told;
    if (!wire_finish(pg, deadline_us, NULL, &told))
        *e = told;
    return false;
}

static bool send_bytes(struct pg *pg, const char *bytes, size_t n, struct err *e)
{
    int64_t deadline_us = wire_deadline(pg);
    while (n > 0) {
        int now = n < MESSAGE_BYTES_MAX ? (int)n : MESSAGE_BYTES_MAX;
        bool ok = interrupt_check(pg->intr, e);
        if (ok && PQputCopyData(pg->conn, bytes, now) != 1)
            return broken(pg, deadline_us, e);
        if (!ok || !wire_flush(pg, deadline_us, e)) {
            wire_stop(pg);
            return false;
        }
        bytes += now;
        n -= (size_t)now;
    }
    return true;
}

static bool send_pending(struct pg *pg, struct err *e)
{
    bool ok = send_bytes(pg, pg->pending.p, pg->pending.n, e);
    buf_clear(&pg->pending);
    return ok;
}

bool pg_copy_put(struct pg *pg, const void *bytes, size_t n, struct err *e)
{
    if (!pg->copying)
        return err_set(e, ERR_DEFECT, "COPY data without a COPY");
    if (pg->pending.n + n < GATHER_BYTES) {
        buf_append(&pg->pending, bytes, n);
        return true;
    }
    return send_pending(pg, e) && send_bytes(pg, bytes, n, e);
}

bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *e)
{
    if (!pg->copying)
        return err_set(e, ERR_DEFECT, "COPY data without a COPY");
    if (!send_pending(pg, e))
        return false;
    int64_t deadline_us = wire_deadline(pg);
    if (PQputCopyEnd(pg->conn, NULL) != 1)
        return broken(pg, deadline_us, e);
    pg->copying = false;
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    uint64_t n = 0;
    if (!wire_finish(pg, deadline_us, &r, e))
        return false;
    if (!str_parse_uint(PQcmdTuples(r), &n))
        return err_set(e, ERR_SQL, "the server did not say how many rows it took");
    if (rows != NULL)
        *rows = n;
    return true;
}

void pg_copy_abort(struct pg *pg, const char *why)
{
    buf_clear(&pg->pending);
    if (!pg->copying)
        return;
    pg->copying = false;
    if (PQputCopyEnd(pg->conn, why) != 1) {
        wire_stop(pg);
        return;
    }
    forget_rest(pg, clock_mono_us() + ABORT_SECONDS * CLOCK_SECOND_US);
}
