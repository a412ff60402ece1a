/* SPDX-License-Identifier: PostgreSQL */
#include "dump/decode.h"

static struct source *open_gzip(const struct decode *how, struct err *e)
{
    (void)e;
    return filter_gzip(how->a, how->below, how->facts);
}

#define OPEN(name)                                                                                 \
    static struct source *open_##name(const struct decode *how, struct err *e)                     \
    {                                                                                              \
        return filter_##name(how->a, how->below, how->facts, e);                                   \
    }
OPEN(zstd)
OPEN(lz4)
OPEN(xz)
OPEN(bzip2)
#undef OPEN

static const struct decoder decoders[] = {
    {SNIFF_GZIP, "crc32", true, open_gzip},   {SNIFF_ZSTD, "xxh64", false, open_zstd},
    {SNIFF_LZ4, "xxh32", false, open_lz4},    {SNIFF_XZ, "none", false, open_xz},
    {SNIFF_BZIP2, "crc32", true, open_bzip2}, {SNIFF_TAR, "none", false, tar_open},
};

const struct decoder *decoder_of(enum sniff_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(decoders); i++)
        if (decoders[i].kind == kind)
            return &decoders[i];
    return NULL;
}
