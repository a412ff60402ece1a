/* SPDX-License-Identifier: PostgreSQL */
/*
 * The fingerprint of a table's rows: equal in a dump, in what was restored from it and in the
 * source exactly when (but for accidents of 1 in 2^128) the same rows are there, in whatever order.
 *
 * The *line* of a row is what "COPY table (columns) TO STDOUT" prints for it, without the newline
 * at its end: the columns in the order of the dump's COPY statement; client_encoding that of the
 * dump; DateStyle ISO, IntervalStyle postgres, extra_float_digits 3 (1 is the same from server 12
 * on), TimeZone UTC and bytea_output hex, as pg_dump pins them (setup_connection in pg_dump.c; the
 * time zone is the dump session's own).
 *
 * digest = sum over all rows of XXH3_128bits(line), seed 0, modulo 2^128. The hash counts as the
 * number high64 * 2^64 + low64, so the machine's byte order does not matter. A sum does not depend
 * on the order, and unlike an exclusive or it tells a row that is there twice from one that is not
 * there at all. No row: 0. Digests of parts of a table add up. It detects accidents; who may
 * choose the rows can make two tables with the same sum, so it is no signature.
 *
 * Printed: 32 lower-case hex digits, the highest first.
 *
 * Lines of a dump that no PostgreSQL would print so (octal, hex and needless escapes, raw
 * backspace, form feed and vertical tab, a backslash before a newline as before 7.2, a carriage
 * return at the end) count as the line that the server would print for what it reads from them: see
 * CopyReadAttributesText and CopyAttributeOutText in PostgreSQL's copyfromparse.c and copyto.c.
 */
#ifndef PGR_DUMP_ROWS_DIGEST_H
#define PGR_DUMP_ROWS_DIGEST_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROWS_DIGEST_HEX_BYTES = 33 };

/* Zeroed: of no rows. */
struct rows_digest {
    uint64_t low, high;
};

/* One more row, whose line the server would print so. */
void rows_digest_add(struct rows_digest *sum, const char *line, size_t n);

/* The rows of `more`, too. */
void rows_digest_join(struct rows_digest *sum, const struct rows_digest *more);

void rows_digest_hex(const struct rows_digest *sum, char hex[ROWS_DIGEST_HEX_BYTES]);

/* False, and nothing written, for what rows_digest_hex does not print. */
MUST bool rows_digest_read(const char *hex, struct rows_digest *sum);

/* A line that comes in pieces or in a notation of its own. One row after the other. `raw` are the
 * same bytes before those were masked that only look like ASCII; it may be `bytes` itself. */
struct row_text;
struct row_text *row_text_open(void);
void row_text_add(struct row_text *t, const char *bytes, const char *raw, size_t n);
void row_text_end(struct row_text *t, struct rows_digest *sum); /* the newline came */
void row_text_close(struct row_text *t);                        /* NULL is fine */

#endif
