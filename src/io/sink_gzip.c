/* SPDX-License-Identifier: PostgreSQL */
#include "io/deflate.h"
#include "io/sink.h"

#include <assert.h>

enum { OUT_BYTES = 128 * 1024 };

struct gzip_link {
    struct sink base;
    const struct deflate_ops *ops;
    void *deflate;
    uint8_t *out;
};

/* Runs the encoder until it wants no more of the input and, when ending, has written its trailer.
 */
static bool encode(struct gzip_link *g, struct deflate_turn t, struct err *e)
{
    t.out = g->out;
    t.out_n = OUT_BYTES;
    do {
        g->ops->turn(g->deflate, &t);
        t.in += t.used;
        t.in_n -= t.used;
        if (!sink_write(g->base.below, g->out, t.made, e))
            return false;
    } while (t.in_n > 0 || (t.last && !t.ended));
    return true;
}

static bool gzip_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    return encode((struct gzip_link *)s, (struct deflate_turn){.in = bytes, .in_n = n}, e);
}

static bool gzip_finish(struct sink *s, struct err *e)
{
    static const uint8_t none[1];
    return encode((struct gzip_link *)s, (struct deflate_turn){.in = none, .last = true}, e);
}

static const struct sink_ops gzip_ops = {
    .name = "gzip", .write = gzip_write, .finish = gzip_finish};

struct sink *sink_gzip_by(struct arena *a, struct sink *below, int level,
                          const struct deflate_ops *ops)
{
    enum { LEVEL_MIN = 1, LEVEL_MAX = 9 };
    assert(level >= LEVEL_MIN && level <= LEVEL_MAX);
    if (below == NULL)
        return NULL;
    struct gzip_link *g = ARENA_NEW(a, struct gzip_link);
    *g = (struct gzip_link){.base = {.ops = &gzip_ops, .below = below},
                            .ops = ops,
                            .deflate = ops->begin(a, level),
                            .out = arena_alloc(a, OUT_BYTES)};
    return &g->base;
}

struct sink *sink_gzip(struct arena *a, struct sink *below, int level)
{
    return sink_gzip_by(a, below, level, deflate_all[0]);
}
