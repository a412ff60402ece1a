/* SPDX-License-Identifier: PostgreSQL */
/* Decoders of a gzip member or a zlib stream behind its header, trailer included: ISA-L where it is
 * there, and zlib. */
#ifndef PGR_IO_INFLATE_H
#define PGR_IO_INFLATE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One turn: what may be read and written, and how far it came. */
struct inflate_turn {
    const uint8_t *in;
    size_t in_n;
    uint8_t *out;
    size_t out_n;
    size_t used, made; /* of these */
    bool ended;        /* the member is whole: its checksum and length are proved */
};

/* What is around the deflated bytes. */
enum inflate_wrap {
    INFLATE_GZIP, /* RFC 1952: CRC-32 and length behind them */
    INFLATE_ZLIB, /* RFC 1950: Adler-32 behind them */
};

struct inflate_ops {
    const char *name;
    void *(*begin)(struct arena *a, enum inflate_wrap wrap); /* all memory is the arena's */
    void (*again)(void *state);                              /* for the next member */
    /* NULL, or what is wrong with the bytes. Uses all input unless the output is full. */
    const char *(*turn)(void *state, struct inflate_turn *t);
};

/* Fastest first; NULL ends. */
extern const struct inflate_ops *const inflate_all[];

#endif
