/* SPDX-License-Identifier: PostgreSQL */
#include "lib/program.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "report/report.h"

#include <check.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROGRAM_SECONDS = 120, /* no run of the tests takes longer, sanitizers included */
    SOON_SECONDS = 30,     /* a postmaster gives its children 5 s before it kills them */
    REPORT_MAX_BYTES = 16 * 1024 * 1024,
    PATH_BYTES = 4096,
};

static int64_t deadline(int seconds)
{
    return clock_mono_us() + seconds * CLOCK_SECOND_US;
}

static void pause_briefly(void)
{
    (void)poll(NULL, 0, 10);
}

static void must(bool ok, const struct err *e, const char *what)
{
    if (!ok)
        ck_abort_msg("%s: %s", what, e->text);
}

/* ---- the room ---------------------------------------------------------------------------------
 */

static const char *folder(struct room *room, const char *name)
{
    struct err e = {0};
    const char *path = fs_join(room->a, room->dir, name);
    must(fs_make_dirs(path, 0755, &e), &e, "folder of a test");
    must(room->user == NULL || fs_give_to(path, room->user, &e), &e, "owner of a test's folder");
    return path;
}

static const char *program_path(struct arena *a)
{
    const char *path = getenv("PG_REHEARSE"), *mode = getenv("MODE");
    if (path == NULL)
        path = arena_printf(a, "build/%s/pg_rehearse", mode == NULL ? "debug" : mode);
    char *absolute = realpath(path, NULL);
    ck_assert_msg(absolute != NULL, "no program %s", path);
    path = arena_strdup(a, absolute);
    free(absolute);
    return path;
}

/* Arenas of all rooms, also of those that a test has replaced: they live as long as its process. */
static struct kept {
    struct arena *arena;
    const struct kept *older;
} * newest;

static struct arena *kept_arena(void)
{
    struct arena *a = arena_new();
    struct kept *kept = ARENA_NEW(a, struct kept);
    *kept = (struct kept){a, newest};
    newest = kept;
    return a;
}

void room_open(struct room *room, const char *user)
{
    struct arena *a = kept_arena();
    *room = (struct room){
        .a = a, .dir = test_cluster_folder(), .user = user, .program = program_path(a)};
    ck_assert_int_eq(chmod(room->dir, 0711), 0);
    room->work = folder(room, "work");
    room->state = folder(room, "state");
    room->cache = user == NULL ? test_cluster_cache() : folder(room, "cache");
    room->reports = folder(room, "reports");
    room->backups = folder(room, "backups");
    if (user == NULL)
        return;
    const char *copy = fs_join(room->a, room->dir, "pg_rehearse");
    MUST_RUN(room, "cp", room->program, copy);
    MUST_RUN(room, "chmod", "755", copy);
    room->program = copy;
}

const char *room_file(struct room *room, const char *name, const char *text)
{
    struct err e = {0};
    const char *path = fs_join(room->a, room->dir, name);
    must(fs_write_file(room->a, path, 0644, slice_of(text), &e), &e, "file of a test");
    return path;
}

const char *room_dump(struct room *room, const char *statements)
{
    return room_file(
        room, "backup.sql",
        arena_printf(room->a,
                     "--\n-- PostgreSQL database dump\n--\n\n"
                     "-- Dumped from database version 15.4\n-- Dumped by pg_dump version 15.4\n\n"
                     "SET client_encoding = 'UTF8';\nCREATE TABLE public.t (id integer, x text);\n"
                     "%s\nCOPY public.t (id, x) FROM stdin;\n1\tone\n2\ttwo\n\\.\n\n"
                     "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n\n"
                     "--\n-- PostgreSQL database dump complete\n--\n\n",
                     statements));
}

void room_must_run(struct room *room, const char *const *argv)
{
    struct err e = {0};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    struct spawn how = {.argv = argv, .dir = room->dir};
    must(proc_run(&how, deadline(PROGRAM_SECONDS), NULL, &r, &e), &e, argv[0]);
    ck_assert_msg(r.status == 0, "%s: %s", argv[0], buf_text(&r.err));
}

/* Is it a server's process for one client? Those say so in their title. */
static bool is_session(const char *pid)
{
    char path[300], title[512] = "";
    (void)snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return false;
    bool got = fgets(title, sizeof title, f) != NULL;
    (void)fclose(f);
    return got && str_starts(title, "postgres: ") && strstr(title, " [local] ") != NULL;
}

static bool is_any(const char *pid)
{
    return pid[0] >= '1' && pid[0] <= '9';
}

/* Processes whose working directory lies in the room, and that `counts` takes. */
static size_t count_processes(const char *dir, bool (*counts)(const char *pid))
{
    size_t n = 0;
    DIR *proc = opendir("/proc");
    ck_assert(proc != NULL);
    for (struct dirent *entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
        char link[300], path[PATH_BYTES];
        (void)snprintf(link, sizeof link, "/proc/%s/cwd", entry->d_name);
        ssize_t got = readlink(link, path, sizeof path - 1);
        path[got < 0 ? 0 : got] = '\0';
        const char *below = str_starts(path, dir) ? path + strlen(dir) : "?";
        n += (*below == '/' || *below == '\0') && counts(entry->d_name);
    }
    (void)closedir(proc);
    return n;
}

