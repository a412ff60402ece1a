/* SPDX-License-Identifier: PostgreSQL */
/* The tokens of one whole statement: enough to read heads such as SET, COPY and CREATE DATABASE. */
#ifndef PGR_DUMP_TOKEN_H
#define PGR_DUMP_TOKEN_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

enum token_kind {
    TOKEN_END,    /* behind the last one */
    TOKEN_WORD,   /* key word, unquoted name or number */
    TOKEN_QUOTED, /* "…" */
    TOKEN_STRING, /* '…', E'…', $tag$…$tag$ */
    TOKEN_SYMBOL, /* any other single byte */
};

struct token {
    enum token_kind kind;
    struct slice text; /* quotes included */
};

/* Takes the next token off the front of `rest`; blanks and comments are passed over. */
struct token token_next(struct slice *rest);

/* Without the blanks and comments at its front. */
struct slice token_trim(struct slice text);

bool token_is(const struct token *t, const char *word); /* the word, in any case */
bool token_symbol(const struct token *t, char symbol);

/* The name that a word (folded to lower case) or quoted identifier means, NULL for other kinds. */
char *token_name(struct arena *a, const struct token *t);

/* What stands between the quotes, as it is written there: a doubled quote is doubled still, a
 * backslash has not escaped. A word as it is. */
struct slice token_inside(const struct token *t);

/* What a string, quoted identifier or word says, without quotes; not folded. The escapes of E'…'
 * stay as they are written. */
char *token_value(struct arena *a, const struct token *t);

#endif
