/* SPDX-License-Identifier: PostgreSQL */
/*
 * Header and table of contents of an archive (PostgreSQL 18, src/bin/pg_dump/pg_backup_archiver.c:
 * ReadHead, ReadToc, ReadInt, ReadStr, ReadOffset). Numbers are a sign byte and int_bytes bytes,
 * the lowest first; texts a number and so many bytes, -1 for none.
 */
#ifndef PGR_DUMP_ARCHIVE_TOC_H
#define PGR_DUMP_ARCHIVE_TOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "io/intake.h"

#include <stdbool.h>
#include <stdint.h>

/* The format byte. Directory archives carry that of tar (pg_backup_directory.c, _CloseArchive). */
enum archive_format { ARCHIVE_CUSTOM = 1, ARCHIVE_TAR = 3 };

/* The compression byte since 1.15 (src/include/common/compression.h, pg_compress_algorithm). */
enum archive_packing { PACKING_NONE, PACKING_GZIP, PACKING_LZ4, PACKING_ZSTD, PACKINGS };
extern const char *const archive_packing_words[PACKINGS];

/* State of the data position of an entry in a custom archive (pg_backup_archiver.h, K_OFFSET_*). */
enum archive_place { PLACE_NOT_TOLD = 1, PLACE_TOLD = 2, PLACE_NO_DATA = 3 };

/* pg_backup.h, teSection. */
enum archive_section { SECTION_NONE = 1, SECTION_PRE_DATA, SECTION_DATA, SECTION_POST_DATA };

struct archive_entry {
    int64_t id;
    bool has_data; /* a block, member or file holds data for it */
    enum archive_section section;
    const char *tag, *type;                   /* never NULL */
    const char *definition, *drop, *copy;     /* statements; or NULL */
    const char *schema, *tablespace, *method; /* or NULL */
    const char *owner;                        /* or NULL */
    char relkind;                             /* pg_class.relkind since 1.16, else 0 */
    int64_t first_dependency;                 /* dump id, 0 when there is none */
    enum archive_place place;                 /* custom archives only, like offset */
    uint64_t offset;                          /* of the block, when PLACE_TOLD */
    uint64_t met;                             /* where the block is, when it was met */
    const char *file;                         /* tar and directory; NULL: none */
    bool done;                                /* its data were met */
};

struct archive_toc {
    unsigned minor; /* of version 1.minor */
    enum archive_packing packing;
    const char *database, *server_version, *dump_version; /* or NULL */
    const char *odd;                                      /* what no sound header has, or NULL */
    struct vec entries; /* struct archive_entry, in the order of the archive */
    struct vec by_id;   /* struct archive_entry *, sorted by id */
    const char *encoding,
        *search_path; /* of the special entries; search_path NULL: an old archive */
    bool standard_strings;
};

/* Where numbers and texts are read from. */
struct archive_in {
    struct intake in;
    enum archive_format format;
    unsigned int_bytes, offset_bytes; /* of a number without its sign; of a file offset */
    struct buf text;                  /* scratch */
    uint64_t text_bytes; /* all texts so far; more than ARCHIVE_TOC_BYTES_MAX: ERR_LIMIT */
    bool nul;            /* a text had a zero byte, which cuts it short */
    bool again;          /* behind the data: without the definitions of statistics */
};
enum { ARCHIVE_TOC_BYTES_MAX = 512 * 1024 * 1024, ARCHIVE_MINOR_MIN = 10, ARCHIVE_MINOR_MAX = 16 };

void archive_in_cleanup(struct archive_in *in);

/* The input ends inside: ERR_FORMAT. */
MUST bool archive_take(struct archive_in *in, void *bytes, size_t n, struct err *e);
MUST bool archive_int(struct archive_in *in, int64_t *n, struct err *e);

/* Reads the header. *unknown: the reason why this version is not read; nothing more was read. */
MUST bool archive_read_head(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                            const char **unknown, struct err *e);

/* Reads the table of contents behind the header. */
MUST bool archive_read_toc(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                           struct err *e);

/* NULL when no entry has that id; one of them when several have. */
struct archive_entry *archive_find(const struct archive_toc *toc, int64_t id);

#endif
