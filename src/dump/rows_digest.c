/* SPDX-License-Identifier: PostgreSQL */
#include "dump/rows_digest.h"

#if defined __x86_64__
#include <xxh_x86dispatch.h> /* the same functions, by what the processor has */
#else
#include <xxhash.h>
#endif

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_hash(struct rows_digest *sum, XXH128_hash_t hash)
{
    rows_digest_join(sum, &(struct rows_digest){hash.low64, hash.high64});
}

void rows_digest_add(struct rows_digest *sum, const char *line, size_t n)
{
    add_hash(sum, XXH3_128bits(line, n));
}

void rows_digest_join(struct rows_digest *sum, const struct rows_digest *more)
{
    sum->low += more->low;
    sum->high += more->high + (sum->low < more->low);
}

void rows_digest_hex(const struct rows_digest *sum, char hex[ROWS_DIGEST_HEX_BYTES])
{
    (void)snprintf(hex, ROWS_DIGEST_HEX_BYTES, "%016" PRIx64 "%016" PRIx64, sum->high, sum->low);
}

static bool read_digits(const char *hex, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 16; i++) {
        char c = hex[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        *value = *value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

bool rows_digest_read(const char *hex, struct rows_digest *sum)
{
    struct rows_digest read;
    if (strlen(hex) != ROWS_DIGEST_HEX_BYTES - 1 || !read_digits(hex, &read.high) ||
        !read_digits(hex + 16, &read.low))
        return false;
    *sum = read;
    return true;
}

/* ---- one line in pieces ------------------------------------------------------------------------
 */

enum place {
    AT_START, /* of a column */
    IN_COLUMN,
    ESCAPE_AT_START, /* behind a backslash that begins a column */
    ESCAPE,          /* behind another one */
    NULL_MARK,       /* behind \N at the start: NULL when the column ends here, else an N */
    OCTAL,           /* behind \ and one or two octal digits */
    HEX,             /* behind \x and none or one hex digit */
};

struct row_text {
    XXH3_state_t *hash;
    enum place place;
    bool cr; /* a carriage return was seen: the line's end may be behind it */
    unsigned value, n_digits;
    char out[256]; /* what is not hashed yet */
    size_t out_n;
};

/* The letters of bytes below ' ' that have one. */
static const char letters[] = "........btnvfr..................";

/* The letter that COPY writes behind a backslash for this byte, 0 when it writes the byte. */
static char letter_of(char byte)
{
    if (byte == '\\')
        return '\\';
    bool control = (unsigned char)byte < sizeof letters - 1;
    return control && letters[(unsigned char)byte] != '.' ? letters[(unsigned char)byte] : '\0';
}

static void flush(struct row_text *t)
{
    XXH_errorcode status = XXH3_128bits_update(t->hash, t->out, t->out_n);
    assert(status == XXH_OK);
    (void)status;
    t->out_n = 0;
}

static void restart(struct row_text *t)
{
    XXH_errorcode status = XXH3_128bits_reset(t->hash);
    assert(status == XXH_OK);
    (void)status;
    t->place = AT_START;
    t->cr = false;
    t->out_n = 0;
}

struct row_text *row_text_open(void)
{
    struct row_text *t = malloc(sizeof *t);
    assert(t != NULL);
    *t = (struct row_text){.hash = XXH3_createState()};
    assert(t->hash != NULL);
    restart(t);
    return t;
}

void row_text_close(struct row_text *t)
{
    if (t == NULL)
        return;
    (void)XXH3_freeState(t->hash);
    free(t);
}

static void put(struct row_text *t, char byte)
{
    if (t->out_n == sizeof t->out)
        flush(t);
    t->out[t->out_n++] = byte;
}

/* A character of the column's text. */
static void put_text(struct row_text *t, char byte)
{
    char letter = letter_of(byte);
    if (letter != '\0')
        put(t, '\\');
    put(t, letter != '\0' ? letter : byte);
    t->place = IN_COLUMN;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* The byte behind a backslash. */
static void escaped(struct row_text *t, char byte)
{
    const char *letter = byte == '.' ? NULL : memchr(letters, byte, sizeof letters - 1);
    bool at_start = t->place == ESCAPE_AT_START;
    t->n_digits = 0;
    t->value = 0;
    if (byte == 'N' && at_start) {
        t->place = NULL_MARK;
    } else if (byte == 'x') {
        t->place = HEX;
    } else if (is_octal(byte)) {
        t->place = OCTAL;
        t->n_digits = 1;
        t->value = (unsigned)(byte - '0');
    } else {
        put_text(t, letter != NULL ? (char)(letter - letters) : byte);
    }
}

/* One more digit of a number. False: the number ends before this byte. */
static bool digit(struct row_text *t, char byte)
{
    bool octal = t->place == OCTAL;
    int value = octal && !is_octal(byte) ? -1 : hex_digit(byte);
    if (value < 0 || t->n_digits == (octal ? 3 : 2))
        return false;
    t->value = t->value * (octal ? 8 : 16) + (unsigned)value;
    t->n_digits++;
    return true;
}

/* What was begun and goes no further: a number, or \N that the line's end does not follow. */
static void settle(struct row_text *t, bool column_ends)
{
    if (t->place == NULL_MARK && column_ends) {
        put(t, '\\');
        put(t, 'N');
    } else if (t->place == NULL_MARK) {
        put_text(t, 'N');
    } else if (t->place == HEX && t->n_digits == 0) {
        put_text(t, 'x');
    } else if (t->place == HEX || t->place == OCTAL) {
        put_text(t, (char)(uint8_t)t->value);
    }
}

static void one_byte(struct row_text *t, char byte, char raw)
{
    bool high = ((unsigned char)byte & 0x80) != 0;
    if (!high && (t->place == ESCAPE || t->place == ESCAPE_AT_START)) {
        escaped(t, byte);
        return;
    }
    if ((t->place == OCTAL || t->place == HEX) && digit(t, byte))
        return;
    settle(t, byte == '\t');
    if (byte == '\\') {
        t->place = t->place == AT_START ? ESCAPE_AT_START : ESCAPE;
    } else if (byte == '\t') {
        put(t, byte);
        t->place = AT_START;
    } else if (high) {
        put(t, raw);
        t->place = IN_COLUMN;
    } else {
        put_text(t, byte);
    }
}

/* Bytes at the front that mean themselves. */
static size_t ordinary(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] != '\\' && (unsigned char)p[i] >= ' ')
        i++;
    return i;
}

static void put_all(struct row_text *t, const char *bytes, size_t n)
{
    if (n > sizeof t->out - t->out_n)
        flush(t);
    if (n > sizeof t->out) {
        (void)XXH3_128bits_update(t->hash, bytes, n);
        return;
    }
    memcpy(t->out + t->out_n, bytes, n);
    t->out_n += n;
}

void row_text_add(struct row_text *t, const char *bytes, const char *raw, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t->cr)
            one_byte(t, '\r', '\r');
        t->cr = bytes[i] == '\r' && t->place != ESCAPE && t->place != ESCAPE_AT_START;
        if (!t->cr)
            one_byte(t, bytes[i], raw[i]);
        if (t->cr || t->place != IN_COLUMN)
            continue;
        size_t more = ordinary(bytes + i + 1, n - i - 1);
        put_all(t, raw + i + 1, more);
        i += more;
    }
}

void row_text_end(struct row_text *t, struct rows_digest *sum)
{
    settle(t, true);
    flush(t);
    add_hash(sum, XXH3_128bits_digest(t->hash));
    restart(t);
}
