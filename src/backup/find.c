/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"
#include "backup/folder.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse_kind(const char *path, mode_t mode, struct err *e)
{
    const char *kind = S_ISFIFO(mode)   ? "a FIFO"
                       : S_ISSOCK(mode) ? "a socket"
                       : S_ISCHR(mode)  ? "a character device"
                                        : "a block device";
    return err_set(e, ERR_USAGE,
                   "backup %s is %s; it is read more than once, so it must be an ordinary file",
                   path, kind);
}

static bool look(const char *path, struct stat *st, struct err *e)
{
    if (stat(path, st) == 0)
        return true;
    int why = errno;
    if (why == ENOENT && fs_exists(path))
        return err_set(e, ERR_MISSING, "backup %s is a symbolic link that leads nowhere", path);
    if (why == ENOENT || why == ENOTDIR)
        return err_set(e, ERR_MISSING, "backup %s does not exist", path);
    errno = why;
    return err_sys(e, "backup %s", path);
}

static bool try_read(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char byte;
    bool ok = fd >= 0 && read(fd, &byte, 1) >= 0;
    if (!ok)
        (void)err_sys(e, "backup %s cannot be read", path);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool measure(const char *path, const struct stat *st, uint64_t *bytes, struct err *e)
{
    if (S_ISDIR(st->st_mode))
        return folder_measure(path, bytes, e);
    if (!S_ISREG(st->st_mode))
        return refuse_kind(path, st->st_mode, e);
    *bytes = (uint64_t)st->st_size;
    return try_read(path, e);
}

static const char *absolute(struct arena *a, const char *path)
{
    char *real = realpath(path, NULL);
    const char *copy = arena_strdup(a, real == NULL ? path : real);
    free(real);
    return copy;
}

bool backup_find(struct arena *a, const char *path, struct record *r, struct err *e)
{
    struct stat st;
    uint64_t bytes = 0;
    if (!look(path, &st, e) || !measure(path, &st, &bytes, e))
        return false;
    if (bytes == 0)
        return err_set(e, ERR_FORMAT, "backup %s is empty (0 bytes)", path);
    struct backup_facts *b = &r->backup;
    b->origin = "file";
    b->path = absolute(a, path);
    b->kept = true;
    b->size_bytes = (int64_t)bytes;
    b->taken = (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND_US + st.st_mtim.tv_nsec / 1000;
    b->taken_from = "file";
    int64_t age_us = clock_wall_us() - b->taken;
    if (age_us >= 0)
        b->age_us = KNOWN(age_us);
    return true;
}
