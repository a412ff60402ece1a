/* SPDX-License-Identifier: PostgreSQL */
/* Where the bytes that matter in COPY data are: bit i of a mask stands for byte i of 64. */
#ifndef PGR_DUMP_COPY_MASKS_H
#define PGR_DUMP_COPY_MASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COPY_BLOCK_BYTES = 64 };

struct copy_masks {
    uint64_t newline, tab, backslash, cr;
};

/* What all the blocks have in common. */
struct copy_sum {
    bool nul, high; /* a byte that is zero, one above 0x7f */
    bool control;   /* a backspace, vertical tab or form feed */
};

/* Fills out[0 .. n_blocks) from n_blocks * COPY_BLOCK_BYTES bytes and adds to `sum`. */
typedef void copy_masks_fn(const char *bytes, size_t n_blocks, struct copy_masks *out,
                           struct copy_sum *sum);

void copy_masks_portable(const char *bytes, size_t n_blocks, struct copy_masks *out,
                         struct copy_sum *sum);

/* The fastest one that this processor has. */
copy_masks_fn *copy_masks_best(void);

#endif
