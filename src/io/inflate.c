/* SPDX-License-Identifier: PostgreSQL */
#include "io/inflate.h"

#include <zlib.h>

#include <assert.h>
#include <limits.h>
#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

enum { GZIP_TRAILER_BYTES = 8, ZLIB_TRAILER_BYTES = 4 };

struct zlib_state {
    z_stream z;
    enum inflate_wrap wrap;
    uint32_t sum, length; /* of the bytes made; the length modulo 2^32 */
    uint8_t trailer[GZIP_TRAILER_BYTES];
    size_t trailer_n;
    bool body_ended;
};

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

static struct zlib_state fresh(z_stream z, enum inflate_wrap wrap)
{
    return (struct zlib_state){.z = z, .wrap = wrap, .sum = wrap == INFLATE_ZLIB};
}

static void *zlib_begin(struct arena *a, enum inflate_wrap wrap)
{
    struct zlib_state *s = ARENA_NEW(a, struct zlib_state);
    *s = fresh((z_stream){0}, wrap);
    s->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = a};
    int status = inflateInit2(&s->z, -MAX_WBITS);
    assert(status == Z_OK);
    (void)status;
    return s;
}

static void zlib_again(void *state)
{
    struct zlib_state *s = state;
    (void)inflateReset(&s->z);
    *s = fresh(s->z, s->wrap);
}

static const char *zlib_body(struct zlib_state *s, struct inflate_turn *t)
{
    /* The library's pointer is not const, but it only reads there. */
    s->z.next_in = (uint8_t *)(uintptr_t)t->in;
    s->z.avail_in = at_most_uint(t->in_n);
    s->z.next_out = t->out;
    s->z.avail_out = at_most_uint(t->out_n);
    int status = inflate(&s->z, Z_NO_FLUSH);
    t->used = (size_t)(s->z.next_in - t->in);
    t->made = (size_t)(s->z.next_out - t->out);
    s->sum = (uint32_t)(s->wrap == INFLATE_GZIP ? crc32_z(s->sum, t->out, t->made)
                                                : adler32_z(s->sum, t->out, t->made));
    s->length += (uint32_t)t->made;
    s->body_ended = status == Z_STREAM_END;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return NULL;
    return s->z.msg == NULL ? "invalid data" : s->z.msg;
}

static uint32_t little_endian(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t big_endian(const uint8_t *p)
{
    return __builtin_bswap32(little_endian(p));
}

static bool trailer_fits(const struct zlib_state *s)
{
    if (s->wrap == INFLATE_ZLIB)
        return big_endian(s->trailer) == s->sum;
    return little_endian(s->trailer) == s->sum && little_endian(s->trailer + 4) == s->length;
}

static const char *zlib_turn(void *state, struct inflate_turn *t)
{
    struct zlib_state *s = state;
    t->used = t->made = 0;
    t->ended = false;
    const char *wrong = s->body_ended ? NULL : zlib_body(s, t);
    if (wrong != NULL || !s->body_ended)
        return wrong;
    size_t want = s->wrap == INFLATE_ZLIB ? ZLIB_TRAILER_BYTES : GZIP_TRAILER_BYTES;
    while (s->trailer_n < want && t->used < t->in_n)
        s->trailer[s->trailer_n++] = t->in[t->used++];
    if (s->trailer_n < want)
        return NULL;
    t->ended = trailer_fits(s);
    return t->ended ? NULL : "incorrect checksum or length";
}

static const struct inflate_ops zlib_ops = {
    .name = "zlib", .begin = zlib_begin, .again = zlib_again, .turn = zlib_turn};

#ifdef HAVE_ISAL
/* Its own reading of headers is not used: version 2.30 refuses a right header checksum that comes
 * in pieces, and accepts reserved flags. Its proof of the trailer has stood every flip and cut. */
static void *isal_begin(struct arena *a, enum inflate_wrap wrap)
{
    struct inflate_state *s = ARENA_NEW(a, struct inflate_state);
    isal_inflate_init(s);
    s->crc_flag = wrap == INFLATE_GZIP ? ISAL_GZIP_NO_HDR_VER : ISAL_ZLIB_NO_HDR_VER;
    return s;
}

static void isal_again(void *state)
{
    isal_inflate_reset(state);
}

static const char *isal_reason(int status)
{
    switch (status) {
    case ISAL_INCORRECT_CHECKSUM:
        return "incorrect checksum or length";
    case ISAL_INVALID_BLOCK:
        return "invalid block";
    case ISAL_INVALID_SYMBOL:
        return "invalid symbol";
    case ISAL_INVALID_LOOKBACK:
        return "invalid distance";
    default:
        return "invalid data";
    }
}

static const char *isal_turn(void *state, struct inflate_turn *t)
{
    struct inflate_state *s = state;
    s->next_in = (uint8_t *)(uintptr_t)t->in;
    s->avail_in = at_most_uint(t->in_n);
    s->next_out = t->out;
    s->avail_out = at_most_uint(t->out_n);
    int status = isal_inflate(s);
    t->used = (size_t)(s->next_in - t->in);
    t->made = (size_t)(s->next_out - t->out);
    t->ended = s->block_state == ISAL_BLOCK_FINISH;
    return status < 0 || status > ISAL_OUT_OVERFLOW ? isal_reason(status) : NULL;
}

static const struct inflate_ops isal_ops = {
    .name = "isal", .begin = isal_begin, .again = isal_again, .turn = isal_turn};
#endif

const struct inflate_ops *const inflate_all[] = {
#ifdef HAVE_ISAL
    &isal_ops,
#endif
    &zlib_ops,
    NULL,
};
