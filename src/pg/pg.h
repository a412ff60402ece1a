/* SPDX-License-Identifier: PostgreSQL */
/*
 * libpq for one caller that waits: every call has a deadline and can be interrupted, because it
 * polls the socket itself. Errors carry the SQLSTATE.
 */
#ifndef PGR_PG_PG_H
#define PGR_PG_PG_H

#include "base/arena.h"
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
};

/*
 * Connects with a connection string or URI; `application_name` is pg_rehearse, client_encoding is
 * left to the server's. A notice is never printed. On failure nothing is open.
 * ERR_CONNECT: the text has no password in it.
 */
MUST bool pg_open(const char *dsn, struct interrupt *intr, int64_t timeout_us, struct pg *pg,
                  struct err *e);
void pg_cleanup(struct pg *pg); /* takes a zeroed one */

/* Runs SQL by the simple protocol (several statements are fine), results dropped. */
MUST bool pg_run(struct pg *pg, const char *sql, struct err *e);

/* Like pg_run with the text made by a format; only for keywords and quoted identifiers. */
MUST bool pg_runf(struct pg *pg, struct err *e, const char *format, ...) PRINTF(3, 4);

/* Runs one query with text parameters ($1 …); the result is to be cleared by pg_result_cleanup. */
MUST bool pg_query(struct pg *pg, const char *sql, const char *const *params, size_t n_params,
                   PGresult **result, struct err *e);
void pg_result_cleanup(PGresult **result);

/* First column of the first row in the arena; NULL in *text when there is no row or it is null. */
MUST bool pg_text(struct pg *pg, struct arena *a, const char *sql, const char **text,
                  struct err *e);
MUST bool pg_int(struct pg *pg, const char *sql, int64_t *n, struct err *e);

/* Cell of a result: text, integer, "t". A null gives NULL, 0, false. */
const char *pg_cell(const PGresult *r, int row, int column);
int64_t pg_cell_int(const PGresult *r, int row, int column);
bool pg_cell_true(const PGresult *r, int row, int column);

/* COPY … FROM STDIN: begin, put as often as needed, end. A failure of the server ends the COPY and
 * leaves the connection usable; pg_copy_abort makes the server drop what was sent. */
MUST bool pg_copy_begin(struct pg *pg, const char *copy_sql, struct err *e);
MUST bool pg_copy_put(struct pg *pg, const void *bytes, size_t n, struct err *e);
MUST bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *e);
void pg_copy_abort(struct pg *pg, const char *why);

/* Sets SQLSTATE and the server's message (with detail and context in one line) from a result. */
bool pg_err(const PGconn *conn, const PGresult *r, struct err *e);

/* Quoted for use in SQL, in the arena: "Odd ""name""", and schema-qualified. */
const char *pg_ident(struct arena *a, const char *name);
const char *pg_qualified(struct arena *a, const char *schema, const char *name);
const char *pg_literal(struct arena *a, const char *text);

/* A connection string without password and other secrets, for reports. */
const char *pg_redact(struct arena *a, const char *dsn);

/* Splits a DSN for a child program: conninfo without password, and the password in a passfile line
 * (NULL when there is none). Texts in the arena. */
struct pg_split {
    const char *conninfo;
    const char *passfile_line;
};
MUST bool pg_split_dsn(struct arena *a, const char *dsn, struct pg_split *split, struct err *e);

/* The DSN with one more keyword, which wins over the same one in the DSN. */
MUST bool pg_dsn_with(struct arena *a, const char *dsn, const char *keyword, const char *value,
                      const char **result, struct err *e);

#endif
