/* SPDX-License-Identifier: PostgreSQL */
/* The command attest: who wrote a report or a manifest. */
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "io/sign.h"
#include "run/run.h"

#include <stdio.h>

/* *good: is the signature beside the file its own? */
static bool verify(struct arena *a, const char *key, const char *path, bool *good, struct err *e)
{
    struct slice text, signature;
    const char *beside = arena_printf(a, "%s" SIGN_SUFFIX, path);
    if (key == NULL)
        return err_set(e, ERR_USAGE, "attest verify: name the public key with --public-key");
    return fs_read_file(a, path, SIGN_FILE_MAX, &text, e) &&
           fs_read_file(a, beside, SIGN_FILE_MAX, &signature, e) &&
           sign_verify(key, text, signature, good, e);
}

int run_attest(struct arena *a, const struct config *config, const char *const *words)
{
    bool good = false;
    struct err e = {0};
    bool known = str_eq(words[0], "verify");
    if (!known)
        (void)err_set(&e, ERR_USAGE, "attest: there is no \"%s\"; attest verify FILE", words[0]);
    if (!known || !verify(a, config->sign_public_key, words[1], &good, &e)) {
        log_line(LOG_ERROR, "%s", e.text);
        return err_exit_status(e.code);
    }
    if (!config->quiet)
        (void)printf("%s: %s\n", words[1],
                     good ? "signed with this key, and not changed since"
                          : "its signature does not fit: it was changed, or signed with another "
                            "key");
    return good ? 0 : 1;
}
