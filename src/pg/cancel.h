/* SPDX-License-Identifier: PostgreSQL */
/* Asking a server to cancel what a connection runs, without waiting for it. */
#ifndef PGR_PG_CANCEL_H
#define PGR_PG_CANCEL_H

#include <libpq-fe.h>

/*
 * libpq 15 can only cancel by waiting for a second connection, so a detached helper thread does it.
 * The connection itself is not touched and may be closed meanwhile. Gives a descriptor (the
 * caller's, to be closed) that becomes readable when the server has dealt with the request, or -1
 * when none could be made.
 *
 * Until then the connection must not run anything else: a server sends its signal twice (to the
 * process and to its group), and the second one would hit the next statement.
 */
int pg_cancel_start(PGconn *conn);

#endif
