/* SPDX-License-Identifier: PostgreSQL */
#include "restore/restore.h"

#include "base/clock.h"
#include "restore/cluster.h"
#include "restore/database.h"
#include "restore/engine.h"
#include "restore/execute.h"
#include "restore/tee.h"

#include <string.h>
#include <sys/stat.h>

enum { CONNECT_SECONDS = 30 };

/* Everything that one restore holds open. */
struct restore {
    const struct restore_job *job;
    struct record *record;
    struct executor ex;
    struct engine engine;
    struct dump_stream own;     /* unless the job has one */
    struct dump_stream *stream; /* one of the two */
    struct restore_plan plan;
    const char *dsn;
    int64_t began_us;
};

static void restore_cleanup(struct restore *r)
{
    engine_cleanup(&r->engine);
    executor_cleanup(&r->ex);
    plan_cleanup(&r->plan);
    dump_stream_cleanup(&r->own);
}

static bool open_dump(struct restore *r, struct err *e)
{
    const struct dump_open_options options = {
        .max_expansion = r->job->config->verify_max_expansion,
        .member = r->record->backup.member,
        .scratch = r->job->scratch,
        .intr = r->job->intr,
    };
    struct stat st;
    r->stream = r->job->stream != NULL ? r->job->stream : &r->own;
    if (r->job->stream == NULL && !dump_open(r->job->arena, r->job->path, &options, &r->own, e))
        return false;
    if (r->stream->sql == NULL)
        return err_set(e, ERR_REFUSED, "%s is in %s format, which cannot be restored%s%s",
                       r->job->path, r->stream->format, r->stream->note == NULL ? "" : ": ",
                       r->stream->note == NULL ? "" : r->stream->note);
    r->ex.stream = r->stream;
    r->ex.total_bytes = stat(r->job->path, &st) == 0 ? (uint64_t)st.st_size : 0;
    return true;
}

static bool open_target(struct restore *r, struct err *e)
{
    const struct restore_job *job = r->job;
    int64_t connect_us = CONNECT_SECONDS * CLOCK_SECOND_US;
    const char *admin_dsn = job->into != NULL ? job->into : job->admin_dsn;
    if (!pg_open(admin_dsn, job->intr, connect_us, &r->ex.admin, e))
        return err_wrap(e, "target");
    r->ex.admin.timeout_us = job->config->restore_statement_timeout_us;
    r->dsn = job->into;
    if (job->cluster)
        r->dsn = job->admin_dsn; /* until the dump connects to one of its own */
    else if (job->into == NULL && !database_create(job, &r->ex.admin, &r->dsn, e))
        return false;
    if (!pg_open(r->dsn, job->intr, connect_us, &r->ex.pg, e))
        return err_wrap(e, "target");
    return (executor_begin(&r->ex, e) && engine_begin(&r->engine, &r->ex, r->dsn, e)) ||
           err_wrap(e, "target");
}

static bool plan_hears_statement(void *context, const struct statement *s, struct err *e)
{
    (void)e;
    plan_statement(context, s);
    return true;
}

static bool plan_hears_copy(void *context, const struct copy_head *head, struct err *e)
{
    (void)e;
    plan_copy(context, head);
    return true;
}

/* A file that cannot be read to its end has no plan; what is wrong with it is found later. */
static bool make_plan(struct restore *r, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    const struct dump_open_options options = {.intr = r->job->intr,
                                              .no_sha256 = true,
                                              .max_expansion = r->job->config->verify_max_expansion,
                                              .member = r->record->backup.member};
    const struct dump_listener listener = {
        .context = &r->plan, .statement = plan_hears_statement, .copy_begin = plan_hears_copy};
    struct dump_facts facts;
    struct err why;
    if (!r->job->read_twice || r->job->plan != NULL || r->engine.serial)
        return true;
    plan_begin(&r->plan, r->job->arena);
    bool ok = dump_open(scratch, r->job->path, &options, &stream, &why) && stream.sql != NULL;
    const struct scan scan = {.arena = scratch,
                              .in = stream.sql,
                              .listener = &listener,
                              .max_statement_bytes = r->job->config->verify_max_line_bytes,
                              .max_bytes = r->job->config->verify_max_bytes_bytes,
                              .intr = r->job->intr};
    if (ok && dump_scan(&scan, &facts, &why) && facts.n_problems == 0)
        engine_follow(&r->engine, &r->plan);
    return interrupt_check(r->job->intr, e);
}

/* The file was verified in an earlier pass; what was executed must be the same bytes. */
static bool same_file(const struct restore *r, struct err *e)
{
    const char *verified = r->record->backup.sha256;
    if (verified == NULL || r->stream->sha256[0] == '\0' ||
        strcmp(verified, r->stream->sha256) == 0)
        return true;
    return err_set(e, ERR_REFUSED, "%s changed while it was being rehearsed (SHA-256 %s, now %s)",
                   r->job->path, verified, r->stream->sha256);
}

static bool execute_dump(struct restore *r, struct dump_facts *facts, struct err *e)
{
    static const struct dump_listener nobody;
    const struct dump_listener executes = engine_listener(&r->engine);
    struct tee tee = {{r->job->also != NULL ? r->job->also : &nobody, &executes}};
    const struct dump_listener listener = tee_listener(&tee);
    const struct scan scan = {
        .arena = r->job->arena,
        .in = r->stream->sql,
        .listener = &listener,
        .max_statement_bytes = r->job->config->verify_max_line_bytes,
        .max_bytes = r->job->config->verify_max_bytes_bytes,
        .intr = r->job->intr,
        .archive = r->stream->archive,
        .keep_columns = r->job->facts != NULL,
    };
    return dump_scan(&scan, facts, e) && engine_finish(&r->engine, e) && same_file(r, e) &&
           executor_finish(&r->ex, facts, e);
}

/* On a session of its own, for the dump has changed the settings of the one that it used. */
static bool finish_database(struct restore *r, const struct dump_facts *facts, struct err *e)
{
    if (r->job->cluster)
        return cluster_finish(&r->ex, facts, &r->dsn, e);
    CLEANUP(pg_cleanup) struct pg pg = {0};
    if (!executor_time(&r->ex, e) ||
        !pg_open(r->dsn, r->job->intr, CONNECT_SECONDS * CLOCK_SECOND_US, &pg, e))
        return false;
    pg.timeout_us = r->ex.pg.timeout_us;
    return rejects_count_orphans(&r->ex.rejects, &pg, e) &&
           database_finish(r->job, &pg, r->record, e);
}

bool restore_run(const struct restore_job *job, struct record *record, const char **dsn,
                 struct err *e)
{
    int64_t timeout_us = job->config->restore_timeout_us;
    CLEANUP(restore_cleanup)
    struct restore r = {.job = job, .record = record, .began_us = clock_mono_us()};
    r.ex.job = job;
    r.ex.record = record;
    r.ex.deadline_us = timeout_us > 0 ? r.began_us + timeout_us : 0;
    struct dump_facts own = {0}, *facts = job->facts != NULL ? job->facts : &own;
    bool ok =
        open_dump(&r, e) && open_target(&r, e) && make_plan(&r, e) && execute_dump(&r, facts, e);
    record->restore.took_us = clock_mono_us() - r.began_us;
    if (!ok || !finish_database(&r, facts, e))
        return false;
    *dsn = r.dsn;
    return true;
}
