/* SPDX-License-Identifier: PostgreSQL */
/* Backup: a dump that is taken, or the file that was given. */
#include "backup/backup.h"
#include "base/fs.h"
#include "base/str.h"
#include "run/run.h"

static bool take(struct run *run, struct err *e)
{
    const char *dir = run->work_dir;
    const char *keep = run->config->backup_dir;
    if (keep != NULL && !fs_make_dirs(keep, 0700, e))
        return err_wrap(e, "backup.dir");
    if (keep != NULL && !run_lease_folder(run, keep, ".", &dir, e))
        return err_wrap(e, "backup.dir");
    const char *found = fs_join(run->arena, run->client->bindir, "pg_dump");
    struct backup_job job = {
        .arena = run->arena,
        .config = run->config,
        .dsn = run->source_dsn,
        .dir = dir,
        .pg_dump = run->config->backup_pg_dump != NULL ? run->config->backup_pg_dump : found,
        .objects = &run->objects,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    return backup_take(&job, run->record, e);
}

struct place run_place(struct run *run)
{
    return (struct place){
        .arena = run->arena, .config = run->config, .record = run->record, .intr = &run->intr};
}

/* What was given. It is read twice, so what is no file is copied first, into the private folder. */
static bool find(struct run *run, struct err *e)
{
    run->place = run_place(run);
    if (!place_find(&run->place, run->config->backup_use, e))
        return false;
    run->backup_path = run->place.path;
    if (run->backup_path != NULL)
        return true;
    run->backup_path = fs_join(run->arena, run->work_dir, "backup");
    return place_spool(&run->place, run->backup_path, e);
}

bool stage_backup(struct run *run, struct err *e)
{
    struct record *r = run->record;
    if (run->source_dsn == NULL && !find(run, e))
        return false;
    if (run->source_dsn != NULL && !take(run, e))
        return false;
    if (run->source_dsn != NULL)
        run->backup_path = r->backup.path;
    const char *name = fs_base_name(r->backup.path);
    const char *size = str_bytes(run->arena, (uint64_t)r->backup.size_bytes);
    if (r->backup.sql_bytes > 0)
        run_summary(run, STAGE_backup, "%s  %s from %s SQL", name, size,
                    str_bytes(run->arena, (uint64_t)r->backup.sql_bytes));
    else
        run_summary(run, STAGE_backup, "%s  %s", name, size);
    return true;
}
