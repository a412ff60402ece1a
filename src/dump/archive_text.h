/* SPDX-License-Identifier: PostgreSQL */
/*
 * The SQL that pg_restore makes of the table of contents (PostgreSQL 15.18 and 18,
 * src/bin/pg_dump/pg_backup_archiver.c: RestoreArchive, _tocEntryRequired, _tocEntryRestorePass,
 * _printTocEntry; pg_backup_db.c: IssueCommandPerBlob, IssueACLPerBlob; fe_utils/string_utils.c:
 * fmtId).
 */
#ifndef PGR_DUMP_ARCHIVE_TEXT_H
#define PGR_DUMP_ARCHIVE_TEXT_H

#include "base/buf.h"
#include "dump/archive_toc.h"

#include <stdbool.h>

/* What is restored of an entry: bits. 0: nothing, as of the entry of the database itself. */
enum { WANTS_SCHEMA = 1, WANTS_DATA = 2, WANTS_STATISTICS = 4 };
unsigned archive_wants(const struct archive_entry *t);

/* Entries come in three rounds: privileges behind all objects and data, then what must see both. */
enum archive_round { ROUND_MAIN, ROUND_PRIVILEGES, ROUND_LAST, ROUNDS };
enum archive_round archive_round_of(const struct archive_entry *t);

/* Writes into `out`. Zeroed but for `out` and `toc`: the rest is what the text so far selected. */
struct archive_text {
    struct buf *out;
    const struct archive_toc *toc;
    const char *schema, *tablespace, *method;
    bool too_long; /* an entry grows to more than ARCHIVE_TEXT_BYTES_MAX: its text is not whole */
};
enum { ARCHIVE_TEXT_BYTES_MAX = 256 * 1024 * 1024 };

/* From the first line to the settings, and the completion line. */
void archive_text_begin(struct archive_text *x);
void archive_text_end(struct archive_text *x);

/* Comment, definition, owner. `prefix` stands before the name in the comment: "", "Data for ". */
void archive_text_entry(struct archive_text *x, const struct archive_entry *t, const char *prefix);

/* The comment of an entry's data, and its COPY or what opens large objects. */
void archive_text_data(struct archive_text *x, const struct archive_entry *t);

/* Large objects: all of an entry between begin and end, each between open and close. */
void archive_text_los_end(struct archive_text *x);
void archive_text_lo_open(struct archive_text *x, uint32_t oid);
void archive_text_lo_write(struct archive_text *x, const void *bytes, size_t n);
void archive_text_lo_close(struct archive_text *x);

/* An identifier, in double quotes where pg_dump writes them. */
void archive_text_name(struct buf *out, const char *name);

#endif
