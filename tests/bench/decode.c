/* SPDX-License-Identifier: PostgreSQL */
/*
 * What make bench measures verify against: decoding and nothing else.
 *
 *     decode zlib FILE       a loop around zlib's inflate, as any program would have it
 *     decode gzip FILE       our own link of the chain alone, without scan or digests
 *     decode zstd FILE       likewise
 *     decode none FILE       read alone
 */
#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "io/filter.h"

#include <zlib.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIECE_BYTES = 256 * 1024 };

struct piece {
    uint8_t bytes[PIECE_BYTES];
};

/* One member, header and checksum by zlib itself. */
static bool by_zlib(struct arena *a, struct source *file, struct err *e)
{
    enum { WITH_GZIP_HEADER = 16 };
    struct piece *in = ARENA_NEW(a, struct piece), *out = ARENA_NEW(a, struct piece);
    z_stream z = {0};
    int status = inflateInit2(&z, MAX_WBITS + WITH_GZIP_HEADER);
    size_t got = 1;
    while (status == Z_OK && got > 0) {
        if (!source_read(file, in->bytes, sizeof in->bytes, &got, e))
            return false;
        z.next_in = in->bytes;
        z.avail_in = (unsigned)got;
        do {
            z.next_out = out->bytes;
            z.avail_out = sizeof out->bytes;
            status = inflate(&z, Z_NO_FLUSH);
        } while (status == Z_OK && z.avail_out == 0);
        if (status == Z_BUF_ERROR) /* it wants more input */
            status = Z_OK;
    }
    (void)inflateEnd(&z);
    return status == Z_STREAM_END || err_set(e, ERR_FORMAT, "zlib says %d", status);
}

static bool by_link(struct arena *a, struct source *in, struct err *e)
{
    struct piece *out = ARENA_NEW(a, struct piece);
    for (size_t got = 1; got > 0;)
        if (!source_read(in, out->bytes, sizeof out->bytes, &got, e))
            return false;
    return true;
}

static bool decode(struct arena *a, const char *how, const char *path, struct err *e)
{
    CLEANUP(source_cleanup) struct source *in = source_file(a, path, e);
    if (in == NULL)
        return false;
    if (str_eq(how, "zlib"))
        return by_zlib(a, in, e);
    if (str_eq(how, "gzip"))
        in = filter_gzip(a, in, NULL);
    else if (str_eq(how, "zstd"))
        in = filter_zstd(a, in, NULL, e);
    else if (!str_eq(how, "none"))
        return err_set(e, ERR_FORMAT, "%s: zlib, gzip, zstd or none", how);
    return in != NULL && by_link(a, in, e);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    if (argc != 3) {
        (void)fprintf(stderr, "usage: decode zlib|gzip|zstd|none FILE\n");
        return EXIT_FAILURE;
    }
    if (decode(a, argv[1], argv[2], &e))
        return EXIT_SUCCESS;
    (void)fprintf(stderr, "decode: %s\n", e.text);
    return EXIT_FAILURE;
}
