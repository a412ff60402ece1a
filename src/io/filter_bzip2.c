/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"
#include "io/intake.h"

#include <bzlib.h>
#include <limits.h>
#include <string.h>

enum { MAGIC_BYTES = 4 }; /* "BZh" and the size of a block, 1 to 9 */

struct bzip2_link {
    struct source base;
    bz_stream stream;
    struct intake in;
    bool open;   /* the decoder is there */
    bool inside; /* a stream that is not whole yet */
    bool at_end;
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct bzip2_link *b, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "bzip2: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&b->in));
}

static void end_decoder(struct bzip2_link *b)
{
    if (b->open)
        (void)BZ2_bzDecompressEnd(&b->stream);
    b->open = false;
}

static bool begin_stream(struct bzip2_link *b, struct err *e)
{
    if (!intake_peek(&b->in, MAGIC_BYTES, e))
        return false;
    const uint8_t *p = b->in.bytes + b->in.at;
    bool is = b->in.n - b->in.at >= MAGIC_BYTES && memcmp(p, "BZh", MAGIC_BYTES - 1) == 0 &&
              p[MAGIC_BYTES - 1] >= '1' && p[MAGIC_BYTES - 1] <= '9';
    if (!is) {
        b->at_end = true;
        return b->facts->members == 0 ? broken(b, "this is no bzip2 stream", e)
                                      : intake_trailing(&b->in, b->facts, e);
    }
    end_decoder(b);
    b->stream = (bz_stream){0};
    if (BZ2_bzDecompressInit(&b->stream, 0, 0) != BZ_OK)
        return err_set(e, ERR_SYSTEM, "bzip2: no memory for a decoder");
    b->open = b->inside = true;
    b->facts->members++;
    return true;
}

static bool read_stream(struct bzip2_link *b, char *out, size_t n, size_t *made, struct err *e)
{
    bool any;
    if (!intake_fill(&b->in, &any, e))
        return false;
    unsigned room = n > UINT_MAX ? UINT_MAX : (unsigned)n;
    b->stream.next_in = (char *)b->in.bytes + b->in.at;
    b->stream.avail_in = (unsigned)(b->in.n - b->in.at);
    b->stream.next_out = out;
    b->stream.avail_out = room;
    int status = BZ2_bzDecompress(&b->stream);
    b->in.at = b->in.n - b->stream.avail_in;
    *made = room - b->stream.avail_out;
    if (status == BZ_MEM_ERROR)
        return err_set(e, ERR_SYSTEM, "bzip2: no memory for a decoder");
    if (status != BZ_OK && status != BZ_STREAM_END)
        return broken(b, "the data is corrupt", e);
    if (status == BZ_STREAM_END) {
        b->inside = false;
        b->facts->checked++;
        return true;
    }
    return any || *made > 0 || broken(b, "the input ends inside a stream", e);
}

static bool bzip2_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct bzip2_link *b = (struct bzip2_link *)s;
    *got = 0;
    while (!b->at_end && *got == 0)
        if (!(b->inside ? read_stream(b, bytes, n, got, e) : begin_stream(b, e)))
            return false;
    return true;
}

static void bzip2_close(struct source *s)
{
    end_decoder((struct bzip2_link *)s);
}

static const struct source_ops bzip2_ops = {
    .name = "bzip2", .read = bzip2_read, .close = bzip2_close};

struct source *filter_bzip2(struct arena *a, struct source *below, struct filter_facts *facts,
                            struct err *e)
{
    (void)e;
    if (below == NULL)
        return NULL;
    struct bzip2_link *b = ARENA_NEW(a, struct bzip2_link);
    *b = (struct bzip2_link){.base = {.ops = &bzip2_ops, .below = below},
                             .in = intake_new(a, below)};
    b->facts = facts == NULL ? &b->own_facts : facts;
    *b->facts = (struct filter_facts){0};
    return &b->base;
}
