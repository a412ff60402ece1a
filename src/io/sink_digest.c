/* SPDX-License-Identifier: PostgreSQL */
#include "io/sink.h"

struct digest_link {
    struct sink base;
    struct sha256 digest;
    struct sink_digest *result;
};

static bool digest_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    struct digest_link *d = (struct digest_link *)s;
    sha256_add(&d->digest, bytes, n);
    return sink_write(s->below, bytes, n, e);
}

static bool digest_finish(struct sink *s, struct err *e)
{
    struct digest_link *d = (struct digest_link *)s;
    (void)e;
    d->result->bytes = s->offset;
    sha256_end(&d->digest, d->result->sha256);
    return true;
}

static void digest_close(struct sink *s)
{
    sha256_cleanup(&((struct digest_link *)s)->digest);
}

static const struct sink_ops digest_ops = {
    .name = "digest", .write = digest_write, .finish = digest_finish, .close = digest_close};

struct sink *sink_digest(struct arena *a, struct sink *below, struct sink_digest *result)
{
    if (below == NULL)
        return NULL;
    struct digest_link *d = ARENA_NEW(a, struct digest_link);
    *d = (struct digest_link){.base = {.ops = &digest_ops, .below = below}, .result = result};
    *result = (struct sink_digest){0};
    sha256_begin(&d->digest);
    return &d->base;
}
