/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "restore/execute.h"

#include <string.h>

/* The block's head outlives the call that brought it: its rejection is judged at its end. */
static void keep_head(struct executor *ex, const struct copy_head *head)
{
    buf_clear(&ex->copy_sql);
    buf_append(&ex->copy_sql, head->statement.text.p, head->statement.text.n);
    ex->copy_head = (struct statement){.text = {buf_text(&ex->copy_sql), ex->copy_sql.n},
                                       .offset = head->statement.offset};
    ex->copy_object = arena_printf(ex->job->arena, "%s%s%s", head->table->schema,
                                   head->table->schema[0] == '\0' ? "" : ".", head->table->name);
    ex->copy_began_us = clock_mono_us();
}

static bool reject(struct executor *ex, const struct err *why, struct err *e)
{
    const struct failure failure = {
        .statement = &ex->copy_head, .object = ex->copy_object, .why = why, .conn = ex->pg.conn};
    ex->copy = COPY_REJECTED;
    return executor_failed(ex, &failure, e);
}

bool executor_copy_begin(struct executor *ex, const struct copy_head *head, struct err *e)
{
    struct err why;
    ex->ok = true;
    keep_head(ex, head);
    ex->copy = COPY_REJECTED;
    if (ex->skipping)
        return true;
    ex->copy = COPY_SENDING;
    ex->record->restore.copies++;
    ex->record->restore.statements++;
    if (!executor_time(ex, e))
        return false;
    return pg_copy_begin(&ex->pg, buf_text(&ex->copy_sql), &why) || reject(ex, &why, e);
}

bool executor_copy_data(struct executor *ex, struct slice data, struct err *e)
{
    struct err why;
    if (ex->copy != COPY_SENDING)
        return true;
    if (!executor_time(ex, e))
        return false;
    return pg_copy_put(&ex->pg, data.p, data.n, &why) || reject(ex, &why, e);
}

/* The end of the file came before the end of the block: what was sent must not stay. */
static bool unterminated(struct executor *ex, struct err *e)
{
    struct err why;
    pg_copy_abort(&ex->pg, "the dump ends inside this COPY block");
    (void)err_set(&why, ERR_FORMAT, "the dump ends inside this COPY block; its rows were dropped");
    return reject(ex, &why, e);
}

static bool end(struct executor *ex, const struct dump_table *table, struct err *e)
{
    struct err why;
    uint64_t rows = 0;
    if (ex->copy == COPY_REJECTED)
        return true;
    if (!table->terminated)
        return unterminated(ex, e);
    return executor_time(ex, e) && (pg_copy_end(&ex->pg, &rows, &why) || reject(ex, &why, e));
}

void executor_add_copy(struct executor *ex, const struct dump_table *table, int64_t took_us)
{
    const struct restore_job *job = ex->job;
    stopwatch_add_copy(&ex->watch, table, took_us);
    if (job->cluster && !str_eq(table->database, job->database))
        return; /* several databases may have a table of that name */
    struct table_facts *facts = record_table(ex->record, table->schema, table->name);
    facts->restore_us = KNOWN(facts->restore_us.value + took_us);
}

bool executor_copy_end(struct executor *ex, const struct dump_table *table, struct err *e)
{
    bool ok = end(ex, table, e);
    executor_add_copy(ex, table, clock_mono_us() - ex->copy_began_us);
    ex->copy = COPY_NONE;
    return ok;
}
