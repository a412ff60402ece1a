/* SPDX-License-Identifier: PostgreSQL */
/* The compressed bytes that a decoding link holds, and what follows the last member. */
#ifndef PGR_IO_INTAKE_H
#define PGR_IO_INTAKE_H

#include "io/filter.h"

enum { INTAKE_BYTES = 128 * 1024 };

struct intake {
    struct source *below;
    uint8_t *bytes; /* INTAKE_BYTES of them */
    size_t at, n;   /* bytes[at .. n) are not decoded yet */
};

struct intake intake_new(struct arena *a, struct source *below);

/* Makes sure that there is at least one byte. *any is false at the clean end of the link below. */
MUST bool intake_fill(struct intake *in, bool *any, struct err *e);

/* Makes sure that there are `want` bytes (at most 32); fewer only at the clean end. */
MUST bool intake_peek(struct intake *in, size_t want, struct err *e);

/* Offset of bytes[at] in what the link below hands out. */
uint64_t intake_offset(const struct intake *in);

/* Reads what follows the last member up to the end of the link below: fills padding_bytes, garbage
 * and trailing_offset of the facts. */
MUST bool intake_trailing(struct intake *in, struct filter_facts *facts, struct err *e);

#endif
