/* SPDX-License-Identifier: PostgreSQL */
/* Writes the files of a directory archive that is in a tar archive into a folder. */
#ifndef PGR_DUMP_TAR_FOLDER_H
#define PGR_DUMP_TAR_FOLDER_H

#include "dump/decode.h"
#include "dump/tar_walk.h"

#include <stdbool.h>

struct tar_folder {
    const struct decode *how;
    struct tar_walk *walk;
    const char *path;       /* of the new folder; NULL before it was made */
    uint64_t bytes;         /* written so far */
    bool has_toc, has_data; /* files as pg_dump names them */
};

/* Makes the folder when there is none yet, and writes the member to it, which was not read yet. */
MUST bool tar_folder_add(struct tar_folder *f, const struct tar_member *m, struct err *e);

/* Removes what was made. */
void tar_folder_remove(struct tar_folder *f);

#endif
