/* SPDX-License-Identifier: PostgreSQL */
/*
 * Sources of bytes, chained: each link pulls from the one below.
 *
 * A read that gives 0 bytes means a *clean* end. A link whose input ends while it is unfinished
 * fails with ERR_FORMAT. A constructor owns the link below from the call on, also when it fails;
 * NULL in gives NULL out, so that chains nest without ifs:
 *
 *     CLEANUP(source_cleanup) struct source *in = filter_gzip(a, source_file(a, path, e), e);
 */
#ifndef PGR_IO_SOURCE_H
#define PGR_IO_SOURCE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

struct source_ops {
    const char *name; /* "gzip", for messages */
    /* Up to n bytes (n > 0) to `bytes`; *got = 0 only at the clean end. */
    bool (*read)(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);
    void (*close)(struct source *s); /* this link only */
};

struct source {
    const struct source_ops *ops;
    struct source *below;  /* NULL for the lowest link */
    uint64_t offset;       /* bytes handed out so far */
    bool failed;           /* sticky: every later read fails again with `why` */
    struct err why;
};

/* Reads at most n bytes; *got is 0 only at the clean end. Errors name the link and the offset. */
MUST bool source_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);

/* Reads until n bytes or the end. */
MUST bool source_read_full(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);

/* Closes the whole chain. NULL is fine. */
void source_close(struct source *s);
void source_cleanup(struct source **s);

#endif
