/* SPDX-License-Identifier: PostgreSQL */
/* Which database of a cluster's dump matters. */
#ifndef PGR_DUMP_DATABASES_H
#define PGR_DUMP_DATABASES_H

#include "dump/scan.h"

/*
 * The database that stands for a dump of a cluster: the one of that name; without a name (NULL) the
 * only one that makes anything, or of several the one with most rows, then most bytes of SQL, then
 * the first. NULL: it is no dump of a cluster, or there is none of that name, or none at all.
 */
const struct dump_database *databases_main(const struct dump_facts *facts, const char *wanted);

/* How many of them make anything. */
size_t databases_count(const struct dump_facts *facts);

/* Their names, "a, b", without one of them (NULL: with all); "" when there are none. */
const char *databases_others(struct arena *a, const struct dump_facts *facts, const char *without);

#endif
