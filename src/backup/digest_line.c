/* SPDX-License-Identifier: PostgreSQL */
#include "backup/digest_line.h"

#include <ctype.h>
#include <string.h>

enum { SHA256_DIGITS = 64 };

bool digest_is_hex(struct slice s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isxdigit((unsigned char)s.p[i]))
            return false;
    return s.n == n;
}

const char *digest_lower(struct arena *a, struct slice s)
{
    char *text = arena_strndup(a, s.p, s.n);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static const char *unescaped(struct arena *a, struct slice s)
{
    char *text = arena_alloc(a, s.n + 1), *to = text;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' && i + 1 < s.n) {
            c = s.p[++i];
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
        }
        *to++ = c;
    }
    return text;
}

static struct slice behind(struct slice s, size_t n)
{
    return (struct slice){s.p + n, s.n - n};
}

/* "SHA256 (NAME) = HEX" */
static bool parse_bsd(struct arena *a, struct slice s, bool escaped, struct digest_line *line)
{
    static const char head[] = "SHA256 (", middle[] = ") = ";
    size_t head_n = strlen(head), middle_n = strlen(middle);
    if (s.n < head_n + middle_n + SHA256_DIGITS || memcmp(s.p, head, head_n) != 0)
        return false;
    size_t name_n = s.n - head_n - middle_n - SHA256_DIGITS;
    struct slice name = {s.p + head_n, name_n}, rest = behind(s, head_n + name_n);
    if (memcmp(rest.p, middle, middle_n) != 0 ||
        !digest_is_hex(behind(rest, middle_n), SHA256_DIGITS))
        return false;
    *line = (struct digest_line){digest_lower(a, behind(rest, middle_n)),
                                 escaped ? unescaped(a, name) : arena_strndup(a, name.p, name.n)};
    return true;
}

/* "HEX", "HEX  NAME", "HEX *NAME" */
static bool parse_gnu(struct arena *a, struct slice s, bool escaped, struct digest_line *line)
{
    if (s.n < SHA256_DIGITS || !digest_is_hex((struct slice){s.p, SHA256_DIGITS}, SHA256_DIGITS))
        return false;
    struct slice rest = behind(s, SHA256_DIGITS), name = {"", 0};
    if (rest.n > 2 && rest.p[0] == ' ' && (rest.p[1] == ' ' || rest.p[1] == '*'))
        name = behind(rest, 2);
    else if (rest.n > 0)
        return false;
    *line = (struct digest_line){digest_lower(a, (struct slice){s.p, SHA256_DIGITS}),
                                 escaped ? unescaped(a, name) : arena_strndup(a, name.p, name.n)};
    return true;
}

bool digest_line_parse(struct arena *a, struct slice s, struct digest_line *line)
{
    bool escaped = s.p[0] == '\\';
    if (escaped)
        s = behind(s, 1);
    return parse_bsd(a, s, escaped, line) || parse_gnu(a, s, escaped, line);
}

bool digest_line_next(struct slice *list, struct slice *line)
{
    while (list->n > 0) {
        const char *end = memchr(list->p, '\n', list->n);
        size_t n = end == NULL ? list->n : (size_t)(end - list->p);
        *line = (struct slice){list->p, n};
        *list = behind(*list, end == NULL ? n : n + 1);
        while (line->n > 0 && isspace((unsigned char)line->p[line->n - 1]))
            line->n--;
        if (line->n > 0 && line->p[0] != '#')
            return true;
    }
    return false;
}
