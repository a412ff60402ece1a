/* SPDX-License-Identifier: PostgreSQL */
#include "dump/charset.h"

#include <ctype.h>
#include <iconv.h>
#include <string.h>

enum { CHARACTER_BYTES_MAX = 4 };

/* A character that begins with a byte above 0x7f: the range of each of its bytes. */
struct byte_pattern {
    size_t n; /* 0 ends a list */
    struct {
        uint8_t low, high;
    } bytes[CHARACTER_BYTES_MAX];
};

/* Facts of PostgreSQL's src/common/wchar.c, the functions pg_*_verifychar. */
static const struct byte_pattern patterns_EUC_JP[] = {
    {2, {{0x8e, 0x8e}, {0xa1, 0xdf}}},
    {3, {{0x8f, 0x8f}, {0xa1, 0xfe}, {0xa1, 0xfe}}},
    {2, {{0xa1, 0xfe}, {0xa1, 0xfe}}},
    {0}};
static const struct byte_pattern patterns_EUC_KR[] = {{2, {{0xa1, 0xfe}, {0xa1, 0xfe}}}, {0}};
static const struct byte_pattern patterns_EUC_TW[] = {
    {4, {{0x8e, 0x8e}, {0xa1, 0xa7}, {0xa1, 0xfe}, {0xa1, 0xfe}}},
    {2, {{0x80, 0x8d}, {0xa1, 0xfe}}},
    {2, {{0x90, 0xff}, {0xa1, 0xfe}}},
    {0}};
static const struct byte_pattern patterns_MULE[] = {
    {2, {{0x81, 0x8d}, {0x80, 0xff}}},
    {3, {{0x90, 0x99}, {0x80, 0xff}, {0x80, 0xff}}},
    {3, {{0x9a, 0x9b}, {0x80, 0xff}, {0x80, 0xff}}},
    {4, {{0x9c, 0x9d}, {0x80, 0xff}, {0x80, 0xff}, {0x80, 0xff}}},
    {1, {{0x80, 0x80}}},
    {1, {{0x8e, 0x8f}}},
    {1, {{0x9e, 0xff}}},
    {0}};
static const struct byte_pattern patterns_SJIS[] = {{1, {{0xa1, 0xdf}}},
                                                    {2, {{0x81, 0x9f}, {0x40, 0x7e}}},
                                                    {2, {{0x81, 0x9f}, {0x80, 0xfc}}},
                                                    {2, {{0xe0, 0xfc}, {0x40, 0x7e}}},
                                                    {2, {{0xe0, 0xfc}, {0x80, 0xfc}}},
                                                    {0}};
/* The verifiers take any second byte but zero; what is below the digits converts to nothing, and a
 * broken first byte must not swallow the quote or newline behind it. */
static const struct byte_pattern patterns_BIG5[] = {{2, {{0x80, 0xff}, {0x30, 0xff}}}, {0}};
static const struct byte_pattern patterns_GB18030[] = {
    {4, {{0x81, 0xfe}, {0x30, 0x39}, {0x81, 0xfe}, {0x30, 0x39}}},
    {2, {{0x81, 0xfe}, {0x40, 0x7e}}},
    {2, {{0x81, 0xfe}, {0x80, 0xfe}}},
    {0}};
static const struct byte_pattern patterns_JOHAB[] = {
    {2, {{0x80, 0x8e}, {0xa1, 0xfe}}},
    {3, {{0x8f, 0x8f}, {0xa1, 0xfe}, {0xa1, 0xfe}}},
    {2, {{0x90, 0xff}, {0xa1, 0xfe}}},
    {0}};

/* What a family says of its encodings. */
#define FAMILY_ASCII .is_any = true
#define FAMILY_UTF8 .is_utf8 = true
#define FAMILY_BYTE .patterns = NULL
#define FAMILY_EUC_JP .patterns = patterns_EUC_JP
#define FAMILY_EUC_KR .patterns = patterns_EUC_KR
#define FAMILY_EUC_TW .patterns = patterns_EUC_TW
#define FAMILY_MULE .patterns = patterns_MULE
#define FAMILY_SJIS .patterns = patterns_SJIS, .embeds_ascii = true
#define FAMILY_BIG5 .patterns = patterns_BIG5, .embeds_ascii = true
#define FAMILY_GB18030 .patterns = patterns_GB18030, .embeds_ascii = true
#define FAMILY_JOHAB .patterns = patterns_JOHAB, .embeds_ascii = true

