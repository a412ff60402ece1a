/* SPDX-License-Identifier: PostgreSQL */
#include "io/deflate.h"

#include <zlib.h>

#include <assert.h>
#include <limits.h>
#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

static unsigned at_most_uint(size_t n)
{
    return n > UINT_MAX / 2 ? UINT_MAX / 2 : (unsigned)n;
}

static void *zlib_alloc(void *arena, unsigned n, unsigned size)
{
    return arena_alloc(arena, (size_t)n * size);
}

static void zlib_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static void *zlib_begin(struct arena *a, int level)
{
    enum { GZIP_ONLY = 16, MEMORY_LEVEL = 8 };
    z_stream *z = ARENA_NEW(a, z_stream);
    *z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = a};
    int status =
        deflateInit2(z, level, Z_DEFLATED, MAX_WBITS + GZIP_ONLY, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
    (void)status;
    return z;
}

static void zlib_turn(void *state, struct deflate_turn *t)
{
    z_stream *z = state;
    /* The library's pointer is not const, but it only reads there. */
    z->next_in = (uint8_t *)(uintptr_t)t->in;
    z->avail_in = at_most_uint(t->in_n);
    z->next_out = t->out;
    z->avail_out = at_most_uint(t->out_n);
    bool last = t->last && z->avail_in == t->in_n;
    int status = deflate(z, last ? Z_FINISH : Z_NO_FLUSH);
    assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR);
    t->used = (size_t)(z->next_in - t->in);
    t->made = (size_t)(z->next_out - t->out);
    t->ended = status == Z_STREAM_END;
}

static const struct deflate_ops zlib_ops = {.name = "zlib", .begin = zlib_begin, .turn = zlib_turn};

#ifdef HAVE_ISAL
/* Its levels are 0 to 3; the usual 1 to 9 are folded onto 1 to 3. */
static void *isal_begin(struct arena *a, int level)
{
    static const uint32_t level_bytes[] = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT,
                                           ISAL_DEF_LVL3_DEFAULT};
    struct isal_zstream *z = ARENA_NEW(a, struct isal_zstream);
    isal_deflate_init(z);
    z->gzip_flag = IGZIP_GZIP;
    z->level = level <= 2 ? 1 : level <= 5 ? 2 : 3;
    z->level_buf_size = level_bytes[z->level];
    z->level_buf = arena_alloc(a, z->level_buf_size);
    return z;
}

static void isal_turn(void *state, struct deflate_turn *t)
{
    struct isal_zstream *z = state;
    z->next_in = (uint8_t *)(uintptr_t)t->in;
    z->avail_in = at_most_uint(t->in_n);
    z->next_out = t->out;
    z->avail_out = at_most_uint(t->out_n);
    z->end_of_stream = t->last && z->avail_in == t->in_n;
    int status = isal_deflate(z);
    assert(status == COMP_OK);
    (void)status;
    t->used = (size_t)(z->next_in - t->in);
    t->made = (size_t)(z->next_out - t->out);
    t->ended = z->internal_state.state == ZSTATE_END;
}

static const struct deflate_ops isal_ops = {.name = "isal", .begin = isal_begin, .turn = isal_turn};
#endif

const struct deflate_ops *const deflate_all[] = {
#ifdef HAVE_ISAL
    &isal_ops,
#endif
    &zlib_ops,
    NULL,
};
