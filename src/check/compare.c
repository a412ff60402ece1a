/* SPDX-License-Identifier: PostgreSQL */
#include "check/compare.h"

#include "base/str.h"
#include "pg/catalog.h"

/* Dumps older than February 2018 name tables without schema: the row "" of that name is this
 * table's when no other schema has one of that name. */
static void adopt_unqualified(struct record *r, const struct vec *tables,
                              const struct catalog_table *table)
{
    size_t namesakes = 0;
    VEC_EACH (const struct catalog_table, t, tables)
        namesakes += str_eq(t->name, table->name);
    if (namesakes != 1)
        return;
    VEC_EACH (struct table_facts, row, &r->tables)
        if (row->schema[0] == '\0' && str_eq(row->name, table->name))
            row->schema = table->schema;
}

static void judge(struct table_facts *row, enum outcome outcome, const char *reason)
{
    row->outcome = outcome;
    row->reason = reason;
}

/* Rows of a table that belongs to an extension: its script makes some, the dump holds others. */
static void judge_extension(struct table_facts *row)
{
    bool same = !row->source_rows.known || row->source_rows.value == row->restored_rows.value;
    judge(row, same ? OUTCOME_SKIPPED : OUTCOME_WARNED,
          same ? "belongs to an extension, whose script fills it"
               : "belongs to an extension and differs from the source: another version?");
}

/* Does it need no count? Gives it its outcome then. */
static bool is_not_counted(struct record *r, const struct catalog_table *table,
                           struct table_facts *row)
{
    if (table->kind == 'm') {
        judge(row, OUTCOME_SKIPPED, "materialized view: the restore computes it anew");
        return true;
    }
    if (table->kind == 'f') {
        judge(row, OUTCOME_SKIPPED, "foreign table: its rows are elsewhere");
        record_gap(r, "rows of foreign tables", "a dump holds their definition only");
        return true;
    }
    if (table->kind == 'p' && !row->dump_rows.known) {
        judge(row, OUTCOME_SKIPPED, "partitioned: its rows are those of its partitions");
        return true;
    }
    return false;
}

static bool count_table(struct pg *pg, struct record *r, const struct catalog_table *table,
                        struct err *e)
{
    struct table_facts *row = record_table(r, table->schema, table->name);
    row->restored_bytes = KNOWN(table->bytes);
    if (is_not_counted(r, table, row))
        return true;
    int64_t rows = 0;
    if (!row->restored_rows.known) {
        if (!catalog_count(pg, table, &rows, e))
            return err_wrap(e, "count rows of %s.%s", table->schema, table->name);
        row->restored_rows = KNOWN(rows);
    }
    if (table->from_extension)
        judge_extension(row);
    return true;
}

/* Is there a partitioned table whose rows came by one COPY into itself? */
static bool is_loaded_by_root(const struct record *r, const struct vec *tables)
{
    VEC_EACH (const struct table_facts, row, &r->tables)
        VEC_EACH (const struct catalog_table, t, tables)
            if (row->dump_rows.known && t->kind == 'p' && str_eq(t->name, row->name) &&
                str_eq(t->schema, row->schema))
                return true;
    return false;
}

/* Partitions without data of their own in the dump, where a partitioned table has it. */
static void judge_partitions(struct record *r, const struct vec *tables)
{
    if (!is_loaded_by_root(r, tables))
        return;
    VEC_EACH (const struct catalog_table, t, tables) {
        struct table_facts *row = t->is_partition ? record_table(r, t->schema, t->name) : NULL;
        if (row != NULL && row->outcome == OUTCOME_PENDING && !row->dump_rows.known &&
            !row->source_rows.known)
            judge(row, OUTCOME_SKIPPED, "its rows are in the COPY of the partitioned table");
    }
}

bool compare_differ(struct maybe a, struct maybe b)
{
    return a.known && b.known && a.value != b.value;
}

static const char *figure(struct arena *a, struct maybe n)
{
    return n.known ? str_count(a, n.value) : "unknown";
}

/* Did the restore have rejections that this machine is to blame for? */
static bool has_environment_errors(const struct record *r)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (f->stage == STAGE_restore && f->severity == SEVERITY_CRITICAL &&
            f->blame == BLAME_ENVIRONMENT)
            return true;
    return false;
}

/* Is there a COPY section for each table that has rows? INSERT shows nothing for an empty table. */
static bool has_data_sections(const struct record *r)
{
    VEC_EACH (const struct table_facts, t, &r->tables)
        if (t->dump_bytes.known)
            return true;
    return false;
}

static void judge_different(struct record *r, struct table_facts *t)
{
    struct arena *a = r->tables.arena;
    bool copy_alone = !compare_differ(t->source_rows, t->dump_rows);
    judge(t, copy_alone && has_environment_errors(r) ? OUTCOME_UNKNOWN : OUTCOME_FAILED,
          arena_printf(a, "rows: source %s, dump %s, restored %s", figure(a, t->source_rows),
                       figure(a, t->dump_rows), figure(a, t->restored_rows)));
}

static void judge_table(struct record *r, struct table_facts *t, bool has_sections)
{
    if (compare_differ(t->source_rows, t->dump_rows) ||
        compare_differ(t->dump_rows, t->restored_rows) ||
        compare_differ(t->source_rows, t->restored_rows))
        judge_different(r, t);
    else if (!t->restored_rows.known)
        judge(t, OUTCOME_UNKNOWN, "it was not counted in the restored copy");
    else if (t->dump_rows.known || t->source_rows.known)
        judge(t, OUTCOME_PASSED, NULL);
    else if (!has_sections)
        judge(t, OUTCOME_SKIPPED,
              "no COPY data in the dump and no source: nothing to compare with");
    else if (t->restored_rows.value > 0)
        judge(t, OUTCOME_SKIPPED, "its rows did not come by COPY: nothing to compare with");
    else
        judge(t, OUTCOME_WARNED, "the dump makes it but has no data section for it");
}

void compare_judge(struct record *r)
{
    bool has_sections = has_data_sections(r);
    VEC_EACH (struct table_facts, t, &r->tables)
        if (t->outcome == OUTCOME_PENDING)
            judge_table(r, t, has_sections);
}

/* Tables whose rows were read are counted already. */
static bool count_tables(const struct contents *what, struct err *e)
{
    struct record *r = what->record;
    struct progress_state state = {0};
    VEC_EACH (const struct catalog_table, t, what->catalog) {
        state.what = t->name;
        progress_tell(what->progress, &state);
        if (!count_table(what->restored, r, t, e))
            return false;
        state.rows += (uint64_t)record_table(r, t->schema, t->name)->restored_rows.value;
    }
    return true;
}

bool compare_restored(const struct contents *wanted, struct err *e)
{
    struct contents what = *wanted;
    struct record *r = what.record;
    struct vec tables = vec_new(r->tables.arena, sizeof(struct catalog_table));
    if (!catalog_tables(what.restored, r->tables.arena, &tables, e))
        return err_wrap(e, "list the restored tables");
    VEC_EACH (const struct catalog_table, t, &tables)
        adopt_unqualified(r, &tables, t);
    what.catalog = &tables;
    if (str_eq(what.config->compare_content, "full") && !contents_compare(&what, e))
        return false;
    if (!count_tables(&what, e))
        return false;
    judge_partitions(r, &tables);
    compare_judge(r);
    record_sort_tables(r);
    return true;
}
