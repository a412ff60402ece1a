/* SPDX-License-Identifier: PostgreSQL */
/* A tar archive (POSIX ustar and pax, GNU) from its first member to its end mark, by libarchive. */
#ifndef PGR_DUMP_TAR_WALK_H
#define PGR_DUMP_TAR_WALK_H

#include "base/arena.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

enum { TAR_MEMBERS_MAX = 100000 };

struct tar_walk {
    struct source *below; /* not owned */
    struct arena *a;
    struct archive *archive; /* libarchive's */
    uint8_t *in;
    struct err why; /* why the link below failed */
    bool below_failed;
    uint64_t data_end; /* behind the last byte that was not zero */
    size_t n_members;
};

struct tar_member {
    const char *name; /* without "./" in front, in the walk's arena */
    uint64_t size_bytes;
    const char *odd; /* "a symbolic link", "a device": no ordinary file, without bytes; or NULL */
};

MUST bool tar_walk_open(struct tar_walk *w, struct arena *a, struct source *below, struct err *e);
void tar_walk_close(struct tar_walk *w); /* takes a zeroed one */

/* The next member that is no folder; *any is false behind the last one. ERR_FORMAT when the archive
 * is broken, ERR_REFUSED beyond TAR_MEMBERS_MAX. */
MUST bool tar_walk_next(struct tar_walk *w, struct tar_member *m, bool *any, struct err *e);

/* Bytes of the member; *got is 0 behind the last. */
MUST bool tar_walk_read(struct tar_walk *w, void *bytes, size_t n, size_t *got, struct err *e);

/* Reads what follows the last member: the end mark must be there. */
MUST bool tar_walk_finish(struct tar_walk *w, struct err *e);

/* ERR_FORMAT with what is broken, and where. Gives false. */
bool tar_walk_broken(const struct tar_walk *w, const char *what, struct err *e);

#endif
