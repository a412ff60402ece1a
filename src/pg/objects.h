/* SPDX-License-Identifier: PostgreSQL */
/* Every object of a database that pg_dump writes, and what is said of it, in words that two servers
 * of one major print alike. */
#ifndef PGR_PG_OBJECTS_H
#define PGR_PG_OBJECTS_H

#include "base/vec.h"
#include "model/record.h"
#include "pg/pg.h"

/*
 * Lists them (struct object_facts, in the arena), sorted by objects_order: without what belongs to
 * extensions, the system, or the cluster (roles, tablespaces, the database itself), and without
 * subscriptions, which not every role may see. Some functions of the server (pg_get_indexdef) look
 * past the snapshot of the transaction: list twice where that matters, and objects_agree.
 */
MUST bool objects_list(struct pg *pg, struct arena *a, struct vec *objects, struct err *e);

/* By type, name and aspect: the order of lists. For qsort. */
int objects_order(const void *a, const void *b);

/* Takes the value of everything that is not the same in a later list of the same database: it is
 * not known then. */
void objects_agree(struct vec *objects, const struct vec *later);

#endif
