/* SPDX-License-Identifier: PostgreSQL */
/* What happens to backup files: truncation, lost blocks, flipped bits, converted line ends. */
#ifndef PGR_DETECTION_MUTATE_H
#define PGR_DETECTION_MUTATE_H

#include "base/buf.h"
#include "base/str.h"
#include "stat/rng.h"

enum mutation_where { WHERE_ANY, WHERE_TEXT, WHERE_BINARY };

struct mutation {
    const char *name, *what;
    enum mutation_where where;
    /* Writes the mutated bytes; what it leaves as it was counts as nothing done. */
    void (*mutate)(struct slice in, struct rng *rng, struct buf *out);
};

/* All of mutations.def; a NULL name ends. */
extern const struct mutation mutations[];

#endif
