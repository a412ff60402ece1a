/* SPDX-License-Identifier: PostgreSQL */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *blocks; /* the first one is the one being filled */
    size_t used_bytes;
};

static void *must_calloc(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL) {
        (void)fputs("pg_rehearse: out of memory\n", stderr);
        abort();
    }
    return memory;
}

struct arena *arena_new(void)
{
    return must_calloc(sizeof(struct arena));
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct block *b = a->blocks; b != NULL;) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
    free(a);
}

void arena_cleanup(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

static struct block *add_block(struct arena *a, size_t need)
{
    size_t size = need > BLOCK_BYTES / 4 ? need : BLOCK_BYTES;
    struct block *b = must_calloc(sizeof *b + size);
    b->size = size;
    if (size == need && a->blocks != NULL) { /* a large one goes behind the block being filled */
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    assert(a != NULL);
    assert(size < SIZE_MAX / 2);
    size_t align = alignof(max_align_t);
    size_t need = size == 0 ? align : (size + align - 1) / align * align;
    struct block *b = a->blocks;
    if (b == NULL || b->size - b->used < need)
        b = add_block(a, need);
    void *memory = b->data + b->used;
    b->used += need;
    a->used_bytes += need;
    return memory;
}

char *arena_strndup(struct arena *a, const char *text, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    memcpy(copy, text, n);
    return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(needed >= 0);
    char *text = arena_alloc(a, (size_t)needed + 1);
    (void)vsnprintf(text, (size_t)needed + 1, format, args);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

size_t arena_used_bytes(const struct arena *a)
{
    return a->used_bytes;
}
