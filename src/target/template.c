/* SPDX-License-Identifier: PostgreSQL */
#include "target/template.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "target/pack.h"
#include "target/tree_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_DAYS = 30, DAY_SECONDS = 86400 };

static const char suffix[] = ".template";

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* A program as it lies there: one that was upgraded is another one. */
static const char *program_key(struct arena *a, const char *bindir, const char *name)
{
    struct stat st = {0};
    const char *path = fs_join(a, bindir, name);
    (void)stat(path, &st);
    return arena_printf(a, "%s %llu %llu %lld %lld.%09ld", path, (unsigned long long)st.st_dev,
                        (unsigned long long)st.st_ino, (long long)st.st_size,
                        (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static const char *shown(const char *text)
{
    return text == NULL ? "-" : text;
}

/* initdb writes the time zone of the machine into postgresql.conf. */
static const char *time_zone(struct arena *a)
{
    char target[256] = "";
    ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    return arena_printf(a, "%s %s", shown(getenv("TZ")), target);
}

static const char *key_of(struct arena *a, const struct cluster_wish *w)
{
    struct tree_digest digest = {0};
    char *hex = arena_alloc(a, TREE_DIGEST_HEX_BYTES);
    const char *text =
        arena_printf(a, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n", program_key(a, w->bindir, "initdb"),
                     program_key(a, w->bindir, "postgres"), shown(w->encoding), shown(w->collate),
                     shown(w->ctype), shown(w->locale_provider), shown(w->icu_locale), time_zone(a),
                     gnu_get_libc_version());
    tree_digest_begin(&digest);
    tree_digest_add(&digest, text, strlen(text));
    tree_digest_end(&digest, hex);
    tree_digest_cleanup(&digest);
    return hex;
}

static bool is_ours_alone(const struct stat *st)
{
    return st->st_uid == geteuid() && (st->st_mode & 022) == 0;
}

static bool open_folder(const char *dir, int *fd, struct err *e)
{
    struct stat st;
    if (!fs_make_dirs(dir, 0700, e))
        return false;
    int found = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (found < 0)
        return err_sys(e, "open %s", dir);
    if (fstat(found, &st) != 0 || !is_ours_alone(&st)) {
        (void)close(found);
        return err_set(e, ERR_REFUSED, "%s belongs to another account, or others may write to it",
                       dir);
    }
    *fd = found;
    return true;
}

struct template_file template_open(struct arena *a, const struct cluster_wish *wish)
{
    struct err why;
    struct template_file t = {.arena = a, .wish = wish, .dir_fd = -1, .unfit = "switched off"};
    if (wish->cache_dir == NULL)
        return t;
    t.name = arena_printf(a, "%s%s", key_of(a, wish), suffix);
    t.path = fs_join(a, wish->cache_dir, t.name);
    if (!open_folder(wish->cache_dir, &t.dir_fd, &why))
        t.unfit = arena_strdup(a, why.text);
    return t;
}

void template_cleanup(struct template_file *t)
{
    if (t->dir_fd >= 0)
        (void)close(t->dir_fd);
    t->dir_fd = -1;
}

/* What is no good is never looked at again. */
static bool throw_away(struct template_file *t, const char *damage, struct err *e)
{
    t->damage = arena_strdup(t->arena, damage);
    if (unlinkat(t->dir_fd, t->name, 0) == 0 || errno == ENOENT)
        return true;
    return fs_remove_tree(t->path, e); /* a folder: planted */
}

static bool own_ids(const struct cluster_wish *wish, struct unpack *how, struct err *e)
{
    const struct passwd *account = wish->account == NULL ? NULL : getpwnam(wish->account);
    if (wish->account != NULL && account == NULL)
        return err_set(e, ERR_MISSING, "no account named \"%s\"", wish->account);
    how->uid = account != NULL ? account->pw_uid : geteuid();
    how->gid = account != NULL ? account->pw_gid : getegid();
    return true;
}

bool template_take(struct template_file *t, const char *data_dir, struct err *e)
{
    struct stat st;
    struct err why = {0};
    CLEANUP(close_cleanup)
    int fd = t->dir_fd < 0
                 ? -1
                 : openat(t->dir_fd, t->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return t->dir_fd < 0 || errno == ENOENT || throw_away(t, "it cannot be opened", e);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !is_ours_alone(&st))
        return throw_away(t, "it belongs to another account, or others may write to it", e);
    struct unpack how = {.in_fd = fd, .name = t->path, .dir = data_dir, .intr = t->wish->intr};
    if (!own_ids(t->wish, &how, e))
        return false;
    t->taken = unpack_tree(t->arena, &how, &why);
    if (t->taken) {
        (void)futimens(fd, NULL); /* is in use: see prune */
        return true;
    }
    if (!fs_remove_tree(data_dir, e))
        return false;
    *e = why; /* damaged names fail in the file system before the digest tells */
    return why.code != ERR_SPACE && why.code != ERR_INTERRUPTED && throw_away(t, why.text, e);
}

/* Templates of programs that are there no more. */
static void prune(const struct template_file *t)
{
    struct arena *a = t->arena;
    struct err ignored;
    struct vec names;
    struct stat st;
    int64_t now = clock_wall_us() / CLOCK_SECOND_US;
    if (!fs_list(a, arena_printf(a, "/proc/self/fd/%d", t->dir_fd), &names, &ignored))
        return;
    VEC_EACH (char *, name, &names)
        if (str_ends(*name, suffix) && fstatat(t->dir_fd, *name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            now - st.st_mtim.tv_sec > (int64_t)KEPT_DAYS * DAY_SECONDS)
            (void)unlinkat(t->dir_fd, *name, 0);
}

bool template_keep(const struct template_file *t, const char *data_dir, struct err *e)
{
    struct arena *a = t->arena;
    CLEANUP(close_cleanup)
    int fd = openat(t->dir_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_sys(e, "make a file without a name beside %s", t->path);
    if (!pack_tree(a, data_dir, fd, e))
        return false;
    const char *unnamed = arena_printf(a, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, unnamed, t->dir_fd, t->name, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST)
        return err_sys(e, "name %s", t->path);
    prune(t);
    return true;
}
