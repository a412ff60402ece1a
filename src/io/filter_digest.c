/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"
#include "io/sha256.h"

struct digest_link {
    struct source base;
    struct sha256 digest;
    char *hex;
};

static bool digest_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct digest_link *d = (struct digest_link *)s;
    if (!source_read(s->below, bytes, n, got, e))
        return false;
    if (*got > 0)
        sha256_add(&d->digest, bytes, *got);
    else
        sha256_end(&d->digest, d->hex);
    return true;
}

static void digest_close(struct source *s)
{
    sha256_cleanup(&((struct digest_link *)s)->digest);
}

static const struct source_ops digest_ops = {
    .name = "digest", .read = digest_read, .close = digest_close};

struct source *filter_digest(struct arena *a, struct source *below, char hex[65])
{
    if (below == NULL)
        return NULL;
    struct digest_link *d = ARENA_NEW(a, struct digest_link);
    *d = (struct digest_link){.base = {.ops = &digest_ops, .below = below}, .hex = hex};
    hex[0] = '\0';
    sha256_begin(&d->digest);
    return &d->base;
}
