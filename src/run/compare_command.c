/* SPDX-License-Identifier: PostgreSQL */
/*
 * The command compare: the rows of any two of a dump, a manifest and a database. What is a file is
 * read, and has to be sound, before anything is compared. In the record the first one is the dump
 * (or the source, when both are databases) and the second one the restored copy.
 */
#include "base/embed.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "check/compare.h"
#include "dump/table_digest.h"
#include "pg/catalog.h"
#include "pg/objects.h"
#include "report/manifest.h"
#include "run/run.h"

#include <ctype.h>
#include <string.h>

EMBED(run_compare_columns_sql, "src/run/compare_columns.sql");

enum { CONNECT_TIMEOUT_US = 30000000, MANIFEST_BYTES_MAX = 64 << 20 };

enum side_kind { SIDE_DUMP, SIDE_MANIFEST, SIDE_DATABASE };

struct side {
    enum side_kind kind;
    const char *text; /* as it was given */
    /* a dump or a manifest */
    struct backup_facts backup;
    struct server_facts source; /* where it was taken, as a manifest says */
    struct vec tables;          /* struct manifest_table */
    struct vec objects;         /* struct object_facts, as a manifest says */
};

struct comparison {
    struct plan plan; /* first: the run has a pointer to it */
    struct side sides[2];
};

static const char *const kind_words[] = {"dump", "manifest", "database"};

/* ---- files -------------------------------------------------------------------------------------
 */

static bool is_dsn(const char *text)
{
    return str_starts(text, "postgresql://") || str_starts(text, "postgres://") ||
           (strchr(text, '=') != NULL && !fs_exists(text) && strstr(text, "://") == NULL);
}

static enum side_kind kind_of(const char *text)
{
    if (is_dsn(text))
        return SIDE_DATABASE;
    return str_ends(text, MANIFEST_SUFFIX) ? SIDE_MANIFEST : SIDE_DUMP;
}

static bool read_manifest(struct arena *a, struct side *side, struct err *e)
{
    struct manifest *m = NULL;
    struct slice text;
    bool intact = false;
    if (!fs_read_file(a, side->text, MANIFEST_BYTES_MAX, &text, e) ||
        !manifest_read(a, text, &m, &intact, e))
        return err_wrap(e, "%s", side->text);
    if (!intact)
        return err_set(e, ERR_REFUSED,
                       "%s was changed after it was written: its digest does not fit", side->text);
    side->backup = m->backup;
    side->source = m->source;
    side->tables = m->tables;
    side->objects = m->objects;
    return true;
}

/* What a dump that was found sound holds; a manifest beside it tells of its source. */
static void take_dump(struct run *run, struct side *side)
{
    struct manifest *m = run_make_manifest(run);
    side->backup = m->backup;
    side->tables = m->tables;
    if (run->manifest == NULL || run->record->manifest.tampered)
        return;
    side->source = run->manifest->source;
    side->objects = run->manifest->objects;
}

/* Gives the exit status when there is nothing to compare, which was said. */
static int read_dump(struct arena *a, const struct config *config, struct side *side)
{
    struct run run = {.arena = a};
    int status = run_verify_quietly(&run, config, side->text);
    if (status == 0)
        take_dump(&run, side);
    else if (run.record != NULL && run.record->conclusion != NULL)
        log_line(LOG_ERROR, "%s: %s", side->text, run.record->conclusion);
    run_end(&run);
    return status;
}

static int read_side(struct arena *a, const struct config *config, struct side *side)
{
    struct err e = {0};
    if (side->kind == SIDE_DUMP)
        return read_dump(a, config, side);
    if (side->kind == SIDE_DATABASE || read_manifest(a, side, &e))
        return 0;
    log_line(LOG_ERROR, "%s", e.text);
    return err_exit_status(e.code);
}

/* ---- into the record ---------------------------------------------------------------------------
 */

static void fill_first(struct run *run, const struct side *side)
{
    struct record *r = run->record;
    r->backup = side->backup;
    r->source = side->source;
    run->objects = side->objects;
    VEC_EACH (const struct manifest_table, t, &side->tables) {
        struct table_facts *row = record_table(r, t->schema, t->name);
        row->dump_rows = t->rows;
        row->dump_digest = t->digest;
        row->columns = t->columns;
    }
}

/* Why two files may print the same rows differently; NULL when their sessions had the same
 * settings, so that they cannot. */
