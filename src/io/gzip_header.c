/* SPDX-License-Identifier: PostgreSQL */
#include "io/gzip_header.h"

#include <zlib.h>

enum { FIXED_BYTES = 10, FLAGS_AT = 3 };

enum {
    FLAG_CHECK = 1 << 1,
    FLAG_EXTRA = 1 << 2,
    FLAG_NAME = 1 << 3,
    FLAG_COMMENT = 1 << 4,
    FLAGS_RESERVED = 0xe0,
};

/* Which flag announces a part; 0: always there. */
static const uint8_t flag_of[] = {
    [GZIP_FIXED] = 0,        [GZIP_EXTRA_SIZE] = FLAG_EXTRA, [GZIP_EXTRA] = FLAG_EXTRA,
    [GZIP_NAME] = FLAG_NAME, [GZIP_COMMENT] = FLAG_COMMENT,  [GZIP_CHECK] = FLAG_CHECK,
    [GZIP_WHOLE] = 0,
};

static void next_part(struct gzip_header *h)
{
    h->n = 0;
    do
        h->part++;
    while ((flag_of[h->part] != 0 && (h->flags & flag_of[h->part]) == 0) ||
           (h->part == GZIP_EXTRA && h->extra_bytes == 0));
}

static const char *fixed_byte(struct gzip_header *h, uint8_t byte)
{
    static const uint8_t magic[] = {0x1f, 0x8b, 8};
    size_t i = h->n - 1;
    if (i < 2 && byte != magic[i])
        return "this is no gzip member";
    if (i == 2 && byte != magic[i])
        return "unknown compression method";
    if (i == FLAGS_AT) {
        h->flags = byte;
        if ((byte & FLAGS_RESERVED) != 0)
            return "reserved flags are set in the member header";
    }
    if (h->n == FIXED_BYTES)
        next_part(h);
    return NULL;
}

/* The last two bytes are compared with the lower half of the CRC-32 of all before them. */
static const char *check_byte(struct gzip_header *h, uint8_t byte)
{
    h->check |= (uint32_t)byte << (8 * (h->n - 1));
    if (h->n < 2)
        return NULL;
    next_part(h);
    return h->check == (h->crc & 0xffff) ? NULL : "incorrect checksum of the member header";
}

static const char *one_byte(struct gzip_header *h, uint8_t byte)
{
    h->n++;
    if (h->part != GZIP_CHECK)
        h->crc = (uint32_t)crc32_z(h->crc, &byte, 1);
    switch (h->part) {
    case GZIP_FIXED:
        return fixed_byte(h, byte);
    case GZIP_EXTRA_SIZE:
        h->extra_bytes = (uint16_t)(h->extra_bytes | byte << (8 * (h->n - 1)));
        if (h->n == 2)
            next_part(h);
        return NULL;
    case GZIP_EXTRA:
        if (h->n == h->extra_bytes)
            next_part(h);
        return NULL;
    case GZIP_NAME:
    case GZIP_COMMENT:
        if (byte == 0)
            next_part(h);
        return NULL;
    case GZIP_CHECK:
        return check_byte(h, byte);
    case GZIP_WHOLE:
        return NULL;
    }
    return NULL;
}

const char *gzip_header_add(struct gzip_header *h, const uint8_t *bytes, size_t n, size_t *used)
{
    const char *wrong = NULL;
    size_t i = 0;
    while (i < n && h->part != GZIP_WHOLE && wrong == NULL)
        wrong = one_byte(h, bytes[i++]);
    *used = i;
    return wrong;
}
