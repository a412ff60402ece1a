/* SPDX-License-Identifier: PostgreSQL */
#include "lib/packed.h"

#include "base/fs.h"
#include "base/vec.h"

#include <archive.h>
#include <archive_entry.h>
#include <check.h>

#include <bzlib.h>
#include <stdint.h>

struct slice packed_xz(struct arena *a, struct slice plain, lzma_check check)
{
    enum { PRESET = 1 };
    size_t room = lzma_stream_buffer_bound(plain.n), n = 0;
    char *out = arena_alloc(a, room);
    ck_assert_int_eq(lzma_easy_buffer_encode(PRESET, check, NULL, (const uint8_t *)plain.p, plain.n,
                                             (uint8_t *)out, &n, room),
                     LZMA_OK);
    return (struct slice){out, n};
}

struct slice packed_bzip2(struct arena *a, struct slice plain)
{
    unsigned n = (unsigned)(plain.n + plain.n / 100 + 600); /* as its manual advises */
    char *out = arena_alloc(a, n);
    /* The library's pointer is not const, but it only reads there. */
    ck_assert_int_eq(
        BZ2_bzBuffToBuffCompress(out, &n, (char *)(uintptr_t)plain.p, (unsigned)plain.n, 1, 0, 0),
        BZ_OK);
    return (struct slice){out, n};
}

static void add_entry(struct archive *w, struct archive_entry *entry, struct slice bytes)
{
    archive_entry_set_size(entry, (la_int64_t)bytes.n);
    archive_entry_set_perm(entry, 0644);
    ck_assert_int_eq(archive_write_header(w, entry), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(w, bytes.p, bytes.n), (la_ssize_t)bytes.n);
    archive_entry_free(entry);
}

static void add_member(struct archive *w, const struct packed_member *m)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, m->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    add_entry(w, entry, m->bytes);
}

static struct archive *begin_tar(char *out, size_t room, size_t *used)
{
    struct archive *w = archive_write_new();
    ck_assert_int_eq(archive_write_set_format_pax_restricted(w), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_open_memory(w, out, room, used), ARCHIVE_OK);
    return w;
}

static void end_tar(struct archive *w)
{
    ck_assert_int_eq(archive_write_close(w), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_free(w), ARCHIVE_OK);
}

enum { AROUND_BYTES = 64 * 1024 };

struct slice packed_tar(struct arena *a, const struct packed_member *members, size_t n)
{
    size_t room = AROUND_BYTES, used = 0;
    for (size_t i = 0; i < n; i++)
        room += members[i].bytes.n + 4096;
    char *out = arena_alloc(a, room);
    struct archive *w = begin_tar(out, room, &used);
    for (size_t i = 0; i < n; i++)
        add_member(w, &members[i]);
    end_tar(w);
    return (struct slice){out, used};
}

struct slice packed_tar_link(struct arena *a, const char *name, const char *to)
{
    size_t used = 0;
    char *out = arena_alloc(a, AROUND_BYTES);
    struct archive *w = begin_tar(out, AROUND_BYTES, &used);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFLNK);
    archive_entry_set_symlink(entry, to);
    add_entry(w, entry, (struct slice){"", 0});
    end_tar(w);
    return (struct slice){out, used};
}

struct slice packed_tar_of(struct arena *a, const char *dir, const char *prefix)
{
    enum { FILE_BYTES_MAX = 1 << 20 };
    struct vec names, members = vec_new(a, sizeof(struct packed_member));
    struct err e = {0};
    ck_assert_msg(fs_list(a, dir, &names, &e), "%s", e.text);
    VEC_EACH (const char *const, name, &names) {
        struct packed_member *m = vec_push(&members);
        m->name = *prefix == '\0' ? *name : fs_join(a, prefix, *name);
        ck_assert_msg(fs_read_file(a, fs_join(a, dir, *name), FILE_BYTES_MAX, &m->bytes, &e), "%s",
                      e.text);
    }
    return packed_tar(a, members.items, members.n);
}
