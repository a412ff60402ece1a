/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "pg/catalog.h"
#include "target/initdb.h"
#include "target/processes.h"
#include "target/settings.h"
#include "target/target.h"
#include "target/template.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    START_SECONDS = 60, /* when the wish names no time */
    STOP_SECONDS = 10,  /* an immediate shutdown takes a tenth of a second */
    NAP_MS = 3,         /* between two looks at a server that starts */
    TAIL_LINES = 5,
    TAIL_BYTES = 4096,
    MEMINFO_BYTES = 64 * 1024,
    SETTLE_SECONDS = 600, /* what the restore left in memory goes to the disk */
};

static bool check_wish(const struct cluster_wish *wish, struct err *e)
{
    struct sockaddr_un address;
    size_t n = strlen(wish->dir) + strlen("/socket/.s.PGSQL.5432");
    if (n >= sizeof address.sun_path)
        return err_set(e, ERR_USAGE,
                       "the path %s is too long for a socket by %zu bytes; choose a shorter "
                       "work folder",
                       wish->dir, n - sizeof address.sun_path + 1);
    const struct passwd *account = wish->account != NULL ? getpwnam(wish->account) : NULL;
    if (geteuid() == 0 && (account == NULL || account->pw_uid == 0))
        return err_set(e, ERR_REFUSED,
                       "a PostgreSQL server does not run as root; name another account");
    return initdb_check_locales(wish, e);
}

static struct cluster lay_out(struct arena *a, const struct cluster_wish *wish)
{
    struct cluster c = {.dir = arena_strdup(a, wish->dir), .wish = *wish};
    c.wish.bindir = arena_strdup(a, wish->bindir);
    c.data_dir = fs_join(a, c.dir, "data");
    c.socket_dir = fs_join(a, c.dir, "socket");
    c.log_path = fs_join(a, c.dir, "server.log");
    c.account = wish->account != NULL ? arena_strdup(a, wish->account) : NULL;
    c.wish.account = c.account;
    return c;
}

static bool make_folders(const struct cluster *c, struct err *e)
{
    return (c->account == NULL || fs_give_to(c->dir, c->account, e)) &&
           (mkdir(c->socket_dir, 0700) == 0 || err_sys(e, "make %s", c->socket_dir)) &&
           (c->account == NULL || fs_give_to(c->socket_dir, c->account, e));
}

/* initdb wrote it: "15", or "9.6". */
static bool read_major(const char *data_dir, int64_t *major, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice text;
    if (!fs_read_file(a, fs_join(a, data_dir, "PG_VERSION"), 64, &text, e))
        return false;
    *major = strtol(text.p, NULL, 10);
    return *major > 0 || err_set(e, ERR_CHILD, "initdb wrote no version");
}

/* What roles and databases of the dump may have set for their sessions does not reach ours: options
 * of the connection outrank ALTER ROLE and ALTER DATABASE (PostgreSQL 15, 20.1.3). */
static const char *session_options(struct arena *a, int64_t major)
{
    static const struct {
        int64_t since;
        const char *set;
    } rows[] = {
#define SESSION(major, name, value) {major, " -c " #name "=" value},
#include "target/session.def"
#undef SESSION
    };
    const char *text = "";
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].since <= major)
            text = arena_printf(a, "%s%s", text, rows[i].set);
    return text;
}

/* The environment must not reach this server: not PGOPTIONS, which is meant for the source. */
static bool make_dsn(struct arena *a, struct cluster *c, struct err *e)
{
    const char *dsn = pg_dsn_with(a,
                                  "port=5432 user=postgres dbname=postgres "
                                  "target_session_attrs=any",
                                  "host", c->socket_dir, e);
    return dsn != NULL &&
           (c->dsn = pg_dsn_with(a, dsn, "options", session_options(a, c->major), e)) != NULL;
}

static uint64_t memory_now(struct arena *a)
{
    struct err ignored;
    struct slice meminfo = {0}, limit = {0};
    bool known = fs_read_file(a, "/proc/meminfo", MEMINFO_BYTES, &meminfo, &ignored);
    bool limited = fs_read_file(a, "/sys/fs/cgroup/memory.max", TAIL_BYTES, &limit, &ignored);
    return settings_memory(known ? meminfo.p : NULL, limited ? limit.p : NULL);
}

