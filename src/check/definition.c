/* SPDX-License-Identifier: PostgreSQL */
#include "check/definition.h"

#include "base/buf.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>

/* Names of types that have more than one word; what follows them may have a precision. */
static const char *const long_types[] = {"character varying",        "bit varying",
                                         "double precision",         "timestamp without time zone",
                                         "timestamp with time zone", "time without time zone",
                                         "time with time zone"};

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* Behind the quote that ends it, doubled ones being part of it; the end when none does. */
static const char *behind_quoted(const char *p, char quote)
{
    for (p++; *p != '\0'; p++) {
        bool ends = *p == quote && p[1] != quote;
        if (ends)
            return p + 1;
        p += *p == quote;
    }
    return p;
}

static const char *behind_name(const char *p)
{
    if (*p == '"')
        return behind_quoted(p, '"');
    while (is_of_word(*p))
        p++;
    return p;
}

/* (10,2) with digits and commas alone. */
static const char *behind_precision(const char *p)
{
    size_t n = *p == '(' ? strspn(p + 1, "0123456789,") : 0;
    return n > 0 && p[n + 1] == ')' ? p + n + 2 : p;
}

/* Behind the name of a type. */
static const char *behind_type(const char *p)
{
    const char *end = NULL;
    for (size_t i = 0; i < COUNT_OF(long_types) && end == NULL; i++)
        if (str_starts(p, long_types[i]) && !is_of_word(p[strlen(long_types[i])]))
            end = p + strlen(long_types[i]);
    if (end == NULL)
        end = behind_name(p);
    if (*end == '.')
        end = behind_name(end + 1);
    end = behind_precision(end);
    while (str_starts(end, "[]"))
        end += 2;
    return end;
}

/* Two words that something stood between stay two. */
static void put(struct buf *out, bool gap, const char *from, size_t n)
{
    if (gap && n > 0 && out->n > 0 && is_of_word(out->p[out->n - 1]) && is_of_word(*from))
        buf_putc(out, ' ');
    buf_append(out, from, n);
}

/* What is left of a definition; strings and quoted names stay as they are. */
static void reduce(const char *p, struct buf *out)
{
    for (bool gap = false; *p != '\0';) {
        const char *from = p;
        if (*p == '\'' || *p == '"')
            p = behind_quoted(p, *p);
        else if (str_starts(p, "::"))
            from = p = behind_type(p + 2);
        else if (strchr("() \n\t", *p) != NULL)
            from = ++p;
        else
            p++;
        put(out, gap, from, (size_t)(p - from));
        gap = from == p;
    }
}

bool definitions_alike(const char *a, const char *b)
{
    CLEANUP(buf_cleanup) struct buf x = {0}, y = {0};
    reduce(a, &x);
    reduce(b, &y);
    return str_eq(buf_text(&x), buf_text(&y));
}