static const struct charset charsets[] = {
#define CHARSET(n, family, converter, others)                                                      \
    {.name = #n, .iconv = converter, .aliases = others, FAMILY_##family},
#include "dump/charset.def"
#undef CHARSET
};

/* ---- names -------------------------------------------------------------------------------------
 */

enum { NAME_BYTES_MAX = 63 };

/* As the server compares names: letters and digits alone, in lower case. */
static void clean(const char *name, char out[NAME_BYTES_MAX + 1])
{
    size_t n = 0;
    for (; *name != '\0' && n < NAME_BYTES_MAX; name++)
        if (isalnum((unsigned char)*name))
            out[n++] = (char)tolower((unsigned char)*name);
    out[n] = '\0';
}

/* Is it one of the words of a list? */
static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strstr(list, word); n > 0 && at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

const struct charset *charset_find(const char *name)
{
    char wanted[NAME_BYTES_MAX + 1], own[NAME_BYTES_MAX + 1];
    clean(name, wanted);
    for (size_t i = 0; i < COUNT_OF(charsets); i++) {
        clean(charsets[i].name, own);
        if (str_eq(own, wanted) || has_word(charsets[i].aliases, wanted))
            return &charsets[i];
    }
    return NULL;
}

const char *charset_for_database(const char *name)
{
    const struct charset *set = charset_find(name);
    return set == NULL || set->embeds_ascii ? "UTF8" : set->name;
}

/* ---- characters --------------------------------------------------------------------------------
 */

enum fit { FIT_NOT, FIT_SO_FAR, FIT_WHOLE };

static enum fit fits(const struct byte_pattern *p, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] < p->bytes[i].low || bytes[i] > p->bytes[i].high)
            return FIT_NOT;
    return n == p->n ? FIT_WHOLE : FIT_SO_FAR;
}

/* The held bytes against all patterns. None is longer than its pattern: that was whole before. */
static enum fit fits_any(const struct charset_reader *r)
{
    if (r->set->patterns == NULL || r->held[0] < 0x80)
        return FIT_WHOLE;
    for (const struct byte_pattern *p = r->set->patterns; p->n != 0; p++) {
        enum fit fit = p->n < r->n_held ? FIT_NOT : fits(p, r->held, r->n_held);
        if (fit != FIT_NOT)
            return fit;
    }
    return FIT_NOT;
}

/* Takes a byte. A character that it breaks is given up, and the byte may begin the next one. */
static enum fit take_byte(struct charset_reader *r, uint8_t byte)
{
    r->held[r->n_held++] = byte;
    enum fit fit = fits_any(r);
    if (fit == FIT_SO_FAR)
        return fit;
    bool again = fit == FIT_NOT && r->n_held > 1;
    r->n_bad += fit == FIT_NOT;
    r->n_held = 0;
    if (again) {
        uint64_t bad = r->n_bad;
        (void)take_byte(r, byte);
        r->n_bad = bad; /* one breach, told once */
    }
    return fit;
}

void charset_add(struct charset_reader *r, const char *bytes, size_t n, size_t *bad)
{
    *bad = n;
    if (r->set->patterns == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        if (take_byte(r, (uint8_t)bytes[i]) == FIT_NOT && *bad == n)
            *bad = i;
}

bool charset_end(struct charset_reader *r)
{
    bool fine = r->n_held == 0;
    r->n_bad += !fine;
    r->n_held = 0;
    return fine;
}

void charset_mask(struct charset_reader *r, char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool goes_on = r->n_held > 0;
        if (take_byte(r, (uint8_t)bytes[i]) != FIT_NOT && goes_on)
            bytes[i] = (char)(bytes[i] | 0x80);
    }
}

/* ---- conversion --------------------------------------------------------------------------------
 */

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] & 0x80) != 0)
            return false;
    return true;
}

const char *charset_text(struct arena *a, const struct charset *set, struct slice text)
{
    char *same = arena_strndup(a, text.p, text.n);
    if (set == NULL || set->iconv[0] == '\0' || is_ascii(text))
        return same;
    iconv_t converter = iconv_open("UTF-8", set->iconv);
    if ((intptr_t)converter == -1)
        return same;
    size_t in_left = text.n, out_left = 4 * text.n;
    char *in = same, *converted = arena_alloc(a, out_left + 1), *out = converted;
    bool ok = iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1 &&
              iconv(converter, NULL, NULL, &out, &out_left) != (size_t)-1;
    (void)iconv_close(converter);
    return ok ? converted : arena_strndup(a, text.p, text.n);
}
