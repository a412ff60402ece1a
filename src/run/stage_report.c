/* SPDX-License-Identifier: PostgreSQL */
/* Report: all formats into a folder that appears as a whole, and the link to the latest. */
#include "base/fs.h"
#include "base/str.h"
#include "io/sign.h"
#include "report/report.h"
#include "run/run.h"

#include <stdio.h>
#include <sys/stat.h>

static bool wanted(const struct config *c, const struct report_format *format)
{
    return (str_eq(format->name, "json") && c->report_json) ||
           (str_eq(format->name, "html") && c->report_html) ||
           (str_eq(format->name, "text") && c->report_text);
}

static bool write_all(struct run *run, const char *dir, struct err *e)
{
    for (const struct report_format *f = report_formats; f->name != NULL; f++) {
        const char *path;
        if (!wanted(run->config, f))
            continue;
        if ((path = report_write(run->arena, run->record, f, dir, e)) == NULL)
            return false;
        if (run->config->sign_key != NULL && !sign_file(run->config->sign_key, path, e))
            return false;
        *(const char **)vec_push(&run->report_paths) =
            arena_printf(run->arena, "%s/%s", run->report_dir, fs_base_name(path));
    }
    return true;
}

bool stage_report(struct run *run, struct err *e)
{
    const struct config *c = run->config;
    const char *parent = c->report_dir, *part;
    struct stage_facts *own = record_stage(run->record, STAGE_report);
    if (!c->report_json && !c->report_html && !c->report_text)
        return run_skip(run, STAGE_report, "no format is wanted");
    if (!fs_make_dirs(parent, 0755, e) || !run_lease_folder(run, parent, ".", &part, e))
        return err_wrap(e, "report.dir");
    own->outcome = OUTCOME_PASSED; /* what the report can say of itself */
    run->report_dir = fs_join(run->arena, parent, run->record->run.id);
    run_summary(run, STAGE_report, "%s", run->report_dir);
    struct vec failures = vec_new(run->arena, sizeof(const char *));
    bool ok = write_all(run, part, e);
    if (ok && chmod(part, 0755) != 0)
        ok = err_sys(e, "permissions of %s", part);
    if (ok && rename(part, run->report_dir) != 0)
        ok = err_sys(e, "rename to %s", run->report_dir);
    (void)undo_all(&run->undo, &failures); /* the lease; and the folder, unless it was renamed */
    if (!ok)
        run->report_paths.n = 0;
    return ok && fs_link_replace(run->arena, run->record->run.id,
                                 fs_join(run->arena, parent, "latest"), e);
}
