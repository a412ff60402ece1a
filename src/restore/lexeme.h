/* SPDX-License-Identifier: PostgreSQL */
/* A statement taken apart, to see what it is about without judging its grammar. */
#ifndef PGR_RESTORE_LEXEME_H
#define PGR_RESTORE_LEXEME_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

enum lexeme_kind {
    LEXEME_END,
    LEXEME_WORD,   /* an unquoted name, keyword or number */
    LEXEME_NAME,   /* a quoted name; the text is what stands between the quotes, "" still doubled */
    LEXEME_STRING, /* a literal, dollar-quoted ones too; the text is what stands between */
    LEXEME_SYMBOL, /* one character of anything else */
};

struct lexeme {
    enum lexeme_kind kind;
    struct slice text;
};

/* Where reading has come to. */
struct lexemes {
    const char *p, *end;
    int depth; /* of parentheses, behind the last lexeme */
};

struct lexemes lexemes_of(struct slice statement);

/* The next lexeme; LEXEME_END again and again at the end. Comments and blanks are skipped; what is
 * not closed reaches to the end. */
struct lexeme lexeme_next(struct lexemes *t);

/* Is it this keyword (upper case given), unquoted? */
bool lexeme_is(const struct lexeme *lexeme, const char *keyword);
bool lexeme_is_symbol(const struct lexeme *lexeme, char symbol);

/* The name as the catalogue has it: folded to lower case or unquoted. */
const char *lexeme_name(struct arena *a, const struct lexeme *lexeme);

/* Does the statement begin with these keywords ("ALTER DEFAULT PRIVILEGES")? `t` then stands behind
 * them; it is left alone otherwise. */
bool lexemes_begin(struct lexemes *t, const char *keywords);

/* Reads on until this keyword outside parentheses; false at the end. */
bool lexemes_find(struct lexemes *t, const char *keyword);

#endif
