/* SPDX-License-Identifier: PostgreSQL */
/*
 * Where a given backup comes from: a file, standard input, a web server or an S3 server.
 *
 *     PATH   -   http(s)://HOST/PATH   s3://BUCKET/KEY   s3://BUCKET/PREFIX/   s3://BUCKET/PAT*TERN
 *
 * A #MEMBER behind it names one of a tar archive.
 */
#ifndef PGR_BACKUP_PLACE_H
#define PGR_BACKUP_PLACE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "http/s3.h"
#include "io/filter.h"
#include "model/config.h"
#include "model/record.h"

#include <stdbool.h>

enum place_kind { PLACE_FILE, PLACE_STDIN, PLACE_HTTP, PLACE_S3 };

struct place {
    struct arena *arena; /* the record's */
    const struct config *config;
    struct record *record;
    struct interrupt *intr;

    /* What follows is found by place_find. */
    enum place_kind kind;
    const char *shown; /* as it may be written out: without secrets */
    const char *path;  /* of a file */
    const char *url;   /* of a web server */
    struct s3 s3;
    struct s3_name name;
    const char *member;      /* NULL: none was named */
    struct http_facts facts; /* once it is open */
    bool claimed;            /* claims_of_folder has looked at what lies beside it */
    char md5[FILTER_MD5_HEX_BYTES];
};

/*
 * Looks at what was given and says in the record what is known without reading it: origin, path,
 * and for files and objects that are found by a pattern their time and size. Errors as backup_find
 * for files, as s3_newest for patterns; ERR_USAGE for an address that is none. `place` has its
 * first members set, and must stay where it is.
 */
MUST bool place_find(struct place *place, const char *text, struct err *e);

/* Opens what is no file for its only reading; what the server says about it goes to the record. */
struct source *place_open(struct place *place, struct err *e);

/* After the clean end of that source: what is known only then. */
void place_read_whole(struct place *place);

/* Reads it into the new file `path` in a private folder, and says in the record what it was: size
 * and SHA-256. ERR_SPACE before anything is read when the length is known and does not fit. */
MUST bool place_spool(struct place *place, const char *path, struct err *e);

/* The text of a small file beside the backup: NAME.suffix, or `instead` in the same folder when
 * suffix is NULL; *shown is its name in any case. ERR_MISSING: there is none. */
struct beside {
    const char *suffix, *instead;
    size_t max_bytes;
};
MUST bool place_beside(const struct place *place, const struct beside *what, const char **shown,
                       struct slice *text, struct err *e);

#endif
