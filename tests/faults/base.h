/* SPDX-License-Identifier: PostgreSQL */
/* The sound dump that every fault starts from, the ways it is packed, and the reading of a file as
 * the stage verify does it. */
#ifndef PGR_FAULTS_BASE_H
#define PGR_FAULTS_BASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/config.h"
#include "model/record.h"

enum variant {
    VARIANT_none,
    VARIANT_gzip,
    VARIANT_zstd,
    VARIANT_lz4,
    VARIANT_xz,
    VARIANT_bzip2,
    VARIANT_tar,
    VARIANT_tar_gzip,
    VARIANTS
};
extern const char *const variant_words[VARIANTS];

/* What pg_dump 15 wrote of tests/lib/nasty.sql with 40 rows in each table. */
struct slice base_dump(struct arena *a);

/* tests/fixtures/NAME, another sound dump. */
struct slice base_fixture(struct arena *a, const char *name);

struct slice base_packed(struct arena *a, struct slice sql, enum variant variant);

/* Defaults, but limits of a size that a test can reach. */
struct config base_config(void);

/* Makes a file of the bytes, reads it and asks every check of the stage verify. NULL: it could not
 * be read, which is no verdict; base_verify fails the test then. */
struct record *base_try(struct arena *a, struct slice file, const struct config *config,
                        struct err *e);
struct record *base_verify(struct arena *a, struct slice file, const struct config *config);

/* The same with FILE.sha256 beside it, which has this text. */
struct record *base_verify_beside(struct arena *a, struct slice file, const char *sidecar,
                                  const struct config *config);

/* The same with a file or folder that is there. */
struct record *base_verify_path(struct arena *a, const char *path, const struct config *config);

const struct check_facts *base_check(const struct record *r, const char *name);

/* Is there a finding with this code, of at least this severity, that this check made? */
bool base_has_finding(const struct record *r, const char *check, const char *code,
                      enum severity at_least);

#endif
