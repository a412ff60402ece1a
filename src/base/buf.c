/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *buf_reserve(struct buf *b, size_t n)
{
    assert(n < SIZE_MAX / 4 && b->n < SIZE_MAX / 4);
    if (b->cap - b->n < n + 1 || b->p == NULL) {
        size_t cap = b->cap < 64 ? 64 : b->cap;
        while (cap < b->n + n + 1)
            cap *= 2;
        char *p = realloc(b->p, cap);
        if (p == NULL) {
            (void)fputs("pg_rehearse: out of memory\n", stderr);
            abort();
        }
        b->p = p;
        b->cap = cap;
        b->p[b->n] = '\0';
    }
    return b->p + b->n;
}

void buf_append(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    memcpy(buf_reserve(b, n), bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
    buf_append(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(needed >= 0);
    char *end = buf_reserve(b, (size_t)needed);
    va_start(args, format);
    (void)vsnprintf(end, (size_t)needed + 1, format, args);
    va_end(args);
    b->n += (size_t)needed;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    if (b->p != NULL)
        b->p[0] = '\0';
}

const char *buf_text(const struct buf *b)
{
    return b->p == NULL ? "" : b->p;
}

void buf_cleanup(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}
