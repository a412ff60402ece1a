/* SPDX-License-Identifier: PostgreSQL */
#include "target/pack.h"

#include "base/fs.h"
#include "io/sink.h"
#include "target/tree_digest.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEVEL = 1, DEPTH_MAX = 8, PIECE_BYTES = 128 * 1024 };

struct packing {
    struct arena *a;
    struct sink *out;
    struct tree_digest digest;
    uint8_t piece[PIECE_BYTES];
};

static void packing_cleanup(struct packing *p)
{
    sink_cleanup(&p->out);
    tree_digest_cleanup(&p->digest);
}

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool put(struct packing *p, const void *bytes, size_t n, struct err *e)
{
    tree_digest_add(&p->digest, bytes, n);
    return sink_write(p->out, bytes, n, e);
}

static bool put_head(struct packing *p, const struct stat *st, const char *path, struct err *e)
{
    bool is_file = S_ISREG(st->st_mode);
    const char *line =
        arena_printf(p->a, "%c %o %lld %s\n", is_file ? 'f' : 'd', (unsigned)(st->st_mode & 07777),
                     is_file ? (long long)st->st_size : 0LL, path);
    return put(p, line, strlen(line), e);
}

static bool put_file(struct packing *p, int fd, const struct stat *st, const char *path,
                     struct err *e)
{
    off_t left = st->st_size;
    if (!put_head(p, st, path, e))
        return false;
    while (left > 0) {
        size_t wanted = left < (off_t)sizeof p->piece ? (size_t)left : sizeof p->piece;
        ssize_t got = read(fd, p->piece, wanted);
        if (got < 0)
            return err_sys(e, "read %s", path);
        if (got == 0)
            return err_set(e, ERR_SYSTEM, "%s became shorter", path);
        if (!put(p, p->piece, (size_t)got, e))
            return false;
        left -= got;
    }
    return true;
}

static bool put_folder(struct packing *p, int dir_fd, const char *prefix, int depth, struct err *e);

static bool put_entry(struct packing *p, int dir_fd, const char *prefix, const char *name,
                      struct err *e)
{
    struct stat st;
    const char *path = arena_printf(p->a, "%s%s", prefix, name);
    CLEANUP(close_cleanup)
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_sys(e, "open %s", path);
    if (S_ISREG(st.st_mode))
        return put_file(p, fd, &st, path, e);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, ERR_REFUSED, "%s is neither a file nor a folder", path);
    int depth = 0;
    for (const char *c = path; *c != '\0'; c++)
        depth += *c == '/';
    return put_head(p, &st, path, e) &&
           put_folder(p, fd, arena_printf(p->a, "%s/", path), depth + 1, e);
}

/* Through the descriptor: what becomes of the path meanwhile does not matter. */
static bool put_folder(struct packing *p, int dir_fd, const char *prefix, int depth, struct err *e)
{
    struct vec names;
    if (depth > DEPTH_MAX)
        return err_set(e, ERR_LIMIT, "%s is deeper than %d folders", prefix, DEPTH_MAX);
    if (!fs_list(p->a, arena_printf(p->a, "/proc/self/fd/%d", dir_fd), &names, e))
        return false;
    VEC_EACH (char *, name, &names)
        if (!put_entry(p, dir_fd, prefix, *name, e))
            return false;
    return true;
}

bool pack_tree(struct arena *a, const char *dir, int out_fd, struct err *e)
{
    CLEANUP(packing_cleanup) struct packing p = {.a = a};
    char hex[TREE_DIGEST_HEX_BYTES];
    CLEANUP(close_cleanup)
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir_fd < 0)
        return err_sys(e, "open %s", dir);
    p.out = sink_zstd(a, sink_fd(a, out_fd, "template"), LEVEL, e);
    if (p.out == NULL)
        return false;
    tree_digest_begin(&p.digest);
    if (!put(&p, TREE_FIRST_LINE, strlen(TREE_FIRST_LINE), e) || !put_folder(&p, dir_fd, "", 0, e))
        return false;
    tree_digest_end(&p.digest, hex);
    const char *last = arena_printf(a, "end %s\n", hex);
    return sink_write(p.out, last, strlen(last), e) && sink_finish(p.out, e);
}
