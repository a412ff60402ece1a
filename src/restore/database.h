/* SPDX-License-Identifier: PostgreSQL */
/* The database that is restored into: made before, analysed and measured after. */
#ifndef PGR_RESTORE_DATABASE_H
#define PGR_RESTORE_DATABASE_H

#include "pg/pg.h"
#include "restore/restore.h"

/* Creates job->database from template0 with the encoding and locale of job->like; it may not be
 * there before. *dsn is the connection string of it. */
MUST bool database_create(const struct restore_job *job, struct pg *admin, const char **dsn,
                          struct err *e);

/* What a CREATE DATABASE statement says of encoding, locale and provider goes to *like, in the
 * arena; what it does not name is left alone. Without a provider it is libc, as before 15. */
void database_locale(struct arena *a, struct slice statement, struct server_facts *like);

/* ANALYZE with its time in record->restore.analyze_us, and the size of each table. A table that
 * cannot be analysed is a finding. */
MUST bool database_finish(const struct restore_job *job, struct pg *pg, struct record *r,
                          struct err *e);

#endif