static bool settings_wanted(struct arena *a, const struct cluster *c, struct settings_for *wanted,
                            struct err *e)
{
    *wanted = (struct settings_for){.major = c->major,
                                    .max_connections = c->wish.max_connections,
                                    .jobs = c->wish.jobs,
                                    .n_objects = c->wish.n_objects,
                                    .memory_bytes = memory_now(a),
                                    .socket_dir = c->socket_dir};
    return fs_free_bytes(c->dir, &wanted->free_bytes, e);
}

static bool configure(struct arena *a, struct cluster *c, struct vec *settings, struct err *e)
{
    struct settings_for wanted;
    if (!settings_wanted(a, c, &wanted, e))
        return false;
    *settings = settings_restoring(a, &wanted);
    return initdb_configure(c->data_dir, settings, &c->conf_bytes, e);
}

/* `flag`: O_EXCL for the first start, 0 for a later one. */
static bool spawn_server(struct cluster *c, int flag, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    int log =
        open(c->log_path, O_WRONLY | O_CREAT | flag | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log < 0)
        return err_sys(e, "make %s", c->log_path);
    const char *const argv[] = {fs_join(a, c->wish.bindir, "postgres"), "-D", c->data_dir, NULL};
    const char *const env[] = {"LC_ALL=C", NULL};
    const struct spawn how = {.argv = argv,
                              .env = env,
                              .user = c->account,
                              .dir = c->data_dir,
                              .err = PROC_FD,
                              .err_fd = log,
                              .death_signal = SIGQUIT};
    bool ok = proc_start(&how, &c->postmaster, e);
    (void)close(log);
    return ok;
}

static bool died(struct cluster *c, struct err *e)
{
    struct err ignored;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    if (!proc_wait(&c->postmaster, clock_mono_us(), NULL, &ignored))
        return false;
    char status[64];
    const char *tail = cluster_log_tail(a, c);
    (void)err_set(e, initdb_blame(tail), "the server ended while starting (%s): %s",
                  proc_status_text(&c->postmaster, status), tail);
    return true;
}

/* A query answered over our socket by the postmaster that we started. */
static bool answers(struct cluster *c, struct pg *pg, struct err *e)
{
    CLEANUP(pg_cleanup) struct pg attempt = {0};
    if (processes_postmaster(c->data_dir) != c->postmaster.pid)
        return err_set(e, ERR_CONNECT, "no lock file of this server yet");
    if (!processes_is_ready(c->data_dir, c->major)) /* an attempt would cost the server a process */
        return err_set(e, ERR_CONNECT, "its lock file does not say that it is ready");
    if (!pg_open(c->dsn, c->wish.intr, STOP_SECONDS * CLOCK_SECOND_US, &attempt, e) ||
        !pg_run(&attempt, "SELECT pg_catalog.pg_postmaster_start_time()", e))
        return false;
    *pg = attempt;
    attempt = (struct pg){0};
    return true;
}

static bool await_ready(struct cluster *c, int64_t deadline_us, struct pg *pg, struct err *e)
{
    struct err why = {0};
    while (!answers(c, pg, &why)) {
        if (died(c, e) || !interrupt_check(c->wish.intr, e))
            return false;
        if (clock_mono_us() >= deadline_us)
            return err_set(e, ERR_TIMEOUT, "the server was not ready in time: %s", why.text);
        struct pollfd fd = {.fd = interrupt_fd(c->wish.intr), .events = POLLIN};
        (void)poll(&fd, 1, NAP_MS);
    }
    return true;
}

static void observed(struct server_facts *facts, const char *text)
{
    *(const char **)vec_push(&facts->isolation) = text;
}

static bool observe_network(struct arena *a, const struct cluster *c, struct pg *pg,
                            struct server_facts *facts, struct err *e)
{
    struct err why;
    const char *addresses = NULL;
    bool listens = false;
    if (!pg_text(pg, a, "SHOW listen_addresses", &addresses, e))
        return false;
    bool looked = processes_listens(c->postmaster.pid, &listens, &why);
    if (listens || addresses == NULL || *addresses != '\0')
        return err_set(e, ERR_REFUSED, "the throw-away server listens on the network");
    observed(facts, looked ? "no TCP listener: listen_addresses is empty and the server holds no "
                             "listening TCP socket"
                           : arena_printf(a,
                                          "listen_addresses is empty; its sockets could not be "
                                          "looked at: %s",
                                          why.text));
    return true;
}

