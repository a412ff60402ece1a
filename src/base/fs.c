/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 };

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static void dir_cleanup(DIR **dir)
{
    if (*dir != NULL)
        (void)closedir(*dir);
}

char *fs_join(struct arena *a, const char *dir, const char *name)
{
    size_t n = strlen(dir);
    return arena_printf(a, "%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name);
}

const char *fs_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool fs_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

bool fs_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool fs_make_dirs(const char *path, mode_t mode, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char *part = arena_strdup(a, path);
    for (char *c = part + 1; part[0] != '\0' && *c != '\0'; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        if (mkdir(part, mode) != 0 && errno != EEXIST)
            return err_sys(e, "create folder %s", part);
        *c = '/';
    }
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return err_sys(e, "create folder %s", path);
    errno = ENOTDIR;
    return fs_is_dir(path) || err_sys(e, "create folder %s", path);
}

char *fs_make_temp_dir(struct arena *a, const char *parent, const char *prefix, struct err *e)
{
    char *path = arena_printf(a, "%s/%sXXXXXX", parent, prefix);
    if (mkdtemp(path) == NULL) {
        (void)err_sys(e, "create a folder in %s", parent);
        return NULL;
    }
    return path;
}

bool fs_give_to(const char *path, const char *user, struct err *e)
{
    const struct passwd *account = getpwnam(user);
    if (account == NULL)
        return err_set(e, ERR_MISSING, "no account named \"%s\"", user);
    if (lchown(path, account->pw_uid, account->pw_gid) != 0)
        return err_sys(e, "give %s to %s", path, user);
    return true;
}

static bool remove_in(int parent_fd, const char *name, int depth, struct err *e);

static bool empty_dir(int dir_fd, const char *name, int depth, struct err *e)
{
    if (depth > DEPTH_MAX)
        return err_set(e, ERR_LIMIT, "remove %s: folders deeper than %d", name, DEPTH_MAX);
    CLEANUP(dir_cleanup) DIR *dir = fdopendir(dir_fd);
    if (dir == NULL) {
        (void)close(dir_fd);
        return err_sys(e, "read folder %s", name);
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (!remove_in(dirfd(dir), entry->d_name, depth + 1, e))
            return err_wrap(e, "%s", name);
    }
    return true;
}

static bool remove_in(int parent_fd, const char *name, int depth, struct err *e)
{
    if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return err_sys(e, "remove %s", name);
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || err_sys(e, "open folder %s", name);
    if (!empty_dir(fd, name, depth, e))
        return false;
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return err_sys(e, "remove folder %s", name);
    return true;
}

bool fs_remove_tree(const char *path, struct err *e)
{
    if (!remove_in(AT_FDCWD, path, 0, e))
        return false;
    return !fs_exists(path) || err_set(e, ERR_SYSTEM, "%s is still there after its removal", path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool fs_list(struct arena *a, const char *dir, struct vec *names, struct err *e)
{
    CLEANUP(dir_cleanup) DIR *d = opendir(dir);
    if (d == NULL)
        return err_sys(e, "read folder %s", dir);
    struct vec found = vec_new(a, sizeof(char *));
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *(char **)vec_push(&found) = arena_strdup(a, entry->d_name);
    if (found.n > 1)
        qsort(found.items, found.n, sizeof(char *), by_name);
    *names = found;
    return true;
}

bool fs_read_file(struct arena *a, const char *path, size_t max, struct slice *text, struct err *e)
{
    CLEANUP(close_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_sys(e, "open %s", path);
    size_t room = st.st_size > 0 && (uint64_t)st.st_size < max ? (size_t)st.st_size : max;
    char *bytes = arena_alloc(a, room + 2);
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n <= room; n += (size_t)got) {
        got = read(fd, bytes + n, room + 1 - n);
        if (got < 0)
            return err_sys(e, "read %s", path);
    }
    if (n > room)
        return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, room);
    bytes[n] = '\0';
    *text = (struct slice){bytes, n};
    return true;
}

bool fs_free_bytes(const char *path, uint64_t *bytes, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char *part = arena_strdup(a, path);
    struct statvfs vfs;
    while (statvfs(part, &vfs) != 0) {
        char *slash = strrchr(part, '/');
        if (errno != ENOENT || slash == NULL || slash == part)
            return err_sys(e, "free space of %s", path);
        *slash = '\0';
    }
    *bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize;
    return true;
}

static bool add_tree(int parent_fd, const char *name, int depth, uint64_t *bytes)
{
    struct stat st;
    if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    *bytes += (uint64_t)st.st_blocks * 512;
    if (!S_ISDIR(st.st_mode) || depth > DEPTH_MAX)
        return depth <= DEPTH_MAX;
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(dir_cleanup) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL)
        return errno == ENOENT;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !add_tree(dirfd(dir), entry->d_name, depth + 1, bytes))
            return false;
    return true;
}

