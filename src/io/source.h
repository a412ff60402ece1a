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
#include "base/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

struct source_ops {
    const char *name; /* "gzip", for messages */
    /* Up to n bytes (n > 0) to `bytes`; *got = 0 only at the clean end. */
    bool (*read)(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);
    void (*close)(struct source *s); /* this link only; NULL when there is nothing to release */
};

struct source {
    const struct source_ops *ops;
    struct source *below; /* NULL for the lowest link */
    uint64_t offset;      /* bytes handed out so far */
    bool ended;           /* sticky: the clean end was reached */
    bool failed;          /* sticky: every later read fails again with `why` */
    struct err why;
};

/* Reads at most n bytes (n > 0); *got is 0 only at the clean end. Errors name the link and the
 * offset. */
MUST bool source_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);

/* Reads until n bytes or the end. */
MUST bool source_read_full(struct source *s, void *bytes, size_t n, size_t *got, struct err *e);

/* Closes the whole chain. NULL is fine. */
void source_close(struct source *s);
void source_cleanup(struct source **s);

/* An ordinary file. NULL with ERR_MISSING or ERR_SYSTEM when it cannot be opened, ERR_REFUSED when
 * it is something else (a folder, a device, a pipe). `path` is kept for messages. */
struct source *source_file(struct arena *a, const char *path, struct err *e);

/* Bytes in memory, which are not copied. */
struct source *source_mem(struct arena *a, const void *bytes, size_t n);

/* A descriptor that stays the caller's, a pipe for instance. */
struct source_fd {
    int fd;
    const char *name;       /* for messages: "pg_dump" */
    int64_t deadline_us;    /* monotonic; 0: none; passing it is ERR_TIMEOUT */
    struct interrupt *intr; /* or NULL */
};
struct source *source_fd(struct arena *a, const struct source_fd *how);

#endif
