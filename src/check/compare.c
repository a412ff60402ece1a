/* SPDX-License-Identifier: PostgreSQL */
#include "check/compare.h"

#include "base/str.h"
#include "pg/catalog.h"

/* Dumps older than February 2018 name tables without schema: the row "" of that name is this table's
 * when no other schema has one of that name. */
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
    if (!catalog_count(pg, table, &rows, e))
        return err_wrap(e, "count rows of %s.%s", table->schema, table->name);
    row->restored_rows = KNOWN(rows);
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

bool compare_restored(struct pg *restored, struct arena *a, struct record *r, struct err *e)
{
    struct vec tables = vec_new(a, sizeof(struct catalog_table));
    if (!catalog_tables(restored, a, &tables, e))
        return err_wrap(e, "list the restored tables");
    VEC_EACH (const struct catalog_table, t, &tables)
        adopt_unqualified(r, &tables, t);
    VEC_EACH (const struct catalog_table, t, &tables)
        if (!count_table(restored, r, t, e))
            return false;
    judge_partitions(r, &tables);
    record_sort_tables(r);
    return true;
}
