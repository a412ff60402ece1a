/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"
#include "backup/child.h"
#include "backup/name.h"
#include "backup/snapshot.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1024 * 1024, TAIL_BYTES = 1024, GZIP_LEVEL = 6, ZSTD_LEVEL = 3 };

/* One dump on its way from pg_dump to the disk. */
struct taking {
    const struct backup_job *job;
    int64_t deadline_us; /* monotonic; 0: none */
    const char *version; /* of pg_dump */
    struct snapshot snapshot;
    struct dump_child child;
    struct fs_new file;
    struct sink *out;
    struct sink_digest digest;
    uint64_t sql_bytes;
    char tail[TAIL_BYTES + 1]; /* the last bytes of SQL */
    size_t tail_bytes;
};

/* Last in, first out: pg_dump goes before the snapshot that it uses. */
static void taking_cleanup(struct taking *t)
{
    dump_child_cleanup(&t->child);
    sink_close(t->out);
    fs_new_cleanup(&t->file);
    snapshot_cleanup(&t->snapshot);
}

/* pg_dump refuses a server that is newer than itself; so do we, before anything is started. */
static bool check_version(struct taking *t, int64_t major, struct err *e)
{
    int64_t server = t->snapshot.facts.version_num / 10000;
    if (major >= server)
        return true;
    return err_set(e, ERR_MISSING,
                   "the source is PostgreSQL %s, newer than %s (%s); install the package "
                   "postgresql-client-%lld",
                   t->snapshot.facts.version, t->version, t->job->pg_dump, (long long)server);
}

static bool open_source(struct taking *t, struct record *r, struct err *e)
{
    int64_t major;
    if (!dump_child_version(t->job, &t->version, &major, e))
        return false;
    r->tool.pg_dump = t->version;
    return snapshot_open(t->job, t->deadline_us, &t->snapshot, e) && check_version(t, major, e) &&
           snapshot_describe(&t->snapshot, r, e) && snapshot_count(t->job, &t->snapshot, r, e) &&
           snapshot_objects(t->job, &t->snapshot, r, e);
}

static bool open_compressor(struct taking *t, struct err *e)
{
    const struct config *c = t->job->config;
    bool set = CONFIG_HAS(c, backup_level);
    if (str_eq(c->backup_compress, "gzip"))
        t->out = sink_gzip(t->job->arena, t->out, set ? (int)c->backup_level : GZIP_LEVEL);
    if (str_eq(c->backup_compress, "zstd"))
        t->out = sink_zstd(t->job->arena, t->out, set ? (int)c->backup_level : ZSTD_LEVEL, e);
    return t->out != NULL;
}

/* Nothing that is there already is written over. */
static bool open_file(struct taking *t, struct err *e)
{
    struct arena *a = t->job->arena;
    const struct config *c = t->job->config;
    const char *name = c->backup_out != NULL
                           ? fs_base_name(c->backup_out)
                           : backup_file_name(a, t->snapshot.facts.database, t->snapshot.taken_us,
                                              c->backup_compress);
    const char *path = fs_join(a, t->job->dir, name);
    if (fs_exists(path))
        return err_set(e, ERR_REFUSED, "%s is there already", path);
    if (!fs_new_open(a, path, 0600, &t->file, e))
        return false;
    t->out = sink_digest(a, sink_fd(a, t->file.fd, t->file.path), &t->digest);
    return open_compressor(t, e);
}

static void keep_tail(struct taking *t, const char *bytes, size_t n)
{
    size_t add = n < TAIL_BYTES ? n : TAIL_BYTES;
    size_t keep = t->tail_bytes + add > TAIL_BYTES ? TAIL_BYTES - add : t->tail_bytes;
    memmove(t->tail, t->tail + t->tail_bytes - keep, keep);
    memcpy(t->tail + keep, bytes + n - add, add);
    t->tail_bytes = keep + add;
    t->tail[t->tail_bytes] = '\0';
}

