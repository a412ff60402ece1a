/* SPDX-License-Identifier: PostgreSQL */
#include "dump/table_digest.h"

#include "base/buf.h"
#include "base/clock.h"
#include "pg/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS_MAX = 64, CONNECT_SECONDS = 30 };

/* A connection: IDLE until a table is begun, ASKED until the server says that its rows come,
 * READING them, ENDING until the server is ready for the next one. */
enum state { IDLE, ASKED, READING, ENDING };

struct line {
    struct pg pg;
    enum state state;
    struct table_digest *table;
    int64_t began_us;
};

struct crew {
    const struct table_digests *how;
    struct line lines[JOBS_MAX];
    size_t n;
    struct table_digest **queue; /* largest first */
    size_t n_queue, next, done;
    uint64_t bytes, rows;
};

static void crew_cleanup(struct crew *c)
{
    for (size_t i = 0; i < c->n; i++)
        pg_cleanup(&c->lines[i].pg);
}

static bool begin_snapshot(const struct table_digests *how, struct pg *pg, struct err *e)
{
    if (how->snapshot == NULL)
        return true;
    return pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", e) &&
           pg_runf(pg, e, "SET TRANSACTION SNAPSHOT %s", pg_literal(how->arena, how->snapshot));
}

static bool pin(const struct table_digests *how, struct pg *pg, struct err *e)
{
    const char *zone = how->time_zone == NULL ? "UTC" : how->time_zone;
    const char *bytea = how->bytea_output == NULL ? "hex" : how->bytea_output;
    return pg_runf(pg, e,
                   "SET search_path = ''; SET DateStyle = ISO; SET IntervalStyle = postgres; "
                   "SET extra_float_digits = 3; SET row_security = off; "
                   "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings "
                   "WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', "
                   "'idle_session_timeout', 'idle_in_transaction_session_timeout'); "
                   "SET TimeZone = %s; SET bytea_output = %s",
                   pg_literal(how->arena, zone), pg_literal(how->arena, bytea));
}

/* 22023: the server does not have that locale. */
static bool pin_money(const struct table_digests *how, struct pg *pg, bool *known, struct err *e)
{
    if (how->lc_monetary == NULL ||
        pg_runf(pg, e, "SET lc_monetary = %s", pg_literal(how->arena, how->lc_monetary)))
        return true;
    *known = false;
    return e->code == ERR_SQL;
}

static bool open_line(struct crew *c, bool *monetary_known, struct err *e)
{
    const struct table_digests *how = c->how;
    struct line *line = &c->lines[c->n];
    if (!pg_open(how->dsn, how->intr, CONNECT_SECONDS * CLOCK_SECOND_US, &line->pg, e))
        return false;
    c->n++;
    return pin(how, &line->pg, e) && pin_money(how, &line->pg, monetary_known, e) &&
           begin_snapshot(how, &line->pg, e) &&
           (PQsetnonblocking(line->pg.conn, 1) == 0 || pg_err(line->pg.conn, NULL, e));
}

static int larger_first(const void *a, const void *b)
{
    const struct table_digest *const *x = a, *const *y = b;
    return ((*x)->size_bytes < (*y)->size_bytes) - ((*x)->size_bytes > (*y)->size_bytes);
}

static void make_queue(struct crew *c, struct vec *tables)
{
    c->queue = arena_alloc(c->how->arena, (tables->n + 1) * sizeof(void *));
    VEC_EACH (struct table_digest, t, tables)
        c->queue[c->n_queue++] = t;
    if (tables->n > 1)
        qsort((void *)c->queue, c->n_queue, sizeof(void *), larger_first);
}

static void ask_sql(const struct table_digests *how, const struct table_digest *t, struct buf *sql)
{
    const char *table = pg_qualified(how->arena, t->schema, t->name);
    if (t->partitioned)
        buf_printf(sql, "COPY (SELECT %s FROM %s) TO STDOUT", t->columns, table);
    else if (t->columns != NULL)
        buf_printf(sql, "COPY %s (%s) TO STDOUT", table, t->columns);
    else
        buf_printf(sql, "COPY %s TO STDOUT", table);
    if (how->encoding != NULL)
        buf_printf(sql, " WITH (ENCODING %s)", pg_literal(how->arena, how->encoding));
}

/* Nobody knows the columns of a COPY without a list in a partitioned table. */
static bool cannot_ask(struct table_digest *t)
{
    if (!t->partitioned || t->columns != NULL)
        return false;
    t->failure = "the dump's COPY into this partitioned table names no columns";
    return true;
}

static bool begin_table(struct crew *c, struct line *line, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    if (c->next == c->n_queue)
        return true;
    struct table_digest *t = c->queue[c->next++];
    if (cannot_ask(t)) {
        c->done++;
        return true;
    }
    ask_sql(c->how, t, &sql);
    line->table = t;
    line->began_us = clock_mono_us();
    line->state = ASKED;
    return PQsendQuery(line->pg.conn, buf_text(&sql)) == 1 || pg_err(line->pg.conn, NULL, e);
}

