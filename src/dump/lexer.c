/* SPDX-License-Identifier: PostgreSQL */
#include "dump/lexer.h"

#include "base/attr.h"
#include "dump/lexer_skip.h"

#include <stddef.h>
#include <string.h>

/* What a byte is between tokens, in this order: from DIGIT to LETTER they go on with a word. */
enum class {
    NEWLINE = '0',
    BLANK,
    SYMBOL,  /* a token that needs no thought */
    DIGIT,   /* goes on with a word, begins a token that needs no thought */
    LETTER,  /* begins a word */
    SPECIAL, /* needs thought */
};

static char class_of(char c)
{
    static const char classes[] =
        "2222222221011122222222222222222212525225552225253333333333252222"
        "2444444444444444444444444442522424444444444444444444444444422222"
        "4444444444444444444444444444444444444444444444444444444444444444"
        "4444444444444444444444444444444444444444444444444444444444444444";
    return classes[(uint8_t)c];
}

static bool in_word(char c)
{
    char class = class_of(c);
    return class == DIGIT || class == LETTER || c == '$';
}

void lexer_begin(struct lexer *lx)
{
    bool standard_strings = lx->standard_strings;
    memset(lx, 0, offsetof(struct lexer, word)); /* for every statement: not the long rest */
    lx->standard_strings = standard_strings;
}

/* Where the next `c` is, n when there is none. */
static size_t find(const char *p, size_t n, char c)
{
    const char *at = memchr(p, c, n);
    return at == NULL ? n : (size_t)(at - p);
}

static bool word_is(const struct lexer *lx, const char *word)
{
    return lx->word_n == strlen(word) && memcmp(lx->word, word, lx->word_n) == 0;
}

static bool is_routine(const struct lexer *lx)
{
    const char *f = lx->first;
    if (f[0] != 'c')
        return false;
    return f[1] == 'f' || f[1] == 'p' ||
           (f[1] == 'o' && f[2] == 'r' && (f[3] == 'f' || f[3] == 'p'));
}

/* Follows BEGIN ATOMIC … END in the body of a function, whose semicolons end nothing. */
static void follow_body(struct lexer *lx)
{
    bool after_begin = lx->after_begin;
    lx->after_begin = word_is(lx, "begin");
    if (lx->parentheses > 0 || !is_routine(lx))
        return;
    if (lx->begins == 0)
        lx->begins = after_begin && word_is(lx, "atomic") ? 1 : 0;
    else if (word_is(lx, "case"))
        lx->begins++;
    else if (word_is(lx, "end"))
        lx->begins--;
}

/* Only the words of what may be CREATE … FUNCTION matter. */
static bool words_matter(const struct lexer *lx)
{
    return lx->n_words == 0 || lx->first[0] == 'c';
}

static void end_word(struct lexer *lx)
{
    static const char *const starters[] = {"create", "or", "replace", "function", "procedure"};
    bool no_routine = lx->n_words == 0 && lx->word[0] != 'c';
    if (words_matter(lx) && !no_routine) {
        for (size_t i = 0; lx->n_words < sizeof lx->first && i < COUNT_OF(starters); i++)
            if (word_is(lx, starters[i]))
                lx->first[lx->n_words] = starters[i][0];
        follow_body(lx);
    }
    lx->n_words++;
}

static size_t run_word(struct lexer *lx, const char *p, size_t n)
{
    size_t i = 0, keep = words_matter(lx) ? LEX_WORD_MAX : 1;
    while (i < n && in_word(p[i]))
        i++;
    for (size_t k = 0; k < i && lx->word_n + k < keep; k++)
        lx->word[lx->word_n + k] = p[k] >= 'A' && p[k] <= 'Z' ? (char)(p[k] | 0x20) : p[k];
    lx->word_n += i;
    if (i == n)
        return i;
    end_word(lx);
    lx->mode = LEX_PLAIN;
    if (p[i] == '\'' && lx->word_n == 1 && lx->word[0] == 'e') {
        lx->mode = LEX_ESTRING;
        i++;
    }
    return i;
}

/* Up to and with the byte that ends this mode. */
static size_t run_until(struct lexer *lx, const char *p, size_t n, char last)
{
    size_t i = find(p, n, last);
    if (i == n)
        return n;
    lx->mode = LEX_PLAIN;
    return i + 1;
}