bool fs_tree_bytes(const char *path, uint64_t *bytes, struct err *e)
{
    uint64_t sum = 0;
    if (!add_tree(AT_FDCWD, path, 0, &sum))
        return err_sys(e, "size of %s", path);
    *bytes = sum;
    return true;
}

static char *parent_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return arena_strdup(a, ".");
    return arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
}

static bool sync_parent(const char *path, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(close_cleanup) int fd = open(parent_of(a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        return err_sys(e, "sync the folder of %s", path);
    return true;
}

bool fs_new_open(struct arena *a, const char *path, mode_t mode, struct fs_new *f, struct err *e)
{
    struct fs_new new = {
        .path = arena_strdup(a, path),
        .temp_path = arena_printf(a, "%s/.%s.XXXXXX.part", parent_of(a, path), fs_base_name(path)),
        .open = true,
    };
    new.fd = mkostemps(new.temp_path, 5, O_CLOEXEC);
    if (new.fd < 0)
        return err_sys(e, "create a file beside %s", path);
    if (fchmod(new.fd, mode) != 0) {
        fs_new_cleanup(&new);
        return err_sys(e, "permissions of %s", path);
    }
    *f = new;
    return true;
}

bool fs_new_commit(struct fs_new *f, struct err *e)
{
    assert(f->open);
    if (fsync(f->fd) != 0)
        return err_sys(e, "sync %s", f->path);
    int status = close(f->fd);
    f->fd = -1;
    if (status != 0)
        return err_sys(e, "close %s", f->path);
    if (rename(f->temp_path, f->path) != 0)
        return err_sys(e, "rename to %s", f->path);
    f->open = false;
    return sync_parent(f->path, e);
}

void fs_new_cleanup(struct fs_new *f)
{
    if (!f->open)
        return;
    if (f->fd >= 0)
        (void)close(f->fd);
    (void)unlink(f->temp_path);
    f->open = false;
    f->fd = -1;
}

bool fs_write_all(int fd, const void *bytes, size_t n, struct err *e)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return err_sys(e, "write");
        p += put;
        n -= (size_t)put;
    }
    return true;
}

bool fs_write_file(struct arena *a, const char *path, mode_t mode, struct slice text, struct err *e)
{
    CLEANUP(fs_new_cleanup) struct fs_new f = {0};
    if (!fs_new_open(a, path, mode, &f, e))
        return false;
    if (!fs_write_all(f.fd, text.p, text.n, e))
        return err_wrap(e, "%s", path);
    return fs_new_commit(&f, e);
}

bool fs_link_replace(struct arena *a, const char *to, const char *path, struct err *e)
{
    struct stat st;
    if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
        return err_set(e, ERR_REFUSED, "%s is in the way and is no symbolic link", path);
    char *temp = arena_printf(a, "%s.%d.new", path, (int)getpid());
    (void)unlink(temp);
    if (symlink(to, temp) != 0)
        return err_sys(e, "link %s", temp);
    if (rename(temp, path) == 0)
        return true;
    (void)err_sys(e, "link %s", path);
    (void)unlink(temp);
    return false;
}
