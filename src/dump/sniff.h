/* SPDX-License-Identifier: PostgreSQL */
/* Tells by the first bytes what a stream is. */
#ifndef PGR_DUMP_SNIFF_H
#define PGR_DUMP_SNIFF_H

#include "base/str.h"

#include <stdbool.h>

enum {
    SNIFF_BYTES = 512, /* as many as a tar header has */
    SNIFF_BOM_BYTES = 3,
};

enum sniff_kind {
    SNIFF_SQL,
    SNIFF_GZIP,
    SNIFF_ZSTD,
    SNIFF_LZ4,
    SNIFF_XZ,
    SNIFF_BZIP2,
    SNIFF_TAR,     /* that is no archive of pg_dump itself */
    SNIFF_ARCHIVE, /* of pg_dump: custom, or tar */
    SNIFF_KNOWN,   /* a dump, or something packed, that is not read yet */
    SNIFF_FOREIGN, /* nothing that could be a dump */
};

struct sniff_head {
    struct slice text; /* the first bytes, at most SNIFF_BYTES */
    bool whole;        /* nothing follows them */
};

struct sniff {
    enum sniff_kind kind;
    const char *name; /* "gzip", "custom", "plain" */
    const char *says; /* behind "the file ": "looks like a PNG image"; NULL: nothing to add */
};

/* The kind that recognises the most bits. Always one; SNIFF_FOREIGN when there is no other. */
const struct sniff *sniff(const struct sniff_head *head);

/* Does it begin with the byte order mark of UTF-8? */
bool sniff_has_bom(struct slice text);

/* Is it a file that goes with a dump, by its name: a list of digests, a manifest? */
bool sniff_is_companion(const char *name);

/* First word behind blanks and comments, up to the next blank; empty when there is none. */
struct slice sniff_first_word(struct slice text);

#endif
