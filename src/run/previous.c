/* SPDX-License-Identifier: PostgreSQL */
/* The run before this one, from the reports that it left. */
#include "base/fs.h"
#include "base/str.h"
#include "report/report.h"
#include "run/run.h"

#include <string.h>

enum { REPORTS_LOOKED_AT = 50, REPORT_BYTES_MAX = 16 * 1024 * 1024, RUN_ID_LETTERS = 26 };

static bool was_verified(const struct record *r)
{
    VEC_EACH (const struct stage_facts, s, &r->stages)
        if (s->name == STAGE_verify)
            return s->outcome == OUTCOME_PASSED || s->outcome == OUTCOME_WARNED;
    return false;
}

/* A rehearsal without a name of its own may be of any database. */
static bool is_of_another_database(const struct record *r, const struct record *now)
{
    return r->backup.database != NULL && now->backup.database != NULL &&
           !str_eq(r->backup.database, now->backup.database);
}

/* Takes the figures when it is of the same rehearsal. */
static bool take(struct run *run, const char *id)
{
    struct err e = {0};
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    const char *dir = fs_join(scratch, run->config->report_dir, id);
    struct slice text;
    struct record *r;
    if (!fs_read_file(scratch, fs_join(scratch, dir, "report.json"), REPORT_BYTES_MAX, &text, &e) ||
        !report_read_json(scratch, text, &r, &e) || !str_eq(r->run.name, run->record->run.name) ||
        !was_verified(r) || is_of_another_database(r, run->record))
        return false;
    const char *compression = r->backup.compression;
    run->record->backup.previous = (struct previous_facts){
        .run = arena_strdup(run->arena, id),
        .began = r->run.began,
        .compression = compression == NULL ? NULL : arena_strdup(run->arena, compression),
        .size_bytes = KNOWN(r->backup.size_bytes),
        .tables = KNOWN(r->backup.tables),
        .rows = KNOWN(r->backup.rows),
    };
    return true;
}

void run_find_previous(struct run *run)
{
    struct err e = {0};
    struct vec names;
    size_t looked = 0;
    if (!str_eq(run->record->run.command, "run") ||
        !fs_list(run->arena, run->config->report_dir, &names, &e))
        return;
    for (size_t i = names.n; i > 0 && looked < REPORTS_LOOKED_AT; i--) {
        const char *id = *(char **)vec_at(&names, i - 1); /* sorted by time */
        if (strlen(id) != RUN_ID_LETTERS || str_eq(id, run->record->run.id))
            continue;
        looked++;
        if (take(run, id))
            return;
    }
}
