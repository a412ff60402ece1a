/* SPDX-License-Identifier: PostgreSQL */
/* Preflight: everything that can be known to fail is found before anything is started. */
#include "backup/backup.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "io/sign.h"
#include "load/script.h"
#include "pg/catalog.h"
#include "restore/restore.h"
#include "run/run.h"

#include <unistd.h>

enum { CONNECT_TIMEOUT_US = 30000000 };

bool run_clear_leftovers(struct run *run, struct err *e)
{
    const char *state_dir;
    struct vec reaped;
    if (!lease_state_dir(run->arena, run->config->state_dir, &state_dir, e) ||
        !lease_reap(run->arena, state_dir, NULL, &reaped, e))
        return false;
    VEC_EACH (struct reaped, r, &reaped) {
        if (r->cleared)
            display_note(&run->display, "cleared %s, left by a run that was killed", r->folder);
        else
            record_finding(run->record,
                           (struct finding){
                               .code = "LEFTOVER",
                               .severity = SEVERITY_CRITICAL,
                               .blame = BLAME_ENVIRONMENT,
                               .stage = STAGE_preflight,
                               .subject = r->folder,
                               .text = r->why_not,
                               .recommendation = "remove it by hand: it may hold production data",
                           });
    }
    return true;
}

/* Is the given backup of a kind that can be read at all? Whether it is there, and sound, is found
 * out by later stages, and reported. */
static bool check_backup(const char *path, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    return path == NULL || backup_find(a, path, record_new(a), e) || e->code != ERR_USAGE;
}

/* A slip in a load script is told now, and not behind the restore. */
static bool check_scripts(const struct config *c, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct script *script;
    int next_statement = 0;
    for (size_t i = 0; i < c->load_script.n && c->load_users > 0; i++)
        if (!script_load(a, c->load_script.items[i], &next_statement, &script, e))
            return false;
    return true;
}

static bool check_inputs(const struct config *c, struct err *e)
{
    if (c->source_dsn == NULL && c->source_demo == NULL && c->backup_use == NULL)
        return err_set(e, ERR_USAGE,
                       "nothing to rehearse: give --source DSN, --backup FILE, or a "
                       "scenario with -c");
    if (c->sign_key != NULL && !sign_check_key(c->sign_key, e))
        return err_wrap(e, "sign.key");
    if (c->integrity_assertions != NULL && !fs_is_dir(c->integrity_assertions))
        return err_set(e, ERR_USAGE, "integrity.assertions: %s is no folder",
                       c->integrity_assertions);
    if (c->migrate_dir != NULL && !fs_is_dir(c->migrate_dir))
        return err_set(e, ERR_USAGE, "migrate.dir: %s is no folder", c->migrate_dir);
    if (c->source_demo != NULL && !fs_is_dir(c->source_demo))
        return err_set(e, ERR_USAGE, "source.demo: %s is no folder", c->source_demo);
    if (c->work_dir != NULL && !fs_is_dir(c->work_dir))
        return err_set(e, ERR_USAGE, "work_dir: %s is no folder", c->work_dir);
    if (c->work_dir != NULL && access(c->work_dir, W_OK | X_OK) != 0)
        return err_set(e, ERR_USAGE, "work_dir: nothing can be made in %s", c->work_dir);
    return check_backup(c->backup_use, e) && check_scripts(c, e);
}

bool run_check_report_dir(struct run *run, struct err *e)
{
    if (!fs_make_dirs(run->config->report_dir, 0755, e) ||
        (access(run->config->report_dir, W_OK) != 0 &&
         !err_sys(e, "write to %s", run->config->report_dir))) {
        (void)err_wrap(e, "report.dir");
        e->code = ERR_USAGE;
        return false;
    }
    return true;
}

