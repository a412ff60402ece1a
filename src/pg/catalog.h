/* SPDX-License-Identifier: PostgreSQL */
/* Questions to a server's catalogues that several parts ask: what it is, its tables, their rows. */
#ifndef PGR_PG_CATALOG_H
#define PGR_PG_CATALOG_H

#include "base/vec.h"
#include "model/record.h"
#include "pg/pg.h"

/* Version, database, encoding, locale and provider, size, number of tables, standby,
 * max_connections (PostgreSQL 9.6 and newer). `icu_locale` also holds the locale of the builtin
 * provider. The other members are left alone. */
MUST bool catalog_server(struct pg *pg, struct arena *a, struct server_facts *facts, struct err *e);

/* Those settings that bear on speed and on what survives a crash, as "name = value" (const char *),
 * sorted by name: what this server's major has of the list in catalog_settings.sql, with the values
 * that hold for this session. */
MUST bool catalog_settings(struct pg *pg, struct arena *a, struct vec *settings, struct err *e);

struct catalog_table {
    const char *schema, *name;
    char kind; /* relkind: r, p, f, m */
    bool is_partition;
    bool is_unlogged;
    bool from_extension;
    int64_t bytes; /* with indexes and toast */
};

/* Tables outside the system schemas: ordinary and partitioned ones, foreign ones, materialized
 * views; sorted by schema and name. */
MUST bool catalog_tables(struct pg *pg, struct arena *a, struct vec *tables, struct err *e);

/* count(*) of the table: of an ordinary one the rows of its own (ONLY), of a partitioned one those
 * of all partitions. Leaves row_security off in the session, as pg_dump has it: rows that a policy
 * hides from this role are an error (SQLSTATE 42501), never a smaller count. */
MUST bool catalog_count(struct pg *pg, const struct catalog_table *table, int64_t *rows,
                        struct err *e);

#endif
