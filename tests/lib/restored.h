/* SPDX-License-Identifier: PostgreSQL */
/* The SQL of an archive: what we make of it, and what pg_restore makes. */
#ifndef PGR_LIB_RESTORED_H
#define PGR_LIB_RESTORED_H

#include "lib/program.h"

/* Fails the test unless both are the same, byte by byte, and nothing is wrong with the archive.
 * `bindir` has the pg_restore. Gives the version of the archive, "1.14", in the room. */
const char *restored_must_equal(struct room *room, const char *bindir, const char *path);

#endif
