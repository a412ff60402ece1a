/* SPDX-License-Identifier: PostgreSQL */
/* Finds the end of one SQL statement, in pieces of any size. */
#ifndef PGR_DUMP_LEXER_H
#define PGR_DUMP_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the byte before the next one leaves us in. */
enum lex_mode {
    LEX_PLAIN,          /* between tokens */
    LEX_WORD,           /* in a key word or an unquoted name */
    LEX_DASH,           /* behind one '-' */
    LEX_SLASH,          /* behind one '/' outside a comment */
    LEX_LINE_COMMENT,   /* behind "--", up to the newline */
    LEX_COMMENT,        /* in a block comment, which nests */
    LEX_COMMENT_STAR,   /* behind a '*' in one */
    LEX_COMMENT_SLASH,  /* behind a '/' in one */
    LEX_STRING,         /* in '…' whose backslashes mean themselves */
    LEX_ESTRING,        /* in E'…', or in '…' while standard_conforming_strings is off */
    LEX_ESCAPE,         /* behind a backslash in it */
    LEX_ESTRING_CLOSED, /* right behind its closing quote: another one was an escaped quote */
    LEX_ESTRING_GAP,    /* blanks behind it: after a newline, a quote goes on with the string */
    LEX_IDENTIFIER,     /* in "…" */
    LEX_DOLLAR,         /* in what may become the tag of a dollar quote */
    LEX_BODY,           /* in a dollar-quoted text */
    LEX_BODY_DOLLAR,    /* in what may be its closing tag */
};

enum { LEX_WORD_MAX = 15, LEX_TAG_MAX = 255 };

struct lexer {
    enum lex_mode mode;
    bool standard_strings; /* standard_conforming_strings: the caller's to set and to keep */
    bool any;              /* a token was seen */
    bool remark;           /* a line comment was seen behind one */
    bool gap_newline;
    bool continued;   /* the escape string went on in another line, and */
    bool ambiguous;   /* has a backslash there: to psql, which reads line by line, it is an ordinary
                         one there, to the server it is not */
    bool after_begin; /* the last word was BEGIN */
    uint32_t parentheses;
    uint32_t comments; /* depth of block comments */
    uint32_t groups;   /* outermost pairs of parentheses that began … */
    uint32_t
        joined; /* … and those of them that are seen to follow another one and a comma: "), (" */
    uint32_t begins; /* depth of BEGIN ATOMIC … END */
    uint32_t n_words;
    char first[4]; /* initials of the first words when they are CREATE OR REPLACE … */
    size_t word_n; /* may be more than fits */
    size_t tag_n, tag_seen;

    /* meaningful as far as word_n and tag_n say */
    char word[LEX_WORD_MAX + 1];
    char tag[LEX_TAG_MAX + 1];
};

enum lex_stop {
    LEX_MORE,      /* all bytes were taken; the statement goes on */
    LEX_END,       /* behind its semicolon */
    LEX_BACKSLASH, /* behind a backslash that no SQL has */
    LEX_REMARK,    /* behind a block comment that came before any token */
};

/* Ready for a statement. Keeps standard_strings. */
void lexer_begin(struct lexer *lx);

/* Takes bytes up to a stop; *used says how many. */
enum lex_stop lexer_run(struct lexer *lx, const char *bytes, size_t n, size_t *used);

#endif
