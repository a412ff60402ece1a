/* SPDX-License-Identifier: PostgreSQL */
#include "backup/snapshot.h"

#include "backup/name.h"
#include "base/clock.h"
#include "base/embed.h"
#include "base/str.h"
#include "dump/table_digest.h"
#include "pg/catalog.h"
#include "pg/objects.h"

#include <string.h>

EMBED(backup_schemas_sql, "src/backup/schemas.sql");
EMBED(backup_source_identity_sql, "src/backup/source_identity.sql");
EMBED(backup_source_facts_sql, "src/backup/source_facts.sql");

/* The time that is left, for each call of the session: 0 (none) stays 0. */
static bool take_time(struct snapshot *s, struct err *e)
{
    if (s->deadline_us == 0)
        return true;
    int64_t left_us = s->deadline_us - clock_mono_us();
    if (left_us <= 0)
        return err_set(e, ERR_TIMEOUT, "backup.take.timeout passed");
    s->pg.timeout_us = left_us;
    return true;
}

static bool run(struct snapshot *s, const char *sql, struct err *e)
{
    return take_time(s, e) && pg_run(&s->pg, sql, e);
}

/* What a role or a database may have set must not end this session, and row security must fail
 * rather than hide rows. */
static bool neutralise(struct snapshot *s, struct err *e)
{
    if (!run(s,
             "SET statement_timeout = 0; SET lock_timeout = 0; SET row_security = off; "
             "SET idle_in_transaction_session_timeout = 0",
             e))
        return false;
    if (PQserverVersion(s->pg.conn) < 170000)
        return true;
    return run(s, "SET transaction_timeout = 0", e);
}

