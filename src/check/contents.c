/* SPDX-License-Identifier: PostgreSQL */
#include "check/contents.h"

#include "base/embed.h"
#include "base/str.h"
#include "dump/table_digest.h"
#include "pg/catalog.h"

#include <stdlib.h>
#include <string.h>

EMBED(check_contents_types_sql, "src/check/contents_types.sql");
EMBED(check_time_zones_sql, "src/check/time_zones.sql");

/* Floats are printed as the shortest text that reads back from here on. */
enum { SHORT_FLOATS_MAJOR = 12 };

/* Bytes that looking for a time zone may read in vain; a try costs as much as reading so many. */
#define ZONE_BYTES_MAX (INT64_C(64) << 20)
#define ZONE_TRY_BYTES (INT64_C(64) << 10)

/* What the text of a table's columns depends on. */
enum { ON_TIME_ZONE = 1U << 0, ON_BYTEA = 1U << 1, ON_MONEY = 1U << 2, ON_FLOAT = 1U << 3 };

struct subject {
    struct table_digest table; /* first: table_digests() takes a vec of these */
    struct table_facts *facts;
    unsigned depends;
};

struct reading {
    const struct contents *c;
    struct table_digests how;
    struct vec subjects; /* struct subject */
    unsigned unknown;    /* what is not known to be the same on both sides */
};

/* ---- what is to be read ------------------------------------------------------------------------
 */

static void judge(struct table_facts *t, enum outcome outcome, const char *reason)
{
    t->contents = outcome;
    t->contents_reason = reason;
}

static void skip(const struct reading *r, struct table_facts *t, const char *reason)
{
    judge(t, OUTCOME_SKIPPED, reason);
    record_gap(r->c->record,
               arena_printf(r->c->arena, "what the rows of %s.%s hold", t->schema, t->name),
               reason);
}

static void add_subject(struct reading *r, const struct catalog_table *t)
{
    struct table_facts *facts = record_table(r->c->record, t->schema, t->name);
    if (t->kind != 'r' && t->kind != 'p')
        judge(facts, OUTCOME_SKIPPED, "it holds no rows of its own");
    else if (t->from_extension)
        skip(r, facts, "belongs to an extension, whose script makes rows, too");
    else if (facts->dump_digest != NULL || facts->source_digest != NULL)
        *(struct subject *)vec_push(&r->subjects) =
            (struct subject){.table = {.schema = t->schema,
                                       .name = t->name,
                                       .columns = facts->columns,
                                       .partitioned = t->kind == 'p',
                                       .size_bytes = t->bytes},
                             .facts = facts};
    else if (facts->dump_rows.known)
        skip(r, facts, "the dump fills it by COPYs of different columns");
    else
        judge(facts, OUTCOME_SKIPPED, "neither the dump nor the source gave a digest of its rows");
}

static struct subject *find_subject(const struct reading *r, const char *schema, const char *name)
{
    VEC_EACH (struct subject, s, &r->subjects)
        if (str_eq(s->table.name, name) && str_eq(s->table.schema, schema))
            return s;
    return NULL;
}

static unsigned dependence(const char *what)
{
    static const struct {
        const char *word;
        unsigned bit;
    } words[] = {{"timestamptz", ON_TIME_ZONE},
                 {"bytea", ON_BYTEA},
                 {"money", ON_MONEY},
                 {"float", ON_FLOAT}};
    unsigned bits = 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(what, words[i].word) != NULL)
            bits |= words[i].bit;
    return bits;
}

static bool find_dependence(struct reading *r, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!pg_query(r->c->restored, check_contents_types_sql, NULL, &rows, e))
        return err_wrap(e, "types of the restored tables");
    for (int i = 0; i < PQntuples(rows); i++) {
        struct subject *s = find_subject(r, pg_cell(rows, i, 0), pg_cell(rows, i, 1));
        if (s != NULL)
            s->depends = dependence(pg_cell(rows, i, 2));
    }
    return true;
}

/* ---- settings ----------------------------------------------------------------------------------
 */

static bool prints_short_floats(const char *version)
{
    return version != NULL && strtoll(version, NULL, 10) >= SHORT_FLOATS_MAJOR;
}

bool contents_print_alike(const char *version, const char *other)
{
    return prints_short_floats(version) == prints_short_floats(other);
}

/* What the dumping session had is known where this run took the dump, or a manifest of it says so.
 */
