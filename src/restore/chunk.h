/* SPDX-License-Identifier: PostgreSQL */
/* COPY data on its way to the server, in chunks of a pool that bounds the memory of all of them. */
#ifndef PGR_RESTORE_CHUNK_H
#define PGR_RESTORE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

enum { CHUNK_BYTES = 256 * 1024, CHUNKS_MAX = 192 };

struct chunk {
    struct chunk *next;
    size_t n;
    char bytes[CHUNK_BYTES];
};

/* A zeroed one is ready. */
struct chunk_pool {
    struct chunk *unused;
    size_t n_made, n_out;
};
void chunk_pool_cleanup(struct chunk_pool *pool); /* all chunks were given back */

/* First in, first out. A zeroed one is empty. */
struct chunk_queue {
    struct chunk *first, *last;
    size_t n;
};

/* Takes as many of the bytes as there is room for; gives how many. */
size_t chunk_put(struct chunk_pool *pool, struct chunk_queue *q, const char *bytes, size_t n);

/* Gives the first chunk back to the pool. */
void chunk_drop(struct chunk_pool *pool, struct chunk_queue *q);
void chunk_drop_all(struct chunk_pool *pool, struct chunk_queue *q);

#endif
