/* SPDX-License-Identifier: PostgreSQL */
/* Which tables a migration locks against everybody, for how long, and which it rewrites. */
#ifndef PGR_MIGRATE_LOCKS_H
#define PGR_MIGRATE_LOCKS_H

#include "base/vec.h"
#include "pg/pg.h"

#include <stdint.h>

/* A table that was there before the migration. */
struct relation {
    int64_t oid;
    const char *name; /* schema.table, for people */
    int64_t filenode; /* 0 for a partitioned one */
    int64_t bytes;
    int64_t locked_at_us; /* monotonic: start of the statement that locked it; 0: not locked */
    bool rewritten;
};

/* Reads the relations there are (struct relation, by oid). */
MUST bool locks_relations(struct arena *a, struct pg *pg, struct vec *relations, struct err *e);

/* After a statement that began then: marks the relations on which ACCESS EXCLUSIVE is held now. */
MUST bool locks_sample(struct pg *pg, struct vec *relations, int64_t began_us, struct err *e);

/* At the end: marks the relations whose file is another one than before. */
MUST bool locks_rewritten(struct arena *a, struct pg *pg, struct vec *relations, struct err *e);

#endif
