/* SPDX-License-Identifier: PostgreSQL */
/* Statements of a dump that are not executed: dangerous ones, and those about the database itself.
 */
#ifndef PGR_RESTORE_GUARD_H
#define PGR_RESTORE_GUARD_H

#include "base/str.h"

#include <stdbool.h>

/*
 * Why a statement must not be executed, NULL when it may be: it would read or write files of the
 * server or start programs there (COPY with PROGRAM or a file), change the server for good (ALTER
 * SYSTEM), or reach out (a subscription that connects). This is the second wall: the first is that
 * the server runs without privileges and listens on nothing but a private socket.
 */
const char *guard_refusal(struct slice statement);

/* Is it about the database itself (CREATE, ALTER, DROP, COMMENT ON, GRANT ON DATABASE,
 * ALTER ROLE … IN DATABASE), as a dump made with --create holds? We restore into our own. */
bool guard_is_about_database(struct slice statement);

/* The name in CREATE DATABASE; NULL when it is another statement. */
const char *guard_created_database(struct arena *a, struct slice statement);

#endif
