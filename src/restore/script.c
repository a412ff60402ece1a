/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/embed.h"
#include "base/fs.h"
#include "dump/scan.h"
#include "io/source.h"
#include "pg/pg.h"
#include "restore/database.h"
#include "restore/restore.h"

#include <stdio.h>
#include <string.h>

EMBED(restore_setting_sql, "src/restore/setting.sql");

enum { CONNECT_SECONDS = 30, SCRIPT_BYTES_MAX = 64 * 1024 * 1024 };

/* One file being executed. */
struct script {
    const struct restore_job *job;
    struct pg *pg;
    const char *path;
    struct slice text;
    uint64_t n; /* statements so far */
};

static long long line_at(const struct script *script, uint64_t offset)
{
    long long line = 1;
    for (uint64_t i = 0; i < offset && i < script->text.n; i++)
        line += script->text.p[i] == '\n';
    return line;
}

static bool on_statement(void *context, const struct statement *s, struct err *e)
{
    struct script *script = context;
    if (s->text.n == 0)
        return true;
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    const struct progress_state state = {.rows = ++script->n, .what = fs_base_name(script->path)};
    progress_tell(script->job->progress, &state);
    return pg_run(script->pg, arena_strndup(scratch, s->text.p, s->text.n), e) ||
           err_wrap(e, "%s, line %lld", script->path, line_at(script, s->offset));
}

static bool on_copy(void *context, const struct copy_head *head, struct err *e)
{
    const struct script *script = context;
    return err_set(e, ERR_USAGE, "%s, line %lld: COPY FROM stdin does not work in a script",
                   script->path, line_at(script, head->statement.offset));
}

static bool check_problems(const struct script *script, const struct dump_facts *facts,
                           struct err *e)
{
    VEC_EACH (const struct problem, p, &facts->problems)
        if (p->kind == PROBLEM_STRUCTURE || p->kind == PROBLEM_META || p->kind == PROBLEM_RESTRICT)
            return err_set(e, ERR_USAGE, "%s, line %lld: %s", script->path,
                           line_at(script, p->offset), p->text);
    return true;
}

static bool run_file(struct script *script, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    if (!fs_read_file(scratch, script->path, SCRIPT_BYTES_MAX, &script->text, e))
        return false;
    CLEANUP(source_cleanup)
    struct source *in = source_mem(scratch, script->text.p, script->text.n);
    const struct dump_listener listener = {
        .context = script, .statement = on_statement, .copy_begin = on_copy};
    const struct scan scan = {
        .arena = scratch, .in = in, .listener = &listener, .intr = script->job->intr};
    struct dump_facts facts;
    return dump_scan(&scan, &facts, e) && check_problems(script, &facts, e);
}

static bool set_rows(struct pg *pg, uint64_t rows, struct err *e)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)rows);
    const char *params[] = {"storefront.rows", number};
    CLEANUP(pg_result_cleanup) PGresult *result = NULL;
    return pg_query(pg, restore_setting_sql, &(struct pg_params){params, COUNT_OF(params)}, &result,
                    e);
}

static bool open_database(const struct restore_job *job, struct pg *pg, struct err *e)
{
    CLEANUP(pg_cleanup) struct pg admin = {0};
    const char *dsn;
    int64_t connect_us = CONNECT_SECONDS * CLOCK_SECOND_US;
    if (!pg_open(job->admin_dsn, job->intr, connect_us, &admin, e) ||
        !database_create(job, &admin, &dsn, e) || !pg_open(dsn, job->intr, connect_us, pg, e))
        return false;
    pg->timeout_us = job->config->restore_timeout_us;
    return true;
}

bool restore_script_dir(const struct restore_job *job, const char *dir, uint64_t rows,
                        struct err *e)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct vec names;
    size_t n_files = 0;
    if (!fs_is_dir(dir))
        return err_set(e, ERR_USAGE, "%s is no folder of .sql files", dir);
    if (!fs_list(job->arena, dir, &names, e) || !open_database(job, &pg, e) ||
        !set_rows(&pg, rows, e))
        return false;
    VEC_EACH (const char *const, name, &names) {
        struct script script = {.job = job, .pg = &pg, .path = fs_join(job->arena, dir, *name)};
        if (**name == '.' || !str_ends(*name, ".sql"))
            continue;
        n_files++;
        if (!run_file(&script, e))
            return false;
    }
    return n_files > 0 || err_set(e, ERR_USAGE, "%s has no .sql file", dir);
}
