/* SPDX-License-Identifier: PostgreSQL */
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    struct source base;
    const char *path;
    int fd;
};

static bool file_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct file *f = (struct file *)s;
    ssize_t some;
    do
        some = read(f->fd, bytes, n);
    while (some < 0 && errno == EINTR);
    if (some < 0)
        return err_sys(e, "cannot read %s at byte %llu", f->path, (unsigned long long)s->offset);
    *got = (size_t)some;
    return true;
}

static void file_close(struct source *s)
{
    (void)close(((struct file *)s)->fd);
}

static const struct source_ops file_ops = {.name = "file", .read = file_read, .close = file_close};

static bool is_ordinary(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_sys(e, "cannot look at %s", path);
    if (S_ISDIR(st.st_mode))
        return err_set(e, ERR_REFUSED, "%s is a folder, not a file", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_REFUSED, "%s is not an ordinary file", path);
    return true;
}

struct source *source_file(struct arena *a, const char *path, struct err *e)
{
    /* Not blocking, so that a pipe without a writer is refused instead of waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        err_sys(e, "cannot open %s", path);
        if (missing)
            e->code = ERR_MISSING;
        return NULL;
    }
    if (!is_ordinary(fd, path, e)) {
        (void)close(fd);
        return NULL;
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    struct file *f = ARENA_NEW(a, struct file);
    *f = (struct file){.base = {.ops = &file_ops}, .path = path, .fd = fd};
    return &f->base;
}
