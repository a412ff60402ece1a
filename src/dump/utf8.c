/* SPDX-License-Identifier: PostgreSQL */
#include "dump/utf8.h"

#include "dump/utf8_blocks.h"

#include <string.h>

/* So many are looked at byte by byte where a block is not vouched for. */
enum { BLOCK_BYTES = 64, STEP_BYTES = 128 };

/* What a first byte above 0x7f demands of the second; false when it cannot be a first byte. */
static bool begin_character(struct utf8 *u, uint8_t byte)
{
    if (byte < 0xc2 || byte > 0xf4)
        return false;
    u->left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    u->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    u->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    return true;
}

/* False when a broken character is noticed at this byte. */
static bool one_byte(struct utf8 *u, uint8_t byte)
{
    bool fine = true;
    if (u->left > 0) {
        if (byte >= u->low && byte <= u->high) {
            u->left--;
            u->low = 0x80;
            u->high = 0xbf;
            return true;
        }
        u->left = 0;
        fine = false;
    }
    if (byte >= 0x80 && !begin_character(u, byte))
        fine = false;
    u->n_bad += !fine;
    return fine;
}

/* Whole characters at the front for certain. What is less than a block is filled up. */
static size_t vouched(utf8_blocks_fn *blocks, const char *p, size_t n)
{
    char rest[BLOCK_BYTES] = {0};
    size_t i = blocks(p, n);
    if (n - i >= BLOCK_BYTES)
        return i;
    memcpy(rest, p + i, n - i);
    return blocks(rest, sizeof rest) == sizeof rest ? n : i;
}

void utf8_add(struct utf8 *u, const char *bytes, size_t n, size_t *bad)
{
    utf8_blocks_fn *blocks = utf8_blocks_best();
    *bad = n;
    for (size_t i = 0; i < n;) {
        if (u->left == 0)
            i += vouched(blocks, bytes + i, n - i);
        size_t end = n - i < STEP_BYTES ? n : i + STEP_BYTES;
        for (; i < end; i++)
            if (!one_byte(u, (uint8_t)bytes[i]) && *bad == n)
                *bad = i;
    }
}

bool utf8_end(struct utf8 *u)
{
    bool fine = u->left == 0;
    u->n_bad += !fine;
    u->left = 0;
    return fine;
}