static const char *doubt(const struct side *a, const struct side *b)
{
    static const char *const settings[] = {"TimeZone", "bytea_output", "lc_monetary"};
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *one = record_setting(&a->source, settings[i]);
        if (one == NULL || !str_eq(one, record_setting(&b->source, settings[i])))
            return "the rows as text differ; whether the rows do, is not known, as the settings of "
                   "the dumping sessions (time zone, bytea_output, lc_monetary) are not known to "
                   "be the same: restore one of the two, and compare the other with the database";
    }
    if (!str_eq(a->backup.encoding, b->backup.encoding))
        return "the rows as text differ, and so do the encodings of the two";
    if (!contents_print_alike(a->backup.server_version, b->backup.server_version))
        return "the rows as text differ, and the servers print floating-point numbers differently";
    return NULL;
}

/* `why` the same rows may be other text, or NULL. */
static void judge_digests(struct table_facts *t, const char *why)
{
    t->contents = OUTCOME_SKIPPED;
    if (t->dump_digest == NULL || t->restored_digest == NULL)
        return;
    t->contents = OUTCOME_PASSED;
    if (str_eq(t->dump_digest, t->restored_digest))
        return;
    t->contents = why == NULL ? OUTCOME_FAILED : OUTCOME_UNKNOWN;
    t->contents_reason = why;
}

/* The second one is a file, too. */
static void fill_second(struct run *run, const struct side *first, const struct side *side)
{
    static const char other_columns[] =
        "the rows as text differ, and so do the columns of the two, or their order";
    const char *why = doubt(first, side);
    VEC_EACH (struct table_facts, row, &run->record->tables)
        row->contents = OUTCOME_SKIPPED;
    VEC_EACH (const struct manifest_table, t, &side->tables) {
        struct table_facts *row = record_table(run->record, t->schema, t->name);
        row->restored_rows = t->rows;
        row->restored_digest = t->digest;
        judge_digests(row, str_eq(row->columns, t->columns) ? why : other_columns);
    }
    run->record->target = side->source;
    run->restored_objects = side->objects;
    compare_judge(run->record);
    record_sort_tables(run->record);
}

/* ---- databases ---------------------------------------------------------------------------------
 */

static void take_digest(struct run *run, const struct table_digest *t)
{
    char *hex = arena_alloc(run->arena, ROWS_DIGEST_HEX_BYTES);
    struct table_facts *row = record_table(run->record, t->schema, t->name);
    if (t->failure != NULL) {
        row->contents_reason = t->failure;
        return;
    }
    rows_digest_hex(&t->digest, hex);
    row->source_digest = hex;
    row->columns = t->columns;
    row->source_rows = KNOWN(t->rows);
}

static bool list_tables(struct run *run, struct pg *pg, struct vec *tables, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(pg, run_compare_columns_sql, NULL, &rows, e))
        return false;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct table_digest *t = vec_push(tables);
        t->schema = arena_strdup(run->arena, pg_cell(rows, i, 0));
        t->name = arena_strdup(run->arena, pg_cell(rows, i, 1));
        t->columns = arena_strdup(run->arena, pg_cell(rows, i, 2));
    }
    return true;
}

/* Both databases are read with the same settings. */
static void pin_settings(struct run *run)
{
    static const struct source_fact facts[] = {{"setting", "TimeZone", "UTC"},
                                               {"setting", "bytea_output", "hex"},
                                               {"setting", "lc_monetary", "C"}};
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        *(struct source_fact *)vec_push(&run->record->source.facts) = facts[i];
    run->record->backup.server_version = run->record->source.version;
}

static bool read_source(struct run *run, const char *dsn, struct err *e)
{
    bool known;
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct vec tables = vec_new(run->arena, sizeof(struct table_digest));
    const struct table_digests how = {.arena = run->arena,
                                      .dsn = dsn,
                                      .lc_monetary = "C",
                                      .jobs = (size_t)run->record->environment.cores,
                                      .intr = &run->intr,
                                      .progress = &run->display.progress};
    if (!pg_open(dsn, &run->intr, CONNECT_TIMEOUT_US, &pg, e) ||
        !catalog_server(&pg, run->arena, &run->record->source, e) ||
        !list_tables(run, &pg, &tables, e) || !objects_list(&pg, run->arena, &run->objects, e) ||
        !table_digests(&how, &tables, &known, e))
        return err_wrap(e, "first database");
    pin_settings(run);
    VEC_EACH (const struct table_digest, t, &tables)
        take_digest(run, t);
    return true;
}

static bool read_target(struct run *run, const char *dsn, struct err *e)
{
    struct contents what = {
        .arena = run->arena,
        .config = run->config,
        .record = run->record,
        .dsn = dsn,
        .restored = &run->restored,
        .intr = &run->intr,
        .progress = &run->display.progress,
    };
    return (pg_open(dsn, &run->intr, CONNECT_TIMEOUT_US, &run->restored, e) &&
            catalog_server(&run->restored, run->arena, &run->record->target, e) &&
            compare_restored(&what, e) && run_list_restored(run, e)) ||
           err_wrap(e, "database");
}

