/* SPDX-License-Identifier: PostgreSQL */
/*
 * libpq for one caller that waits: every call has a deadline and can be interrupted, because it
 * polls the socket itself. Errors carry the SQLSTATE.
 */
#ifndef PGR_PG_PG_H
#define PGR_PG_PG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/interrupt.h"

#include <libpq-fe.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pg {
    PGconn *conn;
    struct interrupt *intr; /* may be NULL */
    int64_t timeout_us;     /* for each call; 0: none */
    bool copying;           /* private: between pg_copy_begin and its end */
    struct buf pending;     /* private: COPY data not yet handed to libpq */
};

/*
 * How every call below fails:
 *   ERR_SQL          the server rejected the statement (sqlstate is set); the connection is usable
 *   ERR_SPACE        the same with SQLSTATE 53100: the server's disk is full
 *   ERR_CONNECT      the connection is lost or was lost before; sqlstate is set when the server
 * said why ERR_TIMEOUT      timeout_us passed: the statement was cancelled on the server. The
 * connection is ERR_INTERRUPTED  usable when the server obeyed within a few seconds, else closed;
 * the same here
 */

/*
 * Connects with a connection string, URI or database name; `application_name` is pg_rehearse unless
 * the string says otherwise; client_encoding is UTF8, or the server's where it cannot convert to it
 * (SQL_ASCII, MULE_INTERNAL). A notice is never printed. On failure nothing is open. It takes at
 * most connect_timeout of the string (30 s without one) and not more than timeout_us; looking up a
 * host name is not bounded (use hostaddr). ERR_CONNECT: the text has no password in it, the
 * SQLSTATE is set when the server gave one (28P01 wrong password, 3D000 no such database, 53300 too
 * many connections). ERR_USAGE: libpq cannot read the string.
 */
MUST bool pg_open(const char *dsn, struct interrupt *intr, int64_t timeout_us, struct pg *pg,
                  struct err *e);
void pg_cleanup(struct pg *pg); /* takes a zeroed one */

/* Runs SQL by the simple protocol (several statements are fine), results dropped. */
MUST bool pg_run(struct pg *pg, const char *sql, struct err *e);

/* Like pg_run with the text made by a format; only for keywords and quoted identifiers. */
MUST bool pg_runf(struct pg *pg, struct err *e, const char *format, ...) PRINTF(3, 4);

/* Text parameters $1 …; a NULL value is a null. */
struct pg_params {
    const char *const *values;
    size_t n;
};

/* Runs one query with text parameters ($1 ...); the result is to be cleared by pg_result_cleanup.
 */
MUST bool pg_query(struct pg *pg, const char *sql, const struct pg_params *params,
                   PGresult **result, struct err *e);
void pg_result_cleanup(PGresult **result);

/* First column of the first row in the arena; NULL in *text when there is no row or it is null.
 * pg_int: no row, null or no integer is an error (ERR_SQL). */
MUST bool pg_text(struct pg *pg, struct arena *a, const char *sql, const char **text,
                  struct err *e);
MUST bool pg_int(struct pg *pg, const char *sql, int64_t *n, struct err *e);

/* Cell of a result: text, integer, "t". A null gives NULL, 0, false. */
const char *pg_cell(const PGresult *r, int row, int column);
int64_t pg_cell_int(const PGresult *r, int row, int column);
bool pg_cell_true(const PGresult *r, int row, int column);

/*
 * COPY ... FROM STDIN: begin, put as often as needed (small pieces are gathered), end. A row that
 * the server rejects is told by pg_copy_end at the latest and leaves the connection usable; after a
 * failed put or end the COPY is over. pg_copy_abort makes the server drop what was sent; without a
 * COPY it does nothing. timeout_us holds for each put, and for the end.
 */
MUST bool pg_copy_begin(struct pg *pg, const char *copy_sql, struct err *e);
MUST bool pg_copy_put(struct pg *pg, const void *bytes, size_t n, struct err *e);
MUST bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *e);
void pg_copy_abort(struct pg *pg, const char *why);

/* Sets SQLSTATE and the server's message (with detail and context in one line) from a result. */
bool pg_err(const PGconn *conn, const PGresult *r, struct err *e);

/* Quoted for use in SQL, in the arena, always with quotes: "Odd ""name""", and schema-qualified;
 * a literal means the same whatever standard_conforming_strings says. */
const char *pg_ident(struct arena *a, const char *name);
const char *pg_qualified(struct arena *a, const char *schema, const char *name);
const char *pg_literal(struct arena *a, const char *text);

/* A connection string as keyword=value pairs without password and other secrets, for reports. */
const char *pg_redact(struct arena *a, const char *dsn);

/* Splits a DSN for a child program: conninfo without secrets, and the password in a line for a file
 * that PGPASSFILE names (NULL when there is none: the child finds what libpq finds). Texts in the
 * arena. ERR_USAGE when libpq cannot read it, or it has a sslpassword, which no child can get. */
struct pg_split {
    const char *conninfo;
    const char *passfile_line;
};
MUST bool pg_split_dsn(struct arena *a, const char *dsn, struct pg_split *split, struct err *e);

/* The DSN with one more keyword, which wins over the same one in the DSN; NULL on failure. */
MUST const char *pg_dsn_with(struct arena *a, const char *dsn, const char *keyword,
                             const char *value, struct err *e);

#endif
