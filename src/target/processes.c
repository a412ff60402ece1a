/* SPDX-License-Identifier: PostgreSQL */
#include "target/processes.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PROC_FILE_MAX = 4 * 1024 * 1024, LOCK_FILE_MAX = 4096, LAST_SECONDS = 5 };

static pid_t pid_of(const char *name)
{
    uint64_t n;
    return str_parse_uint(name, &n) && n > 0 && n < INT32_MAX ? (pid_t)n : 0;
}

/* Line `number` (from 1) of the lock file of a postmaster; NULL when it is not there. */
static const char *lock_line(struct arena *a, const char *data_dir, int number)
{
    struct err ignored;
    struct slice text;
    if (!fs_read_file(a, fs_join(a, data_dir, "postmaster.pid"), LOCK_FILE_MAX, &text, &ignored))
        return NULL;
    char *rest = arena_strndup(a, text.p, text.n), *line = NULL;
    for (int i = 0; i < number && rest != NULL; i++)
        line = strsep(&rest, "\n");
    return rest == NULL ? NULL : line; /* a line without its end is not whole */
}

pid_t processes_postmaster(const char *data_dir)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *line = lock_line(a, data_dir, 1);
    return line == NULL ? 0 : pid_of(line);
}

/* Line 8, padded with blanks (PostgreSQL, src/include/utils/pidfile.h). */
bool processes_is_ready(const char *data_dir, int64_t major)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *line = major < 10 ? "ready" : lock_line(a, data_dir, 8);
    return line != NULL && str_starts(line, "ready");
}

/* A person's shell that happens to stand in the folder has a terminal. Field 7 of stat, counted
 * from behind the name, which may hold anything. */
static bool has_terminal(struct arena *a, const char *proc_dir)
{
    struct err ignored;
    struct slice text;
    if (!fs_read_file(a, fs_join(a, proc_dir, "stat"), LOCK_FILE_MAX, &text, &ignored))
        return false;
    char *rest = strrchr(arena_strndup(a, text.p, text.n), ')');
    if (rest == NULL)
        return false;
    const char *field = NULL;
    for (int i = 2; i <= 7 && rest != NULL; i++)
        field = strsep(&rest, " ");
    return field != NULL && !str_eq(field, "0");
}

static bool belongs(struct arena *a, const char *proc_dir, const struct stat *data)
{
    struct stat cwd, process;
    return stat(fs_join(a, proc_dir, "cwd"), &cwd) == 0 && cwd.st_dev == data->st_dev &&
           cwd.st_ino == data->st_ino && stat(proc_dir, &process) == 0 &&
           process.st_uid == data->st_uid && !has_terminal(a, proc_dir);
}

/* The pidfd holds on to the process, so that the one that is signalled is the one looked at. */
static bool signal_if_belongs(pid_t pid, const struct stat *data, int signo)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    bool known = fd < 0 && errno == ENOSYS;
    bool mine = (fd >= 0 || known) && belongs(a, arena_printf(a, "/proc/%d", (int)pid), data);
    if (mine && signo != 0 && fd >= 0)
        (void)syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0);
    else if (mine && signo != 0)
        (void)kill(pid, signo);
    if (fd >= 0)
        (void)close(fd);
    return mine;
}

/* Signals (0: only counts) all of them; gives how many there are, and one of them. */
static size_t signal_all(const struct stat *data, int signo, pid_t *one)
{
    struct err ignored;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec names;
    size_t n = 0;
    if (!fs_list(a, "/proc", &names, &ignored))
        return 0;
    VEC_EACH (char *, name, &names) {
        pid_t pid = pid_of(*name);
        if (pid == 0 || pid == getpid() || !signal_if_belongs(pid, data, signo))
            continue;
        *one = pid;
        n++;
    }
    return n;
}

static void nap(void)
{
    (void)poll(NULL, 0, 5);
}

/* A postmaster that was killed leaves a System V segment; line 7 of its lock file is key and id. */
static void remove_shared_memory(const char *data_dir, const struct stat *data)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *line = lock_line(a, data_dir, 7);
    char *end = NULL;
    if (line == NULL)
        return;
    int64_t key = strtoll(line, &end, 10);
    int64_t id = strtoll(end, NULL, 10);
    struct shmid_ds segment;
    if (key == 0 || id < 0 || id > INT32_MAX || shmctl((int)id, IPC_STAT, &segment) != 0)
        return;
    bool ours = segment.shm_perm.uid == data->st_uid && segment.shm_nattch == 0 &&
                (int64_t)segment.shm_perm.__key == key;
    if (ours)
        (void)shmctl((int)id, IPC_RMID, NULL);
}

bool processes_end(const char *data_dir, int64_t grace_us, struct err *e)
{
    struct stat data;
    pid_t one = 0;
    if (stat(data_dir, &data) != 0)
        return errno == ENOENT || errno == ENOTDIR || err_sys(e, "look at %s", data_dir);
    pid_t postmaster = processes_postmaster(data_dir);
    if (postmaster > 0 && signal_if_belongs(postmaster, &data, SIGQUIT)) {
        int64_t until_us = clock_mono_us() + grace_us;
        while (signal_all(&data, 0, &one) > 0 && clock_mono_us() < until_us)
            nap();
    }
    int64_t until_us = clock_mono_us() + LAST_SECONDS * CLOCK_SECOND_US;
    while (signal_all(&data, SIGKILL, &one) > 0) {
        if (clock_mono_us() >= until_us)
            return err_set(e, ERR_SYSTEM, "process %d still runs in %s", (int)one, data_dir);
        nap();
    }
    remove_shared_memory(data_dir, &data);
    return true;
}

/* Inodes of listening sockets (state 0A) in one table of /proc/PID/net, as "socket:[N]". */
static bool listening(struct arena *a, const char *path, struct vec *inodes, struct err *e)
{
    struct slice text;
    if (!fs_exists(path)) /* a kernel without IPv6 */
        return true;
    if (!fs_read_file(a, path, PROC_FILE_MAX, &text, e))
        return false;
    char *rest = arena_strndup(a, text.p, text.n), *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *field[10] = {NULL};
        for (size_t i = 0; i < COUNT_OF(field) && line != NULL; i++) {
            line += strspn(line, " ");
            field[i] = strsep(&line, " ");
        }
        if (str_eq(field[3], "0A") && field[9] != NULL)
            *(const char **)vec_push(inodes) = arena_printf(a, "socket:[%s]", field[9]);
    }
    return true;
}

static bool is_among(const struct vec *texts, const char *text)
{
    VEC_EACH (const char *, t, texts)
        if (str_eq(*t, text))
            return true;
    return false;
}

bool processes_listens(pid_t pid, bool *listens, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *dir = arena_printf(a, "/proc/%d", (int)pid);
    const char *fd_dir = fs_join(a, dir, "fd");
    struct vec inodes = vec_new(a, sizeof(const char *)), fds;
    if (!listening(a, fs_join(a, dir, "net/tcp"), &inodes, e) ||
        !listening(a, fs_join(a, dir, "net/tcp6"), &inodes, e) || !fs_list(a, fd_dir, &fds, e))
        return false;
    bool found = false;
    VEC_EACH (char *, name, &fds) {
        char target[64] = "";
        ssize_t n = readlink(fs_join(a, fd_dir, *name), target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        found = found || is_among(&inodes, target);
    }
    *listens = found;
    return true;
}