static bool export_snapshot(const struct backup_job *job, struct snapshot *s, struct err *e)
{
    if (!run(s, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", e) || !take_time(s, e))
        return false;
    if (!pg_text(&s->pg, job->arena, "SELECT pg_catalog.pg_export_snapshot()", &s->name, e))
        return err_wrap(e, "export a snapshot");
    s->taken_us = clock_wall_us();
    return true;
}

bool snapshot_open(const struct backup_job *job, int64_t deadline_us, struct snapshot *s,
                   struct err *e)
{
    struct snapshot new = {.deadline_us = deadline_us};
    int64_t connect_us = 60 * CLOCK_SECOND_US;
    if (deadline_us != 0 && deadline_us - clock_mono_us() < connect_us)
        connect_us = deadline_us - clock_mono_us();
    if (!pg_open(job->dsn, job->intr, connect_us > 0 ? connect_us : 1, &new.pg, e))
        return err_wrap(e, "source");
    bool ok = neutralise(&new, e) && take_time(&new, e) &&
              catalog_server(&new.pg, job->arena, &new.facts, e) && export_snapshot(job, &new, e);
    if (!ok) {
        snapshot_cleanup(&new);
        return err_wrap(e, "source");
    }
    *s = new;
    return true;
}

void snapshot_cleanup(struct snapshot *s)
{
    pg_cleanup(&s->pg);
}

/* Adds the names of the schemas that match one of the patterns. */
static bool match_schemas(struct arena *a, struct snapshot *s, const struct opt_list *patterns,
                          struct vec *names, struct err *e)
{
    *names = vec_new(a, sizeof(const char *));
    for (size_t i = 0; i < patterns->n; i++) {
        const char *params[] = {backup_pattern_regex(a, patterns->items[i])};
        CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
        if (!take_time(s, e) ||
            !pg_query(&s->pg, backup_schemas_sql, &(struct pg_params){params, 1}, &rows, e))
            return err_wrap(e, "schema pattern %s", patterns->items[i]);
        for (int row = 0; row < PQntuples(rows); row++)
            *(const char **)vec_push(names) = arena_strdup(a, pg_cell(rows, row, 0));
    }
    return true;
}

static bool is_among(const struct vec *names, const char *name)
{
    VEC_EACH (const char *const, n, names)
        if (strcmp(*n, name) == 0)
            return true;
    return false;
}

/* Which tables the schema options leave in the dump. */
struct choice {
    bool limited; /* is there a list of wanted schemas at all? */
    struct vec wanted, unwanted;
};

static bool choose(const struct backup_job *job, struct snapshot *s, struct choice *choice,
                   struct err *e)
{
    const struct config *c = job->config;
    choice->limited = c->backup_schema.n > 0;
    return match_schemas(job->arena, s, &c->backup_schema, &choice->wanted, e) &&
           match_schemas(job->arena, s, &c->backup_exclude_schema, &choice->unwanted, e);
}

/* Why a table's rows are not counted; NULL when they are to be. */
static const char *why_not(const struct snapshot *s, const struct choice *choice,
                           const struct catalog_table *t)
{
    if (choice->limited && !is_among(&choice->wanted, t->schema))
        return "its schema is not among backup.take.schema";
    if (is_among(&choice->unwanted, t->schema))
        return "its schema is left out by backup.take.exclude_schema";
    if (t->kind == 'f')
        return "a foreign table: its rows are not in the dump";
    if (t->from_extension)
        return "belongs to an extension, which decides itself what is dumped";
    if (t->is_unlogged && s->facts.standby)
        return "an unlogged table cannot be read on a standby";
    return NULL;
}

/* Each question has a savepoint of its own, for an error must not take the snapshot away. */
static bool begin_one(struct snapshot *s, struct err *e)
{
    return run(s, "SAVEPOINT one", e) && take_time(s, e);
}

/* Ends it: with an answer when `why` is NULL. What the server refused is a gap; false with other
 * errors. */
static bool end_one(struct snapshot *s, struct record *r, const struct gap *gap,
                    const struct err *why, struct err *e)
{
    if (why == NULL)
        return run(s, "RELEASE one", e);
    if (why->sqlstate[0] == '\0') {
        *e = *why;
        return false;
    }
    record_gap(r, gap->what, arena_printf(r->coverage.arena, "%s: %s", gap->why, why->text));
    return run(s, "ROLLBACK TO one", e);
}

static bool count_one(const struct backup_job *job, struct snapshot *s,
                      const struct catalog_table *t, struct record *r, struct err *e)
{
    int64_t rows = 0;
    struct err why = {0};
    const struct gap gap = {arena_printf(job->arena, "%s.%s", t->schema, t->name),
                            "rows of the source"};
    if (!begin_one(s, e))
        return false;
    bool ok = catalog_count(&s->pg, t, &rows, &why);
    if (ok)
        record_table(r, t->schema, t->name)->source_rows = KNOWN(rows);
    return end_one(s, r, &gap, ok ? NULL : &why, e);
}

static void take_identity(struct record *r, const PGresult *rows)
{
    struct arena *a = r->source.facts.arena;
    r->source.system_identifier = arena_strdup(a, pg_cell(rows, 0, 0));
    r->source.lsn = arena_strdup(a, pg_cell(rows, 0, 1));
}

static void take_facts(struct record *r, const PGresult *rows)
{
    struct arena *a = r->source.facts.arena;
    for (int i = 0; i < PQntuples(rows); i++)
        *(struct source_fact *)vec_push(&r->source.facts) =
            (struct source_fact){.kind = arena_strdup(a, pg_cell(rows, i, 0)),
                                 .name = arena_strdup(a, pg_cell(rows, i, 1)),
                                 .value = arena_strdup(a, pg_cell(rows, i, 2))};
}

bool snapshot_describe(struct snapshot *s, struct record *r, struct err *e)
{
    static const struct {
        const char *sql;
        void (*take)(struct record *r, const PGresult *rows);
        struct gap gap;
    } questions[] = {
        {backup_source_identity_sql, take_identity, {"identity of the source", "manifest"}},
        {backup_source_facts_sql, take_facts, {"settings of the source", "manifest"}},
    };
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
        struct err why = {0};
        if (!begin_one(s, e))
            return false;
        bool ok = pg_query(&s->pg, questions[i].sql, NULL, &rows, &why);
        if (ok)
            questions[i].take(r, rows);
        if (!end_one(s, r, &questions[i].gap, ok ? NULL : &why, e))
            return false;
    }
    return true;
}

bool snapshot_objects(const struct backup_job *job, struct snapshot *s, struct record *r,
                      struct err *e)
{
    static const struct gap gap = {"objects of the source", "catalogue"};
    struct err why = {0};
    struct vec found;
    if (job->objects == NULL || str_eq(job->config->compare_catalog, "none"))
        return true;
    if (!begin_one(s, e))
        return false;
    bool ok = objects_list(&s->pg, job->arena, &found, &why);
    if (!ok)
        job->objects->n = 0; /* the list is not known to hold */
    else if (job->objects->n > 0)
        objects_agree(job->objects, &found);
    else
        *job->objects = found;
    return end_one(s, r, &gap, ok ? NULL : &why, e);
}

static void note_limits(const struct backup_job *job, struct record *r)
{
    if (job->config->backup_schema.n > 0)
        record_gap(r, "large objects, extensions and other schemas",
                   "backup.take.schema makes pg_dump leave them out");
}

bool snapshot_count(const struct backup_job *job, struct snapshot *s, struct record *r,
                    struct err *e)
{
    struct choice choice = {0};
    struct vec tables;
    if (!choose(job, s, &choice, e) || !take_time(s, e) ||
        !catalog_tables(&s->pg, job->arena, &tables, e))
        return err_wrap(e, "source");
    note_limits(job, r);
    bool counting = !str_eq(job->config->compare_source, "none");
    VEC_EACH (const struct catalog_table, t, &tables) {
        if (t->kind == 'm' || t->kind == 'p')
            continue; /* no rows of their own in a dump */
        const char *why = why_not(s, &choice, t);
        if (why != NULL)
            record_gap(r, arena_printf(job->arena, "%s.%s", t->schema, t->name), why);
        else if (counting && !count_one(job, s, t, r, e))
            return err_wrap(e, "count the rows of %s.%s", t->schema, t->name);
    }
    record_sort_tables(r);
    return true;
}

static void take_digest(struct arena *a, const struct table_digest *t, struct record *r)
{
    char *hex = arena_alloc(a, ROWS_DIGEST_HEX_BYTES);
    if (t->failure != NULL) {
        record_gap(r, arena_printf(a, "%s.%s", t->schema, t->name),
                   arena_printf(a, "rows of the source: %s", t->failure));
        return;
    }
    rows_digest_hex(&t->digest, hex);
    record_table(r, t->schema, t->name)->source_digest = hex;
}

bool snapshot_digest(const struct backup_job *job, const struct snapshot *s, struct record *r,
                     struct err *e)
{
    bool known;
    struct vec tables = vec_new(job->arena, sizeof(struct table_digest));
    const struct table_digests how = {
        .arena = job->arena,
        .dsn = job->dsn,
        .snapshot = s->name,
        .encoding = s->facts.encoding,
        .time_zone = record_setting(&r->source, "TimeZone"),
        .bytea_output = record_setting(&r->source, "bytea_output"),
        .lc_monetary = record_setting(&r->source, "lc_monetary"),
        .jobs = (size_t)r->environment.cores,
        .deadline_us = s->deadline_us,
        .intr = job->intr,
        .progress = job->progress,
    };
    if (!str_eq(job->config->compare_source, "full"))
        return true;
    VEC_EACH (const struct table_facts, t, &r->tables)
        if (t->source_rows.known)
            *(struct table_digest *)vec_push(&tables) = (struct table_digest){
                .schema = t->schema, .name = t->name, .size_bytes = t->source_rows.value};
    if (!table_digests(&how, &tables, &known, e))
        return err_wrap(e, "read the rows of the source");
    VEC_EACH (const struct table_digest, t, &tables)
        take_digest(job->arena, t, r);
    return true;
}
