/* SPDX-License-Identifier: PostgreSQL */
/* Memory that is freed all at once. Allocation cannot fail: it aborts. */
#ifndef PGR_BASE_ARENA_H
#define PGR_BASE_ARENA_H

#include "base/attr.h"

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* An empty arena. Give it back with arena_free, or declare it CLEANUP(arena_cleanup). */
struct arena *arena_new(void);
void arena_free(struct arena *a); /* takes NULL */
void arena_cleanup(struct arena **a);

/* `size` zeroed bytes, aligned for any type. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));

/* Copies. `text` may not be NULL. */
char *arena_strdup(struct arena *a, const char *text);
char *arena_strndup(struct arena *a, const char *text, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF(2, 0);

/* Bytes handed out so far. */
size_t arena_used_bytes(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
