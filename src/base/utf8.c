/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"

#include <string.h>

/* First byte of a sequence: how many bytes follow, and the smallest code point that needs them. */
static size_t sequence(unsigned char lead, uint32_t *bits, uint32_t *smallest)
{
    if (lead < 0x80) {
        *bits = lead;
        *smallest = 0;
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        *bits = lead & 0x1fU;
        *smallest = 0x80;
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        *bits = lead & 0x0fU;
        *smallest = 0x800;
        return 3;
    }
    if (lead >= 0xf0 && lead < 0xf5) {
        *bits = lead & 0x07U;
        *smallest = 0x10000;
        return 4;
    }
    return 0;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *code)
{
    uint32_t bits = 0, smallest = 0;
    size_t length = n == 0 ? 0 : sequence((unsigned char)s[0], &bits, &smallest);
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c & 0xc0U) != 0x80)
            return 0;
        bits = bits << 6 | (c & 0x3fU);
    }
    if (bits < smallest || bits > 0x10ffff || (bits >= 0xd800 && bits < 0xe000))
        return 0;
    *code = bits;
    return length;
}

bool utf8_is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

static void spell_out(struct buf *out, uint32_t code)
{
    static const char short_forms[] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};
    if (code < sizeof short_forms && short_forms[code] != '\0')
        buf_printf(out, "\\%c", short_forms[code]);
    else if (code <= 0xff)
        buf_printf(out, "\\x%02x", (unsigned)code);
    else
        buf_printf(out, "\\u%04x", (unsigned)code);
}

void utf8_show(struct buf *out, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t code;
        size_t n = utf8_decode(text, left, &code);
        if (n == 0)
            spell_out(out, (unsigned char)*text);
        else if (utf8_is_hidden(code))
            spell_out(out, code);
        else
            buf_append(out, text, n);
        n += n == 0;
        text += n;
        left -= n;
    }
}

size_t utf8_columns(const char *text, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)text[i] & 0xc0U) != 0x80;
    return columns;
}
