/* SPDX-License-Identifier: PostgreSQL */
/*
 * The fingerprint of tables on a server (rows_digest.h): their rows by COPY TO STDOUT, over several
 * connections at once, without holding a table in memory. The session is pinned to what pg_dump
 * pins (setup_connection in pg_dump.c), and to what it leaves to the dumping role.
 */
#ifndef PGR_DUMP_TABLE_DIGEST_H
#define PGR_DUMP_TABLE_DIGEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "base/vec.h"
#include "dump/rows_digest.h"
#include "model/progress.h"

#include <stdbool.h>
#include <stdint.h>

struct table_digest {
    const char *schema, *name;
    const char *columns; /* a quoted list as in the dump's COPY; NULL: all that COPY gives */
    bool partitioned;    /* its rows are those of its partitions; needs `columns` */
    int64_t size_bytes;  /* large ones are begun first */

    /* the answer */
    const char *failure; /* what the server said instead; in the arena */
    struct rows_digest digest;
    uint64_t rows, bytes;
    int64_t took_us;
};

struct table_digests {
    struct arena *arena;
    const char *dsn;
    const char *snapshot;     /* exported, of the same server; NULL: none */
    const char *encoding;     /* of the text; NULL: UTF8 */
    const char *time_zone;    /* of timestamps with time zone; NULL: UTC */
    const char *bytea_output; /* NULL: hex */
    const char *lc_monetary;  /* of money; NULL: the server's own */
    size_t jobs;              /* connections; at least one */
    int64_t deadline_us;      /* monotonic; 0: none */
    struct interrupt *intr;
    const struct progress *progress;
};

/* Fills the answers of `tables` (struct table_digest). A table that the server refuses has a
 * failure; false: a connection was lost, time ran out, an interrupt. *monetary_known: false when
 * this server does not have the locale lc_monetary. */
MUST bool table_digests(const struct table_digests *how, struct vec *tables, bool *monetary_known,
                        struct err *e);

#endif
