/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"

#include <openssl/evp.h>

#include <assert.h>
#include <stdio.h>

struct md5_link {
    struct source base;
    EVP_MD_CTX *context;
    char *hex;
};

static void end(struct md5_link *m)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int ok = EVP_DigestFinal_ex(m->context, digest, &n);
    assert(ok == 1 && 2 * n + 1 == FILTER_MD5_HEX_BYTES);
    (void)ok;
    for (unsigned i = 0; i < n; i++)
        (void)snprintf(m->hex + (size_t)2 * i, 3, "%02x", digest[i]);
}

static bool md5_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct md5_link *m = (struct md5_link *)s;
    if (!source_read(s->below, bytes, n, got, e))
        return false;
    if (*got == 0) {
        end(m);
        return true;
    }
    int ok = EVP_DigestUpdate(m->context, bytes, *got);
    assert(ok == 1);
    (void)ok;
    return true;
}

static void md5_close(struct source *s)
{
    EVP_MD_CTX_free(((struct md5_link *)s)->context);
}

static const struct source_ops md5_ops = {.name = "md5", .read = md5_read, .close = md5_close};

struct source *filter_md5(struct arena *a, struct source *below, char hex[FILTER_MD5_HEX_BYTES])
{
    if (below == NULL)
        return NULL;
    struct md5_link *m = ARENA_NEW(a, struct md5_link);
    *m = (struct md5_link){
        .base = {.ops = &md5_ops, .below = below}, .context = EVP_MD_CTX_new(), .hex = hex};
    hex[0] = '\0';
    int ok = m->context != NULL && EVP_DigestInit_ex(m->context, EVP_md5(), NULL);
    assert(ok);
    (void)ok;
    return &m->base;
}
