/* SPDX-License-Identifier: PostgreSQL */
#include "dump/token.h"

#include <string.h>

/* What a byte is between tokens. */
enum class {
    OTHER = '0',
    BLANK,
    WORD,
    DOLLAR, /* goes on with a word, begins one or a string */
    QUOTE,
};

static char class_of(char c)
{
    static const char classes[] =
        "0000000001111100000000000000000010403004000000002222222222000000"
        "0222222222222222222222222220000202222222222222222222222222200000"
        "2222222222222222222222222222222222222222222222222222222222222222"
        "2222222222222222222222222222222222222222222222222222222222222222";
    return classes[(uint8_t)c];
}

static bool is_blank(char c)
{
    return class_of(c) == BLANK;
}

static bool is_word(char c)
{
    char class = class_of(c);
    return class == WORD || class == DOLLAR;
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
        char c = *text.p;
        if (is_blank(c))
            text = behind(text, 1);
        else if (c == '-' && starts(text, "--"))
            text = skip_line(text);
        else if (c == '/' && starts(text, "/*"))
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

/* Bytes of an E'…' string, in which a backslash escapes. */
static size_t escaped_bytes(struct slice s)
{
    size_t i = 2;
    while (i < s.n) {
        bool pair = i + 1 < s.n && (s.p[i] == '\\' || (s.p[i] == '\'' && s.p[i + 1] == '\''));
        if (!pair && s.p[i] == '\'')
            return i + 1;
        i += pair ? 2 : 1;
    }
    return s.n;
}

/* Bytes of "$tag$" at the front, 0 when there is none. */
static size_t tag_bytes(struct slice s)
{
    size_t i = 1;
    if (s.n < 2 || s.p[0] != '$' || (s.p[1] >= '0' && s.p[1] <= '9'))
        return 0;
    while (i < s.n && s.p[i] != '$' && is_word(s.p[i]))
        i++;
    return i < s.n && s.p[i] == '$' ? i + 1 : 0;
}

/* Bytes of $tag$…$tag$; what is not closed reaches to the end. */
static size_t dollar_bytes(struct slice s, size_t tag)
{
    struct slice body = behind(s, tag);
    const char *close = memmem(body.p, body.n, s.p, tag);
    return close == NULL ? s.n : (size_t)(close - s.p) + tag;
}

/* Bytes of a string that is more than a pair of quotes, 0 when none begins here. */
static size_t odd_string_bytes(struct slice s)
{
    if (s.n < 2)
        return 0;
    if (*s.p == '$') {
        size_t tag = tag_bytes(s);
        return tag > 0 ? dollar_bytes(s, tag) : 0;
    }
    return s.p[1] == '\'' && (*s.p | 0x20) == 'e' ? escaped_bytes(s) : 0;
}

static size_t word_bytes(struct slice s)
{
    size_t i = 1;
    while (i < s.n && is_word(s.p[i]))
        i++;
    return i;
}

struct token token_next(struct slice *rest)
{
    struct slice s = token_trim(*rest);
    struct token t = {.kind = TOKEN_SYMBOL, .text = {s.p, 1}};
    size_t odd = odd_string_bytes(s);
    if (s.n == 0) {
        t = (struct token){.kind = TOKEN_END, .text = s};
    } else if (odd > 0) {
        t = (struct token){.kind = TOKEN_STRING, .text = {s.p, odd}};
    } else if (class_of(*s.p) == QUOTE) {
        t.kind = *s.p == '"' ? TOKEN_QUOTED : TOKEN_STRING;
        t.text.n = quoted_bytes(s);
    } else if (is_word(*s.p)) {
        t.kind = TOKEN_WORD;
        t.text.n = word_bytes(s);
    }
    *rest = behind(s, t.text.n);
    return t;
}

bool token_is(const struct token *t, const char *word)
{
    size_t i = 0;
    if (t->kind != TOKEN_WORD)
        return false;
    for (; i < t->text.n && word[i] != '\0'; i++)
        if (t->text.p[i] != word[i] && (t->text.p[i] | 0x20) != word[i])
            return false;
    return i == t->text.n && word[i] == '\0';
}

bool token_symbol(const struct token *t, char symbol)
{
    return t->kind == TOKEN_SYMBOL && *t->text.p == symbol;
}

struct slice token_inside(const struct token *t)
{
    struct slice s = t->text;
    if (t->kind != TOKEN_QUOTED && t->kind != TOKEN_STRING)
        return s;
    size_t tag = tag_bytes(s), front = tag, back = tag;
    if (tag == 0) {
        front = *s.p == 'E' || *s.p == 'e' ? 2 : 1;
        back = 1;
    }
    bool closed = s.n >= front + back && memcmp(s.p + s.n - back, s.p + front - back, back) == 0;
    return (struct slice){s.p + front, s.n - front - (closed ? back : 0)};
}

char *token_value(struct arena *a, const struct token *t)
{
    if (t->kind != TOKEN_QUOTED && t->kind != TOKEN_STRING)
        return arena_strndup(a, t->text.p, t->text.n);
    if (odd_string_bytes(t->text) > 0) {
        struct slice inside = token_inside(t);
        return arena_strndup(a, inside.p, inside.n);
    }
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
