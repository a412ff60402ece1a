/* SPDX-License-Identifier: PostgreSQL */
/* A link that mistreats the bytes of the one below it, for every parser's tests. */
#ifndef PGR_LIB_SOURCE_FAULT_H
#define PGR_LIB_SOURCE_FAULT_H

#include "base/arena.h"
#include "io/source.h"

#include <stdint.h>

struct fault {
    size_t piece_bytes; /* most that one read gives; 0: as many as asked for */
    uint64_t stop_at;   /* a clean end before this byte; 0: never. See stop_empty for byte 0 */
    bool stop_empty;    /* a clean end at once */
    uint64_t fail_at;   /* ERR_SYSTEM instead of this byte (counted from 1); 0: never */
    uint64_t flip_bit;  /* flips this bit (counted from 1) of the stream; 0: none */
};

struct source *source_fault(struct arena *a, struct source *below, struct fault fault);

#endif
