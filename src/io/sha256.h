/* SPDX-License-Identifier: PostgreSQL */
/* SHA-256 of a stream. */
#ifndef PGR_IO_SHA256_H
#define PGR_IO_SHA256_H

#include "base/attr.h"

#include <stddef.h>

enum { SHA256_HEX_BYTES = 65 };

struct sha256 {
    void *context; /* NULL in a zeroed one, and once it ended */
};

void sha256_begin(struct sha256 *d);
void sha256_add(struct sha256 *d, const void *bytes, size_t n);

/* Lower-case hex. */
void sha256_end(struct sha256 *d, char hex[SHA256_HEX_BYTES]);
void sha256_cleanup(struct sha256 *d); /* takes a zeroed one */

#endif