/* A byte between tokens that needs thought; the mode says what begins. */
static enum lex_stop special(struct lexer *lx, char c)
{
    switch (c) {
    case '\'':
        lx->mode = lx->standard_strings ? LEX_STRING : LEX_ESTRING;
        break;
    case '"':
        lx->mode = LEX_IDENTIFIER;
        break;
    case '$':
        lx->mode = LEX_DOLLAR;
        lx->tag_n = 0;
        break;
    case '-':
        lx->mode = LEX_DASH;
        return LEX_MORE;
    case '/':
        lx->mode = LEX_SLASH;
        return LEX_MORE;
    case '(':
        lx->parentheses++;
        break;
    case ')':
        lx->parentheses -= lx->parentheses > 0;
        break;
    case '\\':
        return LEX_BACKSLASH;
    default: /* ';' */
        return lx->parentheses == 0 && lx->begins == 0 ? LEX_END : LEX_MORE;
    }
    lx->any = true;
    return LEX_MORE;
}

/* Bytes at the front that neither begin a word nor need thought. */
static size_t skip_easy(struct lexer *lx, const char *p, size_t n)
{
    size_t i = 0;
    char highest = NEWLINE;
    for (char class; i < n && (class = class_of(p[i])) < LETTER; i++)
        highest = class > highest ? class : highest;
    lx->any |= highest >= SYMBOL;
    return i;
}

static size_t without_blanks(const char *p, size_t n)
{
    while (n > 0 && class_of(p[n - 1]) <= BLANK)
        n--;
    return n;
}

/* At an opening parenthesis that stands in no other: p[0 .. i) is before it, as far as it is at
 * hand. */
static void begin_group(struct lexer *lx, const char *p, size_t i)
{
    size_t comma = without_blanks(p, i);
    size_t closed = comma > 0 && p[comma - 1] == ',' ? without_blanks(p, comma - 1) : 0;
    lx->groups++;
    lx->joined += closed > 0 && p[closed - 1] == ')';
}

static void begin_word(struct lexer *lx)
{
    lx->mode = LEX_WORD;
    lx->word_n = 0;
    lx->any = true;
}

/* Words and plain strings, which most of an INSERT is, are passed here without leaving. */
static enum lex_stop run_plain(struct lexer *lx, const char *p, size_t n, size_t *used)
{
    size_t i = 0;
    enum lex_stop stop = LEX_MORE;
    lexer_skip_fn *skip = lexer_skip_best();
    while (lx->mode == LEX_PLAIN && stop == LEX_MORE) {
        bool in_string = false;
        if (lx->standard_strings && !words_matter(lx))
            i += skip(p + i, n - i, &in_string);
        if (in_string) {
            lx->mode = LEX_STRING;
            i += run_until(lx, p + i, n - i, '\'');
            continue;
        }
        i += skip_easy(lx, p + i, n - i);
        if (i == n)
            break;
        if (class_of(p[i]) == LETTER) {
            begin_word(lx);
            i += run_word(lx, p + i, n - i);
            continue;
        }
        if (p[i] == '(' && lx->parentheses == 0)
            begin_group(lx, p, i);
        stop = special(lx, p[i++]);
        if (lx->mode == LEX_STRING)
            i += run_until(lx, p + i, n - i, '\'');
    }
    *used = i;
    return stop;
}

/* Behind the first byte of what may open a comment; anything else is looked at again. */
static size_t run_opening(struct lexer *lx, char c)
{
    bool line = lx->mode == LEX_DASH;
    bool opens = c == (line ? '-' : '*');
    lx->mode = !opens ? LEX_PLAIN : line ? LEX_LINE_COMMENT : LEX_COMMENT;
    lx->remark |= opens && line && lx->any;
    lx->any |= !opens;
    lx->comments = opens && !line;
    return opens;
}

static size_t run_comment(struct lexer *lx, const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && lx->mode == LEX_COMMENT) {
        if (p[i] == '*')
            lx->mode = LEX_COMMENT_STAR;
        else if (p[i] == '/')
            lx->mode = LEX_COMMENT_SLASH;
        i++;
    }
    return i;
}

/* Behind a '*' or '/' in a comment: closes it, opens one in it, or neither. */
static enum lex_stop comment_mark(struct lexer *lx, char c, size_t *used)
{
    bool star = lx->mode == LEX_COMMENT_STAR;
    *used = c == (star ? '/' : '*');
    if (*used == 0) {
        lx->mode = LEX_COMMENT;
        return LEX_MORE;
    }
    lx->comments += star ? (uint32_t)-1 : 1;
    lx->mode = lx->comments > 0 ? LEX_COMMENT : LEX_PLAIN;
    return lx->comments == 0 && !lx->any ? LEX_REMARK : LEX_MORE;
}

static size_t run_estring(struct lexer *lx, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '\'' && p[i] != '\\')
            continue;
        lx->mode = p[i] == '\'' ? LEX_ESTRING_CLOSED : LEX_ESCAPE;
        lx->ambiguous |= lx->continued && p[i] == '\\';
        return i + 1;
    }
    return n;
}

