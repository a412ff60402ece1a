/* SPDX-License-Identifier: PostgreSQL */
#include "restore/lexeme.h"

#include <string.h>
#include <strings.h>

struct lexemes lexemes_of(struct slice statement)
{
    return (struct lexemes){.p = statement.p, .end = statement.p + statement.n};
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool is_word(char c)
{
    return is_word_start(c) || (c >= '0' && c <= '9');
}

static bool at(const struct lexemes *t, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(t->end - t->p) >= n && memcmp(t->p, text, n) == 0;
}

/* Comments nest. */
static void skip_block_comment(struct lexemes *t)
{
    int depth = 0;
    do {
        if (at(t, "/*")) {
            depth++;
            t->p += 2;
        } else if (at(t, "*/")) {
            depth--;
            t->p += 2;
        } else {
            t->p++;
        }
    } while (depth > 0 && t->p < t->end);
}

static void skip_blanks(struct lexemes *t)
{
    while (t->p < t->end) {
        if (strchr(" \t\r\n\f\v", *t->p) != NULL && *t->p != '\0')
            t->p++;
        else if (at(t, "--"))
            while (t->p < t->end && *t->p != '\n')
                t->p++;
        else if (at(t, "/*"))
            skip_block_comment(t);
        else
            return;
    }
}

/* Behind the opening quote: to the closing one, which is no pair and, where a backslash escapes,
 * not escaped. */
static struct slice quoted(struct lexemes *t, char quote, bool backslash)
{
    const char *start = t->p;
    while (t->p < t->end) {
        bool pair = t->p + 1 < t->end &&
                    ((t->p[0] == quote && t->p[1] == quote) || (backslash && t->p[0] == '\\'));
        if (!pair && *t->p == quote)
            break;
        t->p += pair ? 2 : 1;
    }
    struct slice text = {start, (size_t)(t->p - start)};
    if (t->p < t->end)
        t->p++;
    return text;
}

/* Length of "$tag$" here, 0 when there is none. */
static size_t dollar_tag(const struct lexemes *t)
{
    const char *p = t->p + 1;
    if (p < t->end && *p >= '0' && *p <= '9')
        return 0;
    while (p < t->end && is_word(*p))
        p++;
    return p < t->end && *p == '$' ? (size_t)(p + 1 - t->p) : 0;
}

static struct slice dollar_quoted(struct lexemes *t, size_t tag_bytes)
{
    const char *tag = t->p, *start = t->p + tag_bytes;
    const char *close = memmem(start, (size_t)(t->end - start), tag, tag_bytes);
    t->p = close == NULL ? t->end : close + tag_bytes;
    return (struct slice){start, (size_t)((close == NULL ? t->end : close) - start)};
}

static struct lexeme word(struct lexemes *t)
{
    const char *start = t->p;
    while (t->p < t->end && (is_word(*t->p) || *t->p == '$'))
        t->p++;
    struct slice text = {start, (size_t)(t->p - start)};
    bool escape = text.n == 1 && (*start == 'E' || *start == 'e');
    if (escape && t->p < t->end && *t->p == '\'') {
        t->p++;
        return (struct lexeme){LEXEME_STRING, quoted(t, '\'', true)};
    }
    return (struct lexeme){LEXEME_WORD, text};
}

struct lexeme lexeme_next(struct lexemes *t)
{
    skip_blanks(t);
    if (t->p >= t->end)
        return (struct lexeme){.kind = LEXEME_END, .text = {t->end, 0}};
    char c = *t->p;
    if (is_word(c))
        return word(t);
    size_t tag_bytes = c == '$' ? dollar_tag(t) : 0;
    if (tag_bytes > 0)
        return (struct lexeme){LEXEME_STRING, dollar_quoted(t, tag_bytes)};
    const char *start = t->p++;
    if (c == '"')
        return (struct lexeme){LEXEME_NAME, quoted(t, '"', false)};
    if (c == '\'')
        return (struct lexeme){LEXEME_STRING, quoted(t, '\'', false)};
    t->depth += (c == '(') - (c == ')');
    return (struct lexeme){LEXEME_SYMBOL, {start, 1}};
}

bool lexeme_is(const struct lexeme *lexeme, const char *keyword)
{
    return lexeme->kind == LEXEME_WORD && lexeme->text.n == strlen(keyword) &&
           strncasecmp(lexeme->text.p, keyword, lexeme->text.n) == 0;
}

bool lexeme_is_symbol(const struct lexeme *lexeme, char symbol)
{
    return lexeme->kind == LEXEME_SYMBOL && *lexeme->text.p == symbol;
}

const char *lexeme_name(struct arena *a, const struct lexeme *lexeme)
{
    char *name = arena_strndup(a, lexeme->text.p, lexeme->text.n), *w = name;
    for (const char *p = name; *p != '\0'; p++) {
        bool fold = lexeme->kind == LEXEME_WORD && *p >= 'A' && *p <= 'Z';
        *w++ = fold ? (char)(*p - 'A' + 'a') : *p;
        if (lexeme->kind == LEXEME_NAME && p[0] == '"' && p[1] == '"')
            p++;
        if (lexeme->kind == LEXEME_STRING && p[0] == '\'' && p[1] == '\'')
            p++;
    }
    *w = '\0';
    return name;
}

bool lexemes_begin(struct lexemes *t, const char *keywords)
{
    struct lexemes ahead = *t;
    char keyword[32];
    while (*keywords != '\0') {
        size_t n = strcspn(keywords, " ");
        if (n >= sizeof keyword)
            return false;
        memcpy(keyword, keywords, n);
        keyword[n] = '\0';
        struct lexeme lexeme = lexeme_next(&ahead);
        if (!lexeme_is(&lexeme, keyword))
            return false;
        keywords += n + (keywords[n] == ' ');
    }
    *t = ahead;
    return true;
}

bool lexemes_find(struct lexemes *t, const char *keyword)
{
    for (struct lexeme lexeme = lexeme_next(t); lexeme.kind != LEXEME_END; lexeme = lexeme_next(t))
        if (t->depth == 0 && lexeme_is(&lexeme, keyword))
            return true;
    return false;
}
