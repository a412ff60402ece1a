/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: waiting on a libpq socket with a deadline and an eye on the signals. */
#ifndef PGR_PG_WIRE_H
#define PGR_PG_WIRE_H

#include "pg/pg.h"

/* When a call that begins now has to be over (0: never). */
int64_t wire_deadline(const struct pg *pg);

/* Waits until the socket of pg->conn is ready for one of `events` (of poll); *ready says for which.
 */
MUST bool wire_wait(const struct pg *pg, short events, int64_t deadline_us, short *ready,
                    struct err *e);

/* Sends what libpq holds back, reading meanwhile what the server says, so that neither side blocks
 * the other for ever. A lost connection is not seen here but by the next wire_next. */
MUST bool wire_flush(struct pg *pg, int64_t deadline_us, struct err *e);

/* The next result, NULL in *r behind the last one. False: timeout or interrupt, and wire_stop is
 * called for. A lost connection comes as a result with an error. */
MUST bool wire_next(struct pg *pg, int64_t deadline_us, PGresult **r, struct err *e);

/* Reads all results; the first error is the one that is told. The last good one goes to *last
 * unless that is NULL. Whatever happens, the connection is idle or closed afterwards. */
MUST bool wire_finish(struct pg *pg, int64_t deadline_us, PGresult **last, struct err *e);

/* Makes the server stop what it does for us, in a few seconds at most: cancel request, end of a
 * COPY, all results read. A connection that does not become idle by that is closed. */
void wire_stop(struct pg *pg);

/* Is there an idle connection to send something on? */
MUST bool wire_idle(const struct pg *pg, struct err *e);

#endif
