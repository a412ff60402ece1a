/* SPDX-License-Identifier: PostgreSQL */
/* The layers that a dump may be packed in: one row each. */
#ifndef PGR_DUMP_DECODE_H
#define PGR_DUMP_DECODE_H

#include "dump/sniff.h"
#include "io/filter.h"

/* What a layer is opened with. */
struct decode {
    struct arena *a;
    struct source *below;       /* owned from the call on */
    struct filter_facts *facts; /* lives as long as the layer */
    const char *member;         /* of a tar archive; NULL: the only dump in it */
    const char **chosen;        /* gets the member's name when it is a tar archive */
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
 * the only one that could be a dump; it may be packed itself. No path of the archive is ever
 * followed. ERR_REFUSED when there are several and none is named, and for archives that hold a
 * directory archive of pg_dump; ERR_FORMAT when it is broken or holds no dump. The whole archive
 * is read before the clean end.
 */
struct source *tar_member(const struct decode *how, struct err *e);
enum { TAR_MEMBERS_MAX = 100000 };

#endif