static size_t count_entries(struct room *room, const char *dir, const char *suffix)
{
    struct err e = {0};
    struct vec names;
    size_t n = 0;
    must(fs_list(room->a, dir, &names, &e), &e, "list");
    VEC_EACH (char *, name, &names)
        n += str_ends(*name, suffix);
    return n;
}

struct left room_left(struct room *room)
{
    return (struct left){
        .work = count_entries(room, room->work, ""),
        .leases = count_entries(room, room->state, ""),
        .processes = count_processes(room->dir, is_any),
    };
}

void room_must_be_clean(struct room *room)
{
    struct left left = room_left(room);
    ck_assert_msg(left.work == 0 && left.leases == 0 && left.processes == 0,
                  "left behind in %s: %zu in the work folder, %zu leases, %zu processes", room->dir,
                  left.work, left.leases, left.processes);
}

void room_must_have_no_process_soon(struct room *room)
{
    int64_t until = deadline(SOON_SECONDS);
    while (count_processes(room->dir, is_any) > 0) {
        ck_assert_msg(clock_mono_us() < until, "processes are left in %s", room->dir);
        pause_briefly();
    }
}

const char *room_only_entry(struct room *room, const char *dir)
{
    struct err e = {0};
    struct vec names;
    must(fs_list(room->a, dir, &names, &e), &e, "list");
    ck_assert_msg(names.n <= 1, "%zu entries in %s", names.n, dir);
    return names.n == 0 ? NULL : fs_join(room->a, dir, *(char **)vec_at(&names, 0));
}

/* ---- the program ------------------------------------------------------------------------------
 */

enum { ENV_MAX = 32, WORDS_MAX = 60 };

struct command_line {
    const char *argv[WORDS_MAX];
    const char *env[ENV_MAX];
};

static void add_words(const char **to, size_t max, const char *const *words)
{
    size_t n = 0;
    while (to[n] != NULL)
        n++;
    for (; words != NULL && *words != NULL; words++) {
        ck_assert_uint_lt(n, max - 1);
        to[n++] = *words;
    }
}

static struct spawn command_line(struct room *room, const char *const *words,
                                 struct command_line *line)
{
    const char *const env[] = {
        arena_printf(room->a, "PG_REHEARSE_WORK_DIR=%s", room->work),
        arena_printf(room->a, "PG_REHEARSE_STATE_DIR=%s", room->state),
        arena_printf(room->a, "PG_REHEARSE_CACHE_DIR=%s", room->cache),
        arena_printf(room->a, "PG_REHEARSE_REPORT_DIR=%s", room->reports),
        "HOME=/nonexistent",
        "PGPASSFILE=/nonexistent",
        NULL,
    };
    *line = (struct command_line){.argv = {room->program}};
    add_words(line->argv, WORDS_MAX, words);
    add_words(line->env, ENV_MAX, env);
    add_words(line->env, ENV_MAX, room->env);
    return (struct spawn){
        .argv = line->argv,
        .env = line->env,
        .user = room->user,
        .dir = room->dir, /* by which its processes are known */
        .out = PROC_PIPE,
        .err = PROC_PIPE,
    };
}

static int status_of(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -WTERMSIG(wait_status);
}

/* For whoever reads the log of a test that failed. */
static void show(const char *const *argv, const struct told *told)
{
    if (getenv("PGR_TEST_SHOW") == NULL)
        return;
    for (; *argv != NULL; argv++)
        (void)fprintf(stderr, "%s ", *argv);
    (void)fprintf(stderr, "\n-> %d\n%s--- stderr\n%s---\n", told->status, told->out, told->err);
}

struct told program_run(struct room *room, const char *const *words)
{
    struct err e = {0};
    struct command_line line;
    struct spawn how = command_line(room, words, &line);
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    must(proc_run(&how, deadline(PROGRAM_SECONDS), NULL, &r, &e), &e, room->program);
    struct told told = {
        .status = status_of(r.status),
        .out = arena_strdup(room->a, buf_text(&r.out)),
        .err = arena_strdup(room->a, buf_text(&r.err)),
    };
    show(line.argv, &told);
    return told;
}

void program_start(struct room *room, const char *const *words, struct running *r)
{
    struct err e = {0};
    struct command_line line;
    struct spawn how = command_line(room, words, &line);
    *r = (struct running){.room = room};
    must(proc_start(&how, &r->proc, &e), &e, room->program);
}

/* Takes what standard output holds; false at its end. */
static bool read_some(struct running *r, int64_t until)
{
    struct pollfd fd = {.fd = r->proc.out_fd, .events = POLLIN};
    int ready = poll(&fd, 1, clock_poll_ms(until));
    ck_assert_msg(ready > 0, "nothing comes any more behind:\n%s", buf_text(&r->out));
    ssize_t got = read(r->proc.out_fd, buf_reserve(&r->out, 4096), 4096);
    ck_assert_int_ge(got, 0);
    r->out.n += (size_t)got;
    r->out.p[r->out.n] = '\0';
    return got > 0;
}

