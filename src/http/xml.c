/* SPDX-License-Identifier: PostgreSQL */
#include "http/xml.h"

#include <ctype.h>
#include <string.h>

static bool begins(const struct xml *x, const char *with)
{
    size_t n = strlen(with);
    return x->rest.n >= n && memcmp(x->rest.p, with, n) == 0;
}

static void skip(struct xml *x, size_t n)
{
    x->rest = (struct slice){x->rest.p + n, x->rest.n - n};
}

static bool wrong(const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "the answer is no sound XML: %s", what);
}

/* Passes over everything up to `end` and that. */
static bool skip_behind(struct xml *x, const char *end, struct err *e)
{
    const char *at = memmem(x->rest.p, x->rest.n, end, strlen(end));
    if (at == NULL)
        return wrong("it ends too early", e);
    skip(x, (size_t)(at - x->rest.p) + strlen(end));
    return true;
}

static bool is_name_char(char c)
{
    unsigned char u = (unsigned char)c;
    return isalnum(u) != 0 || u >= 0x80 || strchr("_:-.", c) != NULL;
}

static struct slice take_name(struct xml *x)
{
    size_t n = 0;
    while (n < x->rest.n && x->rest.p[n] != '\0' && is_name_char(x->rest.p[n]))
        n++;
    struct slice name = {x->rest.p, n};
    skip(x, n);
    return name;
}

/* ---- text --------------------------------------------------------------------------------------
 */

static void put_utf8(struct buf *out, unsigned c)
{
    if (c < 0x80) {
        buf_putc(out, (char)c);
    } else if (c < 0x800) {
        buf_putc(out, (char)(0xc0 | c >> 6));
        buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_putc(out, (char)(0xe0 | c >> 12));
        buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_putc(out, (char)(0xf0 | c >> 18));
        buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* "#10" or "#xA": the characters that XML allows. */
static bool put_number(struct buf *out, struct slice name)
{
    unsigned value = 0, base = 10;
    size_t i = 1;
    if (i < name.n && name.p[i] == 'x') {
        base = 16;
        i++;
    }
    if (i == name.n || name.n - i > 7)
        return false;
    for (; i < name.n; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = strchr(digits, tolower((unsigned char)name.p[i]));
        if (at == NULL || *at == '\0' || (unsigned)(at - digits) >= base)
            return false;
        value = value * base + (unsigned)(at - digits);
    }
    bool fine = value == '\t' || value == '\n' || value == '\r' ||
                (value >= ' ' && value < 0xd800) || (value > 0xdfff && value < 0x110000);
    if (fine)
        put_utf8(out, value);
    return fine;
}

static bool take_entity(struct xml *x, struct err *e)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    enum { ENTITY_MAX = 12 };
    size_t most = x->rest.n < ENTITY_MAX ? x->rest.n : ENTITY_MAX;
    const char *end = memchr(x->rest.p, ';', most);
    if (end == NULL)
        return wrong("an entity without its end", e);
    struct slice name = {x->rest.p + 1, (size_t)(end - x->rest.p) - 1};
    skip(x, name.n + 2);
    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (slice_eq(name, named[i].name)) {
            buf_putc(&x->text, named[i].c);
            return true;
        }
    return (name.n > 0 && name.p[0] == '#' && put_number(&x->text, name)) ||
           wrong("an unknown entity", e);
}

static bool take_text(struct xml *x, struct err *e)
{
    while (x->rest.n > 0 && x->rest.p[0] != '<') {
        if (x->rest.p[0] == '&') {
            if (!take_entity(x, e))
                return false;
            continue;
        }
        if (x->depth == 0 && !isspace((unsigned char)x->rest.p[0]))
            return wrong("text outside of the root", e);
        if (x->rest.p[0] == '\0')
            return wrong("a zero byte", e);
        buf_putc(&x->text, x->rest.p[0]);
        skip(x, 1);
    }
    return true;
}

/* ---- tags --------------------------------------------------------------------------------------
 */

/* Up to the ">" that is not inside of quotes. */
static bool skip_attributes(struct xml *x, bool *empty, struct err *e)
{
    char quote = '\0', before = '\0';
    while (x->rest.n > 0) {
        char c = x->rest.p[0];
        skip(x, 1);
        if (quote == '\0' && c == '>') {
            *empty = before == '/';
            return true;
        }
        if (quote == '\0' && c == '<')
            break;
        if (quote == '\0' && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = '\0';
        before = c;
    }
    return wrong("a tag without its end", e);
}

static bool open_tag(struct xml *x, struct xml_event *event, struct err *e)
{
    skip(x, 1);
    struct slice name = take_name(x);
    if (name.n == 0)
        return wrong("a tag without name", e);
    if (x->depth == 0 && x->begun)
        return wrong("a second root", e);
    if (x->depth == XML_DEPTH_MAX)
        return wrong("elements are nested too deep", e);
    if (!skip_attributes(x, &x->pending, e))
        return false;
    x->open[x->depth++] = name;
    x->begun = true;
    buf_clear(&x->text);
    *event = (struct xml_event){.kind = XML_OPEN, .name = name, .depth = x->depth};
    return true;
}

static void close_element(struct xml *x, struct xml_event *event)
{
    x->pending = false;
    x->told = true;
    *event = (struct xml_event){.kind = XML_CLOSE,
                                .name = x->open[x->depth - 1],
                                .text = buf_text(&x->text),
                                .depth = x->depth};
    x->depth--;
}

static bool close_tag(struct xml *x, struct xml_event *event, struct err *e)
{
    skip(x, 2);
    struct slice name = take_name(x);
    while (x->rest.n > 0 && isspace((unsigned char)x->rest.p[0]))
        skip(x, 1);
    bool fits = x->depth > 0 && name.n == x->open[x->depth - 1].n &&
                memcmp(name.p, x->open[x->depth - 1].p, name.n) == 0;
    if (!fits || !begins(x, ">"))
        return wrong("an end tag that fits no element", e);
    skip(x, 1);
    close_element(x, event);
    return true;
}

struct xml xml_new(struct slice document)
{
    struct xml x = {.rest = document};
    if (begins(&x, "\xef\xbb\xbf"))
        skip(&x, 3);
    return x;
}

void xml_cleanup(struct xml *x)
{
    buf_cleanup(&x->text);
}

bool xml_next(struct xml *x, struct xml_event *event, struct err *e)
{
    if (!x->begun && begins(x, "<?xml") && !skip_behind(x, "?>", e))
        return false;
    if (x->pending) {
        close_element(x, event);
        return true;
    }
    if (x->told)
        buf_clear(&x->text);
    x->told = false;
    for (;;) {
        if (!take_text(x, e))
            return false;
        if (begins(x, "</"))
            return close_tag(x, event, e);
        if (begins(x, "<!--")) {
            if (!skip_behind(x, "-->", e))
                return false;
            continue;
        }
        if (begins(x, "<!") || begins(x, "<?"))
            return wrong("a declaration that has no place there", e);
        if (x->rest.n > 0)
            return open_tag(x, event, e);
        if (x->depth > 0 || !x->begun)
            return wrong("it ends too early", e);
        *event = (struct xml_event){.kind = XML_END};
        return true;
    }
}
