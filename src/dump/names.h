/* SPDX-License-Identifier: PostgreSQL */
/* Each text once: two names are equal when their pointers are. */
#ifndef PGR_DUMP_NAMES_H
#define PGR_DUMP_NAMES_H

#include "base/arena.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Ready with an arena, to which the texts belong, and zeroes. */
struct names {
    struct arena *arena;
    const char **slots; /* open addressing, a power of two, at most three quarters in use */
    size_t n_slots, n;
    size_t bytes; /* of all texts */
    char *room;   /* for more of them, side by side */
    size_t left;
};

/* Texts stay, and nothing is found any more. */
void names_cleanup(struct names *names);

/* The one copy of the text, which ends at a zero byte if there is one in it. */
const char *names_keep(struct names *names, struct slice text);

/* The same, or NULL when the text was never kept. */
const char *names_find(const struct names *names, struct slice text);

/* A spread of 64 bits, for tables of the same kind. */
uint64_t names_mix(uint64_t x);

#endif
