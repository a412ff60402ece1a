/* SPDX-License-Identifier: PostgreSQL */
/* The layers that a dump may be packed in: one row each. */
#ifndef PGR_DUMP_DECODE_H
#define PGR_DUMP_DECODE_H

#include "base/interrupt.h"
#include "dump/sniff.h"
#include "io/filter.h"

/* Room for what must be unpacked before it can be read. */
struct scratch {
    /* A private folder that exists, in the arena of whoever owns it; NULL with *e. */
    const char *(*folder)(void *context, struct err *e);
    void *context;
};

/* What a layer is opened with. */
struct decode {
    struct arena *a;
    struct source *below;          /* owned from the call on */
    struct filter_facts *facts;    /* lives as long as the layer */
    const char *name;              /* of the file, for messages */
    const char *member;            /* of a tar archive; NULL: the only dump in it */
    const char **chosen;           /* gets the member's name when it is a tar archive */
    const char **unpacked;         /* gets the folder when the member is one, see tar_open */
    const struct scratch *scratch; /* or NULL: there is none */
    const struct filter_limit *limit;
    struct interrupt *intr; /* or NULL */
};

struct decoder {
    enum sniff_kind kind;
    const char *checksum; /* "crc32"; "none" */
    bool always;          /* each member has it, so that it counts before the end is reached */
    struct source *(*open)(const struct decode *how, struct err *e);
};

/* NULL when the kind is no packing. */
const struct decoder *decoder_of(enum sniff_kind kind);

/*
 * The dump in a tar archive (POSIX ustar and pax, GNU), by libarchive: the member that is named, or
 * the only one that could be a dump; it may be packed itself. The whole archive is read before the
 * clean end. ERR_REFUSED when there are several, which are then listed, and none is named, and when
 * it is a physical backup; ERR_FORMAT when it is broken or holds no dump.
 *
 * A folder of files as pg_dump's directory archives have them is one member. It is unpacked into a
 * new folder (*how->unpacked, from then on the caller's to remove), and the source is at its end:
 * the folder is what is to be read. Only ordinary files directly in it are written, by their last
 * name and never over another; a link, a device and a second file of one name are ERR_REFUSED, as
 * is every folder without scratch; too little room is ERR_SPACE, and more bytes than the limit
 * allows are ERR_LIMIT.
 */
struct source *tar_open(const struct decode *how, struct err *e);

#endif
