/* SPDX-License-Identifier: PostgreSQL */
#include "io/source.h"

#include <string.h>

struct memory {
    struct source base;
    const char *p;
    size_t left;
};

static bool memory_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct memory *m = (struct memory *)s;
    (void)e;
    *got = n < m->left ? n : m->left;
    if (*got > 0)
        memcpy(bytes, m->p, *got);
    m->p += *got;
    m->left -= *got;
    return true;
}

static const struct source_ops memory_ops = {.name = "memory", .read = memory_read};

struct source *source_mem(struct arena *a, const void *bytes, size_t n)
{
    struct memory *m = ARENA_NEW(a, struct memory);
    *m = (struct memory){.base = {.ops = &memory_ops}, .p = bytes, .left = n};
    return &m->base;
}
