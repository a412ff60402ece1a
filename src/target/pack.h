/* SPDX-License-Identifier: PostgreSQL */
/*
 * Private to this folder: a tree of files in one zstd stream, and back.
 *
 * Lines and bytes: "pg_rehearse template 1", then for each folder "d MODE 0 PATH", for each file
 * "f MODE BYTES PATH" and its bytes, at the end "end DIGEST": XXH3-128 of everything before that
 * line, in hex. MODE in octal; PATH has no blank, no "..", and does not begin with "/".
 */
#ifndef PGR_TARGET_PACK_H
#define PGR_TARGET_PACK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"

#include <stdbool.h>
#include <sys/types.h>

/* Packs the tree below `dir`, links not followed. ERR_REFUSED for anything but files and folders.
 */
MUST bool pack_tree(struct arena *a, const char *dir, int out_fd, struct err *e);

struct unpack {
    int in_fd;
    const char *name; /* of the packed file, for messages */
    const char *dir;  /* is made by this; must not be there */
    uid_t uid;        /* owner of everything; we must be root unless it is us */
    gid_t gid;
    struct interrupt *intr;
};

/*
 * Unpacks. `dir` stays closed to everybody but us until all of it is there and the digest is
 * proved. ERR_FORMAT: what is packed is damaged. On failure part of the tree may be there.
 */
MUST bool unpack_tree(struct arena *a, const struct unpack *how, struct err *e);

#endif
