/* SPDX-License-Identifier: PostgreSQL */
/*
 * A link that lets the chain below it run ahead on a thread of its own, a few chunks at most.
 *
 * From the first read of this link until it gave the clean end or a failure, or was closed, the
 * links below belong to the thread: nobody else reads them or what they write. After that they are
 * at rest, and what they wrote may be looked at. Where no thread can be had, reads go straight
 * through. Closing waits for the read that the thread is in.
 */
#ifndef PGR_IO_AHEAD_H
#define PGR_IO_AHEAD_H

#include "base/arena.h"
#include "io/source.h"

#include <stdint.h>

enum { AHEAD_CHUNKS = 4, AHEAD_CHUNK_BYTES = 512 * 1024 };

/* NULL in gives NULL out. `watched`, a figure that the links below change, may be NULL. */
struct source *source_ahead(struct arena *a, struct source *below, const uint64_t *watched);

/* *watched as it was when the last bytes given were read. */
uint64_t source_ahead_watched(const struct source *ahead);

#endif
