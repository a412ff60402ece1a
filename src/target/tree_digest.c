/* SPDX-License-Identifier: PostgreSQL */
#include "target/tree_digest.h"

#include <xxhash.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void tree_digest_begin(struct tree_digest *d)
{
    d->state = XXH3_createState();
    assert(d->state != NULL); /* out of memory ends the program, as everywhere */
    (void)XXH3_128bits_reset(d->state);
}

void tree_digest_add(struct tree_digest *d, const void *bytes, size_t n)
{
    (void)XXH3_128bits_update(d->state, bytes, n);
}

void tree_digest_end(const struct tree_digest *d, char hex[TREE_DIGEST_HEX_BYTES])
{
    XXH128_hash_t hash = XXH3_128bits_digest(d->state);
    (void)snprintf(hex, TREE_DIGEST_HEX_BYTES, "%016" PRIx64 "%016" PRIx64, hash.high64,
                   hash.low64);
}

void tree_digest_cleanup(struct tree_digest *d)
{
    (void)XXH3_freeState(d->state);
    d->state = NULL;
}
