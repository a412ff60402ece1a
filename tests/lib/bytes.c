/* SPDX-License-Identifier: PostgreSQL */
#include "lib/bytes.h"

#include <check.h>
#include <lz4frame.h>
#include <zlib.h>

#include <stdlib.h>
#include <string.h>

bool bytes_slurp(struct source *in, size_t read_bytes, struct buf *out, struct err *e)
{
    enum { LARGE = 64 * 1024 };
    size_t n = read_bytes == 0 ? LARGE : read_bytes;
    for (size_t got = 1; got > 0; out->n += got)
        if (!source_read(in, buf_reserve(out, n), n, &got, e))
            return false;
    *buf_reserve(out, 1) = '\0';
    return true;
}

struct buf_sink {
    struct sink base;
    struct buf *out;
};

static bool buf_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    (void)e;
    buf_append(((struct buf_sink *)s)->out, bytes, n);
    return true;
}

static const struct sink_ops buf_ops = {.name = "buffer", .write = buf_write};

struct sink *bytes_sink(struct arena *a, struct buf *out)
{
    struct buf_sink *s = ARENA_NEW(a, struct buf_sink);
    *s = (struct buf_sink){.base = {.ops = &buf_ops}, .out = out};
    return &s->base;
}

static struct slice pushed(struct arena *a, struct sink *top, struct buf *out, struct slice plain)
{
    CLEANUP(sink_cleanup) struct sink *s = top;
    struct err e = {0};
    bool ok = sink_write(s, plain.p, plain.n, &e) && sink_finish(s, &e);
    ck_assert_msg(ok, "%s", e.text);
    return (struct slice){arena_strndup(a, buf_text(out), out->n), out->n};
}

struct slice bytes_gzip(struct arena *a, struct slice plain)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    return pushed(a, sink_gzip(a, bytes_sink(a, &out), 6), &out, plain);
}

struct slice bytes_zstd(struct arena *a, struct slice plain)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    return pushed(a, sink_zstd(a, bytes_sink(a, &out), 3, &e), &out, plain);
}

struct slice bytes_zlib(struct arena *a, struct slice plain)
{
    uLong room = compressBound(plain.n);
    Bytef *out = arena_alloc(a, room);
    ck_assert_int_eq(compress(out, &room, (const Bytef *)plain.p, plain.n), Z_OK);
    return (struct slice){(const char *)out, room};
}

struct slice bytes_lz4(struct arena *a, struct slice plain, bool checksum)
{
    LZ4F_preferences_t how = {.frameInfo = {.contentChecksumFlag = checksum
                                                                       ? LZ4F_contentChecksumEnabled
                                                                       : LZ4F_noContentChecksum}};
    size_t room = LZ4F_compressFrameBound(plain.n, &how);
    char *out = arena_alloc(a, room);
    size_t n = LZ4F_compressFrame(out, room, plain.p, plain.n, &how);
    ck_assert(!LZ4F_isError(n));
    return (struct slice){out, n};
}

struct slice bytes_rows(struct arena *a, size_t n)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    uint32_t mix = 1;
    for (size_t i = 0; i < n; i++) {
        mix = mix * 1664525U + 1013904223U;
        buf_printf(&out, "%zu\tcustomer %u\t%08x\t\\N\n", i, (unsigned)(mix >> 20), (unsigned)mix);
    }
    return (struct slice){arena_strndup(a, buf_text(&out), out.n), out.n};
}

struct slice bytes_join(struct arena *a, struct slice x, struct slice y)
{
    char *both = arena_alloc(a, x.n + y.n + 1);
    memcpy(both, x.p, x.n);
    memcpy(both + x.n, y.p, y.n);
    return (struct slice){both, x.n + y.n};
}
