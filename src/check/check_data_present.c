/* SPDX-License-Identifier: PostgreSQL */
/* Are both there, tables and rows, and rows for each table? Options left over in a script leave
 * some of them out. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

enum { PARTITION_LEVELS_MAX = 32 };

static struct answer one_sided(const struct evidence *ev, const char *code, const char *text)
{
    ask_finding(ev, &check_data_present,
                (struct finding){.code = code,
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .text = text,
                                 .recommendation =
                                     "look for --schema-only, --data-only or --section "
                                     "in the backup job"});
    return ask_answer(ev, OUTCOME_WARNED, "%s", text);
}

/* COPY blocks that fill the table: its own, or those of a table that it is a partition of
 * (--load-via-partition-root). */
static uint64_t n_sections(const struct item *table)
{
    uint64_t n = 0;
    for (int level = 0; table != NULL && level < PARTITION_LEVELS_MAX; level++) {
        n += table->n_filled;
        table = table->of;
    }
    return n;
}

/* pg_dump writes a COPY block for an empty table too, so a table without any was left out. */
static void list_tables(const struct evidence *ev, struct listing *logged, struct listing *unlogged)
{
    const unsigned no_rows = ITEM_TEMPORARY | ITEM_PARTITIONED | ITEM_FILLED;
    LISTING_EACH(item, ev->inventory, ITEM_TABLE)
    {
        const struct item *t = *item;
        if ((t->flags & no_rows) == 0 && n_sections(t) < t->n)
            listing_add(t->flags & ITEM_UNLOGGED ? unlogged : logged, t->scope, t->name);
    }
}

static void tell_tables(const struct evidence *ev, const struct listing *list, const char *code,
                        enum severity severity)
{
    if (list->n == 0)
        return;
    ask_finding(ev, &check_data_present,
                (struct finding){.code = code,
                                 .severity = severity,
                                 .blame = BLAME_BACKUP,
                                 .subject = listing_text(list),
                                 .text = arena_printf(ev->arena,
                                                      "%zu table%s without a data section, while "
                                                      "others have one",
                                                      list->n, list->n == 1 ? "" : "s"),
                                 .recommendation = "look for --exclude-table-data, -t, -T or -n "
                                                   "in the backup job"});
}

/* As it was on the source, or its REFRESH is lost: the restored view cannot be read. */
static void tell_matviews(const struct evidence *ev)
{
    struct listing list = {.arena = ev->arena};
    LISTING_EACH(item, ev->inventory, ITEM_MATVIEW)
    {
        const struct item *m = *item;
        if (m->n_filled < m->n)
            listing_add(&list, m->scope, m->name);
    }
    if (list.n > 0)
        ask_finding(ev, &check_data_present,
                    (struct finding){.code = "MATVIEW_NOT_REFRESHED",
                                     .severity = SEVERITY_NOTE,
                                     .blame = BLAME_SOURCE,
                                     .subject = listing_text(&list),
                                     .text = "materialized views that the dump leaves without rows",
                                     .recommendation = "see whether they were filled on the "
                                                       "source"});
}

/* Tables one by one: only where an empty one could be told from one that was left out. */
static struct answer ask_tables(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const char *why,
        *counts = arena_printf(ev->arena, "%s tables, %s COPY blocks, %s INSERT statements",
                               str_count(ev->arena, (int64_t)f->n_create_table),
                               str_count(ev->arena, (int64_t)f->copies),
                               str_count(ev->arena, (int64_t)f->n_insert));
    if (f->n_insert > 0 || f->copies == 0) {
        record_gap(ev->record, "tables that were left out",
                   "a dump of INSERT statements shows no difference to tables without rows");
        return ask_answer(ev, OUTCOME_PASSED, "%s", counts);
    }
    if (ev->inventory == NULL)
        return ask_answer(ev, OUTCOME_PASSED, "%s", counts);
    if (!listing_is_whole(ev, &why))
        return ask_answer(ev, OUTCOME_UNKNOWN, "%s, but %s", counts, why);
    struct listing logged = {.arena = ev->arena}, unlogged = logged;
    list_tables(ev, &logged, &unlogged);
    bool theirs = f->dump_version == NULL; /* not of pg_dump: there it may be meant */
    tell_tables(ev, &logged, "TABLE_WITHOUT_DATA", theirs ? SEVERITY_NOTE : SEVERITY_WARNING);
    tell_matviews(ev);
    tell_tables(ev, &unlogged, "UNLOGGED_WITHOUT_DATA", SEVERITY_NOTE);
    if (logged.n > 0 && !theirs)
        return ask_answer(ev, OUTCOME_WARNED, "no data for %s", listing_text(&logged));
    return ask_answer(ev, OUTCOME_PASSED, "%s", counts);
}

static struct answer ask(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    if (f == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    bool has_data = f->copies > 0 || f->n_insert > 0 || f->n_table_data > 0,
         has_tables = f->n_create_table > 0;
    if (!has_data && ask_has_problem(f, 1U << PROBLEM_STREAM | 1U << PROBLEM_LIMIT))
        return ask_answer(ev, OUTCOME_UNKNOWN, "the part with the data could not be read");
    if (!has_data && !has_tables)
        return ask_answer(ev, OUTCOME_SKIPPED, "there are no tables");
    if (!has_data)
        return one_sided(ev, "SCHEMA_ONLY",
                         "tables are created, but there is no data for any of them");
    if (!has_tables)
        return one_sided(ev, "DATA_ONLY", "there is data, but no table is created");
    return ask_tables(ev);
}

const struct check check_data_present = {
    .name = "data_present",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "are both there, tables and rows?",
    .doc =
        "Tables without any data, or data without tables, look like --schema-only or --data-only "
        "by mistake; a table without a COPY block, while others have one, like "
        "--exclude-table-data: warnings.",
    .ask = ask,
};
