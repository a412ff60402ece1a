/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"
#include "io/intake.h"

#include <zstd.h>
#include <zstd_errors.h>

enum {
    MAGIC_BYTES = 4,
    HEADER_FLAGS_AT = 4,
    HEADER_BYTES_MAX = 18, /* RFC 8878, 3.1.1 and 3.1.1.1 */
    FLAG_CHECKSUM = 1 << 2,
};

struct zstd_link {
    struct source base;
    ZSTD_DCtx *context;
    struct intake in;
    bool inside;                      /* a frame that is not whole yet */
    bool has_sum;                     /* the frame carries a checksum */
    unsigned long long said, decoded; /* bytes of the frame: as its header says, and so far */
    bool at_end;
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct zstd_link *z, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "zstd: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&z->in));
}

/* Sound frames that are not decoded here are never called broken. */
static bool refused(const struct zstd_link *z, size_t status, struct err *e)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(status);
    if (code == ZSTD_error_frameParameter_windowTooLarge)
        return err_set(
            e, ERR_REFUSED,
            "zstd: a frame wants a window above 128 MiB (written with --long) at byte %llu",
            (unsigned long long)intake_offset(&z->in));
    if (code == ZSTD_error_dictionary_wrong)
        return err_set(e, ERR_MISSING, "zstd: a frame was written with a dictionary at byte %llu",
                       (unsigned long long)intake_offset(&z->in));
    return broken(z, ZSTD_getErrorName(status), e);
}

static bool is_magic(const uint8_t *p, bool *skippable)
{
    *skippable = (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18;
    return *skippable || (p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd);
}

/* All of the header goes to the decoder at once: libzstd 1.5.4 that gets it in two parts takes a
 * whole frame behind the first part for this one. */
static bool begin_frame(struct zstd_link *z, struct err *e)
{
    if (!intake_peek(&z->in, HEADER_BYTES_MAX, e))
        return false;
    const uint8_t *p = z->in.bytes + z->in.at;
    size_t n = z->in.n - z->in.at;
    bool skippable = false;
    if (n >= MAGIC_BYTES && is_magic(p, &skippable)) {
        z->inside = true;
        z->has_sum = !skippable && n > MAGIC_BYTES && (p[HEADER_FLAGS_AT] & FLAG_CHECKSUM) != 0;
        z->said = skippable ? ZSTD_CONTENTSIZE_UNKNOWN : ZSTD_getFrameContentSize(p, n);
        z->decoded = 0;
        z->facts->members += !skippable;
        return true;
    }
    if (z->in.below->offset == n)
        return broken(z, n == 0 ? "the input is empty" : "this is no zstd frame", e);
    z->at_end = true;
    return intake_trailing(&z->in, z->facts, e);
}

/* libzstd 1.5.4 lets a frame that ends with an empty block be shorter than its header says, unless
 * it sees all of it at once. */
static bool end_frame(struct zstd_link *z, struct err *e)
{
    z->inside = false;
    z->facts->checked += z->has_sum;
    return z->said == ZSTD_CONTENTSIZE_UNKNOWN || z->decoded == z->said ||
           broken(z, "a frame does not hold as many bytes as its header says", e);
}

/* `out` is empty. */
static bool read_frame(struct zstd_link *z, ZSTD_outBuffer *out, struct err *e)
{
    bool any;
    if (!intake_fill(&z->in, &any, e))
        return false;
    ZSTD_inBuffer in = {.src = z->in.bytes + z->in.at, .size = z->in.n - z->in.at};
    size_t left = ZSTD_decompressStream(z->context, out, &in);
    z->in.at += in.pos;
    if (ZSTD_isError(left))
        return refused(z, left, e);
    z->decoded += out->pos;
    if (left == 0)
        return end_frame(z, e);
    if (!any && out->pos == 0)
        return broken(z, "the input ends inside a frame", e);
    return true;
}

static bool zstd_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct zstd_link *z = (struct zstd_link *)s;
    ZSTD_outBuffer out = {.dst = bytes, .size = n};
    while (!z->at_end && out.pos == 0)
        if (!(z->inside ? read_frame(z, &out, e) : begin_frame(z, e)))
            return false;
    *got = out.pos;
    return true;
}

static void zstd_close(struct source *s)
{
    (void)ZSTD_freeDCtx(((struct zstd_link *)s)->context);
}

static const struct source_ops zstd_ops = {.name = "zstd", .read = zstd_read, .close = zstd_close};

struct source *filter_zstd(struct arena *a, struct source *below, struct filter_facts *facts,
                           struct err *e)
{
    if (below == NULL)
        return NULL;
    struct zstd_link *z = ARENA_NEW(a, struct zstd_link);
    *z = (struct zstd_link){.base = {.ops = &zstd_ops, .below = below},
                            .context = ZSTD_createDCtx(),
                            .in = intake_new(a, below)};
    z->facts = facts == NULL ? &z->own_facts : facts;
    *z->facts = (struct filter_facts){0};
    if (z->context == NULL) {
        err_set(e, ERR_SYSTEM, "zstd: no memory for a decoder");
        source_close(&z->base);
        return NULL;
    }
    return &z->base;
}
