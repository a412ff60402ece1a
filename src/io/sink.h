/* SPDX-License-Identifier: PostgreSQL */
/*
 * Sinks of bytes, chained: each link pushes into the one below. What was written is whole only
 * after sink_finish succeeded; a chain that is closed without it leaves an unfinished stream.
 *
 *     CLEANUP(sink_cleanup) struct sink *out = sink_gzip(a, sink_digest(a, sink_fd(a, fd, path),
 * &d), 6);
 */
#ifndef PGR_IO_SINK_H
#define PGR_IO_SINK_H

#include "base/arena.h"
#include "base/err.h"
#include "io/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink;

struct sink_ops {
    const char *name;
    bool (*write)(struct sink *s, const void *bytes, size_t n, struct err *e);
    bool (*finish)(struct sink *s, struct err *e); /* this link only; NULL: nothing to flush */
    void (*close)(struct sink *s);                 /* this link only; NULL: nothing to release */
};

struct sink {
    const struct sink_ops *ops;
    struct sink *below; /* NULL for the lowest link */
    uint64_t offset;    /* bytes taken so far */
    bool finished;
    bool failed; /* sticky: everything later fails again with `why` */
    struct err why;
};

/* Takes all bytes or fails. Not after sink_finish. */
MUST bool sink_write(struct sink *s, const void *bytes, size_t n, struct err *e);

/* Ends the streams of the whole chain, from the top down, and writes out what is held back. Does
 * not fsync. */
MUST bool sink_finish(struct sink *s, struct err *e);

/* Closes the whole chain. NULL is fine. */
void sink_close(struct sink *s);
void sink_cleanup(struct sink **s);

/* A descriptor that stays the caller's; `name` is kept for messages. A full disk is ERR_SPACE. */
struct sink *sink_fd(struct arena *a, int fd, const char *name);

/* One gzip member; level 1 to 9. */
struct sink *sink_gzip(struct arena *a, struct sink *below, int level);

/* One zstd frame with a checksum of the content; level 1 to 19. */
struct sink *sink_zstd(struct arena *a, struct sink *below, int level, struct err *e);

/* Hands the bytes on; `result` gets their number and SHA-256 when the chain is finished. */
struct sink_digest {
    uint64_t bytes;
    char sha256[SHA256_HEX_BYTES];
};
struct sink *sink_digest(struct arena *a, struct sink *below, struct sink_digest *result);

#endif
