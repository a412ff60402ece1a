/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/str.h"
#include "pg/dsn.h"
#include "pg/pg.h"
#include "pg/wire.h"

#include <ctype.h>
#include <poll.h>
#include <string.h>

enum { CONNECT_SECONDS = 30, CONNECT_SECONDS_MAX = 3600, SQLSTATE_CHARS = 5 };

static void drop_notice(void *context, const PGresult *r)
{
    (void)context;
    (void)r;
}

/* Seconds that connect_timeout (of the DSN, the service file or the environment) allows. */
static int64_t allowed_seconds(PGconn *conn)
{
    CLEANUP(dsn_options_cleanup) PQconninfoOption *options = PQconninfo(conn);
    int64_t seconds = 0;
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (str_eq(o->keyword, "connect_timeout") && o->val != NULL &&
            !str_parse_int(o->val, &seconds))
            seconds = 0;
    return seconds > 0 && seconds < CONNECT_SECONDS_MAX ? seconds : CONNECT_SECONDS;
}

static int64_t connect_deadline(PGconn *conn, int64_t timeout_us)
{
    int64_t us = allowed_seconds(conn) * CLOCK_SECOND_US;
    return clock_mono_us() + (timeout_us > 0 && timeout_us < us ? timeout_us : us);
}

/* "FATAL:  28P01: password …": with verbose messages libpq tells the SQLSTATE, which it does not
 * give otherwise when connecting. Takes it out of the text. */
static void take_sqlstate(char *line, char sqlstate[6])
{
    for (char *p = strstr(line, ":  "); p != NULL; p = strstr(p + 1, ":  ")) {
        char *code = p + 3;
        size_t n = strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n != SQLSTATE_CHARS || strncmp(code + n, ": ", 2) != 0)
            continue;
        memcpy(sqlstate, code, SQLSTATE_CHARS);
        sqlstate[SQLSTATE_CHARS] = '\0';
        memmove(code - 1, code + n + 2, strlen(code + n + 2) + 1);
    }
}

/* Joins the lines of libpq's message, leaving out where in the server's source it arose. */
static bool connect_failed(PGconn *conn, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char *rest = arena_strdup(a, PQerrorMessage(conn)), *line;
    char sqlstate[6] = "";
    const char *text = NULL;
    while ((line = strsep(&rest, "\n")) != NULL) {
        line += strspn(line, " \t");
        if (*line == '\0' || str_starts(line, "LOCATION:  "))
            continue;
        take_sqlstate(line, sqlstate);
        text = text == NULL ? line : arena_printf(a, "%s; %s", text, line);
    }
    (void)err_set(e, ERR_CONNECT, "%s", text != NULL ? text : "no connection");
    memcpy(e->sqlstate, sqlstate, sizeof sqlstate);
    return false;
}

static bool shake_hands(const struct pg *pg, int64_t deadline_us, struct err *e)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(pg->conn) != CONNECTION_BAD) {
        short ready = 0;
        if (state == PGRES_POLLING_OK)
            return true;
        if (state == PGRES_POLLING_FAILED)
            break;
        short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!wire_wait(pg, events, deadline_us, &ready, e))
            return e->code != ERR_TIMEOUT
                       ? false
                       : err_set(e, ERR_CONNECT, "no connection to the server in time");
        state = PQconnectPoll(pg->conn);
    }
    return connect_failed(pg->conn, e);
}

static void conn_cleanup(PGconn **conn)
{
    PQfinish(*conn);
}

/* Names are compared with those of dumps, in UTF-8. Two kinds of server cannot convert to it. */
static bool speak_utf8(struct pg *pg, struct err *e)
{
    static const char *const as_they_are[] = {"UTF8", "SQL_ASCII", "MULE_INTERNAL"};
    const char *encoding = PQparameterStatus(pg->conn, "server_encoding");
    for (size_t i = 0; i < COUNT_OF(as_they_are); i++)
        if (encoding == NULL || str_eq(encoding, as_they_are[i]))
            return true;
    return pg_run(pg, "SET client_encoding TO 'UTF8'", e);
}

bool pg_open(const char *dsn, struct interrupt *intr, int64_t timeout_us, struct pg *pg,
             struct err *e)
{
    if (!dsn_check(dsn, e))
        return false;
    const char *const keywords[] = {"dbname", "fallback_application_name", NULL};
    const char *const values[] = {dsn, "pg_rehearse", NULL};
    CLEANUP(conn_cleanup) PGconn *conn = PQconnectStartParams(keywords, values, 1);
    if (conn == NULL)
        return err_set(e, ERR_CONNECT, "out of memory");
    (void)PQsetNoticeReceiver(conn, drop_notice, NULL);
    (void)PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
    struct pg new = {.conn = conn, .intr = intr, .timeout_us = timeout_us};
    if (!shake_hands(&new, connect_deadline(conn, timeout_us), e))
        return false;
    (void)PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
    if (PQsetnonblocking(conn, 1) != 0)
        return connect_failed(conn, e);
    new.conn = TAKE(conn);
    bool ok = speak_utf8(&new, e);
    if (ok)
        *pg = new;
    else
        pg_cleanup(&new);
    return ok;
}

void pg_cleanup(struct pg *pg)
{
    PQfinish(pg->conn);
    buf_cleanup(&pg->pending);
    *pg = (struct pg){0};
}
