/* SPDX-License-Identifier: PostgreSQL */
/* The large objects that the table of contents announces, against those that the data hold. */
#ifndef PGR_DUMP_ARCHIVE_BLOBS_H
#define PGR_DUMP_ARCHIVE_BLOBS_H

#include "dump/archive_members.h"

struct blobs {
    struct vec expected; /* struct blob, sorted by OID */
    bool known; /* the archive announces them one by one (since 1.12), and has their data */
};

struct blobs blobs_of(struct members *m);

/* One was met. Notes a problem when it was not announced, or was met before: then it is false. */
bool blobs_met(struct blobs *b, struct members *m, uint32_t oid);

/* Notes those that were announced and not met; true when there are none. */
bool blobs_all_met(const struct blobs *b, struct members *m);

#endif
