/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "http/s3.h"
#include "http/s3_request.h"
#include "http/sigv4.h"
#include "http/xml.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

enum { PAGE_BYTES_MAX = 8 << 20 };

/* Files that go with backups and are none. */
static const char *const companions[] = {".sha256", ".sha512", ".md5",      ".manifest.json",
                                         ".asc",    ".sig",    "SHA256SUMS"};

static bool is_companion(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(companions); i++)
        if (str_ends(key, companions[i]))
            return true;
    return str_ends(key, "/") || key[0] == '\0';
}

/* A prefix was the server's to match. */
static bool matches(const char *pattern, const char *key)
{
    if (is_companion(key))
        return false;
    if (pattern[0] == '\0' || str_ends(pattern, "/"))
        return str_starts(key, pattern);
    return fnmatch(pattern, key, FNM_PATHNAME) == 0;
}

/* What the server can already leave out: the plain text before the first wildcard. */
static const char *prefix_of(struct arena *a, const char *pattern)
{
    size_t n = 0;
    while (pattern[n] != '\0' && strchr("*?[", pattern[n]) == NULL)
        n += pattern[n] == '\\' && pattern[n + 1] != '\0' ? 2 : 1;
    return s3_plain_key(a, arena_strndup(a, pattern, n));
}

/* ---- a page ------------------------------------------------------------------------------------
 */

static bool hex_digit(char c, unsigned *value)
{
    const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));
    if (at != NULL)
        *value = (unsigned)(at - digits);
    return at != NULL;
}

/* Keys come encoded as in a query (encoding-type=url), "+" for a blank included. */
static const char *decoded(struct arena *a, const char *text)
{
    char *plain = arena_strdup(a, text), *to = plain;
    for (const char *c = text; *c != '\0'; c++) {
        unsigned high, low;
        if (*c == '%' && hex_digit(c[1], &high) && hex_digit(c[2], &low)) {
            *to++ = (char)(high << 4 | low);
            c += 2;
        } else {
            *to++ = *c == '+' ? ' ' : *c;
        }
    }
    *to = '\0';
    return plain;
}

struct page {
    struct s3_found object; /* that is being read */
    bool has_time, has_size;
    bool truncated, encoded;
    const char *token;
    struct vec objects; /* struct s3_found, keys as they came */
};

static bool take_object(struct page *p, struct err *e)
{
    if (p->object.key == NULL || !p->has_time || !p->has_size)
        return err_set(e, ERR_FORMAT, "an object of the listing lacks its key, time or size");
    *(struct s3_found *)vec_push(&p->objects) = p->object;
    p->object = (struct s3_found){0};
    p->has_time = p->has_size = false;
    return true;
}

static void take_member(struct arena *a, struct page *p, const struct xml_event *x)
{
    if (slice_eq(x->name, "Key"))
        p->object.key = arena_strdup(a, x->text);
    if (slice_eq(x->name, "LastModified"))
        p->has_time = clock_parse_iso(x->text, &p->object.modified_us);
    if (slice_eq(x->name, "Size"))
        p->has_size = str_parse_uint(x->text, &p->object.size_bytes);
}

static bool take_element(struct arena *a, struct page *p, const struct xml_event *x, struct err *e)
{
    enum { TOP = 2, MEMBER = 3 };
    if (x->depth == MEMBER)
        take_member(a, p, x);
    if (x->depth != TOP)
        return true;
    if (slice_eq(x->name, "Contents"))
        return take_object(p, e);
    if (slice_eq(x->name, "IsTruncated"))
        p->truncated = str_eq(x->text, "true");
    if (slice_eq(x->name, "EncodingType"))
        p->encoded = str_eq(x->text, "url");
    if (slice_eq(x->name, "NextContinuationToken"))
        p->token = arena_strdup(a, x->text);
    return true;
}

static bool read_page(struct arena *a, struct slice text, struct page *p, struct err *e)
{
    struct xml_event event = {0};
    CLEANUP(xml_cleanup) struct xml x = xml_new(text);
    *p = (struct page){.objects = vec_new(a, sizeof(struct s3_found))};
    do {
        if (!xml_next(&x, &event, e))
            return false;
        if (event.kind == XML_OPEN && event.depth == 1 && !slice_eq(event.name, "ListBucketResult"))
            return err_set(e, ERR_FORMAT, "the answer is no listing of a bucket");
        if (event.kind == XML_CLOSE && !take_element(a, p, &event, e))
            return false;
    } while (event.kind != XML_END);
    if (p->truncated && p->token == NULL)
        return err_set(e, ERR_FORMAT, "the listing is cut, and does not say where it goes on");
    return true;
}

static bool is_newer(const struct s3_found *x, const struct s3_found *best)
{
    if (best->key == NULL || x->modified_us != best->modified_us)
        return best->key == NULL || x->modified_us > best->modified_us;
    return strcmp(x->key, best->key) > 0;
}

bool s3_take_page(struct arena *a, struct slice page, struct s3_listing *l, struct err *e)
{
    struct page p;
    if (!read_page(a, page, &p, e))
        return false;
    VEC_EACH (struct s3_found, o, &p.objects) {
        if (p.encoded)
            o->key = decoded(a, o->key);
        if (!matches(l->pattern, o->key))
            continue;
        o->n_match = l->found.n_match + 1;
        if (is_newer(o, &l->found))
            l->found = *o;
        l->found.n_match = o->n_match;
    }
    l->token = p.truncated ? p.token : NULL;
    return true;
}

/* ---- all pages ---------------------------------------------------------------------------------
 */

static const char *query_of(struct arena *a, const char *prefix, const char *token)
{
    const char *next =
        token == NULL ? ""
                      : arena_printf(a, "continuation-token=%s&", sigv4_encode(a, token, false));
    return arena_printf(a, "%sencoding-type=url&list-type=2&prefix=%s", next,
                        sigv4_encode(a, prefix, false));
}

static bool next_page(struct arena *a, const struct s3 *s3, const char *bucket,
                      struct s3_listing *l, struct err *e)
{
    struct http_request request = s3_request(a, s3, &(struct s3_name){bucket, ""},
                                             query_of(a, prefix_of(a, l->pattern), l->token));
    struct slice page;
    bool ok = http_get_small(a, &request, PAGE_BYTES_MAX, &page, e) && s3_take_page(a, page, l, e);
    if (!ok && (e->code == ERR_FORMAT || e->code == ERR_LIMIT))
        e->code = ERR_CONNECT; /* of the listing, not of the backup */
    return ok;
}

bool s3_newest(struct arena *a, const struct s3 *s3, const struct s3_name *name,
               struct s3_found *found, struct err *e)
{
    struct s3_listing l = {.pattern = name->key};
    for (unsigned i = 0; i < S3_PAGES_MAX; i++) {
        CLEANUP(arena_cleanup) struct arena *page = arena_new();
        if (!next_page(page, s3, name->bucket, &l, e))
            return err_wrap(e, "list s3://%s/%s", name->bucket, name->key);
        l.token = l.token == NULL ? NULL : arena_strdup(a, l.token);
        l.found.key = l.found.key == NULL ? NULL : arena_strdup(a, l.found.key);
        if (l.token != NULL)
            continue;
        *found = l.found;
        return l.found.key != NULL ||
               err_set(e, ERR_MISSING, "s3://%s/%s: no backup matches", name->bucket, name->key);
    }
    return err_set(e, ERR_REFUSED, "s3://%s/%s: more than %d pages of objects; narrow the prefix",
                   name->bucket, name->key, S3_PAGES_MAX);
}
