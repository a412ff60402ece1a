/* SPDX-License-Identifier: PostgreSQL */
/* The migration files of a folder. */
#ifndef PGR_MIGRATE_FOLDER_H
#define PGR_MIGRATE_FOLDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "io/sha256.h"

#include <stdbool.h>

enum { MIGRATION_BYTES_MAX = 64 * 1024 * 1024 };

struct migration {
    const char *version; /* the digits the file name begins with */
    const char *name;    /* what follows, without the suffix */
    const char *file;    /* VERSION_name.sql or VERSION_name.up.sql */
    const char *path;
    struct slice text;
    char sha256[SHA256_HEX_BYTES];
    bool has_down;       /* is there a VERSION_name.down.sql? */
    bool no_transaction; /* asked for by "-- pg_rehearse: no-transaction" in the first lines */
};

/* Order of versions as numbers, however long: "9" before "10", "007" equal to "7". */
int migration_version_cmp(const char *a, const char *b);

/*
 * Reads the folder into `migrations` (struct migration), in order of their versions. Files that do
 * not end in .sql and hidden ones are passed over. ERR_USAGE: a .sql file whose name has no
 * version, two files of one version, no folder.
 */
MUST bool migration_folder(struct arena *a, const char *dir, struct vec *migrations, struct err *e);

#endif
