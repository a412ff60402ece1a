/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "io/filter.h"
#include "io/source.h"
#include "target/pack.h"
#include "target/tree_digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 128 * 1024, LINE_BYTES = 512, ZERO_BYTES = 4096 };

struct unpacking {
    const struct unpack *how;
    struct source *in;
    struct filter_facts facts;
    struct tree_digest digest;
    int root_fd;
    bool ended; /* the last line was read, and told the right digest */
    size_t at, end;
    char buffer[BUFFER_BYTES];
    char line[LINE_BYTES];
};

static void unpacking_cleanup(struct unpacking *u)
{
    source_cleanup(&u->in);
    tree_digest_cleanup(&u->digest);
    if (u->root_fd >= 0)
        (void)close(u->root_fd);
}

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool damaged(struct err *e, const char *what)
{
    return err_set(e, ERR_FORMAT, "%s", what);
}

/* More bytes in the buffer; their absence is damage. */
static bool fill(struct unpacking *u, struct err *e)
{
    size_t got = 0;
    if (u->at < u->end)
        return true;
    if (!source_read(u->in, u->buffer, sizeof u->buffer, &got, e))
        return false;
    u->at = 0;
    u->end = got;
    return got > 0 || damaged(e, "it ends too early");
}

/* u->line without its newline, which the digest is about as well. */
static bool read_line(struct unpacking *u, struct err *e)
{
    size_t n = 0;
    for (;;) {
        if (!fill(u, e))
            return false;
        char c = u->buffer[u->at++];
        if (c == '\n')
            break;
        if (n + 1 >= sizeof u->line || c == '\0')
            return damaged(e, "a line of it is none");
        u->line[n++] = c;
    }
    u->line[n] = '\0';
    return true;
}

