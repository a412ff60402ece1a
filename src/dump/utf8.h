/* SPDX-License-Identifier: PostgreSQL */
/* Validates UTF-8 as PostgreSQL does, in pieces. */
#ifndef PGR_DUMP_UTF8_H
#define PGR_DUMP_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed, it stands between two characters. */
struct utf8 {
    uint8_t left;      /* continuation bytes that are still due */
    uint8_t low, high; /* range of the next of them */
    uint64_t n_bad;    /* broken characters so far */
};

/* Takes the next bytes. *bad: where in them the first broken character was noticed, n when none. */
void utf8_add(struct utf8 *u, const char *bytes, size_t n, size_t *bad);

/* Nothing follows: an unfinished character is broken. True when there was none. */
bool utf8_end(struct utf8 *u);

#endif
