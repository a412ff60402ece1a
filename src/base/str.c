/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"

#include "base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 64 };

struct unit {
    const char *name;
    double factor;
};

static const struct unit duration_units[] = {
    {"us", 1},     {"ms", 1e3},   {"s", 1e6},     {"sec", 1e6}, {"m", 60e6},
    {"min", 60e6}, {"h", 3600e6}, {"d", 86400e6}, {NULL, 0},
};

static const struct unit size_units[] = {
    {"", 1},
    {"B", 1},
    {"kB", 1e3},
    {"KB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"TB", 1e12},
    {"KiB", 1024.0},
    {"MiB", 1048576.0},
    {"GiB", 1073741824.0},
    {"TiB", 1099511627776.0},
    {NULL, 0},
};

struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

struct slice slice_trim_right(struct slice s)
{
    while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
        s.n--;
    return s;
}

bool slice_eq(struct slice s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

bool str_eq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && strcmp(text + n - m, suffix) == 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein distance; names beyond the bound count as far away. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n >= NAME_MAX_BYTES || m >= NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

const char *str_nearest(const char *name, const char *const *names)
{
    size_t limit = strlen(name) / 3 < 2 ? 2 : strlen(name) / 3;
    const char *best = NULL;
    for (; *names != NULL; names++) {
        size_t d = distance(name, *names);
        if (d <= limit && (best == NULL || d < distance(name, best)))
            best = *names;
    }
    return best;
}

bool str_parse_uint(const char *text, uint64_t *n)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *n = value;
    return true;
}

bool str_parse_int(const char *text, int64_t *n)
{
    if (!isdigit((unsigned char)text[text[0] == '-' ? 1 : 0]))
        return false;
    char *end;
    errno = 0;
    int64_t value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *n = value;
    return true;
}

/* A plain decimal number (no hex, no exponent, no inf); gives where it ends, NULL when it is none.
 */
static const char *decimal(const char *text, double *x)
{
    size_t digits = strspn(text, "0123456789");
    size_t n = digits;
    if (text[n] == '.')
        n += 1 + strspn(text + n + 1, "0123456789");
    if (digits == 0 || n > 30)
        return NULL;
    *x = strtod(text, NULL);
    return text + n;
}

bool str_parse_double(const char *text, double *x)
{
    double value;
    const char *end = decimal(text[0] == '-' ? text + 1 : text, &value);
    if (end == NULL || *end != '\0')
        return false;
    *x = text[0] == '-' ? -value : value;
    return true;
}

bool str_parse_bool(const char *text, bool *yes)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {{"true", true},   {"yes", true}, {"on", true},   {"1", true},
                 {"false", false}, {"no", false}, {"off", false}, {"0", false}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(text, words[i].word) == 0) {
            *yes = words[i].yes;
            return true;
        }
    return false;
}

static bool parse_with_unit(const char *text, const struct unit *units, double *value)
{
    double number;
    const char *unit = decimal(text, &number);
    if (unit == NULL)
        return false;
    unit += *unit == ' ';
    for (; units->name != NULL; units++)
        if (strcmp(unit, units->name) == 0) {
            *value = number * units->factor;
            return *value < 9e18;
        }
    return false;
}

bool str_parse_duration(const char *text, int64_t *us)
{
    double value;
    if (strcmp(text, "0") == 0)
        value = 0;
    else if (!parse_with_unit(text, duration_units, &value))
        return false;
    *us = llround(value);
    return true;
}

bool str_parse_size(const char *text, uint64_t *bytes)
{
    double value;
    if (!parse_with_unit(text, size_units, &value))
        return false;
    *bytes = (uint64_t)llround(value);
    return true;
}

bool str_parse_percent(const char *text, double *percent)
{
    double value;
    const char *end = decimal(text, &value);
    if (end == NULL || strcmp(end + strspn(end, " "), *end == '\0' ? "" : "%") != 0)
        return false;
    *percent = value;
    return true;
}

const char *str_count(struct arena *a, int64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    char *out = arena_alloc(a, 32), *w = out;
    for (int i = 0; i < len; i++) {
        *w++ = digits[i];
        int left = len - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-')
            *w++ = ',';
    }
    return out;
}

/* Three significant digits below 1000, none behind the point above. */
static const char *three_digits(struct arena *a, double x, const char *unit)
{
    int decimals = x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2;
    return arena_printf(a, "%.*f %s", decimals, x, unit);
}

const char *str_number_of(struct arena *a, int64_t n, const char *one, const char *many)
{
    return arena_printf(a, "%s %s", str_count(a, n), n == 1 ? one : many);
}

const char *str_bytes(struct arena *a, uint64_t bytes)
{
    static const char *const names[] = {"kB", "MB", "GB", "TB", "PB"};
    if (bytes < 1000)
        return arena_printf(a, "%u B", (unsigned)bytes);
    double x = (double)bytes / 1000;
    size_t i = 0;
    for (; x >= 999.5 && i + 1 < COUNT_OF(names); i++)
        x /= 1000;
    return three_digits(a, x, names[i]);
}

const char *str_duration(struct arena *a, int64_t us)
{
    double x = (double)us;
    if (us < 0) /* the smallest number has no counterpart above 0 */
        return arena_printf(a, "-%s", str_duration(a, us == INT64_MIN ? INT64_MAX : -us));
    if (us == 0)
        return "0 s";
    if (x < 1e3)
        return arena_printf(a, "%.0f us", x);
    if (x < 1e5)
        return three_digits(a, x / 1e3, "ms");
    if (x < 119.95e6)
        return arena_printf(a, "%.*f s", us % CLOCK_SECOND_US == 0 ? 0 : 1, x / 1e6);
    if (x < 7200e6)
        return arena_printf(a, "%.*f min", us % (60 * CLOCK_SECOND_US) == 0 ? 0 : 1, x / 60e6);
    return arena_printf(a, "%.*f h", us % (3600 * CLOCK_SECOND_US) == 0 ? 0 : 1, x / 3600e6);
}

const char *str_percent(struct arena *a, double percent)
{
    double hundredths = ceil(percent * 100 - 1e-6);
    return arena_printf(a, "%.10g %%", hundredths == 0 ? 0 : hundredths / 100);
}

const char *str_rate(struct arena *a, uint64_t bytes, int64_t us)
{
    double per_s = us <= 0 ? 0 : (double)bytes * 1e6 / (double)us;
    return arena_printf(a, "%s/s", str_bytes(a, (uint64_t)per_s));
}
