/* SPDX-License-Identifier: PostgreSQL */
/* What an archive holds besides its table of contents, piece by piece: one way for each format. */
#ifndef PGR_DUMP_ARCHIVE_MEMBERS_H
#define PGR_DUMP_ARCHIVE_MEMBERS_H

#include "dump/archive.h"
#include "dump/archive_toc.h"
#include "dump/scanner.h"
#include "io/filter.h"

#include <stdbool.h>
#include <stdint.h>

enum piece_kind {
    PIECE_END,     /* no more of what was asked for */
    PIECE_DATA,    /* the data of a table */
    PIECE_LOS,     /* the large objects of an entry follow */
    PIECE_LO,      /* one of them */
    PIECE_LOS_END, /* the last one of the entry was read */
};

struct piece {
    enum piece_kind kind;
    struct archive_entry *entry; /* NULL: there is none by that id or name; not of PIECE_LO */
    const char *name;            /* what the archive calls it: "block 3310", "3310.dat.gz" */
    uint32_t oid;                /* of a large object */
    bool hollow;                 /* zero bytes where even no data leave some */
    struct source *data;         /* PIECE_DATA, PIECE_LO: decoded; the members' */
};

struct members;

struct members_ops {
    /* The table of contents was read: NULL, or checks that nothing follows it. */
    bool (*toc_end)(struct members *m, struct err *e);
    /*
     * Goes to the next piece. Archives that are one file give what comes next there, whatever is
     * `wanted`; folders give the data of that entry, and its large objects one by one. NULL: what
     * is left. The data of the piece before must have been read to their end.
     */
    bool (*next)(struct members *m, struct archive_entry *wanted, struct piece *p, struct err *e);
    void (*close)(struct members *m); /* or NULL */
};

struct members {
    const struct members_ops *ops;
    struct arena *a;
    struct archive_facts *facts;
    uint64_t sql_offset;  /* of the text that comes next: where problems are */
    struct archive_in in; /* header and table of contents; of a custom archive all there is */
    struct archive_toc toc;
    struct arena *piece_arena; /* of the piece that is open */
    struct source *piece_data;
    struct filter_facts packed;
    const char *piece_name;
    bool is_packed;
};

/* Readers of the formats, ready to read the header from m->in; NULL with *e. */
struct members *members_custom(struct arena *a, struct source *below, struct archive_facts *facts);
struct members *members_tar(struct arena *a, struct source *below, struct archive_facts *facts,
                            struct err *e);
struct members *members_directory(struct arena *a, const char *dir, struct archive_facts *facts,
                                  struct err *e);

/* Notes what is wrong but does not keep the rest from being read. `subject` is copied. */
void members_problem(struct members *m, enum problem_code code, const char *subject,
                     const char *format, ...) PRINTF(4, 5);

/* "public.orders" of an entry; in the arena. */
const char *members_subject(struct members *m, const struct archive_entry *t);

/* How data are packed. */
enum unpacker { UNPACK_NONE, UNPACK_ZLIB, UNPACK_GZIP, UNPACK_LZ4, UNPACK_ZSTD, UNPACKERS };

/* The unpacker that the end of a file's name tells; *n gets the bytes of the name before it. */
enum unpacker members_suffix(const char *name, size_t *n);
extern const char *const members_suffixes[UNPACKERS]; /* ".gz"; NULL: of no file */

/* A large object without data still fills some bytes of a file packed in this way. */
bool members_is_never_empty(enum unpacker unpacker);

/* `below` decoded; it is closed when that fails. `facts` may be NULL. */
struct source *members_filter(struct arena *a, struct source *below, enum unpacker unpacker,
                              struct filter_facts *facts, struct err *e);

/* Closes the piece that was open, and gives the arena of the next one. */
struct arena *members_begin(struct members *m, const char *name);

/* Makes the decoded `below`, which is of the piece's arena, the data of the piece. */
struct source *members_unpack(struct members *m, struct source *below, enum unpacker unpacker,
                              struct err *e);

/* The piece that is open was read to its end: tells of what follows its packed data. */
void members_end(struct members *m);
void members_close(struct members *m); /* takes NULL */

/* The table of contents was read: what follows it in its file is a problem. */
MUST bool members_toc_end(struct members *m, struct err *e);

#endif
