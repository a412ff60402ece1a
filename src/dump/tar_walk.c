/* SPDX-License-Identifier: PostgreSQL */
#include "dump/tar_walk.h"

#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>

#include <errno.h>

enum { IN_BYTES = 64 * 1024, BLOCK_BYTES = 512 };

bool tar_walk_broken(const struct tar_walk *w, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "tar: %s near byte %llu", what,
                   (unsigned long long)w->below->offset);
}

/* The archive ends with two blocks of zeros at least (POSIX.1-2017, pax, "ustar Interchange
 * Format"), which begin where a block does. */
static void watch_end(struct tar_walk *w, size_t n)
{
    size_t used = n;
    while (used > 0 && w->in[used - 1] == 0)
        used--;
    if (used > 0)
        w->data_end = w->below->offset - (n - used);
}

static bool has_end_mark(const struct tar_walk *w)
{
    uint64_t blocks = (w->data_end + BLOCK_BYTES - 1) / BLOCK_BYTES;
    return w->below->offset >= (blocks + 2) * BLOCK_BYTES;
}

static la_ssize_t give_bytes(struct archive *archive, void *walk, const void **bytes)
{
    struct tar_walk *w = walk;
    size_t got;
    if (!source_read(w->below, w->in, IN_BYTES, &got, &w->why)) {
        w->below_failed = true;
        archive_set_error(archive, EIO, "%s", w->why.text);
        return -1;
    }
    watch_end(w, got);
    *bytes = w->in;
    return (la_ssize_t)got;
}

static bool archive_failed(const struct tar_walk *w, struct err *e)
{
    if (w->below_failed) {
        *e = w->why;
        return false;
    }
    const char *words = archive_error_string(w->archive);
    return tar_walk_broken(w, words == NULL ? "the archive is damaged" : words, e);
}

bool tar_walk_open(struct tar_walk *w, struct arena *a, struct source *below, struct err *e)
{
    *w = (struct tar_walk){.below = below, .a = a, .in = arena_alloc(a, IN_BYTES)};
    w->archive = archive_read_new();
    if (w->archive == NULL || archive_read_support_format_tar(w->archive) != ARCHIVE_OK)
        return err_set(e, ERR_SYSTEM, "tar: no memory for a reader");
    return archive_read_open(w->archive, w, NULL, give_bytes, NULL) == ARCHIVE_OK ||
           archive_failed(w, e);
}

void tar_walk_close(struct tar_walk *w)
{
    (void)archive_read_free(w->archive);
    w->archive = NULL;
}

static const char *odd_kind(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) != NULL)
        return "a hard link";
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return NULL;
    case AE_IFLNK:
        return "a symbolic link";
    case AE_IFCHR:
    case AE_IFBLK:
        return "a device";
    default:
        return "no ordinary file";
    }
}

bool tar_walk_next(struct tar_walk *w, struct tar_member *m, bool *any, struct err *e)
{
    for (struct archive_entry *entry;;) {
        int status = archive_read_next_header(w->archive, &entry);
        *any = false;
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return archive_failed(w, e);
        if (++w->n_members > TAR_MEMBERS_MAX)
            return err_set(e, ERR_REFUSED, "tar: more than %d members", TAR_MEMBERS_MAX);
        const char *path = archive_entry_pathname(entry);
        if (path == NULL || archive_entry_filetype(entry) == AE_IFDIR)
            continue;
        int64_t size = archive_entry_size(entry);
        *m = (struct tar_member){
            .name = arena_strdup(w->a, str_starts(path, "./") ? path + 2 : path),
            .size_bytes = size > 0 ? (uint64_t)size : 0,
            .odd = odd_kind(entry),
        };
        *any = true;
        return true;
    }
}

bool tar_walk_read(struct tar_walk *w, void *bytes, size_t n, size_t *got, struct err *e)
{
    la_ssize_t some = archive_read_data(w->archive, bytes, n);
    if (some < 0)
        return archive_failed(w, e);
    *got = (size_t)some;
    return true;
}

bool tar_walk_finish(struct tar_walk *w, struct err *e)
{
    const void *ignored;
    for (la_ssize_t got = 1; got > 0;)
        if ((got = give_bytes(w->archive, w, &ignored)) < 0)
            return archive_failed(w, e);
    if (!has_end_mark(w))
        return tar_walk_broken(w, "the archive has no end mark: whatever followed is lost,", e);
    return true;
}
