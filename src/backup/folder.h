/* SPDX-License-Identifier: PostgreSQL */
/* Folders that are given as backups. */
#ifndef PGR_BACKUP_FOLDER_H
#define PGR_BACKUP_FOLDER_H

#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

/*
 * The bytes of all files in the folder `path`, which must look like a directory archive of pg_dump.
 * Otherwise ERR_REFUSED when it is a physical backup, or holds dumps, which are listed with their
 * sizes: they may be sound; and ERR_USAGE when there is none.
 */
MUST bool folder_measure(const char *path, uint64_t *bytes, struct err *e);

#endif