/* The server refused the table: that is its answer, unless the session is gone. In a transaction
 * the snapshot is taken anew. */
static bool end_refused(struct crew *c, struct line *line, const PGresult *r, struct err *e)
{
    struct err why = {0};
    (void)pg_err(line->pg.conn, r, &why);
    if (PQstatus(line->pg.conn) != CONNECTION_OK) {
        *e = why;
        return false;
    }
    line->table->failure = arena_strdup(c->how->arena, why.text);
    line->state = ENDING;
    return true;
}

static bool end_table(struct crew *c, struct line *line, struct err *e)
{
    bool failed = line->table->failure != NULL;
    line->table->took_us = clock_mono_us() - line->began_us;
    line->state = IDLE;
    c->done++;
    if (!failed || c->how->snapshot == NULL)
        return true;
    return pg_run(&line->pg, "ROLLBACK", e) && begin_snapshot(c->how, &line->pg, e);
}

/* Rows that have arrived; each message of the server is one row (PostgreSQL, Message Formats,
 * CopyData: "one message per row" for text). */
static bool take_rows(struct crew *c, struct line *line, struct err *e)
{
    char *row = NULL;
    int n;
    struct table_digest *t = line->table;
    while ((n = PQgetCopyData(line->pg.conn, &row, 1)) > 0) {
        rows_digest_add(&t->digest, row, (size_t)n - 1);
        t->rows++;
        t->bytes += (uint64_t)n;
        c->rows++;
        c->bytes += (uint64_t)n;
        PQfreemem(row);
    }
    if (n == -1)
        line->state = ENDING;
    return n != -2 || pg_err(line->pg.conn, NULL, e);
}

static bool take_result(struct crew *c, struct line *line, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = PQgetResult(line->pg.conn);
    ExecStatusType status = PQresultStatus(r);
    if (r == NULL)
        return end_table(c, line, e);
    if (status == PGRES_COPY_OUT)
        line->state = READING;
    return status == PGRES_COPY_OUT || status == PGRES_COMMAND_OK || end_refused(c, line, r, e);
}

/* Everything that has arrived on a connection. */
static bool take(struct crew *c, struct line *line, struct err *e)
{
    if (PQconsumeInput(line->pg.conn) != 1)
        return pg_err(line->pg.conn, NULL, e);
    while (line->state != IDLE) {
        if (line->state == READING && !take_rows(c, line, e))
            return false;
        if (line->state == READING || PQisBusy(line->pg.conn))
            return true;
        if (!take_result(c, line, e))
            return false;
    }
    return true;
}

static bool wait(struct crew *c, struct pollfd *fds, struct err *e)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct line *line = &c->lines[i];
        bool flushed = line->state == IDLE || PQflush(line->pg.conn) == 0;
        fds[i] = (struct pollfd){.fd = line->state == IDLE ? -1 : PQsocket(line->pg.conn),
                                 .events = (short)(flushed ? POLLIN : POLLIN | POLLOUT)};
    }
    fds[c->n] = (struct pollfd){.fd = interrupt_fd(c->how->intr), .events = POLLIN};
    if (poll(fds, c->n + 1, clock_poll_ms(c->how->deadline_us)) < 0 && errno != EINTR)
        return err_sys(e, "wait for rows");
    if (!interrupt_check(c->how->intr, e))
        return false;
    if (c->how->deadline_us != 0 && clock_mono_us() >= c->how->deadline_us)
        return err_set(e, ERR_TIMEOUT, "reading the rows of every table took too long");
    return true;
}

static bool begin_tables(struct crew *c, struct err *e)
{
    for (size_t i = 0; i < c->n; i++)
        while (c->lines[i].state == IDLE && c->next < c->n_queue)
            if (!begin_table(c, &c->lines[i], e))
                return false;
    return true;
}

static bool take_all(struct crew *c, const struct pollfd *fds, struct err *e)
{
    for (size_t i = 0; i < c->n; i++)
        if (fds[i].revents != 0 && !take(c, &c->lines[i], e))
            return false;
    return true;
}

static bool work(struct crew *c, struct err *e)
{
    struct pollfd fds[JOBS_MAX + 1];
    while (begin_tables(c, e) && c->done < c->n_queue) {
        if (!wait(c, fds, e) || !take_all(c, fds, e))
            return false;
        const struct progress_state state = {.bytes = c->bytes, .rows = c->rows};
        progress_tell(c->how->progress, &state);
    }
    return c->done == c->n_queue;
}

bool table_digests(const struct table_digests *how, struct vec *tables, bool *monetary_known,
                   struct err *e)
{
    CLEANUP(crew_cleanup) struct crew c = {.how = how};
    size_t wanted = how->jobs > 0 ? how->jobs : 1;
    size_t jobs = wanted < tables->n ? wanted : tables->n;
    *monetary_known = true;
    make_queue(&c, tables);
    while (c.n < jobs && c.n < JOBS_MAX)
        if (!open_line(&c, monetary_known, e))
            return false;
    return work(&c, e);
}
