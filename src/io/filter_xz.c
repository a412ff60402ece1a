/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"
#include "io/intake.h"

#include <lzma.h>
#include <string.h>

enum { MAGIC_BYTES = 6, PADDING_BYTES = 4 };

struct xz_link {
    struct source base;
    lzma_stream stream;
    struct intake in;
    bool inside; /* a stream that is not whole yet */
    bool at_end;
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct xz_link *x, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "xz: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&x->in));
}

static bool begins_stream(const struct intake *in)
{
    static const uint8_t magic[MAGIC_BYTES] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return in->n - in->at >= MAGIC_BYTES && memcmp(in->bytes + in->at, magic, MAGIC_BYTES) == 0;
}

/* Between streams and behind the last there may be zero bytes, in fours (The .xz File Format, 2.2).
 */
static bool skip_padding(struct xz_link *x, bool *any, struct err *e)
{
    static const uint8_t zeros[PADDING_BYTES];
    for (*any = false;; *any = true) {
        if (!intake_peek(&x->in, PADDING_BYTES, e))
            return false;
        if (x->in.n - x->in.at < PADDING_BYTES ||
            memcmp(x->in.bytes + x->in.at, zeros, PADDING_BYTES) != 0)
            return true;
        if (!*any)
            x->facts->trailing_offset = intake_offset(&x->in);
        x->in.at += PADDING_BYTES;
        x->facts->padding_bytes += PADDING_BYTES;
    }
}

static bool begin_stream(struct xz_link *x, struct err *e)
{
    bool first = x->facts->members == 0, padded = false;
    if (!first && !skip_padding(x, &padded, e))
        return false;
    if (!intake_peek(&x->in, MAGIC_BYTES, e))
        return false;
    if (!begins_stream(&x->in)) {
        x->at_end = true;
        return first ? broken(x, "this is no xz stream", e) : intake_trailing(&x->in, x->facts, e);
    }
    x->facts->padding_bytes = 0; /* it was between streams */
    x->facts->members++;
    x->inside = true;
    const uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_UNSUPPORTED_CHECK;
    return lzma_stream_decoder(&x->stream, FILTER_XZ_MEMORY_BYTES, flags) == LZMA_OK ||
           err_set(e, ERR_SYSTEM, "xz: no memory for a decoder");
}

static const char *check_name(lzma_check check)
{
    return check == LZMA_CHECK_CRC32    ? "crc32"
           : check == LZMA_CHECK_CRC64  ? "crc64"
           : check == LZMA_CHECK_SHA256 ? "sha256"
                                        : NULL;
}

/* What the decoder says besides "go on"; sound streams that are not decoded here are not broken. */
static bool take_status(struct xz_link *x, lzma_ret status, struct err *e)
{
    unsigned long long at = intake_offset(&x->in);
    if (status == LZMA_STREAM_END) {
        x->inside = false;
        x->facts->checked += check_name(lzma_get_check(&x->stream)) != NULL;
        return true;
    }
    if (status == LZMA_GET_CHECK) {
        x->facts->checksum = check_name(lzma_get_check(&x->stream));
        return true;
    }
    if (status == LZMA_OK || status == LZMA_BUF_ERROR || status == LZMA_UNSUPPORTED_CHECK)
        return true;
    if (status == LZMA_MEMLIMIT_ERROR)
        return err_set(e, ERR_REFUSED, "xz: decoding wants %llu MiB of memory at byte %llu",
                       (unsigned long long)lzma_memusage(&x->stream) >> 20, at);
    if (status == LZMA_OPTIONS_ERROR)
        return err_set(e, ERR_REFUSED, "xz: a filter that is not known at byte %llu", at);
    if (status == LZMA_MEM_ERROR)
        return err_set(e, ERR_SYSTEM, "xz: no memory for a decoder");
    return broken(x, "the data is corrupt", e);
}

static bool read_stream(struct xz_link *x, struct err *e)
{
    bool any;
    size_t room = x->stream.avail_out;
    if (!intake_fill(&x->in, &any, e))
        return false;
    x->stream.next_in = x->in.bytes + x->in.at;
    x->stream.avail_in = x->in.n - x->in.at;
    lzma_ret status = lzma_code(&x->stream, LZMA_RUN);
    x->in.at = x->in.n - x->stream.avail_in;
    if (!any && status == LZMA_BUF_ERROR && x->stream.avail_out == room)
        return broken(x, "the input ends inside a stream", e);
    return take_status(x, status, e);
}

static bool xz_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct xz_link *x = (struct xz_link *)s;
    x->stream.next_out = bytes;
    x->stream.avail_out = n;
    while (!x->at_end && x->stream.avail_out == n)
        if (!(x->inside ? read_stream(x, e) : begin_stream(x, e)))
            return false;
    *got = n - x->stream.avail_out;
    return true;
}

static void xz_close(struct source *s)
{
    lzma_end(&((struct xz_link *)s)->stream);
}

static const struct source_ops xz_ops = {.name = "xz", .read = xz_read, .close = xz_close};

struct source *filter_xz(struct arena *a, struct source *below, struct filter_facts *facts,
                         struct err *e)
{
    (void)e;
    if (below == NULL)
        return NULL;
    struct xz_link *x = ARENA_NEW(a, struct xz_link);
    *x = (struct xz_link){.base = {.ops = &xz_ops, .below = below}, .in = intake_new(a, below)};
    x->facts = facts == NULL ? &x->own_facts : facts;
    *x->facts = (struct filter_facts){0};
    return &x->base;
}
