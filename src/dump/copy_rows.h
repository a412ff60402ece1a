/* SPDX-License-Identifier: PostgreSQL */
/* The rows of a COPY block in text format, in pieces: how many, the columns of each, their digest.
 */
#ifndef PGR_DUMP_COPY_ROWS_H
#define PGR_DUMP_COPY_ROWS_H

#include "dump/copy_masks.h"
#include "dump/rows_digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum copy_stop {
    COPY_MORE,       /* all bytes were taken */
    COPY_TERMINATOR, /* before the line that ends the data */
    COPY_LOST, /* before a line that only pg_dump's own comments have: the terminator is lost */
};

/* One kind of defect: how many, and where the first one is. */
struct copy_defect {
    uint64_t n;
    uint64_t row;     /* counted from 1 */
    uint64_t columns; /* of that row */
    uint64_t offset;  /* in the data, of the row's first byte */
};

struct copy_rows {
    /* set by the caller */
    copy_masks_fn *masks;
    uint64_t n_columns; /* 0: not known, not counted */
    bool plain_lines;   /* a format with options: rows are lines, and nothing else is looked at */
    const char *raw; /* of the next bytes, where those given are masked, for the digest; or NULL */

    uint64_t rows;                  /* whole ones */
    uint64_t bytes;                 /* taken so far */
    struct rows_digest digest;      /* of the whole ones; none with plain_lines */
    struct copy_sum sum;            /* of the last call */
    struct copy_defect bad_columns; /* rows with too many or too few */
    struct copy_defect bad_marker;  /* rows with a backslash and a full stop inside */
    uint64_t crlf_rows, bare_crs;   /* carriage returns at line ends, and elsewhere */
    uint64_t inner_newlines;        /* escaped ones, which go on with their row */
    bool lost; /* COPY_LOST was given: the last two kinds may count the line behind it, too */

    /* its own */
    uint64_t tabs, row_start;
    uint64_t odd_until;        /* rows that begin before may be written as no server does */
    struct row_text *row_text; /* of a row that is in several pieces or odd; NULL until one is */
    bool escaped;              /* the next byte follows a backslash */
    bool after_cr;             /* the last byte was an unescaped carriage return */
    bool at_raw_start;         /* the last byte was a newline, or there was none */
};

/*
 * Takes the next bytes: whole lines, unless a line is longer than a reasonable piece or the input
 * ends. Before COPY_TERMINATOR and COPY_LOST, *used counts the bytes of the data before that line.
 */
enum copy_stop copy_rows_add(struct copy_rows *r, const char *bytes, size_t n, size_t *used);

/* Is there an unfinished row? */
bool copy_rows_open(const struct copy_rows *r);

void copy_rows_cleanup(struct copy_rows *r);

#endif
