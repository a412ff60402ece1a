/* SPDX-License-Identifier: PostgreSQL */
/* Small edits of bytes in memory, from which faults are made. They abort the test when the place
 * is not there. */
#ifndef PGR_FAULTS_EDIT_H
#define PGR_FAULTS_EDIT_H

#include "base/arena.h"
#include "base/str.h"

/* Where the first `text` begins. */
size_t edit_find(struct slice in, const char *text);

struct slice edit_cut(struct slice in, size_t n);         /* the first n bytes */
struct slice edit_cut_at(struct slice in, const char *s); /* what stands before the first `s` */

/* `n` bytes at `at` replaced. */
struct slice edit_splice(struct arena *a, struct slice in, size_t at, size_t n, struct slice with);

/* The first `from` becomes `to`. */
struct slice edit_replace(struct arena *a, struct slice in, const char *from, const char *to);

struct slice edit_flip(struct arena *a, struct slice in, size_t byte);

#endif
