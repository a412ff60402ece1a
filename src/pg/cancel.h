/* SPDX-License-Identifier: PostgreSQL */
/* Asking a server to cancel what a connection runs, without waiting for it. */
#ifndef PGR_PG_CANCEL_H
#define PGR_PG_CANCEL_H

#include <libpq-fe.h>

/* libpq 15 can only cancel by waiting for a second connection, so a detached helper thread does it.
 * The connection itself is not touched and may be closed meanwhile. Failing is silent: who cancels
 * has a second deadline. */
void pg_cancel_start(PGconn *conn);

#endif