static const struct server_facts *source_of(const struct contents *c)
{
    const struct record *r = c->record;
    bool proved = c->manifest != NULL && !r->manifest.tampered && r->backup.sha256 != NULL &&
                  str_eq(r->backup.sha256, c->manifest->backup.sha256);
    return proved ? &c->manifest->source : &r->source;
}

static void settle(struct reading *r, bool monetary_known)
{
    const struct record *record = r->c->record;
    const struct server_facts *source = source_of(r->c);
    if (record_setting(source, "TimeZone") == NULL)
        r->unknown |= ON_TIME_ZONE;
    if (r->how.bytea_output == NULL)
        r->unknown |= ON_BYTEA;
    if (r->how.lc_monetary == NULL || !monetary_known)
        r->unknown |= ON_MONEY;
    if (!contents_print_alike(record->backup.server_version, record->target.version))
        r->unknown |= ON_FLOAT;
}

/* ---- judging -----------------------------------------------------------------------------------
 */

static bool equal(const char *a, const char *b)
{
    return a == NULL || b == NULL || str_eq(a, b);
}

static bool agrees(const struct table_facts *t)
{
    return equal(t->dump_digest, t->restored_digest) &&
           equal(t->source_digest, t->restored_digest) && equal(t->source_digest, t->dump_digest);
}

static const char *words_of(struct arena *a, unsigned depends)
{
    static const char *const texts[] = {"the time zone of the dumping session", "its bytea_output",
                                        "lc_monetary of the source",
                                        "how its major version prints floating-point numbers"};
    const char *text = NULL;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if ((depends >> i & 1U) != 0)
            text = text == NULL ? texts[i] : arena_printf(a, "%s, %s", text, texts[i]);
    return text;
}

static void judge_subject(const struct reading *r, struct subject *s)
{
    struct arena *a = r->c->arena;
    struct table_facts *t = s->facts;
    unsigned in_doubt = s->depends & r->unknown;
    bool dump_is_right = equal(t->source_digest, t->dump_digest);
    if (s->table.failure != NULL)
        judge(t, OUTCOME_UNKNOWN, arena_printf(a, "could not be read: %s", s->table.failure));
    else if (agrees(t))
        judge(t, OUTCOME_PASSED, NULL);
    else if (in_doubt != 0)
        judge(t, OUTCOME_UNKNOWN,
              arena_printf(a,
                           "the text of its rows differs; it depends on what is not known here: %s",
                           words_of(a, in_doubt)));
    else
        judge(t, OUTCOME_FAILED,
              dump_is_right ? "the restored copy does not hold the rows of the dump"
                            : "the dump does not hold the rows of the source");
}

static void take_answer(const struct reading *r, struct subject *s)
{
    char *hex = arena_alloc(r->c->arena, ROWS_DIGEST_HEX_BYTES);
    if (s->table.failure != NULL)
        return;
    rows_digest_hex(&s->table.digest, hex);
    s->facts->restored_digest = hex;
    s->facts->restored_rows = KNOWN(s->table.rows);
}

/* ---- the time zone -----------------------------------------------------------------------------
 */

/* A dump comes from one session, so one zone explains all of its tables or none. */
struct zones {
    struct reading *r;
    PGresult *names;
    int at;         /* the one in which all tables agree that agree at all */
    bool found;     /* or none is known yet */
    int64_t budget; /* bytes that may still be read in vain */
};

static bool is_zoned(const struct subject *s)
{
    return (s->depends & ON_TIME_ZONE) != 0 && s->table.failure == NULL && s->table.rows > 0;
}

/* Does a table agree in that zone? Only then is the answer kept. */
static bool agrees_in(struct zones *z, struct subject *s, const char *zone, bool *agrees_there,
                      struct err *e)
{
    bool known;
    struct reading *r = z->r;
    struct vec one = vec_new(r->c->arena, sizeof(struct table_digest));
    struct table_digest *t = vec_push(&one);
    struct table_facts before = *s->facts;
    const struct table_digest read = s->table;
    struct table_digests how = r->how;
    how.time_zone = zone;
    how.jobs = 1;
    *t = s->table;
    t->digest = (struct rows_digest){0};
    t->rows = t->bytes = 0;
    if (!table_digests(&how, &one, &known, e))
        return false;
    s->table = *t;
    take_answer(r, s);
    *agrees_there = s->table.failure == NULL && agrees(s->facts);
    if (*agrees_there)
        return true;
    z->budget -= (int64_t)t->bytes + ZONE_TRY_BYTES;
    s->table = read;
    *s->facts = before;
    return true;
}

