/* SPDX-License-Identifier: PostgreSQL */
/* A list of names in one line: "a, b, c and 12 more". */
#ifndef PGR_CHECK_LISTING_H
#define PGR_CHECK_LISTING_H

#include "base/arena.h"
#include "check/check.h"

#include <stddef.h>

enum { LISTING_NAMES_MAX = 50, LISTING_LINE_MAX = 8 };

/* Ready with an arena and zeroes. */
struct listing {
    struct arena *arena;
    size_t n;
    const char *names[LISTING_NAMES_MAX];
};

/* Adds a name, or "scope.name" when the scope is not empty. The texts stay the caller's. */
void listing_add(struct listing *list, const char *scope, const char *name);

/* The first LISTING_LINE_MAX names, and all that are kept; in the arena, "" for none. */
const char *listing_text(const struct listing *list);
const char *listing_names(const struct listing *list);

/* Does the dump go to its end, so that what is not there is missing? *why: what is against it. */
bool listing_is_whole(const struct evidence *ev, const char **why);

/* The answer; unknown instead of passed or skipped unless the dump was read to its end. */
struct answer listing_answer(const struct evidence *ev, struct answer answer);

/* Runs over the items of a kind that the dump makes. */
#define LISTING_EACH(item, inventory, wanted)                                                      \
    VEC_EACH (struct item *const, item, &(inventory)->items)                                       \
        if ((*(item))->kind == (wanted) && (*(item))->n > 0)

#endif
