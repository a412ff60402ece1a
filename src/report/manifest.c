/* SPDX-License-Identifier: PostgreSQL */
#include "report/manifest.h"

#include "io/sha256.h"
#include "report/json.h"

#include <string.h>

/* The digest that belongs to it, whatever it says. */
static void digest_of(const struct manifest *m, char hex[SHA256_HEX_BYTES])
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    struct manifest bare = *m;
    struct sha256 sha = {0};
    bare.digest = NULL;
    json_document(&json_of_manifest, &bare, &text);
    sha256_begin(&sha);
    sha256_add(&sha, buf_text(&text), text.n);
    sha256_end(&sha, hex);
}

void manifest_write(struct arena *a, struct manifest *m, struct buf *out)
{
    char hex[SHA256_HEX_BYTES];
    digest_of(m, hex);
    m->digest = arena_strdup(a, hex);
    json_document(&json_of_manifest, m, out);
}

bool manifest_read(struct arena *a, struct slice text, struct manifest **m, bool *intact,
                   struct err *e)
{
    char hex[SHA256_HEX_BYTES];
    struct manifest *read = ARENA_NEW(a, struct manifest);
    if (!json_read_document(a, text, &json_of_manifest, read, e))
        return false;
    digest_of(read, hex);
    *intact = read->digest != NULL && strcmp(read->digest, hex) == 0;
    *m = read;
    return true;
}
