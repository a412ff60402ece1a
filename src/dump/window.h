/* SPDX-License-Identifier: PostgreSQL */
/* The part of the decoded dump that is in memory. */
#ifndef PGR_DUMP_WINDOW_H
#define PGR_DUMP_WINDOW_H

#include "base/buf.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_READ_BYTES = 256 * 1024 };

struct window {
    struct source *in;
    struct buf data;
    size_t start;  /* the first byte that is still needed */
    uint64_t base; /* offset of data.p[0] in the dump */
    bool ended;    /* nothing comes behind data: the clean end, or `broken` */
    bool broken;   /* the source failed with `why` */
    struct err why;
};

/* Reads some more bytes behind the present ones, unless ended. Moves data.p[start] to the front. */
void window_more(struct window *w);

static inline const char *window_bytes(const struct window *w)
{
    return w->data.p == NULL ? "" : w->data.p + w->start;
}

static inline size_t window_left(const struct window *w)
{
    return w->data.n - w->start;
}

/* Offset of the first byte that is still needed. */
static inline uint64_t window_offset(const struct window *w)
{
    return w->base + w->start;
}

void window_cleanup(struct window *w);

#endif
