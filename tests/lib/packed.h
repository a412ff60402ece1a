/* SPDX-License-Identifier: PostgreSQL */
/* More ways to pack bytes for tests; results are in the arena, failures abort the test. */
#ifndef PGR_LIB_PACKED_H
#define PGR_LIB_PACKED_H

#include "base/arena.h"
#include "base/str.h"

#include <lzma.h>

struct slice packed_xz(struct arena *a, struct slice plain, lzma_check check);
struct slice packed_bzip2(struct arena *a, struct slice plain);

/* Members of a tar archive (POSIX pax by libarchive), with its end mark. */
struct packed_member {
    const char *name;
    struct slice bytes;
};
struct slice packed_tar(struct arena *a, const struct packed_member *members, size_t n);

/* The same with one member, a symbolic link. */
struct slice packed_tar_link(struct arena *a, const char *name, const char *to);

/* A folder and its files as members "PREFIX/NAME", sorted by name; PREFIX "" leaves it out. */
struct slice packed_tar_of(struct arena *a, const char *dir, const char *prefix);

#endif