static bool is_zero(const char *bytes, size_t n)
{
    return bytes[0] == '\0' && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Zeros stay holes: a new WAL segment is nearly all of them. */
static bool write_piece(int fd, const char *bytes, size_t n, off_t at, struct err *e)
{
    for (size_t done = 0; done < n;) {
        size_t part = n - done < ZERO_BYTES ? n - done : ZERO_BYTES;
        if (is_zero(bytes + done, part)) {
            done += part;
            continue;
        }
        while (done + part < n && !is_zero(bytes + done + part, 1))
            part += n - done - part < ZERO_BYTES ? n - done - part : ZERO_BYTES;
        ssize_t put = pwrite(fd, bytes + done, part, at + (off_t)done);
        if (put <= 0)
            return err_sys(e, "write");
        done += (size_t)put;
    }
    return true;
}

static bool write_file(struct unpacking *u, int fd, off_t size, struct err *e)
{
    for (off_t at = 0; at < size;) {
        if (!fill(u, e))
            return false;
        size_t n = u->end - u->at;
        if ((off_t)n > size - at)
            n = (size_t)(size - at);
        tree_digest_add(&u->digest, u->buffer + u->at, n);
        if (!write_piece(fd, u->buffer + u->at, n, at, e))
            return false;
        u->at += n;
        at += (off_t)n;
    }
    return ftruncate(fd, size) == 0 || err_sys(e, "size");
}

static bool make_file(struct unpacking *u, const char *path, mode_t mode, off_t size, struct err *e)
{
    CLEANUP(close_cleanup)
    int fd = openat(u->root_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0 || fchown(fd, u->how->uid, u->how->gid) != 0)
        return err_sys(e, "make %s/%s", u->how->dir, path);
    return write_file(u, fd, size, e) || err_wrap(e, "%s/%s", u->how->dir, path);
}

static bool make_folder(struct unpacking *u, const char *path, mode_t mode, struct err *e)
{
    const struct unpack *how = u->how;
    if (mkdirat(u->root_fd, path, mode) != 0 ||
        fchownat(u->root_fd, path, how->uid, how->gid, AT_SYMLINK_NOFOLLOW) != 0)
        return err_sys(e, "make %s/%s", how->dir, path);
    return true;
}

/* "f 600 8192 base/1/1249" */
static bool read_entry(struct unpacking *u, struct err *e)
{
    char *rest = u->line;
    const char *kind = strsep(&rest, " "), *mode_text = strsep(&rest, " ");
    const char *size_text = strsep(&rest, " "), *path = rest;
    uint64_t size = 0;
    bool fit = path != NULL && strlen(kind) == 1 && str_parse_uint(size_text, &size) &&
               size <= INT64_MAX && path[0] != '/' && strstr(path, "..") == NULL;
    mode_t mode = fit ? (mode_t)strtoul(mode_text, NULL, 8) : 0;
    if (fit && kind[0] == 'f')
        return make_file(u, path, mode & 0777, (off_t)size, e);
    if (fit && kind[0] == 'd')
        return make_folder(u, path, mode & 0777, e);
    return damaged(e, "a line of it is none");
}

static bool read_next(struct unpacking *u, struct err *e)
{
    char hex[TREE_DIGEST_HEX_BYTES];
    if (!read_line(u, e) || !interrupt_check(u->how->intr, e))
        return false;
    if (str_starts(u->line, "end ")) {
        tree_digest_end(&u->digest, hex);
        u->ended = str_eq(u->line + strlen("end "), hex);
        return u->ended || damaged(e, "its digest is not that of its bytes");
    }
    tree_digest_add(&u->digest, u->line, strlen(u->line));
    tree_digest_add(&u->digest, "\n", 1);
    return read_entry(u, e);
}

/* The frame must be whole, with its own checksum, and nothing behind it. */
static bool read_end(struct unpacking *u, struct err *e)
{
    size_t got = 0;
    if (u->at < u->end)
        return damaged(e, "something follows its end");
    if (!source_read(u->in, u->buffer, sizeof u->buffer, &got, e))
        return false;
    bool whole = got == 0 && u->facts.members == 1 && u->facts.checked == 1;
    return (whole && !u->facts.garbage && u->facts.padding_bytes == 0) ||
           damaged(e, "something follows its end");
}

static bool unpack(struct unpacking *u, struct err *e)
{
    if (!read_line(u, e))
        return false;
    tree_digest_add(&u->digest, u->line, strlen(u->line));
    tree_digest_add(&u->digest, "\n", 1);
    if (!str_starts(TREE_FIRST_LINE, u->line) || strlen(u->line) + 1 != strlen(TREE_FIRST_LINE))
        return damaged(e, "it is of another kind");
    while (!u->ended)
        if (!read_next(u, e))
            return false;
    return read_end(u, e);
}

/* The folder is ours alone, and the one that was just made. */
static bool make_root(struct unpacking *u, struct err *e)
{
    struct stat st;
    const char *dir = u->how->dir;
    if (mkdir(dir, 0700) != 0)
        return err_sys(e, "make %s", dir);
    u->root_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (u->root_fd < 0 || fstat(u->root_fd, &st) != 0)
        return err_sys(e, "open %s", dir);
    return (st.st_uid == geteuid() && (st.st_mode & 077) == 0) ||
           err_set(e, ERR_REFUSED, "%s is not the folder that was made", dir);
}

bool unpack_tree(struct arena *a, const struct unpack *how, struct err *e)
{
    CLEANUP(unpacking_cleanup) struct unpacking u = {.how = how, .root_fd = -1};
    const struct source_fd file = {.fd = how->in_fd, .name = how->name, .intr = how->intr};
    tree_digest_begin(&u.digest);
    u.in = filter_zstd(a, source_fd(a, &file), &u.facts, e);
    if (u.in == NULL || !make_root(&u, e) || !unpack(&u, e))
        return false;
    return fchown(u.root_fd, how->uid, how->gid) == 0 || err_sys(e, "give %s", how->dir);
}