/* A throw-away cluster filled from .sql files plays production. */
static bool fill_demo(struct run *run, struct err *e)
{
    struct server_facts like = {.encoding = "UTF8", .collate = "C.UTF-8", .ctype = "C.UTF-8"};
    struct server_facts facts = {.settings = vec_new(run->arena, sizeof(const char *)),
                                 .isolation = vec_new(run->arena, sizeof(const char *))};
    struct cluster_order order = {"demo", &like, &run->demo, &facts};
    if (!run_start_cluster(run, &order, e))
        return err_wrap(e, "demonstration source");
    struct restore_job job = {
        .arena = run->arena,
        .config = run->config,
        .admin_dsn = run->demo.dsn,
        .database = "storefront",
        .like = &like,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    if (!restore_script_dir(&job, run->config->source_demo, run->config->source_demo_rows, e) ||
        (run->source_dsn = pg_dsn_with(run->arena, run->demo.dsn, "dbname", job.database, e)) ==
            NULL)
        return err_wrap(e, "demonstration source");
    return true;
}

static bool look_at_source(struct run *run, struct err *e)
{
    struct server_facts *source = &run->record->source;
    CLEANUP(pg_cleanup) struct pg pg = {0};
    if (!pg_open(run->source_dsn, &run->intr, CONNECT_TIMEOUT_US, &pg, e) ||
        !catalog_server(&pg, run->arena, source, e) ||
        !catalog_settings(&pg, run->arena, &source->settings, e))
        return err_wrap(e, "source");
    source->kind = run->config->source_demo != NULL ? "demo" : "server";
    source->dsn = pg_redact(run->arena, run->source_dsn);
    if (!backup_pick_pg_dump(&run->record->environment.installations, source->version_num,
                             &run->client, e))
        return false;
    return true;
}

/* A dump as large as the database, and the database again: less room than that is worth a word. */
static void look_at_room(struct run *run)
{
    const struct record *r = run->record;
    if (!r->source.size_bytes.known)
        return;
    int64_t need = r->source.size_bytes.value * 5 / 4;
    if (r->environment.free_bytes >= need)
        return;
    record_finding(
        run->record,
        (struct finding){
            .code = "ROOM_SCARCE",
            .severity = SEVERITY_WARNING,
            .blame = BLAME_ENVIRONMENT,
            .stage = STAGE_preflight,
            .subject = r->environment.work_dir,
            .text = arena_printf(run->arena, "%s free, and the restored copy alone may need %s",
                                 str_bytes(run->arena, (uint64_t)r->environment.free_bytes),
                                 str_bytes(run->arena, (uint64_t)need)),
            .recommendation = "set work_dir to a folder on a larger device",
        });
}

static void summarize(struct run *run)
{
    struct arena *a = run->arena;
    const struct environment_facts *env = &run->record->environment;
    const char *client =
        run->client == NULL
            ? ""
            : arena_printf(a, ", pg_dump %s", run_short_version(a, run->client->version));
    run_summary(run, STAGE_preflight, "target local PostgreSQL %s, %s free%s",
                run_short_version(a, run->server->version), str_bytes(a, (uint64_t)env->free_bytes),
                client);
}

bool stage_preflight(struct run *run, struct err *e)
{
    const struct config *c = run->config;
    if (!check_inputs(c, e) || !run_check_report_dir(run, e) || !run_clear_leftovers(run, e))
        return false;
    if (!target_account(c->target_user, &run->account, e))
        return false;
    if (!run_lease_folder(run, run_work_parent(c), "", &run->work_dir, e))
        return false;
    run->source_dsn = c->backup_use != NULL ? NULL : c->source_dsn;
    if (c->source_demo != NULL && (!run_pick_server(run, 0, e) || !fill_demo(run, e)))
        return false;
    if (run->source_dsn != NULL && !look_at_source(run, e))
        return false;
    int64_t major = run->record->source.version_num / 10000;
    if (!run_pick_server(run, run->source_dsn == NULL ? 0 : major, e))
        return false;
    look_at_room(run);
    summarize(run);
    return true;
}
