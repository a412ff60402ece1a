/* SPDX-License-Identifier: PostgreSQL */
/*
 * Archives of pg_dump (custom, tar, directory) as one more link that gives SQL: the text that
 * pg_restore writes with -f -, statement by statement and byte by byte of data, so that whoever
 * reads plain dumps reads archives.
 *
 * One pass: the header is read by the constructor, the table of contents by the first read, then
 * the data in the order in which the archive holds them. What is wrong without keeping the rest
 * from being read becomes a problem; everything else (an end in the middle, data that cannot be
 * decoded) is ERR_FORMAT of a read. The completion line comes only when no data are missing.
 *
 * Versions 1.10 to 1.16 (PostgreSQL 8.1 to 18). The formats are those of src/bin/pg_dump of
 * PostgreSQL 18: pg_backup_archiver.c (WriteHead, WriteToc, RestoreArchive), pg_backup_custom.c,
 * pg_backup_tar.c, pg_backup_directory.c.
 */
#ifndef PGR_DUMP_ARCHIVE_H
#define PGR_DUMP_ARCHIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

/* What becomes known while reading; complete at the end. */
struct archive_facts {
    const char *unknown;     /* why it is not read: a version that is not known. NULL: it is read */
    const char *version;     /* "1.14" */
    const char *compression; /* of its data: "none", "gzip", "lz4", "zstd" */
    const char *database;    /* or NULL */
    const char *create_database; /* the statement that pg_restore --create runs, or NULL; like the
                                  * problems it goes when the link is closed */
    uint64_t entries;            /* of the table of contents */
    uint64_t tables;             /* of those, data of tables */
    uint64_t members;            /* data of tables and large objects read so far */
    uint64_t checked;            /* of those, whole ones whose checksum was there and right */
    struct vec problems;         /* struct problem, at most PROBLEMS_MAX; empty once it is closed */
    uint64_t n_problems;         /* all of them */
    struct source *files;        /* empty; its offset counts what is read of a folder's files */
    bool wants_digests;          /* of a folder's files: set before it is opened */
    struct vec digests;          /* struct file_digest, sorted by name; empty once it is closed */
    char sha256[65];             /* of a folder: see archive_directory; "" before the clean end */
};

/* A file of a directory archive that was read to its end. */
struct file_digest {
    const char *name;
    char sha256[65];
};

/*
 * `facts` must live as long as the link, which may be read on another thread than it was opened on:
 * they are to be looked at while it is at rest. NULL with ERR_FORMAT when the header cannot be
 * read; NULL with facts->unknown set when the version is none of those above.
 */
struct source *archive_custom(struct arena *a, struct source *below, struct archive_facts *facts,
                              struct err *e);
struct source *archive_tar(struct arena *a, struct source *below, struct archive_facts *facts,
                           struct err *e);

/*
 * `dir` is kept. A folder without a table of contents is ERR_FORMAT. Its digest is that of the text
 * which sha256sum prints for the files of the archive, sorted by their names:
 *
 *     cd DIR && LC_ALL=C sha256sum *.dat* *.toc | LC_ALL=C sort -k 2 | sha256sum
 *
 * Other files in the folder do not count.
 */
struct source *archive_directory(struct arena *a, const char *dir, struct archive_facts *facts,
                                 struct err *e);

#endif
