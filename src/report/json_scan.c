/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"
#include "report/json.h"

#include <string.h>

struct scan {
    struct slice text;
    size_t i; /* next byte */
    int depth;
    struct buf *out;
};

static bool refuse(const struct scan *s, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "no report: %s at byte %zu", what, s->i);
}

static char peek(const struct scan *s, size_t ahead)
{
    return ahead < s->text.n - s->i ? s->text.p[s->i + ahead] : '\0';
}

static void copy(struct scan *s, size_t n)
{
    buf_append(s->out, s->text.p + s->i, n);
    s->i += n;
}

static bool scan_escape(struct scan *s, struct err *e)
{
    if (peek(s, 1) != 'u') {
        if (strchr("\"\\/bfnrt", peek(s, 1)) == NULL || peek(s, 1) == '\0')
            return refuse(s, "an unknown escape", e);
        copy(s, 2);
        return true;
    }
    size_t digits = 0;
    while (digits < 4 && peek(s, 2 + digits) != '\0' &&
           strchr("0123456789abcdefABCDEF", peek(s, 2 + digits)) != NULL)
        digits++;
    if (digits < 4)
        return refuse(s, "an unknown escape", e);
    if (memcmp(s->text.p + s->i + 2, "0000", 4) == 0)
        return refuse(s, "a NUL character", e);
    copy(s, 6);
    return true;
}

static bool scan_string(struct scan *s, struct err *e)
{
    copy(s, 1);
    while (s->i < s->text.n) {
        uint32_t code = 0;
        size_t n = utf8_decode(s->text.p + s->i, s->text.n - s->i, &code);
        if (n == 0)
            return refuse(s, "malformed UTF-8", e);
        if (code < 0x20)
            return refuse(s, "a raw control character", e);
        if (code == '\\') {
            if (!scan_escape(s, e))
                return false;
            continue;
        }
        copy(s, n);
        if (code == '"')
            return true;
    }
    return refuse(s, "a string without end", e);
}

static size_t digits_at(const struct scan *s, size_t ahead)
{
    size_t n = 0;
    while (peek(s, ahead + n) >= '0' && peek(s, ahead + n) <= '9')
        n++;
    return n;
}

/* Length of the number that begins here, 0 when the grammar forbids it; `integer`: only digits. */
static size_t number_length(const struct scan *s, bool *integer)
{
    size_t n = peek(s, 0) == '-';
    size_t whole = digits_at(s, n);
    if (whole == 0 || (whole > 1 && peek(s, n) == '0'))
        return 0;
    n += whole;
    *integer = true;
    if (peek(s, n) == '.') {
        size_t fraction = digits_at(s, n + 1);
        if (fraction == 0)
            return 0;
        n += 1 + fraction;
        *integer = false;
    }
    if (peek(s, n) == 'e' || peek(s, n) == 'E') {
        size_t sign = peek(s, n + 1) == '-' || peek(s, n + 1) == '+';
        size_t exponent = digits_at(s, n + 1 + sign);
        if (exponent == 0)
            return 0;
        n += 1 + sign + exponent;
        *integer = false;
    }
    return n;
}

static bool scan_number(struct scan *s, struct err *e)
{
    bool integer = false;
    size_t n = number_length(s, &integer);
    if (n == 0 || n > JSON_NUMBER_MAX)
        return refuse(s, "no number", e);
    bool marked = integer && n > JSON_EXACT_DIGITS;
    if (marked) {
        buf_putc(s->out, '"');
        buf_putc(s->out, JSON_INTEGER_MARK);
    }
    copy(s, n);
    if (marked)
        buf_putc(s->out, '"');
    return true;
}

/* Anything between strings and numbers; cJSON judges the grammar of it. */
static bool scan_other(struct scan *s, struct err *e)
{
    char c = peek(s, 0);
    bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    bool letter = c >= 'a' && c <= 'z';
    if (!blank && !letter && (c == '\0' || strchr("{}[]:,", c) == NULL))
        return refuse(s, "an unexpected character", e);
    s->depth += c == '{' || c == '[';
    s->depth -= c == '}' || c == ']';
    if (s->depth > JSON_DEPTH_MAX)
        return refuse(s, "too deep a nesting", e);
    copy(s, 1);
    return true;
}

bool json_scan(struct slice text, struct buf *out, struct err *e)
{
    if (text.n > JSON_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "no report: %zu bytes, %d are read at the most", text.n,
                       JSON_BYTES_MAX);
    struct scan s = {.text = text, .out = out};
    while (s.i < text.n) {
        char c = peek(&s, 0);
        bool ok = c == '"'                             ? scan_string(&s, e)
                  : c == '-' || (c >= '0' && c <= '9') ? scan_number(&s, e)
                                                       : scan_other(&s, e);
        if (!ok)
            return false;
    }
    return true;
}
