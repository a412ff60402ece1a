/* SPDX-License-Identifier: PostgreSQL */
/* Faults of the file: of its packing, or that it is something else. */
#include "faults/base.h"
#include "faults/edit.h"
#include "faults/faults.h"
#include "lib/bytes.h"

#include <string.h>

/* ---- something else ----------------------------------------------------------------------------
 */

struct slice fault_error_text(struct arena *a, struct slice in)
{
    (void)a;
    (void)in;
    return slice_of("pg_dump: error: connection to server at \"db\" (10.0.0.5), port 5432 failed: "
                    "FATAL:  password authentication failed for user \"backup\"\n");
}

struct slice fault_html(struct arena *a, struct slice in)
{
    (void)a;
    (void)in;
    return slice_of("<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head></html>\n");
}

/* As the shell of another system redirects it. */
struct slice fault_utf16(struct arena *a, struct slice in)
{
    char *out = arena_alloc(a, 2 * in.n + 2), *w = out;
    *w++ = '\xff';
    *w++ = '\xfe';
    for (size_t i = 0; i < in.n; i++) {
        *w++ = in.p[i];
        *w++ = '\0';
    }
    return (struct slice){out, 2 * in.n + 2};
}

struct slice fault_zero_bytes_alone(struct arena *a, struct slice in)
{
    char *out = arena_alloc(a, in.n);
    memset(out, 0, in.n);
    return (struct slice){out, in.n};
}

struct slice fault_nothing(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, 0);
}

/* ---- the packing -------------------------------------------------------------------------------
 */

struct slice fault_file_stream_cut_at_half(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n / 2);
}

/* gzip ends with 8 bytes of checksum and length, zstd with 4 of checksum. */
struct slice fault_file_stream_cut_in_its_checksum(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n - 2);
}

struct slice fault_file_stream_cut_in_its_head(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, 6);
}

/* Of the blocks of zeros at the end, one is left. */
struct slice fault_file_end_mark_cut_off(struct arena *a, struct slice in)
{
    enum { BLOCK_BYTES = 512 };
    (void)a;
    size_t n = in.n;
    while (n > 0 && in.p[n - 1] == '\0')
        n--;
    return edit_cut(in, (n + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES + BLOCK_BYTES);
}

struct slice fault_side_digest_of_another_file(struct arena *a, struct slice in)
{
    char *text = arena_strndup(a, in.p, in.n);
    text[0] = text[0] == '0' ? '1' : '0';
    return slice_of(text);
}

struct slice fault_side_digest_cut_short(struct arena *a, struct slice in)
{
    return slice_of(arena_strndup(a, in.p, in.n / 2));
}

/* The method: 8 is the only one that there is. */
struct slice fault_file_head_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, 2);
}

struct slice fault_file_magic_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, 0);
}

struct slice fault_file_body_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, in.n / 2);
}

struct slice fault_file_checksum_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, in.n - 6);
}

struct slice fault_file_last_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, in.n - 1);
}

/* A backup job that packs in parts, each of which is whole. */
struct slice fault_file_second_member_lost(struct arena *a, struct slice in)
{
    (void)in;
    struct slice sql = base_dump(a);
    return bytes_gzip(a, edit_cut_at(sql, "--\n-- Name: parent parent_pkey; Type: CONSTRAINT"));
}

struct slice fault_file_second_member_cut(struct arena *a, struct slice in)
{
    struct slice sql = base_dump(a);
    return bytes_join(a, bytes_gzip(a, edit_cut(sql, sql.n / 2)), edit_cut(in, in.n / 2));
}

/* Blank lines that grow to far more than any dump does. */
struct slice fault_file_bomb(struct arena *a, struct slice in)
{
    enum { BOMB_BYTES = 100 << 20 };
    char *blanks = arena_alloc(a, BOMB_BYTES);
    memset(blanks, '\n', BOMB_BYTES);
    return bytes_join(a, bytes_zstd(a, (struct slice){blanks, BOMB_BYTES}), in);
}

struct slice fault_file_garbage_behind_the_end(struct arena *a, struct slice in)
{
    return bytes_join(a, in, slice_of("upload finished\n"));
}
