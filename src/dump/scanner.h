/* SPDX-License-Identifier: PostgreSQL */
/* The insides of dump_scan, shared by its files. */
#ifndef PGR_DUMP_SCANNER_H
#define PGR_DUMP_SCANNER_H

#include "dump/charset.h"
#include "dump/copy_rows.h"
#include "dump/lexer.h"
#include "dump/names.h"
#include "dump/scan.h"
#include "dump/token.h"
#include "dump/utf8.h"
#include "dump/window.h"

#include <stdbool.h>

enum problem_code {
#define PROBLEM_CODE(code, kind, meaning) PROBLEM_CODE_##code,
#include "dump/problem.def"
#undef PROBLEM_CODE
    PROBLEM_CODES
};

/* A dump of one database may stand in one of a whole cluster. */
enum section { SECTION_DATABASE, SECTION_CLUSTER, SECTIONS };

/* The stretch of the dump that is in one encoding. */
struct stretch {
    const struct charset *set; /* NULL: none was declared, or one that is not known */
    bool unknown;              /* the latter */
    struct utf8 utf8;
    struct charset_reader reader;
    uint64_t n_bad, bad_offset, bad_line; /* characters that are none; the first of them */
    const char *bad_where;
};

/* Where the heads of INSERT statements are in facts->inserts. */
struct insert_heads {
    uint32_t *slots; /* one more than the place, 0: none; a power of two of them, half in use */
    size_t n_slots, last, bytes;
};

/* Counts of the facts at one place. */
struct scan_before {
    uint64_t rows, bytes, makes;
};

struct scanner {
    const struct scan *how;
    struct dump_listener listener; /* all NULL when there is none */
    struct dump_facts *facts;
    struct window window;
    struct lexer lexer;
    copy_masks_fn *masks;
    uint64_t looked_until; /* up to this byte it is known whether all is … */
    bool looked_plain;     /* … ASCII without NUL, as far as statements are concerned */

    const char *object, *object_type; /* of the last "-- Name: …" comment */
    struct names types;               /* of objects */
    struct buf names[2];              /* that object's, and another that is still looked at */
    const char *open_key;             /* of the \restrict that is in force, or NULL */
    bool is_open[SECTIONS];           /* a header was read and not its completion line */
    uint64_t headers, trailers;
    uint64_t remarks, crlf_remarks; /* lines of comment; of those, with a carriage return */

    struct stretch stretch;
    const char *connects;      /* the line in hand is a \connect to it, or NULL */
    const char *database;      /* of the last \connect, or NULL */
    struct scan_before before; /* what there was in front of it */
    const char *copy_encoding; /* of the data of the COPY in hand, when it is not the client's */
    struct insert_heads inserts;
    struct arena *passing;   /* names of a table that is not kept; or NULL */
    struct buf last_name[2]; /* of the last table: its schema, its name */
    bool nul_seen;
    uint64_t told; /* offset of the last progress */
    bool stopped;  /* a limit was reached: nothing more is read */
};

/* One with its code and kind, and nothing else yet. */
struct problem scan_problem_new(enum problem_code code);

/* Notes a problem at a byte of the decoded dump, which is in the window or before it (its line is
 * not known then). Gives it, or NULL beyond PROBLEMS_MAX, where they are only counted. */
struct problem *scan_problem(struct scanner *sc, enum problem_code code, uint64_t offset,
                             const char *subject, const char *format, ...) PRINTF(5, 6);

/* Done with the next n bytes: checks their encoding, moves on, tells progress each MiB. False:
 * interrupted. */
MUST bool scan_consume(struct scanner *sc, size_t n, struct err *e);

/* The same where more is known: how many newlines they hold, and whether they are plain ASCII
 * without NUL. */
MUST bool scan_pass(struct scanner *sc, size_t n, uint64_t lines, bool ascii, struct err *e);

/* The line at the front, with its newline, reading on as needed; up to LINE_MAX bytes of it. */
struct slice scan_line(struct scanner *sc);
enum { SCAN_LINE_MAX = 1024 * 1024 };

/* From the front on the text is in this encoding; NULL: in none that was declared. The other one is
 * for what the dump says of itself, and goes into the facts. */
void scan_encoding(struct scanner *sc, const char *name);
void scan_declared_encoding(struct scanner *sc, const char *name);

/* Follows the characters of bytes that are about to be passed. */
void scan_characters(struct scanner *sc, const char *bytes, size_t n);

/* The dump ends here: what is wrong with the last stretch becomes a problem. */
void scan_characters_end(struct scanner *sc);

/* A name in the dump's encoding, or a part of the window's text that is one, in UTF-8; the token's
 * quotes are taken off and words are folded as token_name does. */
const char *scan_text(struct scanner *sc, const char *text);
const char *scan_name(struct scanner *sc, struct arena *a, const struct token *t);

/* A comment line, or a backslash line, between statements. The line is not consumed. */
void scan_comment(struct scanner *sc, struct slice line);
void scan_meta(struct scanner *sc, struct slice line);

/* Why a line is no SQL, as far as its beginning tells: "a message of pg_dump"; or NULL. */
const char *scan_noise(struct slice line);

/* A whole statement, blanks and comments trimmed, no semicolon. Tells the listener; reads the COPY
 * data that follows (the statement is consumed before). `behind`: bytes of it with its semicolon.
 */
MUST bool scan_statement(struct scanner *sc, struct slice text, size_t behind, struct err *e);

/* Does the text begin with a word that SQL commands begin with? */
bool scan_is_command(struct slice text);

/* COPY's [schema.]table [(columns)] FROM STDIN [options], behind the word COPY. False: another
 * COPY, without data here. */
bool scan_copy_head(struct scanner *sc, struct slice rest, struct dump_table *table);

/* [schema.]table at the front of `rest`: its names, in the arena, and the token behind it. False:
 * there is none.
 */
bool scan_table_name(struct scanner *sc, struct slice *rest, struct arena *a,
                     struct dump_table *table, struct token *behind);

/* For the names of the COPY block that comes: what is not kept is there until the next one. */
struct arena *scan_block_arena(struct scanner *sc);

/* The rows of the INSERT statement whose end was just found; `rest` is behind its first word. */
void scan_insert(struct scanner *sc, struct slice text, struct slice rest);

/* Does this COPY (behind the word) run a program, or use a file of the server? Notes it. */
void scan_copy_outward(struct scanner *sc, struct slice rest, uint64_t offset);

/* The data of one COPY block, terminator line included. */
MUST bool scan_copy(struct scanner *sc, struct dump_table *table, struct err *e);

#endif