static bool observe_account(struct arena *a, const struct cluster *c, struct server_facts *facts,
                            struct err *e)
{
    struct stat folder, process;
    const char *proc_dir = arena_printf(a, "/proc/%d", (int)c->postmaster.pid);
    if (stat(c->socket_dir, &folder) != 0)
        return err_sys(e, "look at %s", c->socket_dir);
    if (stat(proc_dir, &process) != 0)
        return err_sys(e, "look at %s", proc_dir);
    if ((folder.st_mode & 077) != 0 || folder.st_uid != process.st_uid || process.st_uid == 0)
        return err_set(e, ERR_REFUSED, "the socket folder %s is open to others", c->socket_dir);
    const struct passwd *entry = getpwuid(process.st_uid);
    const char *name = entry != NULL ? arena_strdup(a, entry->pw_name) : "?";
    facts->account = name;
    observed(facts, arena_printf(a, "socket folder has mode %04o and belongs to %s",
                                 (unsigned)(folder.st_mode & 07777), name));
    observed(facts, arena_printf(a, "server runs as %s (uid %u), not as root", name,
                                 (unsigned)process.st_uid));
    return true;
}

static bool observe(struct arena *a, struct cluster *c, struct pg *pg, struct server_facts *facts,
                    struct err *e)
{
    const char *plain = pg_dsn_with(a, c->dsn, "options", "", e);
    if (plain == NULL)
        return false;
    facts->kind = "local";
    facts->dsn = pg_redact(a, plain);
    facts->isolation = vec_new(a, sizeof(const char *));
    return catalog_server(pg, a, facts, e) && observe_network(a, c, pg, facts, e) &&
           observe_account(a, c, facts, e);
}

static bool make_data(struct arena *a, struct cluster *c, int64_t deadline_us, const char **made,
                      struct err *e)
{
    CLEANUP(template_cleanup) struct template_file t = template_open(a, &c->wish);
    struct err why;
    if (!template_take(&t, c->data_dir, e))
        return err_wrap(e, "template of an empty cluster");
    *made = arena_printf(a, "from the template %s", t.path == NULL ? "" : t.path);
    if (t.taken)
        return true;
    if (!initdb_run(&c->wish, c->data_dir, deadline_us, e))
        return false;
    if (t.dir_fd < 0)
        *made = arena_printf(a, "by initdb; no template: %s", t.unfit);
    else if (!template_keep(&t, c->data_dir, &why))
        *made = arena_printf(a, "by initdb; no template is kept: %s", why.text);
    else if (t.damage != NULL)
        *made =
            arena_printf(a, "by initdb; the template was thrown away and made again: %s", t.damage);
    else
        *made = arena_printf(a, "by initdb, and kept as the template %s", t.path);
    return true;
}

static int64_t start_deadline(const struct cluster *c)
{
    int64_t us = c->wish.start_timeout_us;
    return clock_mono_us() + (us > 0 ? us : START_SECONDS * CLOCK_SECOND_US);
}

static bool start(struct arena *a, struct cluster *c, struct server_facts *facts, struct err *e)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    int64_t deadline_us = start_deadline(c);
    facts->bindir = c->wish.bindir;
    return make_folders(c, e) && make_data(a, c, deadline_us, &facts->made, e) &&
           read_major(c->data_dir, &c->major, e) && make_dsn(a, c, e) &&
           configure(a, c, &facts->settings, e) && spawn_server(c, O_EXCL, e) &&
           await_ready(c, deadline_us, &pg, e) && observe(a, c, &pg, facts, e);
}

