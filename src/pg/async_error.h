/* SPDX-License-Identifier: PostgreSQL */
/* What libpq says about failures of asynchronous connections, as errors with SQLSTATE. */
#ifndef PGR_PG_ASYNC_ERROR_H
#define PGR_PG_ASYNC_ERROR_H

#include "base/err.h"

#include <libpq-fe.h>

#include <stdbool.h>

/* ERR_SQL of a failed result. */
void async_error_result(const PGresult *r, struct err *e);

/* ERR_CONNECT of a connection that broke, or that never came about (`login`: its messages are
 * verbose, so that the SQLSTATE stands in them). */
void async_error_broken(const PGconn *conn, bool login, struct err *e);

/* Takes "SEVERITY:  SQLSTATE: text" apart: copies the SQLSTATE and gives the text behind it; false
 * when there is none. */
bool async_error_sqlstate(const char *message, char sqlstate[6], const char **text);

#endif
