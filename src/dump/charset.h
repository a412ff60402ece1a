/* SPDX-License-Identifier: PostgreSQL */
/*
 * The encodings that a dump may be in, besides the fast path of UTF-8 (dump/utf8.h): which bytes
 * are one character, and which are none, as PostgreSQL's verifiers of src/common/wchar.c have it.
 */
#ifndef PGR_DUMP_CHARSET_H
#define PGR_DUMP_CHARSET_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct byte_pattern; /* private */

struct charset {
    const char *name;  /* as the server writes it: "SHIFT_JIS_2004" */
    const char *iconv; /* "" when iconv has none */
    const char *aliases;
    const struct byte_pattern *patterns; /* NULL: every byte is a character, or it is UTF-8 */
    bool is_utf8;
    bool is_any;       /* SQL_ASCII: no encoding at all */
    bool embeds_ascii; /* later bytes of a character may look like letters and backslashes; no
                          database can be in such an encoding, only a client */
};

/* By any name that the server takes ("utf-8", "ISO-8859-1", "mskanji"); NULL when it has none. */
const struct charset *charset_find(const char *name);

/* The encoding of a database that such text fits into: UTF8 for what only clients can have. */
const char *charset_for_database(const char *name);

/* Follows characters; zeroed but for `set`, it stands between two of them. Any set but UTF-8. */
struct charset_reader {
    const struct charset *set;
    uint8_t held[4]; /* of an unfinished character */
    size_t n_held;
    uint64_t n_bad; /* broken characters so far */
};

/* Takes the next bytes. *bad: where in them the first broken character was noticed, n when none. */
void charset_add(struct charset_reader *r, const char *bytes, size_t n, size_t *bad);

/* Nothing follows: an unfinished character is broken. True when there was none. */
bool charset_end(struct charset_reader *r);

/* Sets the high bit of every byte that goes on with a character, so that none looks like ASCII. */
void charset_mask(struct charset_reader *r, char *bytes, size_t n);

/* The text in UTF-8, for names in a report; as it is where it cannot be converted. `set`: or NULL.
 */
const char *charset_text(struct arena *a, const struct charset *set, struct slice text);

#endif
