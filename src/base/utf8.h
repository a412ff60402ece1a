/* SPDX-License-Identifier: PostgreSQL */
/* Texts that others wrote (names of tables, messages of servers), made safe to show. */
#ifndef PGR_BASE_UTF8_H
#define PGR_BASE_UTF8_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed UTF-8 sequence that begins at `s`, of which `n` bytes are left, and its
 * code point; 0 when there is none: overlong, surrogate, beyond U+10FFFF, cut, or a stray byte. */
size_t utf8_decode(const char *s, size_t n, uint32_t *code);

/* Does the character act instead of being seen? Controls, line separators, and the marks that
 * reorder text, with which a name can pretend to be another. */
bool utf8_is_hidden(uint32_t code);

/* Appends `text` with hidden characters and malformed bytes spelled out: \n, \x1b, \u202e, \xff. */
void utf8_show(struct buf *out, const char *text);

/* Terminal columns of `n` bytes that utf8_show made, one for each character. */
size_t utf8_columns(const char *text, size_t n);

#endif
