/* SPDX-License-Identifier: PostgreSQL */
/* Hand-built records that every report format must render. */
#ifndef PGR_GOLDEN_RECORDS_H
#define PGR_GOLDEN_RECORDS_H

#include "base/arena.h"
#include "model/record.h"

/* A nightly rehearsal that went well, with one warning. */
struct record *golden_clean(struct arena *a);

/* A given file that is cut in the middle; names and messages in it are hostile. */
struct record *golden_failing(struct arena *a);

/* Interrupted while restoring; nearly nothing is known. */
struct record *golden_unknown(struct arena *a);

/* The record behind reports/example/report.json, which a real run wrote. */
struct record *golden_example(struct arena *a);

/* The rows of the first three; a NULL name ends. */
struct golden {
    const char *name;
    struct record *(*make)(struct arena *a);
};
extern const struct golden golden_records[];

#endif
