/* SPDX-License-Identifier: PostgreSQL */
#include "run/lease.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "target/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEASE_MAX_BYTES = 8192 };

static const char first_line[] = "pg_rehearse lease 1\n";
static const char suffix[] = ".lease";
static const char folder_prefix[] = "pg_rehearse-";

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

bool lease_state_dir(struct arena *a, const char *wanted, const char **dir, struct err *e)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    const char *path = wanted;
    if (path == NULL && geteuid() == 0)
        path = "/var/lib/pg_rehearse";
    else if (path == NULL && xdg != NULL && xdg[0] == '/')
        path = fs_join(a, xdg, "pg_rehearse");
    else if (path == NULL && home != NULL)
        path = fs_join(a, home, ".local/state/pg_rehearse");
    if (path == NULL)
        return err_set(e, ERR_USAGE, "no folder for leases: set state_dir, or HOME");
    struct err why = {0};
    if (!fs_make_dirs(path, 0700, &why) ||
        (access(path, R_OK | W_OK | X_OK) != 0 && !err_sys(&why, "%s", path)))
        return err_set(e, ERR_USAGE, "folder for leases: %s; set state_dir", why.text);
    *dir = path;
    return true;
}

/* Only folders that a run makes may ever be removed. */
static bool is_ours(const char *folder)
{
    const char *name = fs_base_name(folder);
    return folder[0] == '/' && strstr(folder, "/../") == NULL &&
           (str_starts(name, folder_prefix) || str_starts(name, ".pg_rehearse-"));
}

/* The lock can be on a file that its owner has just removed: then there is nothing to clear. */
static bool is_still(int fd, const char *path)
{
    struct stat by_fd, by_name;
    return fstat(fd, &by_fd) == 0 && stat(path, &by_name) == 0 && by_fd.st_ino == by_name.st_ino;
}

static bool write_lease(const struct lease *l, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = arena_printf(a, "%sfolder %s\n", first_line, l->folder);
    if (flock(l->fd, LOCK_EX | LOCK_NB) != 0)
        return err_sys(e, "lock %s", l->path);
    if (!fs_write_all(l->fd, text, strlen(text), e))
        return err_wrap(e, "%s", l->path);
    return fsync(l->fd) == 0 || err_sys(e, "sync %s", l->path);
}

