/* SPDX-License-Identifier: PostgreSQL */
#include "io/sha256.h"

#include <openssl/evp.h>

#include <assert.h>

/* The algorithm is built into the library: only a lack of memory makes it fail. */
static void must(int ok)
{
    assert(ok == 1);
    (void)ok;
}

void sha256_begin(struct sha256 *d)
{
    d->context = EVP_MD_CTX_new();
    must(d->context != NULL);
    must(EVP_DigestInit_ex(d->context, EVP_sha256(), NULL));
}

void sha256_add(struct sha256 *d, const void *bytes, size_t n)
{
    must(EVP_DigestUpdate(d->context, bytes, n));
}

void sha256_end(struct sha256 *d, char hex[SHA256_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    must(EVP_DigestFinal_ex(d->context, digest, &n));
    assert(2 * n + 1 == SHA256_HEX_BYTES);
    for (unsigned i = 0; i < n; i++) {
        *hex++ = digits[digest[i] >> 4];
        *hex++ = digits[digest[i] & 15];
    }
    *hex = '\0';
    sha256_cleanup(d);
}

void sha256_cleanup(struct sha256 *d)
{
    EVP_MD_CTX_free(d->context);
    d->context = NULL;
}
