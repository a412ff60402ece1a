/* SPDX-License-Identifier: PostgreSQL */
/* Everything that is compared with a committed file. */
#ifndef PGR_GOLDEN_RENDER_H
#define PGR_GOLDEN_RENDER_H

#include "base/arena.h"
#include "base/buf.h"
#include "golden/records.h"

#include <stddef.h>

/* A committed file and what makes it. */
struct rendering {
    const char *path;            /* from the top of the project */
    const struct golden *golden; /* NULL: needs no record (the schema) */
    void (*render)(const struct record *r, struct buf *out);
};

/* All of them: each record in each format, on the terminal, as `verify` shows it; the example in
 * reports/ in each format; the schema. */
enum { RENDERINGS_MAX = 64 };
size_t golden_renderings(struct arena *a, struct rendering out[RENDERINGS_MAX]);

/* Renders one into `out`. */
void golden_render(const struct rendering *what, struct buf *out);

#endif
