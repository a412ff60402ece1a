/* SPDX-License-Identifier: PostgreSQL */
/* Opens a backup file as decoded SQL: sniffs what it is through all layers. */
#ifndef PGR_DUMP_OPEN_H
#define PGR_DUMP_OPEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "dump/archive.h"
#include "dump/decode.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

/* What became known while reading: file_bytes from read to read, the rest at the end. */
struct dump_stream {
    struct source *sql;      /* decoded bytes; closed by dump_stream_cleanup */
    const char *format;      /* "plain", "custom", "directory", "tar", "unknown" */
    const char *compression; /* from the outside in: "none", "gzip", "gzip, tar" */
    const char *protection;  /* checksums of all of it: "crc32", "xxh64", "none" */
    uint64_t file_bytes;     /* read of the file so far: drives the progress bar */
    uint64_t members;        /* gzip members, frames, data of an archive's entries so far */
    const char *member;      /* of a tar archive, which is the dump; NULL: it is none */
    char sha256[65];         /* of the whole file, filled when `sql` gave its end or a failure; of a
                                folder at its clean end: see archive_directory */
    bool broken;             /* dump_open failed inside a packing or archive that it knows */
    bool garbage;            /* something else follows the packed data; the note says where */
    const char *note;        /* trailing padding and the like, or NULL */
    const struct archive_facts *archive; /* of a custom, directory or tar archive, or NULL */
};

struct dump_open_options {
    uint64_t max_expansion;        /* 0: none */
    bool no_sha256;                /* do not compute it */
    const char *member;            /* of a tar archive: the dump in it; NULL: there is only one */
    const char *name;              /* of a source, for messages; a file's is its path */
    struct interrupt *intr;        /* ends the reading of what is behind a broken place; or NULL */
    const struct scratch *scratch; /* for a directory archive in a tar archive; NULL: refused */
};

/*
 * ERR_MISSING, ERR_SYSTEM: it cannot be opened. ERR_FORMAT: it is nothing that could be a dump (the
 * text says what it looks like instead). What is known but not read (an archive of a version that
 * is not known, a format that is not read yet) opens with sql == NULL, its name in `format`, and
 * the reason in `note`: the caller says "unknown".
 */
MUST bool dump_open(struct arena *a, const char *path, const struct dump_open_options *options,
                    struct dump_stream *stream, struct err *e);

/* The same for bytes that come from elsewhere, once: `in`, which is owned from the call on. */
MUST bool dump_open_source(struct arena *a, struct source *in,
                           const struct dump_open_options *options, struct dump_stream *stream,
                           struct err *e);
void dump_stream_cleanup(struct dump_stream *stream); /* takes a zeroed one */

#endif
