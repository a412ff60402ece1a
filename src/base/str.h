/* SPDX-License-Identifier: PostgreSQL */
/* Slices of text, typed values in text, and numbers as people read them. */
#ifndef PGR_BASE_STR_H
#define PGR_BASE_STR_H

#include "base/arena.h"
#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of somebody else; not NUL-terminated. */
struct slice {
    const char *p;
    size_t n;
};

struct slice slice_of(const char *text);
bool slice_eq(struct slice s, const char *text);
struct slice slice_trim_right(struct slice s); /* without blanks and control bytes at its end */
bool str_eq(const char *a, const char *b);     /* NULL equals NULL only */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);

/* The name of `names` (NULL-terminated) that is nearest by edit distance, or NULL when none is
 * near enough to be a slip of the finger (more than a third of the letters, at least 2). */
const char *str_nearest(const char *name, const char *const *names);

/* Typed values. The whole text must be one; nothing is written otherwise.
 * Duration: "250us" "30s" "1.5m" "5min" "2h" "24h" "7d", "0"; size: "64kB" "10GB" "1TiB" "512"
 * (decimal and binary units as written; PostgreSQL's kB = 1024 is NOT assumed: kB is 1000, KiB is
 * 1024); percent: "80%" or "80" gives 80.0. */
MUST bool str_parse_uint(const char *text, uint64_t *n);
MUST bool str_parse_int(const char *text, int64_t *n);
MUST bool str_parse_double(const char *text, double *x);
MUST bool str_parse_bool(const char *text, bool *yes);
MUST bool str_parse_duration(const char *text, int64_t *us);
MUST bool str_parse_size(const char *text, uint64_t *bytes);
MUST bool str_parse_percent(const char *text, double *percent);

/* For people: "8,123,004"; "1 table"; "1.19 GB"; "11.2 s", "3.1 ms", "5 min", "24 h"; "73.2 MB/s";
 * "71.25 %". Percentages are rounded up to hundredths, so that one above a limit never reads like
 * the limit.
 */
const char *str_count(struct arena *a, int64_t n);
const char *str_number_of(struct arena *a, int64_t n, const char *one, const char *many);
const char *str_bytes(struct arena *a, uint64_t bytes);
const char *str_duration(struct arena *a, int64_t us);
const char *str_rate(struct arena *a, uint64_t bytes, int64_t us);
const char *str_percent(struct arena *a, double percent);

#endif
