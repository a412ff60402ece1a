/* SPDX-License-Identifier: PostgreSQL */
#include "io/sign.h"

#include "base/fs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <sys/stat.h>

enum { KEY_BYTES_MAX = 1 << 16 };

static void cleanup_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void cleanup_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void cleanup_bio(BIO **bio)
{
    BIO_free_all(*bio);
}

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *buf, int size, int writing, void *context)
{
    (void)buf, (void)size, (void)writing, (void)context;
    return -1;
}

static EVP_PKEY *read_key(const char *path, bool private, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice pem;
    if (!fs_read_file(a, path, KEY_BYTES_MAX, &pem, e))
        return NULL;
    CLEANUP(cleanup_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key = private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
                            : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    if (key != NULL && EVP_PKEY_base_id(key) == EVP_PKEY_ED25519)
        return key;
    EVP_PKEY_free(key);
    (void)err_set(e, ERR_USAGE, "%s is no %s Ed25519 key in PEM%s", path,
                  private ? "private" : "public", private ? " without a passphrase" : "");
    return NULL;
}

static EVP_PKEY *read_private(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
        (void)err_set(e, ERR_USAGE, "the key %s can be read by others: chmod 600 it", path);
        return NULL;
    }
    return read_key(path, true, e);
}

bool sign_check_key(const char *key_path, struct err *e)
{
    CLEANUP(cleanup_key) EVP_PKEY *key = read_private(key_path, e);
    return key != NULL;
}

bool sign_file(const char *key_path, const char *path, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(cleanup_key) EVP_PKEY *key = read_private(key_path, e);
    CLEANUP(cleanup_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[SIGN_BYTES];
    size_t n = sizeof signature;
    struct slice text;
    struct stat st;
    if (key == NULL || !fs_read_file(a, path, SIGN_FILE_MAX, &text, e))
        return false;
    if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &n, (const unsigned char *)text.p, text.n) != 1)
        return err_set(e, ERR_SYSTEM, "OpenSSL could not sign %s", path);
    mode_t mode = stat(path, &st) == 0 ? st.st_mode & 0777 : 0600;
    return fs_write_file(a, arena_printf(a, "%s" SIGN_SUFFIX, path), mode,
                         (struct slice){(const char *)signature, n}, e);
}

bool sign_verify(const char *public_key_path, struct slice text, struct slice signature, bool *good,
                 struct err *e)
{
    CLEANUP(cleanup_key) EVP_PKEY *key = read_key(public_key_path, false, e);
    CLEANUP(cleanup_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (key == NULL)
        return false;
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) != 1)
        return err_set(e, ERR_SYSTEM, "OpenSSL could not begin to verify");
    *good = EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n,
                             (const unsigned char *)text.p, text.n) == 1;
    return true;
}
