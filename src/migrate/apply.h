/* SPDX-License-Identifier: PostgreSQL */
/* Applies one migration and says what it did. */
#ifndef PGR_MIGRATE_APPLY_H
#define PGR_MIGRATE_APPLY_H

#include "migrate/folder.h"
#include "migrate/migrate.h"
#include "pg/pg.h"

/* ACCESS EXCLUSIVE for longer than this is a finding MIGRATION_BLOCKS. */
enum { BLOCKS_US_MIN = 1000000 };

/* Where migrations are applied. */
struct migrating {
    const struct migrate_job *job;
    struct pg *pg;
    struct record *record;
};

/* A statement of a migration. */
struct step {
    const char *sql;
    int64_t line; /* in the file, from 1 */
};

/* The statements of a file (struct step); ERR_USAGE when it is no sequence of statements. BEGIN,
 * COMMIT and END of its own are left out and noted as MIGRATION_OWN_TRANSACTION when the file runs
 * in a transaction of ours. */
MUST bool migration_steps(const struct migrating *in, const struct migration *m, struct vec *steps,
                          struct err *e);

/*
 * Applies the file in one transaction together with its history row (or statement by statement when
 * it asks for that), timing each statement and watching its locks. Fills the row of the record; a
 * failure of the migration is rolled back and a finding MIGRATION_FAILED. False only when it could
 * not be found out: the connection is gone, an interrupt.
 */
MUST bool migration_apply(const struct migrating *in, const struct migration *m,
                          struct migration_facts *facts, struct err *e);

#endif