/* Behind an escape string: '' goes on with it, and so does a quote behind blanks with a newline. */
static size_t behind_estring(struct lexer *lx, char c)
{
    char class = class_of(c);
    if (lx->mode == LEX_ESTRING_CLOSED)
        lx->gap_newline = c == '\'';
    if (c == '\'' && lx->gap_newline) {
        lx->continued |= lx->mode == LEX_ESTRING_GAP;
        lx->mode = LEX_ESTRING;
        return 1;
    }
    if (class == BLANK || class == NEWLINE) {
        lx->mode = LEX_ESTRING_GAP;
        lx->gap_newline |= class == NEWLINE;
        return 1;
    }
    lx->mode = LEX_PLAIN;
    lx->continued = false;
    return 0;
}

static void open_body(struct lexer *lx)
{
    lx->tag[lx->tag_n] = '$';
    lx->mode = LEX_BODY;
}

/* In "$tag": another '$' opens the text, anything else shows that it is no dollar quote. */
static size_t run_tag(struct lexer *lx, const char *p, size_t n)
{
    size_t i = 0;
    for (; i < n && lx->tag_n < LEX_TAG_MAX; i++) {
        if (p[i] == '$') {
            open_body(lx);
            return i + 1;
        }
        char class = class_of(p[i]);
        if (class != LETTER && (class != DIGIT || lx->tag_n == 0))
            break;
        lx->tag[lx->tag_n++] = p[i];
    }
    if (i < n)
        lx->mode = LEX_PLAIN;
    return i;
}

static size_t run_body(struct lexer *lx, const char *p, size_t n)
{
    size_t i = find(p, n, '$');
    if (i == n)
        return n;
    lx->mode = LEX_BODY_DOLLAR;
    lx->tag_seen = 0;
    return i + 1;
}

/* Compares with the tag and its last '$'. A '$' that comes too early may begin the right one. */
static size_t run_body_dollar(struct lexer *lx, char c)
{
    if (c == lx->tag[lx->tag_seen]) {
        lx->tag_seen++;
        lx->mode = lx->tag_seen > lx->tag_n ? LEX_PLAIN : LEX_BODY_DOLLAR;
    } else if (c == '$') {
        lx->tag_seen = 0;
    } else {
        lx->mode = LEX_BODY;
    }
    return 1;
}

/* To the server a carriage return ends it, too. */
static size_t run_line_comment(struct lexer *lx, const char *p, size_t n)
{
    size_t i = find(p, n, '\n'), cr = find(p, i, '\r');
    return run_until(lx, p, n, cr < i ? '\r' : '\n');
}

static enum lex_stop one_run(struct lexer *lx, const char *p, size_t n, size_t *used)
{
    switch (lx->mode) {
    case LEX_PLAIN:
        return run_plain(lx, p, n, used);
    case LEX_COMMENT_STAR:
    case LEX_COMMENT_SLASH:
        return comment_mark(lx, *p, used);
    case LEX_WORD:
        *used = run_word(lx, p, n);
        break;
    case LEX_DASH:
    case LEX_SLASH:
        *used = run_opening(lx, *p);
        break;
    case LEX_LINE_COMMENT:
        *used = run_line_comment(lx, p, n);
        break;
    case LEX_COMMENT:
        *used = run_comment(lx, p, n);
        break;
    case LEX_STRING:
        *used = run_until(lx, p, n, '\'');
        break;
    case LEX_IDENTIFIER:
        *used = run_until(lx, p, n, '"');
        break;
    case LEX_ESTRING:
        *used = run_estring(lx, p, n);
        break;
    case LEX_ESCAPE:
        lx->mode = LEX_ESTRING;
        *used = 1;
        break;
    case LEX_ESTRING_CLOSED:
    case LEX_ESTRING_GAP:
        *used = behind_estring(lx, *p);
        break;
    case LEX_DOLLAR:
        *used = run_tag(lx, p, n);
        break;
    case LEX_BODY:
        *used = run_body(lx, p, n);
        break;
    case LEX_BODY_DOLLAR:
        *used = run_body_dollar(lx, *p);
        break;
    }
    return LEX_MORE;
}

enum lex_stop lexer_run(struct lexer *lx, const char *bytes, size_t n, size_t *used)
{
    enum lex_stop stop = LEX_MORE;
    size_t i = 0;
    while (i < n && stop == LEX_MORE) {
        size_t some = 0;
        stop = one_run(lx, bytes + i, n - i, &some);
        i += some;
    }
    *used = i;
    return stop;
}