bool lease_take(struct arena *a, const char *state_dir, const char *folder, struct lease *l,
                struct err *e)
{
    if (!is_ours(folder) || strchr(folder, '\n') != NULL)
        return err_set(e, ERR_DEFECT, "%s is no folder to lease", folder);
    struct lease new = {
        .path =
            arena_printf(a, "%s/%s.%d%s", state_dir, fs_base_name(folder), (int)getpid(), suffix),
        .folder = arena_strdup(a, folder),
    };
    const char *unlocked = arena_printf(a, "%s.new", new.path); /* no reaper looks at this name */
    new.fd = open(unlocked, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (new.fd < 0)
        return err_sys(e, "create lease %s", unlocked);
    bool ok = write_lease(&new, e);
    if (ok && rename(unlocked, new.path) != 0)
        ok = err_sys(e, "rename to %s", new.path);
    if (ok && mkdir(folder, 0711) != 0)
        ok = err_sys(e, "create folder %s", folder);
    if (!ok) {
        (void)unlink(unlocked);
        (void)unlink(new.path);
        (void)close(new.fd);
        return false;
    }
    *l = new;
    return true;
}

/* Servers run in the sub-folders of a leased folder; removal comes after they are gone. */
static bool clear_folder(const char *folder, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec names = {0};
    struct err none;
    if (fs_is_dir(folder) && fs_list(a, folder, &names, &none))
        VEC_EACH (char *, name, &names)
            if (fs_is_dir(fs_join(a, folder, *name)) &&
                !cluster_kill_stale(fs_join(a, folder, *name), e))
                return false;
    return fs_remove_tree(folder, e);
}

bool lease_give(struct lease *l, struct err *e)
{
    if (!clear_folder(l->folder, e))
        return false;
    if (unlink(l->path) != 0 && errno != ENOENT)
        return err_sys(e, "remove lease %s", l->path);
    (void)close(l->fd);
    l->fd = -1;
    return true;
}

bool lease_keep(struct lease *l, const char *dsn, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char now[CLOCK_ISO_BYTES];
    const char *text = arena_printf(a, "kept %s\ndsn %s\n", clock_iso(clock_wall_us(), now), dsn);
    if (strchr(dsn, '\n') != NULL)
        return err_set(e, ERR_DEFECT, "a connection string of two lines");
    if (!fs_write_all(l->fd, text, strlen(text), e))
        return err_wrap(e, "%s", l->path);
    if (fsync(l->fd) != 0)
        return err_sys(e, "sync %s", l->path);
    (void)close(l->fd);
    l->fd = -1;
    return true;
}

/* The rest of the next line when it begins with this word; NULL leaves *text where it is. */
static const char *take_line(struct arena *a, const char **text, const char *word)
{
    const char *end = strchr(*text, '\n');
    size_t n = strlen(word);
    if (end == NULL || !str_starts(*text, word))
        return NULL;
    const char *rest = arena_strndup(a, *text + n, (size_t)(end - *text) - n);
    *text = end + 1;
    return rest;
}

/* What the lease at `path` says; false when it is none of ours. */
static bool read_lease(struct arena *a, const char *path, struct lease_facts *facts)
{
    struct slice text;
    struct err none;
    if (!fs_read_file(a, path, LEASE_MAX_BYTES, &text, &none) || !str_starts(text.p, first_line))
        return false;
    const char *rest = text.p + strlen(first_line);
    *facts = (struct lease_facts){.state = LEASE_STALE, .folder = take_line(a, &rest, "folder ")};
    if (facts->folder == NULL || !is_ours(facts->folder))
        return false;
    facts->name = strstr(fs_base_name(facts->folder), folder_prefix) + strlen(folder_prefix);
    facts->since = take_line(a, &rest, "kept ");
    facts->dsn = facts->since == NULL ? NULL : take_line(a, &rest, "dsn ");
    if (facts->dsn != NULL) /* written to its end */
        facts->state = LEASE_KEPT;
    return true;
}

/* Takes the lock of a lease without an owner: a descriptor that holds it, or -1. */
static int lock_ownerless(const char *path, bool *alive)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    *alive = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0 && (*alive || !is_still(fd, path))) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void reap_one(struct arena *a, const char *path, const char *name, struct vec *reaped)
{
    bool alive;
    CLEANUP(close_cleanup) int fd = lock_ownerless(path, &alive);
    struct lease_facts facts = {0};
    if (fd < 0)
        return;
    struct err e = {0};
    bool ours = read_lease(a, path, &facts);
    bool named = str_eq(name, LEASE_ALL) || str_eq(name, facts.name);
    if (ours && facts.state == LEASE_KEPT && !named)
        return;
    bool cleared = !ours || clear_folder(facts.folder, &e);
    if (cleared)
        (void)unlink(path);
    if (ours)
        *(struct reaped *)vec_push(reaped) =
            (struct reaped){facts.folder, cleared, cleared ? NULL : arena_strdup(a, e.text)};
}

/* Paths of the lease files (const char *), sorted. */
static bool list_files(struct arena *a, const char *state_dir, struct vec *paths, struct err *e)
{
    struct vec names;
    *paths = vec_new(a, sizeof(const char *));
    if (!fs_list(a, state_dir, &names, e))
        return false;
    VEC_EACH (char *, name, &names)
        if (str_ends(*name, suffix))
            *(const char **)vec_push(paths) = fs_join(a, state_dir, *name);
    return true;
}

bool lease_list(struct arena *a, const char *state_dir, struct vec *leases, struct err *e)
{
    struct vec paths;
    *leases = vec_new(a, sizeof(struct lease_facts));
    if (!list_files(a, state_dir, &paths, e))
        return false;
    VEC_EACH (const char *, path, &paths) {
        bool alive;
        struct lease_facts facts;
        CLEANUP(close_cleanup) int fd = lock_ownerless(*path, &alive);
        (void)fd;
        if (!read_lease(a, *path, &facts))
            continue;
        facts.state = alive ? LEASE_ALIVE : facts.state;
        *(struct lease_facts *)vec_push(leases) = facts;
    }
    return true;
}

bool lease_reap(struct arena *a, const char *state_dir, const char *name, struct vec *reaped,
                struct err *e)
{
    struct vec paths;
    *reaped = vec_new(a, sizeof(struct reaped));
    if (!list_files(a, state_dir, &paths, e))
        return false;
    VEC_EACH (const char *, path, &paths)
        reap_one(a, *path, name, reaped);
    return true;
}
