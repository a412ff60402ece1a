/* SPDX-License-Identifier: PostgreSQL */
/*
 * Servers and tools of other majors of PostgreSQL than the machine's, as tests/servers/majors has
 * fetched them. Everything here fails the running test when it cannot do its work.
 */
#ifndef PGR_LIB_MAJORS_H
#define PGR_LIB_MAJORS_H

#include "base/arena.h"

#include <stdint.h>

enum { MAJORS = 3 };
extern const int64_t majors[MAJORS]; /* 13, 17, 18 */

/* The folder with the programs of that major, which the account of servers may run; NULL when it
 * was not fetched. */
const char *major_bindir(struct arena *a, int64_t major);

/* A script for servers of that major: without the parts of it that begin with a line "-- from N"
 * of a later one. */
const char *major_script(struct arena *a, const char *path, int64_t major);

#endif
