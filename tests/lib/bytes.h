/* SPDX-License-Identifier: PostgreSQL */
/* Bytes for tests: sources read to a buffer, sinks into one, compressed samples, fixture files. */
#ifndef PGR_LIB_BYTES_H
#define PGR_LIB_BYTES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "io/sink.h"
#include "io/source.h"

/* Reads to the clean end with buffers of `read_bytes` (0: large). */
MUST bool bytes_slurp(struct source *in, size_t read_bytes, struct buf *out, struct err *e);

/* A sink into `out`. */
struct sink *bytes_sink(struct arena *a, struct buf *out);

/* Compressed copies, in the arena; they abort the test on failure. */
struct slice bytes_gzip(struct arena *a, struct slice plain);
struct slice bytes_zlib(struct arena *a, struct slice plain);
struct slice bytes_zstd(struct arena *a, struct slice plain);
struct slice bytes_lz4(struct arena *a, struct slice plain, bool checksum);

/* `n` lines of text that compress as dumps do. */
struct slice bytes_rows(struct arena *a, size_t n);

/* The two one behind the other. */
struct slice bytes_join(struct arena *a, struct slice x, struct slice y);

#endif
