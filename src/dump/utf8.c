/* SPDX-License-Identifier: PostgreSQL */
#include "dump/utf8.h"

#include <string.h>

enum { BLOCK_BYTES = 64 };

/* Bytes of plain ASCII at the start, counted in whole blocks. */
static size_t ascii_blocks(const char *p, size_t n)
{
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        uint64_t words[BLOCK_BYTES / 8], all = 0;
        memcpy(words, p + i, sizeof words);
        for (size_t k = 0; k < BLOCK_BYTES / 8; k++)
            all |= words[k];
        if ((all & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return i;
}

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

void utf8_add(struct utf8 *u, const char *bytes, size_t n, size_t *bad)
{
    *bad = n;
    for (size_t i = 0; i < n;) {
        if (u->left == 0)
            i += ascii_blocks(bytes + i, n - i);
        size_t end = n - i < BLOCK_BYTES ? n : i + BLOCK_BYTES;
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
