/* SPDX-License-Identifier: PostgreSQL */
/* The history table rehearse.schema_migrations. */
#ifndef PGR_MIGRATE_HISTORY_H
#define PGR_MIGRATE_HISTORY_H

#include "migrate/folder.h"
#include "model/record.h"
#include "pg/pg.h"

/* A row of the table. */
struct applied {
    const char *version, *name, *checksum;
};

/* Makes the table when it is not there, reads it (struct applied). */
MUST bool history_read(struct arena *a, struct pg *pg, struct vec *applied, struct err *e);

/* Adds the row of a migration, in the transaction of the moment. */
MUST bool history_add(struct pg *pg, const struct migration *m, int64_t took_us, struct err *e);

/* The row of a version, NULL when it was not applied. */
const struct applied *history_find(const struct vec *applied, const char *version);

/* Findings about what folder and history disagree on: MIGRATION_CHANGED, MIGRATION_FILE_MISSING,
 * MIGRATION_OUT_OF_ORDER. */
void history_compare(struct arena *a, const struct vec *migrations, const struct vec *applied,
                     struct record *r);

#endif
