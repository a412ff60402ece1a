/* SPDX-License-Identifier: PostgreSQL */
/*
 * The command restore: one dump, verified and executed in one pass, into an empty database of the
 * user's or into a throw-away server that is kept.
 */
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "report/report.h"
#include "restore/restore.h"
#include "run/into.h"
#include "run/kept.h"

#include <string.h>
#include <unistd.h>

/* ---- stages that differ from a rehearsal's -----------------------------------------------------
 */

/* Reports are written where they are asked for. */
static bool wants_report(const struct config *c)
{
    return c->origin[OPT_ID_report_dir] != OPT_FROM_DEFAULT;
}

static bool can_make_folders(const struct config *c, struct err *e)
{
    const char *parent = run_work_parent(c);
    if (!fs_is_dir(parent))
        return err_set(e, ERR_USAGE, "work_dir: %s is no folder", parent);
    return access(parent, W_OK | X_OK) == 0 ||
           err_set(e, ERR_USAGE, "work_dir: nothing can be made in %s", parent);
}

static void sum_up_preflight(struct run *run)
{
    const struct server_facts *target = &run->record->target;
    uint64_t free_bytes = (uint64_t)run->record->environment.free_bytes;
    if (run->config->restore_keep)
        run_summary(run, STAGE_preflight, "%s free in %s", str_bytes(run->arena, free_bytes),
                    run_work_parent(run->config));
    else
        run_summary(run, STAGE_preflight, "PostgreSQL %s, database \"%s\" is empty",
                    run_short_version(run->arena, target->version), target->database);
}

/* Everything that can be known to fail is found before the dump is read. */
static bool preflight(struct run *run, struct err *e)
{
    const struct config *c = run->config;
    if (!can_make_folders(c, e) || !run_clear_leftovers(run, e) ||
        (wants_report(c) && !run_check_report_dir(run, e)))
        return false;
    if (c->restore_into != NULL && !into_open(run, e))
        return false;
    if (c->restore_keep && !target_account(c->target_user, &run->account, e))
        return false;
    if (!run_lease_folder(run, run_work_parent(c), "", &run->work_dir, e))
        return false;
    sum_up_preflight(run);
    return true;
}

/* The server is made to fit the dump's beginning, and judged by it; the manifest tells where the
 * dump comes from. */
static bool find_backup(struct run *run, struct err *e)
{
    if (!stage_backup(run, e))
        return false;
    run_find_manifest(run);
    if (run->config->restore_into != NULL && !into_is_not_origin(run, e))
        return false;
    if (!run_peek_dump(run, run->backup_path, e))
        return false;
    if (run->config->restore_into != NULL && run->facts.is_cluster_dump)
        return err_set(e, ERR_USAGE,
                       "%s is a dump of a whole cluster (pg_dumpall), and --into names one "
                       "database: restore it into a server of its own with --keep",
                       run->config->backup_use);
    return true;
}

static bool restore(struct run *run, struct err *e)
{
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    struct reading reading = {.run = run, .stream = &stream};
    if (!run_open_dump(run, run->backup_path, &stream, e))
        return false;
    if (run->verified) /* it is no dump */
        return err_set(e, ERR_FORMAT, "%s",
                       ((const struct problem *)vec_at(&run->facts.problems, 0))->text);
    struct dump_listener listener = run_listener(&reading);
    listener.progress = NULL; /* the restore's own shows the same bytes */
    struct restore_job job = {
        .stream = &stream,
        .database = "restored",
        .into = run->config->restore_into,
        .also = &listener,
        .facts = &run->facts,
    };
    if (!run_execute_dump(run, &job, e))
        return false;
    run_take_facts(&reading);
    return true;
}

/* The pass has read everything already. */
static bool verify(struct run *run, struct err *e)
{
    const char *why = record_stage(run->record, STAGE_restore)->reason;
    if (!run->verified)
        return err_set(e, ERR_SYSTEM, "not read to the end: %s", why == NULL ? "?" : why);
    run_sum_up_verify(run, ", in the same pass");
    return true;
}

static bool teardown(struct run *run, struct err *e)
{
    bool carried_out = run->restored.conn != NULL && !interrupt_pending(&run->intr);
    return run->config->restore_keep && carried_out ? kept_hand_over(run, e)
                                                    : stage_teardown(run, e);
}

/* ---- what is said at the end -------------------------------------------------------------------
 */

static void concluded(struct run *run)
{
    if (run->config->restore_into != NULL)
        into_note_left(run);
}

/* How to get to the server, and how to get rid of it: what the command was for, so it is printed
 * whatever --quiet says. */
static void show_kept(struct run *run)
{
    const struct server_facts *target = &run->record->target;
    if (target->removal == NULL)
        return;
    run->display.quiet = false;
    display_text(&run->display,
                 arena_printf(run->arena, "Connect  psql %s\nRemove   %s\n",
                              kept_shell_word(run->arena, target->dsn), target->removal));
}

static void show(struct run *run)
{
    run_show(run);
    if (!run->config->verify_json)
        show_kept(run);
}

/* ---- the command -------------------------------------------------------------------------------
 */

static const enum stage into_order[] = {STAGE_preflight, STAGE_backup,  STAGE_restore,
                                        STAGE_verify,    STAGE_compare, STAGE_integrity,
                                        STAGE_teardown,  STAGE_report};
static const enum stage keep_order[] = {STAGE_preflight, STAGE_backup,   STAGE_provision,
                                        STAGE_restore,   STAGE_verify,   STAGE_compare,
                                        STAGE_integrity, STAGE_teardown, STAGE_report};

int run_restore(struct arena *a, const struct config *config, const char *path)
{
    struct config own = *config;
    struct plan plan = {
        .command = "restore",
        .order = config->restore_keep ? keep_order : into_order,
        .n_stages = config->restore_keep ? COUNT_OF(keep_order) : COUNT_OF(into_order),
        .preflight_decides = true,
        .instead = {[STAGE_preflight] = preflight,
                    [STAGE_backup] = find_backup,
                    [STAGE_restore] = restore,
                    [STAGE_verify] = verify,
                    [STAGE_teardown] = teardown},
        .concluded = concluded,
        .show = show,
    };
    if (config->restore_into == NULL && !config->restore_keep) {
        log_line(LOG_ERROR,
                 "restore needs --into DSN (an empty database of yours) or --keep (a throw-away "
                 "server that is left running)");
        return err_exit_status(ERR_USAGE);
    }
    own.backup_use = path;
    own.integrity_amcheck = false; /* the pages were written a moment ago */
    if (config->origin[OPT_ID_compare_content] == OPT_FROM_DEFAULT)
        own.compare_content = "none"; /* rows are counted; to read them all takes its time */
    own.quiet = config->quiet || config->verify_json;
    if (!wants_report(config))
        plan.n_stages--; /* the last one */
    return run_plan(a, &own, &plan);
}
