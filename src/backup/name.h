/* SPDX-License-Identifier: PostgreSQL */
/* Names and patterns of a dump that is taken. */
#ifndef PGR_BACKUP_NAME_H
#define PGR_BACKUP_NAME_H

#include "base/arena.h"

#include <stdint.h>

enum { BACKUP_NAME_MAX = 80 };

/*
 * "shop-20261123T020001Z.sql.gz": the database's name with everything but letters, digits, dot,
 * dash and underscore replaced (and cut to BACKUP_NAME_MAX), the time, the suffix of the
 * compression
 * ("gzip", "zstd", "none").
 */
const char *backup_file_name(struct arena *a, const char *database, int64_t wall_us,
                             const char *compression);

/* The regular expression of a pattern as pg_dump's --schema takes it: outside double quotes letters
 * are folded to lower case, * and ? are wildcards, and other notations of regular expressions
 * (character classes, alternatives) keep their meaning; inside quotes all is literal. */
const char *backup_pattern_regex(struct arena *a, const char *pattern);

#endif