bool cluster_start(struct arena *a, const struct cluster_wish *wish, struct cluster *c,
                   struct server_facts *facts, struct err *e)
{
    if (!check_wish(wish, e))
        return false;
    struct cluster new = lay_out(a, wish);
    struct server_facts found = {.settings_later = vec_new(a, sizeof(const char *))};
    if (!start(a, &new, &found, e)) {
        struct err ignored;
        if (!cluster_stop(&new, &ignored))
            return err_wrap(e, "%s", ignored.text);
        return false;
    }
    *c = new;
    *facts = found;
    return true;
}

/* With a checkpoint: nothing of the restore is left to be done later. */
static bool shut_down(struct cluster *c, int64_t deadline_us, struct err *e)
{
    if (!c->postmaster.started || kill(c->postmaster.pid, SIGINT) != 0)
        return err_set(e, ERR_CHILD, "the server in %s does not run", c->dir);
    if (!proc_wait(&c->postmaster, deadline_us, c->wish.intr, e))
        return err_wrap(e, "stop the server behind the restore");
    bool clean = proc_succeeded(&c->postmaster);
    proc_cleanup(&c->postmaster);
    c->postmaster = (struct proc){0};
    return clean || err_set(e, ERR_CHILD, "the server did not stop cleanly behind the restore");
}

/* Until a text "fsync = 'off'" says that the source itself does without. */
static bool survives_crashes(const struct vec *settings)
{
    VEC_EACH (const char *, line, settings)
        if (str_eq(*line, "fsync = 'off'"))
            return false;
    return true;
}

static bool settle(struct arena *a, struct cluster *c, struct cluster_settle *how, struct err *e)
{
    struct settings_for wanted;
    struct server_facts again = {.isolation = vec_new(a, sizeof(const char *))};
    CLEANUP(pg_cleanup) struct pg pg = {0};
    int64_t deadline_us = clock_mono_us() + SETTLE_SECONDS * CLOCK_SECOND_US;
    const struct settings_later later = {.like = how->like, .smaller = &how->smaller};
    if (c->postmaster.started && !shut_down(c, deadline_us, e))
        return false;
    if (!settings_wanted(a, c, &wanted, e))
        return false;
    struct vec settings = settings_like(a, &wanted, &later);
    if (survives_crashes(&settings) && !initdb_sync(&c->wish, c->data_dir, deadline_us, e))
        return err_wrap(e, "write the restored data to the disk");
    return initdb_configure(c->data_dir, &settings, &c->conf_bytes, e) && spawn_server(c, 0, e) &&
           await_ready(c, start_deadline(c), &pg, e) && observe_network(a, c, &pg, &again, e) &&
           catalog_settings(&pg, a, &how->in_use, e);
}

bool cluster_settle(struct arena *a, struct cluster *c, struct cluster_settle *how, struct err *e)
{
    how->in_use = how->smaller = vec_new(a, sizeof(const char *));
    if (settle(a, c, how, e))
        return true;
    struct err ignored;
    if (!cluster_stop(c, &ignored))
        return err_wrap(e, "%s", ignored.text);
    c->postmaster = (struct proc){0};
    return false;
}

bool cluster_stop(struct cluster *c, struct err *e)
{
    if (c->data_dir == NULL)
        return true;
    if (c->postmaster.started)
        (void)proc_stop(&c->postmaster, SIGQUIT, STOP_SECONDS * CLOCK_SECOND_US);
    proc_cleanup(&c->postmaster);
    return processes_end(c->data_dir, 0, e) || err_wrap(e, "stop the server in %s", c->dir);
}

void cluster_cleanup(struct cluster *c)
{
    struct err ignored;
    if (!cluster_stop(c, &ignored))
        return;
    *c = (struct cluster){0};
}

const char *cluster_log_tail(struct arena *a, const struct cluster *c)
{
    char bytes[TAIL_BYTES];
    int fd = open(c->log_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return "(no log)";
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > (off_t)sizeof bytes ? size - (off_t)sizeof bytes : 0;
    ssize_t n = pread(fd, bytes, sizeof bytes, from);
    (void)close(fd);
    return n > 0 ? initdb_last_lines(a, arena_strndup(a, bytes, (size_t)n), TAIL_LINES)
                 : "(empty log)";
}

bool cluster_kill_stale(const char *dir, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    return processes_end(fs_join(a, dir, "data"), STOP_SECONDS * CLOCK_SECOND_US, e);
}
