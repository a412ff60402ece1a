/* SPDX-License-Identifier: PostgreSQL */
/* The database of the user's that is restored into: proved to be empty, writable, and not the
 * source. */
#ifndef PGR_RUN_INTO_H
#define PGR_RUN_INTO_H

#include "run/run.h"

/*
 * Connects to restore.into, fills record->target, and keeps the session in run->into, whose
 * advisory lock keeps other restores of ours out while it is open. ERR_USAGE: something is in it
 * (the text names what), it is a template, or the source.dsn. ERR_REFUSED: a standby, read-only, no
 * right to create, or another restore goes on. Nothing was changed.
 */
MUST bool into_open(struct run *run, struct err *e);

/* Is it the database that run->manifest says the dump was taken from? ERR_USAGE then. */
MUST bool into_is_not_origin(struct run *run, struct err *e);

/* When the restore did not pass: says that the database is left as it is, and how to go on. */
void into_note_left(struct run *run);

#endif
