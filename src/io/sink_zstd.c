/* SPDX-License-Identifier: PostgreSQL */
#include "io/sink.h"

#include <zstd.h>

enum { OUT_BYTES = 128 * 1024 };

struct zstd_link {
    struct sink base;
    ZSTD_CCtx *context;
    uint8_t *out;
};

/* Runs the encoder until it wants no more of `in` and, when ending, has nothing left to write. */
static bool encode(struct zstd_link *z, ZSTD_inBuffer *in, ZSTD_EndDirective how, struct err *e)
{
    size_t left;
    do {
        ZSTD_outBuffer out = {.dst = z->out, .size = OUT_BYTES};
        left = ZSTD_compressStream2(z->context, &out, in, how);
        if (ZSTD_isError(left))
            return err_set(e, ERR_DEFECT, "zstd: %s", ZSTD_getErrorName(left));
        if (!sink_write(z->base.below, z->out, out.pos, e))
            return false;
    } while (in->pos < in->size || (how == ZSTD_e_end && left > 0));
    return true;
}

static bool zstd_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    return encode((struct zstd_link *)s, &(ZSTD_inBuffer){.src = bytes, .size = n}, ZSTD_e_continue,
                  e);
}

static bool zstd_finish(struct sink *s, struct err *e)
{
    return encode((struct zstd_link *)s, &(ZSTD_inBuffer){.src = "", .size = 0}, ZSTD_e_end, e);
}

static void zstd_close(struct sink *s)
{
    (void)ZSTD_freeCCtx(((struct zstd_link *)s)->context);
}

static const struct sink_ops zstd_ops = {
    .name = "zstd", .write = zstd_write, .finish = zstd_finish, .close = zstd_close};

struct sink *sink_zstd(struct arena *a, struct sink *below, int level, struct err *e)
{
    if (below == NULL)
        return NULL;
    struct zstd_link *z = ARENA_NEW(a, struct zstd_link);
    *z = (struct zstd_link){.base = {.ops = &zstd_ops, .below = below},
                            .context = ZSTD_createCCtx(),
                            .out = arena_alloc(a, OUT_BYTES)};
    if (z->context == NULL ||
        ZSTD_isError(ZSTD_CCtx_setParameter(z->context, ZSTD_c_compressionLevel, level)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(z->context, ZSTD_c_checksumFlag, 1))) {
        err_set(e, ERR_SYSTEM, "zstd: no encoder of level %d", level);
        sink_close(&z->base);
        return NULL;
    }
    return &z->base;
}
