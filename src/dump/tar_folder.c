/* SPDX-License-Identifier: PostgreSQL */
#include "dump/tar_folder.h"

#include "base/fs.h"
#include "base/str.h"
#include "dump/archive_directory.h"
#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool make_folder(struct tar_folder *f, struct err *e)
{
    const struct scratch *scratch = f->how->scratch;
    if (scratch == NULL)
        return err_set(e, ERR_REFUSED,
                       "tar: it holds a directory archive of pg_dump; unpack it first");
    const char *parent = scratch->folder(scratch->context, e);
    if (parent == NULL)
        return err_wrap(e, "tar: no folder to unpack a directory archive into");
    f->path = fs_make_temp_dir(f->how->a, parent, "unpacked-", e);
    return f->path != NULL;
}

static bool has_room(const struct tar_folder *f, const struct tar_member *m, struct err *e)
{
    uint64_t free_bytes;
    if (!fs_free_bytes(f->path, &free_bytes, e))
        return false;
    if (free_bytes >= m->size_bytes)
        return true;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    return err_set(e, ERR_SPACE,
                   "tar: behind %s of its directory archive %s needs %s more, and only %s are free "
                   "in %s; set work_dir",
                   str_bytes(a, f->bytes), m->name, str_bytes(a, m->size_bytes),
                   str_bytes(a, free_bytes), f->path);
}

static bool write_bytes(struct tar_folder *f, struct sink *out, struct err *e)
{
    enum { PIECE_BYTES = 64 * 1024 };
    char bytes[PIECE_BYTES];
    for (size_t got = 1; got > 0;) {
        if (!interrupt_check(f->how->intr, e) ||
            !tar_walk_read(f->walk, bytes, sizeof bytes, &got, e) ||
            !filter_limit_allows(f->how->limit, f->bytes + got, e) ||
            (got > 0 && !sink_write(out, bytes, got, e)))
            return false;
        f->bytes += got;
    }
    return sink_finish(out, e);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool write_file(struct tar_folder *f, const struct tar_member *m, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *path = fs_join(a, f->path, fs_base_name(m->name));
    CLEANUP(close_fd)
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return err_set(e, ERR_REFUSED, "tar: it holds two members called %s", m->name);
    if (fd < 0)
        return err_sys(e, "tar: create %s", path);
    CLEANUP(sink_cleanup) struct sink *out = sink_fd(a, fd, path);
    return write_bytes(f, out, e) || err_wrap(e, "tar: unpack %s", m->name);
}

/* Nobody follows it, but no tar of a dump has one. */
static bool leads_out(const char *name)
{
    for (const char *at = name; (at = strstr(at, "..")) != NULL; at += 2)
        if ((at == name || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
            return true;
    return false;
}

/* Hidden ones are somebody else's: "._toc.dat" holds what macOS knows of toc.dat. */
bool tar_folder_add(struct tar_folder *f, const struct tar_member *m, struct err *e)
{
    const char *name = fs_base_name(m->name);
    if (name[0] == '.' || name[0] == '\0')
        return true;
    if (m->odd != NULL)
        return err_set(e, ERR_REFUSED, "tar: %s in its directory archive is %s", m->name, m->odd);
    if (leads_out(m->name))
        return err_set(e, ERR_REFUSED, "tar: the name %s leads out of it", m->name);
    f->has_data = f->has_data || archive_directory_has(name);
    f->has_toc = f->has_toc || str_starts(name, "toc.dat");
    return (f->path != NULL || make_folder(f, e)) && has_room(f, m, e) && write_file(f, m, e);
}

void tar_folder_remove(struct tar_folder *f)
{
    struct err ignored; /* the scratch goes as a whole, and its absence is proved then */
    if (f->path != NULL && !fs_remove_tree(f->path, &ignored))
        return;
    f->path = NULL;
}
