/* SPDX-License-Identifier: PostgreSQL */
/*
 * Archives for tests. tests/fixtures/nasty-15.dump is what pg_dump 15.18 wrote (custom, gzip,
 * archive version 1.14) of the database in nasty-15.sql, and nasty-15.restored.sql what its
 * pg_restore makes of it. No other pg_dump is at hand, so all other forms and versions are written
 * here from what that file holds, after src/bin/pg_dump of PostgreSQL 15 to 18. Everything here
 * fails the running test when it cannot do its work.
 */
#ifndef PGR_LIB_ARCHIVES_H
#define PGR_LIB_ARCHIVES_H

#include "base/str.h"
#include "dump/archive_toc.h"

#include <stdbool.h>
#include <stdint.h>

struct slice archives_fixture(struct arena *a);      /* the file */
struct slice archives_fixture_text(struct arena *a); /* what pg_restore -f - makes of it */

/* Data as the archive holds them, in its order. */
struct member {
    int64_t id;         /* of the entry; of a large object: of its BLOBS entry */
    uint32_t oid;       /* of a large object, else 0 */
    struct slice plain; /* not packed */
    struct slice raw;   /* these bytes instead of the packed ones, when p is set */
    const char *file;   /* this name instead of the right one, or NULL */
    int64_t write_id;   /* this id instead of the right one, or 0 */
};

struct model {
    struct arena *a;
    unsigned minor;
    enum archive_packing packing;
    bool hide_offsets; /* as written to a pipe */
    struct archive_toc toc;
    struct vec members;    /* struct member */
    int64_t stamp[7];      /* of creation, as in struct tm */
    int64_t n_entries;     /* claimed instead of the right number, or 0 */
    uint64_t offset_error; /* added to each offset */
    bool drop_lists;       /* of large objects: tar and directory */
    int block_type;        /* of tables' blocks instead of 1, or 0 */
    bool as_files;         /* tar or directory: packed as files are; for who packs by hand */
    struct slice behind;   /* bytes behind the table of contents in toc.dat */
};

/* What the fixture holds, as version 1.14 not packed. */
struct model *archives_model(struct arena *a);

/* Written out. */
struct slice archives_custom(struct model *m);
struct slice archives_tar(struct model *m);
void archives_directory(struct model *m, const char *dir);

/* The member of the entry with this tag, and its entry. */
struct member *archives_member(struct model *m, const char *tag);
struct archive_entry *archives_entry(struct model *m, const char *type, const char *tag);

#endif
