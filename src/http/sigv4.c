/* SPDX-License-Identifier: PostgreSQL */
#include "http/sigv4.h"

#include "base/buf.h"
#include "io/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <assert.h>
#include <ctype.h>
#include <string.h>

const char sigv4_no_payload[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

enum { KEY_BYTES = 32, DAY_CHARS = 8 };

static void hex_of(struct buf *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%02x", bytes[i]);
}

const char *sigv4_encode(struct arena *a, const char *text, bool keep_slash)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = (isascii(*c) && isalnum((unsigned char)*c)) || strchr("-._~", *c) != NULL ||
                     (keep_slash && *c == '/');
        if (plain)
            buf_putc(&out, *c);
        else
            buf_printf(&out, "%%%02X", (unsigned)(unsigned char)*c);
    }
    return arena_strdup(a, buf_text(&out));
}

static void keyed_hash(const void *key, size_t key_n, const char *text, uint8_t out[KEY_BYTES])
{
    unsigned n = 0;
    const uint8_t *made =
        HMAC(EVP_sha256(), key, (int)key_n, (const uint8_t *)text, strlen(text), out, &n);
    assert(made != NULL && n == KEY_BYTES);
    (void)made;
}

static const char *signed_names(struct arena *a, const struct sigv4_request *r)
{
    CLEANUP(buf_cleanup) struct buf names = {0};
    for (size_t i = 0; i < r->n_headers; i++)
        buf_printf(&names, "%s%s", i == 0 ? "" : ";", r->headers[i].name);
    return arena_strdup(a, buf_text(&names));
}

static void canonical_hash(const struct sigv4_request *r, const char *names,
                           char hex[SHA256_HEX_BYTES])
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    buf_printf(&text, "GET\n%s\n%s\n", r->path, r->query);
    for (size_t i = 0; i < r->n_headers; i++)
        buf_printf(&text, "%s:%s\n", r->headers[i].name, r->headers[i].value);
    buf_printf(&text, "\n%s\n%s", names, r->payload);
    struct sha256 digest;
    sha256_begin(&digest);
    sha256_add(&digest, text.p, text.n);
    sha256_end(&digest, hex);
}

static void signing_key(struct arena *a, const struct sigv4_keys *keys, const char *day,
                        uint8_t key[KEY_BYTES])
{
    const char *steps[] = {day, keys->region, "s3", "aws4_request"};
    const char *first = arena_printf(a, "AWS4%s", keys->secret);
    keyed_hash(first, strlen(first), steps[0], key);
    for (size_t i = 1; i < COUNT_OF(steps); i++) {
        uint8_t next[KEY_BYTES];
        keyed_hash(key, KEY_BYTES, steps[i], next);
        memcpy(key, next, KEY_BYTES);
    }
}

const char *sigv4_authorization(struct arena *a, const struct sigv4_keys *keys,
                                const struct sigv4_request *request,
                                const char stamp[CLOCK_STAMP_BYTES])
{
    char hash[SHA256_HEX_BYTES];
    uint8_t key[KEY_BYTES], signature[KEY_BYTES];
    const char *day = arena_strndup(a, stamp, DAY_CHARS);
    const char *scope = arena_printf(a, "%s/%s/s3/aws4_request", day, keys->region);
    const char *names = signed_names(a, request);
    canonical_hash(request, names, hash);
    signing_key(a, keys, day, key);
    keyed_hash(key, KEY_BYTES, arena_printf(a, "AWS4-HMAC-SHA256\n%s\n%s\n%s", stamp, scope, hash),
               signature);
    CLEANUP(buf_cleanup) struct buf out = {0};
    buf_printf(&out, "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=", keys->access,
               scope, names);
    hex_of(&out, signature, KEY_BYTES);
    return arena_strdup(a, buf_text(&out));
}
