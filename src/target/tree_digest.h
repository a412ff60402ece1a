/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: what packing and unpacking share. XXH3-128 of a stream. */
#ifndef PGR_TARGET_TREE_DIGEST_H
#define PGR_TARGET_TREE_DIGEST_H

#include <stddef.h>

enum { TREE_DIGEST_HEX_BYTES = 33 };
#define TREE_FIRST_LINE "pg_rehearse template 1\n"

struct tree_digest {
    void *state; /* NULL in a zeroed one */
};

void tree_digest_begin(struct tree_digest *d);
void tree_digest_add(struct tree_digest *d, const void *bytes, size_t n);
void tree_digest_end(const struct tree_digest *d, char hex[TREE_DIGEST_HEX_BYTES]);
void tree_digest_cleanup(struct tree_digest *d);

#endif
