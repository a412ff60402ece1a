/* SPDX-License-Identifier: PostgreSQL */
/*
 * The command dump: takes a dump, reads what was written, and gives both the file and its manifest
 * their places at once.
 */
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "report/manifest.h"
#include "run/run.h"

#include <string.h>

static const enum stage order[] = {STAGE_preflight, STAGE_backup, STAGE_verify, STAGE_teardown};

/* "." for a name alone. */
static const char *folder_of(struct arena *a, const char *path)
{
    const char *name = fs_base_name(path);
    size_t n = (size_t)(name - path);
    return n == 0 ? "." : n == 1 ? "/" : arena_strndup(a, path, n - 1);
}

static const char *manifest_of(struct arena *a, const char *path)
{
    return arena_printf(a, "%s" MANIFEST_SUFFIX, path);
}

static bool check(struct arena *a, const struct config *c, struct err *e)
{
    const char *out = c->backup_out;
    if (c->source_dsn == NULL || out == NULL)
        return err_set(e, ERR_USAGE, "dump needs --source DSN (the database) and --out FILE");
    if (*fs_base_name(out) == '\0' || fs_is_dir(out))
        return err_set(e, ERR_USAGE, "--out: %s is a folder; name the file", out);
    if (!fs_is_dir(folder_of(a, out)))
        return err_set(e, ERR_USAGE, "--out: there is no folder %s", folder_of(a, out));
    const char *manifest = manifest_of(a, out);
    if (fs_exists(out) || fs_exists(manifest))
        return err_set(e, ERR_USAGE, "--out: %s is there already", fs_exists(out) ? out : manifest);
    return true;
}

/* What the command was for. */
static void show(struct run *run)
{
    const struct backup_facts *b = &run->record->backup;
    run_show(run);
    if (!run->config->verify_json && b->kept)
        display_text(&run->display,
                     arena_printf(run->arena, "Dump  %s  %s\n", b->path,
                                  fs_exists(manifest_of(run->arena, b->path))
                                      ? "with its manifest"
                                      : "without a manifest, since something is wrong with it"));
}

int run_dump(struct arena *a, const struct config *config)
{
    static const struct plan plan = {.command = "dump",
                                     .order = order,
                                     .n_stages = COUNT_OF(order),
                                     .preflight_decides = true,
                                     .show = show};
    struct config own = *config;
    struct err e = {0};
    if (!check(a, config, &e)) {
        log_line(LOG_ERROR, "%s", e.text);
        return err_exit_status(e.code);
    }
    own.compare_source = "none"; /* there is no restored copy to compare with */
    own.backup_dir = folder_of(a, config->backup_out);
    own.quiet = config->quiet || config->verify_json;
    return run_plan(a, &own, &plan);
}
