/* SPDX-License-Identifier: PostgreSQL */
#include "migrate/history.h"

#include "base/embed.h"

#include <stdio.h>

EMBED(migrate_history_sql, "src/migrate/history.sql");
EMBED(migrate_history_read_sql, "src/migrate/history_read.sql");
EMBED(migrate_history_add_sql, "src/migrate/history_add.sql");

bool history_read(struct arena *a, struct pg *pg, struct vec *applied, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_run(pg, migrate_history_sql, e) ||
        !pg_query(pg, migrate_history_read_sql, NULL, &rows, e))
        return err_wrap(e, "history of migrations");
    struct vec found = vec_new(a, sizeof(struct applied));
    for (int i = 0; i < PQntuples(rows); i++)
        *(struct applied *)vec_push(&found) = (struct applied){
            .version = arena_strdup(a, pg_cell(rows, i, 0)),
            .name = arena_strdup(a, pg_cell(rows, i, 1)),
            .checksum = arena_strdup(a, pg_cell(rows, i, 2)),
        };
    *applied = found;
    return true;
}

bool history_add(struct pg *pg, const struct migration *m, int64_t took_us, struct err *e)
{
    char took[24];
    (void)snprintf(took, sizeof took, "%lld", (long long)took_us);
    const char *params[] = {m->version, m->name, m->sha256, took};
    CLEANUP(pg_result_cleanup) PGresult *result = NULL;
    return pg_query(pg, migrate_history_add_sql, &(struct pg_params){params, COUNT_OF(params)},
                    &result, e) ||
           err_wrap(e, "history of migrations");
}

const struct applied *history_find(const struct vec *applied, const char *version)
{
    VEC_EACH (const struct applied, row, applied)
        if (migration_version_cmp(row->version, version) == 0)
            return row;
    return NULL;
}

static void add(struct record *r, struct finding f)
{
    f.blame = BLAME_MIGRATION;
    f.stage = STAGE_migrate;
    record_finding(r, f);
}

static void compare_file(struct arena *a, const struct migration *m, const struct vec *applied,
                         struct record *r)
{
    const struct applied *row = history_find(applied, m->version), *later = NULL;
    if (row != NULL && !str_eq(row->checksum, m->sha256))
        add(r, (struct finding){
                   .code = "MIGRATION_CHANGED",
                   .severity = SEVERITY_WARNING,
                   .subject = m->file,
                   .text = arena_printf(a,
                                        "the file changed since it was applied (SHA-256 %.12s "
                                        "then, %.12s now)",
                                        row->checksum, m->sha256),
                   .recommendation = "restore the file as it was applied and put the change into "
                                     "a new migration",
               });
    VEC_EACH (const struct applied, other, applied)
        if (row == NULL && migration_version_cmp(other->version, m->version) > 0)
            later = other;
    if (later != NULL)
        add(r, (struct finding){
                   .code = "MIGRATION_OUT_OF_ORDER",
                   .severity = SEVERITY_NOTE,
                   .subject = m->file,
                   .text = arena_printf(a, "is pending although the later version %s was applied",
                                        later->version),
                   .recommendation = "give it a version behind the last applied one, unless the "
                                     "order does not matter",
               });
}

void history_compare(struct arena *a, const struct vec *migrations, const struct vec *applied,
                     struct record *r)
{
    VEC_EACH (const struct migration, m, migrations)
        compare_file(a, m, applied, r);
    VEC_EACH (const struct applied, row, applied) {
        bool there = false;
        VEC_EACH (const struct migration, m, migrations)
            there = there || migration_version_cmp(m->version, row->version) == 0;
        if (!there)
            add(r, (struct finding){
                       .code = "MIGRATION_FILE_MISSING",
                       .severity = SEVERITY_WARNING,
                       .subject = arena_printf(a, "%s_%s", row->version, row->name),
                       .text = "was applied, but the folder has no file of this version",
                       .recommendation = "bring the file back: without it no new database can be "
                                         "built from the folder",
                   });
    }
}
