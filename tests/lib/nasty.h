/* SPDX-License-Identifier: PostgreSQL */
/* A small database of what breaks dumps and restores: odd names, partitions, large objects, row
 * security, functions, generated and identity columns, materialized views. */
#ifndef PGR_LIB_NASTY_H
#define PGR_LIB_NASTY_H

enum { NASTY_ROWS = 400 };

/* Fills an empty database. The cluster gets the roles that it needs. */
void nasty_fill(const char *dsn);

/* Drops the roles; no database may refer to them any more. */
void nasty_drop_roles(const char *dsn);

#endif
