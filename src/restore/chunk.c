/* SPDX-License-Identifier: PostgreSQL */
#include "restore/chunk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void chunk_pool_cleanup(struct chunk_pool *pool)
{
    assert(pool->n_out == 0);
    while (pool->unused != NULL) {
        struct chunk *next = pool->unused->next;
        free(pool->unused);
        pool->unused = next;
    }
}

/* NULL: the pool is used up. */
static struct chunk *take(struct chunk_pool *pool)
{
    struct chunk *c = pool->unused;
    if (c != NULL) {
        pool->unused = c->next;
    } else if (pool->n_made < CHUNKS_MAX) {
        c = malloc(sizeof *c);
        if (c == NULL)
            abort();
        pool->n_made++;
    } else {
        return NULL;
    }
    pool->n_out++;
    c->next = NULL;
    c->n = 0;
    return c;
}

size_t chunk_put(struct chunk_pool *pool, struct chunk_queue *q, const char *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        if (q->last == NULL || q->last->n == CHUNK_BYTES) {
            struct chunk *c = take(pool);
            if (c == NULL)
                break;
            *(q->last == NULL ? &q->first : &q->last->next) = c;
            q->last = c;
            q->n++;
        }
        struct chunk *c = q->last;
        size_t room = CHUNK_BYTES - c->n, some = n - done < room ? n - done : room;
        memcpy(c->bytes + c->n, bytes + done, some);
        c->n += some;
        done += some;
    }
    return done;
}

void chunk_drop(struct chunk_pool *pool, struct chunk_queue *q)
{
    struct chunk *c = q->first;
    q->first = c->next;
    if (q->first == NULL)
        q->last = NULL;
    q->n--;
    c->next = pool->unused;
    pool->unused = c;
    pool->n_out--;
}

void chunk_drop_all(struct chunk_pool *pool, struct chunk_queue *q)
{
    while (q->first != NULL)
        chunk_drop(pool, q);
}
