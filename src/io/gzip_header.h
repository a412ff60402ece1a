/* SPDX-License-Identifier: PostgreSQL */
/* Reads the header of a gzip member (RFC 1952) byte by byte. */
#ifndef PGR_IO_GZIP_HEADER_H
#define PGR_IO_GZIP_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gzip_part {
    GZIP_FIXED, /* the ten bytes that are always there */
    GZIP_EXTRA_SIZE,
    GZIP_EXTRA,
    GZIP_NAME,
    GZIP_COMMENT,
    GZIP_CHECK, /* checksum of the header */
    GZIP_WHOLE,
};

/* Zeroed, it expects the first byte. */
struct gzip_header {
    enum gzip_part part;
    size_t n; /* bytes of this part so far */
    uint8_t flags;
    uint16_t extra_bytes;
    uint32_t crc, check;
};

/* Takes bytes until the header is whole (part == GZIP_WHOLE) or they run out; *used says how many.
 * NULL, or what is wrong with them. */
const char *gzip_header_add(struct gzip_header *h, const uint8_t *bytes, size_t n, size_t *used);

#endif