void program_wait_for(struct running *r, const char *text)
{
    int64_t until = deadline(PROGRAM_SECONDS);
    while (strstr(buf_text(&r->out), text) == NULL) {
        bool more = read_some(r, until);
        if (!more)
            proc_read_stderr(&r->proc);
        ck_assert_msg(more, "it ended before \"%s\":\n%s%s", text, buf_text(&r->out),
                      buf_text(&r->proc.err_text));
    }
}

/* "PID (NAME) S PPID …" of /proc/PID/stat. */
static bool is_child(const char *pid, const char *name, pid_t parent)
{
    char path[300], line[512] = "";
    (void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return false;
    bool got = fgets(line, sizeof line, f) != NULL;
    (void)fclose(f);
    const char *open = strchr(line, '('), *end = strrchr(line, ')');
    if (!got || open == NULL || end == NULL || strlen(end) < 5)
        return false;
    return strtol(end + 4, NULL, 10) == parent && strlen(name) == (size_t)(end - open - 1) &&
           strncmp(open + 1, name, strlen(name)) == 0;
}

static pid_t find_child(const char *name, pid_t parent)
{
    pid_t found = 0;
    DIR *proc = opendir("/proc");
    ck_assert(proc != NULL);
    for (struct dirent *entry = readdir(proc); entry != NULL; entry = readdir(proc))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            is_child(entry->d_name, name, parent))
            found = (pid_t)strtol(entry->d_name, NULL, 10);
    (void)closedir(proc);
    return found;
}

pid_t program_wait_for_child(struct running *r, const char *name)
{
    int64_t until = deadline(PROGRAM_SECONDS);
    for (;;) {
        pid_t pid = find_child(name, r->proc.pid);
        if (pid > 0)
            return pid;
        ck_assert_msg(clock_mono_us() < until && kill(r->proc.pid, 0) == 0, "no child %s", name);
        pause_briefly();
    }
}

void program_wait_for_sessions(struct running *r, size_t n)
{
    int64_t until = deadline(PROGRAM_SECONDS);
    while (count_processes(r->room->dir, is_session) < n) {
        ck_assert_msg(clock_mono_us() < until && kill(r->proc.pid, 0) == 0,
                      "fewer than %zu sessions", n);
        pause_briefly();
    }
}

struct told program_end(struct running *r, int signo)
{
    struct err e = {0};
    int64_t until = deadline(PROGRAM_SECONDS);
    if (signo != 0)
        ck_assert_int_eq(kill(r->proc.pid, signo), 0);
    while (read_some(r, until)) {
    }
    must(proc_wait(&r->proc, until, NULL, &e), &e, "end of the program");
    struct told told = {
        .status = status_of(r->proc.status),
        .out = arena_strdup(r->room->a, buf_text(&r->out)),
        .err = arena_strdup(r->room->a, buf_text(&r->proc.err_text)),
    };
    show((const char *const[]){"(ended)", NULL}, &told);
    return told;
}

void running_cleanup(struct running *r)
{
    proc_cleanup(&r->proc);
    buf_cleanup(&r->out);
}

/* ---- the report -------------------------------------------------------------------------------
 */

const struct record *room_report(struct room *room)
{
    struct err e = {0};
    struct slice text;
    struct record *record = NULL;
    const char *path = fs_join(room->a, room->reports, "latest/report.json");
    must(fs_read_file(room->a, path, REPORT_MAX_BYTES, &text, &e), &e, "report.json");
    must(report_read_json(room->a, text, &record, &e), &e, path);
    return record;
}

const struct check_facts *report_check(const struct record *r, const char *name)
{
    VEC_EACH (const struct check_facts, c, &r->checks)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

const struct finding *report_finding(const struct record *r, const char *code)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (str_eq(f->code, code))
            return f;
    return NULL;
}

const struct table_facts *report_table(const struct record *r, const char *schema, const char *name)
{
    VEC_EACH (const struct table_facts, t, &r->tables)
        if (str_eq(t->schema, schema) && str_eq(t->name, name))
            return t;
    return NULL;
}

const struct objective *report_objective(const struct record *r, const char *name)
{
    VEC_EACH (const struct objective, o, &r->objectives)
        if (str_eq(o->name, name))
            return o;
    return NULL;
}

void must_contain(const char *text, const char *wanted)
{
    ck_assert_msg(strstr(text, wanted) != NULL, "no \"%s\" in:\n%s", wanted, text);
}

void must_not_contain(const char *text, const char *unwanted)
{
    ck_assert_msg(strstr(text, unwanted) == NULL, "\"%s\" is in:\n%s", unwanted, text);
}

void must_have_ended(const struct told *told, int status)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
}

const struct record *told_record(struct room *room, const struct told *told)
{
    struct err e = {0};
    struct record *r = NULL;
    bool ok = report_read_json(room->a, slice_of(told->out), &r, &e);
    ck_assert_msg(ok, "%s\n%s%s", e.text, told->out, told->err);
    return r;
}
