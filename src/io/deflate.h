/* SPDX-License-Identifier: PostgreSQL */
/* Encoders of one gzip member: ISA-L where it is there, and zlib. */
#ifndef PGR_IO_DEFLATE_H
#define PGR_IO_DEFLATE_H

#include "base/arena.h"
#include "io/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deflate_turn {
    const uint8_t *in;
    size_t in_n;
    bool last; /* nothing comes behind these */
    uint8_t *out;
    size_t out_n;
    size_t used, made;
    bool ended; /* the last byte of the member was made */
};

struct deflate_ops {
    const char *name;
    void *(*begin)(struct arena *a, int level); /* all memory is the arena's */
    void (*turn)(void *state, struct deflate_turn *t);
};

/* Fastest first; NULL ends. */
extern const struct deflate_ops *const deflate_all[];

/* sink_gzip with an encoder of one's choice, for tests. */
struct sink *sink_gzip_by(struct arena *a, struct sink *below, int level,
                          const struct deflate_ops *ops);

#endif
