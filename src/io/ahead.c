/* SPDX-License-Identifier: PostgreSQL */
#include "io/ahead.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

/* What one read of the link below gave. */
struct chunk {
    uint8_t *bytes;
    size_t n;    /* 0: the clean end, or the failure below */
    bool failed; /* with `why` */
    struct err why;
    uint64_t watched;
};

struct ahead {
    struct source base;
    const uint64_t *figure; /* what the caller watches, or NULL */
    uint64_t watched;
    size_t at; /* bytes of the front chunk that were given */
    enum { AHEAD_NEW, AHEAD_RUNNING, AHEAD_ALONE } state; /* ALONE: there is no thread */

    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    uint64_t filled, emptied; /* chunks so far; those in between are the reader's */
    bool stop;
    struct chunk chunks[AHEAD_CHUNKS];
};

static void must(int status)
{
    assert(status == 0);
    (void)status;
}

/* Waits for a chunk that may be filled. False: no more are wanted. */
static bool wait_for_room(struct ahead *h)
{
    must(pthread_mutex_lock(&h->lock));
    while (!h->stop && h->filled - h->emptied == AHEAD_CHUNKS)
        must(pthread_cond_wait(&h->changed, &h->lock));
    bool go_on = !h->stop;
    must(pthread_mutex_unlock(&h->lock));
    return go_on;
}

static void count(struct ahead *h, uint64_t *counter)
{
    must(pthread_mutex_lock(&h->lock));
    ++*counter;
    must(pthread_cond_signal(&h->changed));
    must(pthread_mutex_unlock(&h->lock));
}

static void *run(void *context)
{
    struct ahead *h = context;
    bool more = true;
    while (more && wait_for_room(h)) {
        struct chunk *c = &h->chunks[h->filled % AHEAD_CHUNKS];
        c->n = 0;
        c->failed = !source_read(h->base.below, c->bytes, AHEAD_CHUNK_BYTES, &c->n, &c->why);
        c->watched = h->figure == NULL ? 0 : *h->figure;
        more = !c->failed && c->n > 0;
        count(h, &h->filled);
    }
    return NULL;
}

static void start(struct ahead *h)
{
    h->state = pthread_create(&h->thread, NULL, run, h) == 0 ? AHEAD_RUNNING : AHEAD_ALONE;
}

static struct chunk *front(struct ahead *h)
{
    must(pthread_mutex_lock(&h->lock));
    while (h->filled == h->emptied)
        must(pthread_cond_wait(&h->changed, &h->lock));
    must(pthread_mutex_unlock(&h->lock));
    return &h->chunks[h->emptied % AHEAD_CHUNKS];
}

static bool read_alone(struct ahead *h, void *bytes, size_t n, size_t *got, struct err *e)
{
    bool ok = source_read(h->base.below, bytes, n, got, e);
    h->watched = h->figure == NULL ? 0 : *h->figure;
    return ok;
}

static bool ahead_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct ahead *h = (struct ahead *)s;
    if (h->state == AHEAD_NEW)
        start(h);
    if (h->state == AHEAD_ALONE)
        return read_alone(h, bytes, n, got, e);
    struct chunk *c = front(h);
    h->watched = c->watched;
    if (c->failed)
        *e = c->why;
    if (c->failed)
        return false;
    *got = n < c->n - h->at ? n : c->n - h->at;
    memcpy(bytes, c->bytes + h->at, *got);
    h->at += *got;
    if (c->n == 0 || h->at < c->n)
        return true;
    h->at = 0;
    count(h, &h->emptied);
    return true;
}

static void ahead_close(struct source *s)
{
    struct ahead *h = (struct ahead *)s;
    if (h->state == AHEAD_RUNNING) {
        must(pthread_mutex_lock(&h->lock));
        h->stop = true;
        must(pthread_cond_signal(&h->changed));
        must(pthread_mutex_unlock(&h->lock));
        must(pthread_join(h->thread, NULL));
    }
    must(pthread_cond_destroy(&h->changed));
    must(pthread_mutex_destroy(&h->lock));
}

static const struct source_ops ahead_ops = {
    .name = "ahead", .read = ahead_read, .close = ahead_close};

struct source *source_ahead(struct arena *a, struct source *below, const uint64_t *watched)
{
    if (below == NULL)
        return NULL;
    struct ahead *h = ARENA_NEW(a, struct ahead);
    *h = (struct ahead){.base = {.ops = &ahead_ops, .below = below}, .figure = watched};
    must(pthread_mutex_init(&h->lock, NULL));
    must(pthread_cond_init(&h->changed, NULL));
    for (size_t i = 0; i < AHEAD_CHUNKS; i++)
        h->chunks[i].bytes = arena_alloc(a, AHEAD_CHUNK_BYTES);
    return &h->base;
}

uint64_t source_ahead_watched(const struct source *ahead)
{
    return ((const struct ahead *)ahead)->watched;
}
