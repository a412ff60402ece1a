/* SPDX-License-Identifier: PostgreSQL */
/* A growing byte buffer on the heap, always NUL-terminated behind its bytes. */
#ifndef PGR_BASE_BUF_H
#define PGR_BASE_BUF_H

#include "base/attr.h"

#include <stddef.h>

struct buf {
    char *p; /* NULL while empty and never grown; use buf_text for a string */
    size_t n, cap;
};

void buf_append(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);

/* Forgets the bytes, keeps the memory. */
void buf_clear(struct buf *b);

/* Room for n more bytes behind the end; write there and add to n. */
char *buf_reserve(struct buf *b, size_t n);

/* The bytes as a string; "" when empty. */
const char *buf_text(const struct buf *b);

void buf_cleanup(struct buf *b);

#endif
