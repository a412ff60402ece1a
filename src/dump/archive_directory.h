/* SPDX-License-Identifier: PostgreSQL */
/* Which files belong to a directory archive of pg_dump. */
#ifndef PGR_DUMP_ARCHIVE_DIRECTORY_H
#define PGR_DUMP_ARCHIVE_DIRECTORY_H

#include <stdbool.h>

/* Is it a name, without folder, as pg_dump gives: toc.dat, 3310.dat.gz, blob_16385.dat, blobs.toc?
 * Whatever else lies in the folder is somebody's own. */
bool archive_directory_has(const char *name);

#endif
