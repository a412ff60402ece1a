/* SPDX-License-Identifier: PostgreSQL */
#include "base/vec.h"

#include <assert.h>
#include <string.h>

struct vec vec_new(struct arena *a, size_t item_bytes)
{
    assert(a != NULL && item_bytes > 0);
    return (struct vec){.arena = a, .item_bytes = item_bytes};
}

void *vec_push(struct vec *v)
{
    assert(v->arena != NULL);
    if (v->n == v->cap) {
        size_t cap = v->cap == 0 ? 8 : v->cap * 2;
        void *items = arena_alloc(v->arena, cap * v->item_bytes);
        if (v->n > 0)
            memcpy(items, v->items, v->n * v->item_bytes);
        v->items = items;
        v->cap = cap;
    }
    return (char *)v->items + v->n++ * v->item_bytes;
}

void *vec_at(const struct vec *v, size_t i)
{
    assert(i < v->n);
    return (char *)v->items + i * v->item_bytes;
}
