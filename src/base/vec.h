/* SPDX-License-Identifier: PostgreSQL */
/*
 * A growing array of equal elements in an arena.
 *
 *     struct vec tables = vec_new(a, sizeof(struct table));
 *     struct table *t = vec_push(&tables);
 *     VEC_EACH(struct table, t, &tables) ...
 */
#ifndef PGR_BASE_VEC_H
#define PGR_BASE_VEC_H

#include "base/arena.h"

#include <stddef.h>

struct vec {
    struct arena *arena; /* NULL in a zeroed vec, which is a valid empty one to read */
    void *items;
    size_t n, cap;
    size_t item_bytes;
};

struct vec vec_new(struct arena *a, size_t item_bytes);

/* A zeroed element at the end. Growing moves the elements: pointers into them become stale. */
void *vec_push(struct vec *v) __attribute__((returns_nonnull));

/* Element i < n. */
void *vec_at(const struct vec *v, size_t i) __attribute__((returns_nonnull));

/* Runs over the elements; the vec must not grow meanwhile. */
#define VEC_EACH(type, item, v)                                                                    \
    for (__typeof__(type) *item = (v)->items, *item##_end = (v)->n == 0 ? item : item + (v)->n;    \
         item != item##_end; item++)

#endif