/* Waits until pg_dump has something to read; takes its complaints meanwhile. */
static bool wait_output(struct taking *t, struct err *e)
{
    struct proc *p = &t->child.proc;
    for (;;) {
        struct pollfd fds[] = {
            {.fd = p->out_fd, .events = POLLIN},
            {.fd = p->err_fd, .events = POLLIN},
            {.fd = interrupt_fd(t->job->intr), .events = POLLIN},
        };
        int n = poll(fds, COUNT_OF(fds), clock_poll_ms(t->deadline_us));
        if (n < 0 && errno != EINTR)
            return err_sys(e, "wait for pg_dump");
        if (!interrupt_check(t->job->intr, e))
            return false;
        if (t->deadline_us != 0 && clock_mono_us() >= t->deadline_us)
            return err_set(e, ERR_TIMEOUT, "pg_dump did not end within backup.take.timeout");
        if (n > 0 && fds[1].revents != 0)
            proc_read_stderr(p);
        if (n > 0 && fds[0].revents != 0)
            return true;
    }
}

static bool pump_chunk(struct taking *t, char *chunk, bool *ended, struct err *e)
{
    if (!wait_output(t, e))
        return false;
    ssize_t n = read(t->child.proc.out_fd, chunk, CHUNK_BYTES);
    if (n < 0)
        return errno == EINTR || err_sys(e, "read from pg_dump");
    *ended = n == 0;
    keep_tail(t, chunk, (size_t)n);
    t->sql_bytes += (uint64_t)n;
    if (!sink_write(t->out, chunk, (size_t)n, e))
        return false;
    const struct progress_state state = {
        .bytes = t->sql_bytes,
        .total_bytes = 0, /* nobody knows before how long the SQL will be */
        .what = t->file.path,
    };
    progress_tell(t->job->progress, &state);
    return true;
}

static bool pump(struct taking *t, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf chunk = {0};
    bool ended = false;
    while (!ended)
        if (!pump_chunk(t, buf_reserve(&chunk, CHUNK_BYTES), &ended, e))
            return false;
    return true;
}

/* Both must be right: how pg_dump ended, and how its output did. */
static bool check_end(struct taking *t, struct err *e)
{
    if (!dump_child_end(t->job, &t->child, t->deadline_us, e))
        return false;
    if (strstr(t->tail, "\n-- PostgreSQL database dump complete\n") != NULL)
        return true;
    return err_set(e, ERR_CHILD,
                   "pg_dump ended without an error, but its output stops before its end (%llu "
                   "bytes)",
                   (unsigned long long)t->sql_bytes);
}

static bool run_dump(struct taking *t, int64_t *took_us, struct err *e)
{
    int64_t began_us = clock_mono_us();
    if (!dump_child_start(t->job, &t->snapshot, &t->child, e) || !pump(t, e) || !check_end(t, e) ||
        !sink_finish(t->out, e) || !fs_new_commit(&t->file, e))
        return false;
    *took_us = clock_mono_us() - began_us;
    return true;
}

static void fill_facts(const struct taking *t, int64_t took_us, struct record *r)
{
    struct backup_facts *b = &r->backup;
    struct arena *a = t->job->arena;
    b->origin = "taken";
    b->path = t->file.path;
    b->format = "plain";
    b->compression = t->job->config->backup_compress;
    b->size_bytes = (int64_t)t->digest.bytes;
    b->sha256 = arena_strdup(a, t->digest.sha256);
    b->sql_bytes = (int64_t)t->sql_bytes;
    b->server_version = t->snapshot.facts.version;
    b->database = t->snapshot.facts.database;
    b->taken = t->snapshot.taken_us;
    b->taken_from = "snapshot";
    b->took_us = KNOWN(took_us);
    b->age_us = KNOWN(0);
    b->snapshot = t->snapshot.name;
}

bool backup_take(const struct backup_job *job, struct record *r, struct err *e)
{
    int64_t timeout_us = job->config->backup_timeout_us, took_us;
    CLEANUP(taking_cleanup) struct taking t = {.job = job};
    t.deadline_us = timeout_us > 0 ? clock_mono_us() + timeout_us : 0;
    if (!open_source(&t, r, e) || !open_file(&t, e))
        return false;
    bool ok = run_dump(&t, &took_us, e);
    dump_child_warnings(job->arena, buf_text(&t.child.proc.err_text), r);
    if (!ok)
        return err_wrap(e, "dump of %s", t.snapshot.facts.database);
    if (!snapshot_objects(job, &t.snapshot, r, e) || !snapshot_digest(job, &t.snapshot, r, e))
        return false;
    fill_facts(&t, took_us, r);
    return true;
}
