/* SPDX-License-Identifier: PostgreSQL */
/* The frame format: "LZ4 Frame Format Description" 1.6.2 of the lz4 project. */
#include "io/filter.h"
#include "io/intake.h"

/* Compiled into this file: libfyaml gives out functions of the same names, which are slower. */
#define XXH_INLINE_ALL
#define XXH_NO_INLINE_HINTS 1
#include <lz4frame.h>
#include <xxhash.h>

#include <assert.h>
#include <string.h>

enum {
    MAGIC_BYTES = 4,
    HEADER_FLAGS_AT = 4,
    FLAG_CHECKSUM = 1 << 2,
    FLAG_BLOCK_CHECKSUMS = 1 << 4,
    CHECKSUM_BYTES = 4,
};

enum magic { MAGIC_NONE, MAGIC_FRAME, MAGIC_SKIPPABLE, MAGIC_LEGACY };

struct lz4_link {
    struct source base;
    LZ4F_dctx *context;
    struct intake in;
    bool inside;  /* a frame that is not whole yet */
    bool has_sum; /* the frame carries a checksum of its content */
    bool sums;    /* which is reckoned here */
    bool at_end;
    XXH32_state_t *sum;           /* of the content of the frame so far */
    uint8_t last[CHECKSUM_BYTES]; /* the last bytes of the frame so far: its checksum in the end */
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct lz4_link *z, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "lz4: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&z->in));
}

static enum magic magic_of(const uint8_t *p)
{
    if (memcmp(p, "\x04\x22\x4d\x18", MAGIC_BYTES) == 0)
        return MAGIC_FRAME;
    if ((p[0] & 0xf0) == 0x50 && memcmp(p + 1, "\x2a\x4d\x18", MAGIC_BYTES - 1) == 0)
        return MAGIC_SKIPPABLE;
    return memcmp(p, "\x02\x21\x4c\x18", MAGIC_BYTES) == 0 ? MAGIC_LEGACY : MAGIC_NONE;
}

static void must(XXH_errorcode status)
{
    assert(status == XXH_OK);
    (void)status;
}

/* The library can leave the checksum of the content to its caller, but only with those of the
 * blocks. libxxhash takes half the time for it that liblz4 1.9.4 does. */
static void begin_sum(struct lz4_link *z, uint8_t flags)
{
    z->has_sum = (flags & FLAG_CHECKSUM) != 0;
    z->sums = z->has_sum && (flags & FLAG_BLOCK_CHECKSUMS) == 0;
    must(XXH32_reset(z->sum, 0));
}

static bool begin_frame(struct lz4_link *z, struct err *e)
{
    if (!intake_peek(&z->in, MAGIC_BYTES + 1, e))
        return false;
    const uint8_t *p = z->in.bytes + z->in.at;
    size_t n = z->in.n - z->in.at;
    enum magic magic = n >= MAGIC_BYTES ? magic_of(p) : MAGIC_NONE;
    if (magic == MAGIC_LEGACY)
        return err_set(e, ERR_REFUSED, "lz4: a frame of the legacy format (lz4 -l) at byte %llu",
                       (unsigned long long)intake_offset(&z->in));
    if (magic != MAGIC_NONE) {
        z->inside = true;
        begin_sum(z, magic == MAGIC_FRAME && n > MAGIC_BYTES ? p[HEADER_FLAGS_AT] : 0);
        z->facts->members += magic == MAGIC_FRAME;
        return true;
    }
    if (z->in.below->offset == n)
        return broken(z, n == 0 ? "the input is empty" : "this is no lz4 frame", e);
    z->at_end = true;
    return intake_trailing(&z->in, z->facts, e);
}

/* What one step of the library took and gave. */
static void add_step(struct lz4_link *z, const uint8_t *in, size_t used, const uint8_t *out,
                     size_t made)
{
    size_t n = used < CHECKSUM_BYTES ? used : CHECKSUM_BYTES;
    memmove(z->last, z->last + n, CHECKSUM_BYTES - n);
    memcpy(z->last + CHECKSUM_BYTES - n, in + used - n, n);
    if (z->sums)
        must(XXH32_update(z->sum, out, made));
}

static bool end_frame(struct lz4_link *z, struct err *e)
{
    XXH32_canonical_t big_endian;
    XXH32_canonicalFromHash(&big_endian, XXH32_digest(z->sum));
    for (size_t i = 0; z->sums && i < CHECKSUM_BYTES; i++)
        if (big_endian.digest[i] != z->last[CHECKSUM_BYTES - 1 - i])
            return broken(z, "the checksum of the content does not match", e);
    z->inside = false;
    z->facts->checked += z->has_sum;
    return true;
}

static bool read_frame(struct lz4_link *z, uint8_t *out, size_t room, size_t *made, struct err *e)
{
    bool any;
    if (!intake_fill(&z->in, &any, e))
        return false;
    const uint8_t *in = z->in.bytes + z->in.at;
    size_t used = z->in.n - z->in.at;
    const LZ4F_decompressOptions_t options = {.skipChecksums = z->sums};
    *made = room;
    size_t left = LZ4F_decompress(z->context, out, made, in, &used, &options);
    z->in.at += used;
    if (LZ4F_isError(left))
        return broken(z, LZ4F_getErrorName(left), e);
    add_step(z, in, used, out, *made);
    if (left == 0)
        return end_frame(z, e);
    if (!any && *made == 0)
        return broken(z, "the input ends inside a frame", e);
    return true;
}

static bool lz4_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct lz4_link *z = (struct lz4_link *)s;
    *got = 0;
    while (!z->at_end && *got == 0)
        if (!(z->inside ? read_frame(z, bytes, n, got, e) : begin_frame(z, e)))
            return false;
    return true;
}

static void lz4_close(struct source *s)
{
    struct lz4_link *z = (struct lz4_link *)s;
    (void)LZ4F_freeDecompressionContext(z->context);
    (void)XXH32_freeState(z->sum);
}

static const struct source_ops lz4_ops = {.name = "lz4", .read = lz4_read, .close = lz4_close};

struct source *filter_lz4(struct arena *a, struct source *below, struct filter_facts *facts,
                          struct err *e)
{
    if (below == NULL)
        return NULL;
    struct lz4_link *z = ARENA_NEW(a, struct lz4_link);
    *z = (struct lz4_link){.base = {.ops = &lz4_ops, .below = below},
                           .in = intake_new(a, below),
                           .sum = XXH32_createState()};
    z->facts = facts == NULL ? &z->own_facts : facts;
    *z->facts = (struct filter_facts){0};
    if (LZ4F_isError(LZ4F_createDecompressionContext(&z->context, LZ4F_VERSION)))
        z->context = NULL;
    if (z->context == NULL || z->sum == NULL) {
        err_set(e, ERR_SYSTEM, "lz4: no memory for a decoder");
        source_close(&z->base);
        return NULL;
    }
    return &z->base;
}