/* Does a table agree in a zone, and does every other one that agrees so far? */
static bool fits(struct zones *z, struct subject *s, int zone, bool *fit, struct err *e)
{
    const char *name = PQgetvalue(z->names, zone, 0);
    if (!agrees_in(z, s, name, fit, e))
        return false;
    if (z->found && zone == z->at)
        return true;
    VEC_EACH (struct subject, other, &z->r->subjects)
        if (*fit && other != s && is_zoned(other) && agrees(other->facts) &&
            !agrees_in(z, other, name, fit, e))
            return false;
    return true;
}

static bool find_for(struct zones *z, struct subject *s, struct err *e)
{
    const struct table_digest read = s->table;
    const struct table_facts before = *s->facts;
    for (int i = z->at; i < PQntuples(z->names) && z->budget > 0; i++) {
        bool fit = false;
        if (!fits(z, s, i, &fit, e))
            return false;
        if (fit) {
            z->at = i;
            z->found = true;
            return true;
        }
        s->table = read; /* it may have agreed where another one did not */
        *s->facts = before;
    }
    return true;
}

static int smaller_first(const void *a, const void *b)
{
    const struct subject *const *x = a, *const *y = b;
    return ((*x)->table.bytes > (*y)->table.bytes) - ((*x)->table.bytes < (*y)->table.bytes);
}

/* Tables that disagree, and whose text depends on the time zone. */
static struct vec in_doubt(struct reading *r)
{
    struct vec list = vec_new(r->c->arena, sizeof(struct subject *));
    VEC_EACH (struct subject, s, &r->subjects)
        if (is_zoned(s) && !agrees(s->facts))
            *(struct subject **)vec_push(&list) = s;
    if (list.n > 1)
        qsort(list.items, list.n, list.item_bytes, smaller_first);
    return list;
}

static bool find_time_zone(struct reading *r, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *names = NULL;
    struct vec list = in_doubt(r);
    if ((r->unknown & ON_TIME_ZONE) == 0 || list.n == 0)
        return true;
    if (!pg_query(r->c->restored, check_time_zones_sql, NULL, &names, e))
        return err_wrap(e, "time zones");
    struct zones z = {.r = r, .names = names, .budget = ZONE_BYTES_MAX};
    VEC_EACH (struct subject *const, s, &list)
        if (!find_for(&z, *s, e))
            return false;
    if (z.found)
        r->c->record->backup.time_zone = arena_strdup(r->c->arena, pg_cell(names, z.at, 0));
    return true;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static bool read_subjects(struct reading *r, struct err *e)
{
    bool monetary_known = true;
    struct vec tables = vec_new(r->c->arena, sizeof(struct table_digest));
    VEC_EACH (const struct subject, s, &r->subjects)
        *(struct table_digest *)vec_push(&tables) = s->table;
    if (!table_digests(&r->how, &tables, &monetary_known, e))
        return err_wrap(e, "read the restored rows");
    for (size_t i = 0; i < tables.n; i++) {
        struct subject *s = vec_at(&r->subjects, i);
        s->table = *(const struct table_digest *)vec_at(&tables, i);
        take_answer(r, s);
    }
    settle(r, monetary_known);
    return true;
}

bool contents_compare(const struct contents *c, struct err *e)
{
    const struct config *config = c->config;
    const struct server_facts *source = source_of(c);
    struct reading r = {.c = c, .subjects = vec_new(c->arena, sizeof(struct subject))};
    r.how = (struct table_digests){
        .arena = c->arena,
        .dsn = c->dsn,
        .encoding = c->record->backup.encoding,
        .time_zone = record_setting(source, "TimeZone"),
        .bytea_output = record_setting(source, "bytea_output"),
        .lc_monetary = record_setting(source, "lc_monetary"),
        .jobs =
            config->compare_jobs > 0 ? config->compare_jobs : (size_t)c->record->environment.cores,
        .intr = c->intr,
        .progress = c->progress,
    };
    if (r.how.time_zone == NULL)
        r.how.time_zone = config->compare_time_zone;
    c->record->backup.time_zone = r.how.time_zone;
    VEC_EACH (const struct catalog_table, t, c->catalog)
        (void)record_table(c->record, t->schema,
                           t->name); /* none is added, and none moves, below */
    VEC_EACH (const struct catalog_table, t, c->catalog)
        add_subject(&r, t);
    if (!find_dependence(&r, e) || !read_subjects(&r, e) || !find_time_zone(&r, e))
        return false;
    VEC_EACH (struct subject, s, &r.subjects)
        judge_subject(&r, s);
    return true;
}
