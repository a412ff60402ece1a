/* SPDX-License-Identifier: PostgreSQL */
/* What the rows of the restored copy hold, against the dump and the source. */
#ifndef PGR_CHECK_CONTENTS_H
#define PGR_CHECK_CONTENTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "model/config.h"
#include "model/progress.h"
#include "model/record.h"
#include "pg/pg.h"

#include <stdbool.h>

struct contents {
    struct arena *arena; /* the record's */
    const struct config *config;
    struct record *record;
    const struct manifest *manifest; /* or NULL */
    const char *dsn;                 /* of the restored database */
    struct pg *restored;             /* a session of it */
    const struct vec *catalog;       /* its tables: struct catalog_table */
    struct interrupt *intr;
    const struct progress *progress;
};

/* Do servers of these versions ("15.18") print floating-point numbers as the same text? NULL: not
 * known, taken for an old one. */
bool contents_print_alike(const char *version, const char *other);

/*
 * Reads every table of the restored copy whose rows have a digest in the dump or the source; fills
 * restored_digest and restored_rows, then `contents` and its reason:
 *   passed   all known digests are equal     failed   two of them differ
 *   unknown  they differ, but the text of a type in the table depends on settings (the time zone of
 *            the dumping session, lc_monetary, bytea_output, the major version) that are not known
 *            to be the same on both sides; or the server refused to read it
 *   skipped  no digest to compare with
 * A time zone that is not known is looked for: the one in which all tables agree is the right one.
 * False: the server could not be asked.
 */
MUST bool contents_compare(const struct contents *c, struct err *e);

#endif