/* ---- the command -------------------------------------------------------------------------------
 */

/* A table that only the second one has is a difference, whatever is in it. */
static void tell_added(struct record *r)
{
    VEC_EACH (struct table_facts, t, &r->tables) {
        bool in_first = t->dump_rows.known || t->source_rows.known || t->dump_digest != NULL;
        if (in_first || !t->restored_rows.known)
            continue;
        t->outcome = OUTCOME_SKIPPED;
        t->reason = "only the second one has it";
        record_finding(r, (struct finding){
                              .code = "TABLE_ADDED",
                              .severity = SEVERITY_WARNING,
                              .blame = BLAME_ENVIRONMENT,
                              .stage = STAGE_compare,
                              .subject = arena_printf(r->tables.arena, "%s.%s", t->schema, t->name),
                              .text = t->reason,
                          });
    }
}

static void sum_up(struct run *run)
{
    size_t equal = 0, compared = 0;
    VEC_EACH (struct table_facts, t, &run->record->tables) {
        equal += t->contents == OUTCOME_PASSED;
        compared += t->contents != OUTCOME_SKIPPED && t->contents != OUTCOME_PENDING;
        if (t->contents == OUTCOME_FAILED)
            t->contents_reason = "the two do not hold the same rows";
    }
    run_summary(run, STAGE_compare, "%zu of %zu tables hold the same rows", equal, compared);
}

static bool compare(struct run *run, struct err *e)
{
    const struct comparison *c = (const struct comparison *)run->plan;
    const struct side *first = &c->sides[0], *second = &c->sides[1];
    if (first->kind != SIDE_DATABASE)
        fill_first(run, first);
    else if (!read_source(run, first->text, e))
        return false;
    if (second->kind != SIDE_DATABASE)
        fill_second(run, first, second);
    else if (!read_target(run, second->text, e))
        return false;
    tell_added(run->record);
    sum_up(run);
    return true;
}

/* The gaps of a rehearsal are others. */
static void concluded(struct run *run)
{
    run->record->coverage.n = 0;
    record_gap(run->record, "positions of sequences, contents of large objects",
               "compare looks at the catalogue, at tables and their rows");
    if (run->objects.n == 0 || run->restored_objects.n == 0)
        record_gap(run->record, "indexes, constraints, functions, rights",
                   "a dump without a manifest lists no objects");
    VEC_EACH (const struct table_facts, t, &run->record->tables)
        if (t->contents == OUTCOME_SKIPPED && t->contents_reason != NULL && t->dump_rows.known)
            record_gap(run->record,
                       arena_printf(run->arena, "what the rows of %s.%s hold", t->schema, t->name),
                       t->contents_reason);
}

static const char *shown(struct arena *a, const struct side *side)
{
    const char *name = side->kind == SIDE_DATABASE ? pg_redact(a, side->text) : side->text;
    return arena_printf(a, "%s %s", kind_words[side->kind], name);
}

static void show(struct run *run)
{
    const struct comparison *c = (const struct comparison *)run->plan;
    if (!run->config->verify_json)
        display_text(&run->display,
                     arena_printf(run->arena, "A  %s\nB  %s\n", shown(run->arena, &c->sides[0]),
                                  shown(run->arena, &c->sides[1])));
    run_show(run);
}

/* A database is compared with a file, never the other way round. */
static void put_in_order(struct comparison *c)
{
    struct side first = c->sides[0];
    if (first.kind != SIDE_DATABASE || c->sides[1].kind == SIDE_DATABASE)
        return;
    c->sides[0] = c->sides[1];
    c->sides[1] = first;
}

int run_compare(struct arena *a, const struct config *config, const char *const *names)
{
    static const enum stage order[] = {STAGE_compare};
    struct config own = *config;
    struct comparison c = {.plan = {.command = "compare",
                                    .order = order,
                                    .n_stages = COUNT_OF(order),
                                    .without_servers = true,
                                    .instead = {[STAGE_compare] = compare},
                                    .concluded = concluded,
                                    .show = show}};
    for (size_t i = 0; i < COUNT_OF(c.sides); i++) {
        c.sides[i] = (struct side){.kind = kind_of(names[i]), .text = names[i]};
        int status = read_side(a, config, &c.sides[i]);
        if (status != 0)
            return status;
    }
    put_in_order(&c);
    own.compare_content = "full";
    own.name = arena_printf(a, "%s = %s", shown(a, &c.sides[0]), shown(a, &c.sides[1]));
    own.quiet = config->quiet || config->verify_json;
    return run_plan(a, &own, &c.plan);
}
