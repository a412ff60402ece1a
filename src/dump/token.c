/* SPDX-License-Identifier: PostgreSQL */
#include "dump/token.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (c & 0x80) != 0;
}

static struct slice behind(struct slice s, size_t n)
{
    return (struct slice){s.p + n, s.n - n};
}

static bool starts(struct slice s, const char *two)
{
    return s.n >= 2 && s.p[0] == two[0] && s.p[1] == two[1];
}

static struct slice skip_line(struct slice s)
{
    const char *end = memchr(s.p, '\n', s.n);
    return behind(s, end == NULL ? s.n : (size_t)(end - s.p));
}

static struct slice skip_block(struct slice s)
{
    size_t depth = 0;
    do {
        bool opens = starts(s, "/*"), closes = starts(s, "*/");
        depth += opens;
        depth -= closes;
        s = behind(s, opens || closes ? 2 : 1);
    } while (depth > 0 && s.n > 0);
    return s;
}

struct slice token_trim(struct slice text)
{
    while (text.n > 0) {
        if (is_blank(*text.p))
            text = behind(text, 1);
        else if (starts(text, "--"))
            text = skip_line(text);
        else if (starts(text, "/*"))
            text = skip_block(text);
        else
            break;
    }
    return text;
}

/* Bytes of a quoted token; a doubled quote does not end it. */
static size_t quoted_bytes(struct slice s)
{
    size_t i = 1;
    while (i < s.n) {
        if (s.p[i++] != s.p[0])
            continue;
        if (i == s.n || s.p[i] != s.p[0])
            break;
        i++;
    }
    return i;
}

struct token token_next(struct slice *rest)
{
    struct slice s = token_trim(*rest);
    struct token t = {.kind = TOKEN_SYMBOL, .text = {s.p, 1}};
    if (s.n == 0) {
        t = (struct token){.kind = TOKEN_END, .text = s};
    } else if (*s.p == '"' || *s.p == '\'') {
        t.kind = *s.p == '"' ? TOKEN_QUOTED : TOKEN_STRING;
        t.text.n = quoted_bytes(s);
    } else if (is_word(*s.p)) {
        t.kind = TOKEN_WORD;
        while (t.text.n < s.n && is_word(s.p[t.text.n]))
            t.text.n++;
    }
    *rest = behind(s, t.text.n);
    return t;
}

bool token_is(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && (*t->text.p | 0x20) == *word && t->text.n == strlen(word) &&
           strncasecmp(t->text.p, word, t->text.n) == 0;
}

bool token_symbol(const struct token *t, char symbol)
{
    return t->kind == TOKEN_SYMBOL && *t->text.p == symbol;
}

char *token_value(struct arena *a, const struct token *t)
{
    if (t->kind != TOKEN_QUOTED && t->kind != TOKEN_STRING)
        return arena_strndup(a, t->text.p, t->text.n);
    char quote = *t->text.p, *out = arena_alloc(a, t->text.n + 1), *w = out;
    for (size_t i = 1; i + 1 < t->text.n; i++) {
        *w++ = t->text.p[i];
        i += t->text.p[i] == quote;
    }
    return out;
}

char *token_name(struct arena *a, const struct token *t)
{
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_QUOTED)
        return NULL;
    char *name = token_value(a, t);
    if (t->kind == TOKEN_WORD)
        for (char *c = name; *c != '\0'; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
    return name;
}
