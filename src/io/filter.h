/* SPDX-License-Identifier: PostgreSQL */
/* Links of a source chain: decompression, limits, digests. Each owns the link below it. */
#ifndef PGR_IO_FILTER_H
#define PGR_IO_FILTER_H

#include "base/arena.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

/* What a decompressing link knows so far; complete at its end. */
struct filter_facts {
    uint64_t members;         /* gzip members, zstd or lz4 frames that began */
    uint64_t checked;         /* of those, whole ones whose checksum was there and right */
    const char *checksum;     /* its name, where the format has several; else NULL */
    uint64_t padding_bytes;   /* zero bytes behind the last member */
    bool garbage;             /* something else follows the last member; all members are whole */
    uint64_t trailing_offset; /* of the padding or garbage, in the compressed bytes */
};

/*
 * Decoded gzip: one or more members, each with its CRC and length proved; then zero bytes or
 * garbage, both told in the facts. Everything else is ERR_FORMAT with the byte of the compressed
 * stream: an end inside a member, a checksum that does not match, an empty stream.
 * `facts` may be NULL and must live as long as the link.
 */
struct source *filter_gzip(struct arena *a, struct source *below, struct filter_facts *facts);

/* A decoded zlib stream (RFC 1950), as the data of custom archives are packed: one, with its
 * Adler-32 proved. Trailing bytes as above. */
struct source *filter_zlib(struct arena *a, struct source *below, struct filter_facts *facts);

/* Decoded zstd: one or more frames, skippable ones skipped; checksums are proved where they are
 * there (facts->checked tells). Trailing bytes as above. */
struct source *filter_zstd(struct arena *a, struct source *below, struct filter_facts *facts,
                           struct err *e);

/* Decoded lz4: one or more frames, skippable ones skipped; checksums of the content are proved
 * where they are there (facts->checked tells), those of blocks and headers always. Frames of the
 * legacy format are ERR_REFUSED. Trailing bytes as above. */
struct source *filter_lz4(struct arena *a, struct source *below, struct filter_facts *facts,
                          struct err *e);

/* Decoded xz: one or more streams (The .xz File Format 1.1.0), with their checks proved
 * (facts->checksum: "crc32", "crc64", "sha256"). A stream that wants more than
 * FILTER_XZ_MEMORY_BYTES is ERR_REFUSED. Trailing bytes as above. */
enum { FILTER_XZ_MEMORY_BYTES = 128 * 1024 * 1024 };
struct source *filter_xz(struct arena *a, struct source *below, struct filter_facts *facts,
                         struct err *e);

/* Decoded bzip2: one or more streams, each with its CRC-32 proved. Trailing bytes as above. */
struct source *filter_bzip2(struct arena *a, struct source *below, struct filter_facts *facts,
                            struct err *e);

/* Refuses with ERR_LIMIT what grows too much. */
struct filter_limit {
    uint64_t max_expansion; /* bytes out for each byte in; 0: any */
    const struct source
        *counted;       /* whose offset counts as bytes in; NULL when there is no maximum */
    uint64_t max_bytes; /* out in total; 0: any */
};
enum { FILTER_LIMIT_FREE_BYTES = 64 * 1024 * 1024 }; /* the ratio is asked only beyond these */
struct source *filter_limit(struct arena *a, struct source *below,
                            const struct filter_limit *limit);

/* The same for bytes that go elsewhere: may there be `out` of them by now? */
MUST bool filter_limit_allows(const struct filter_limit *limit, uint64_t out, struct err *e);

/* The bytes as they are; `hex` gets their SHA-256 when the clean end was read, and is "" before. */
struct source *filter_digest(struct arena *a, struct source *below, char hex[65]);

/* The same with MD5, for servers that know no better. */
enum { FILTER_MD5_HEX_BYTES = 33 };
struct source *filter_md5(struct arena *a, struct source *below, char hex[FILTER_MD5_HEX_BYTES]);

#endif
