/* SPDX-License-Identifier: PostgreSQL */
/* The insides of dump_scan, shared by its files. */
#ifndef PGR_DUMP_SCANNER_H
#define PGR_DUMP_SCANNER_H

#include "dump/copy_rows.h"
#include "dump/lexer.h"
#include "dump/scan.h"
#include "dump/utf8.h"
#include "dump/window.h"

#include <stdbool.h>

enum problem_code {
#define PROBLEM_CODE(code, kind, meaning) PROBLEM_CODE_##code,
#include "dump/problem.def"
#undef PROBLEM_CODE
    PROBLEM_CODES
};

struct scanner {
    const struct scan *how;
    struct dump_listener listener; /* all NULL when there is none */
    struct dump_facts *facts;
    struct window window;
    struct lexer lexer;
    copy_masks_fn *masks;

    const char *object, *object_type; /* of the last "-- Name: …" comment */
    const char *open_key;             /* of the \restrict that is in force, or NULL */
    uint64_t headers, trailers;       /* begin and completion lines seen */

    struct utf8 utf8;
    bool utf8_off;            /* another encoding was declared */
    uint64_t bad_utf8_offset; /* of the first broken character */
    const char *bad_utf8_where;
    uint64_t n_bad_utf8;
    bool nul_seen;
    uint64_t told; /* offset of the last progress */
    bool stopped;  /* a limit was reached: nothing more is read */
};

/* Notes a problem at a byte of the decoded dump; beyond PROBLEMS_MAX only counts. */
void scan_problem(struct scanner *sc, enum problem_code code, uint64_t offset, const char *subject,
                  const char *format, ...) PRINTF(5, 6);

/* Done with the next n bytes: checks their encoding, moves on, tells progress each MiB.
 * `ascii`: the bytes are known to be plain ASCII without NUL. False: interrupted. */
MUST bool scan_consume(struct scanner *sc, size_t n, bool ascii, struct err *e);

/* The line at the front, with its newline, reading on as needed; up to LINE_MAX bytes of it. */
struct slice scan_line(struct scanner *sc);
enum { SCAN_LINE_MAX = 1024 * 1024 };

/* A comment line, or a backslash line, between statements. The line is not consumed. */
void scan_comment(struct scanner *sc, struct slice line);
void scan_meta(struct scanner *sc, struct slice line);

/* A whole statement, blanks and comments trimmed, no semicolon. Tells the listener; reads the COPY
 * data that follows (the statement is consumed before). `behind`: bytes of it with its semicolon.
 */
MUST bool scan_statement(struct scanner *sc, struct slice text, size_t behind, struct err *e);

/* Does the text begin with a word that SQL commands begin with? */
bool scan_is_command(struct slice text);

/* The data of one COPY block, terminator line included. */
MUST bool scan_copy(struct scanner *sc, struct dump_table *table, struct err *e);

#endif
