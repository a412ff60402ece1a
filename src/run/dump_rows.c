/* SPDX-License-Identifier: PostgreSQL */
/* The rows of a dump by tables: of COPY blocks and of INSERT statements, where they are known. */
#include "base/str.h"
#include "dump/names.h"
#include "run/run.h"

#include <string.h>

/* What came into a table of the record. */
struct filling {
    bool copied, inserted, unknown; /* rows by COPY, by INSERT; some that are not counted */
    bool mixed;                     /* COPYs of different columns: their digests do not add up */
};

/* The tables of the record by their names. */
struct table_index {
    struct run *run;
    uint32_t *slots; /* one more than the place, 0: none; at most half of them are in use */
    size_t n_slots;
    struct filling *fillings; /* by place */
};

static uint64_t hash(const char *text, uint64_t h)
{
    for (; *text != '\0'; text++)
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return names_mix(h);
}

/* The slot that has the table's place, or the empty one where it belongs. */
static size_t slot_of(const struct table_index *index, const char *schema, const char *name)
{
    const struct vec *tables = &index->run->record->tables;
    size_t i = (size_t)hash(name, hash(schema, 0)) & (index->n_slots - 1);
    for (; index->slots[i] != 0; i = (i + 1) & (index->n_slots - 1)) {
        const struct table_facts *t = vec_at(tables, index->slots[i] - 1);
        if (strcmp(t->name, name) == 0 && strcmp(t->schema, schema) == 0)
            break;
    }
    return i;
}

static struct table_index index_new(struct run *run, size_t most)
{
    struct table_index index = {.run = run, .n_slots = 2};
    const struct vec *tables = &run->record->tables;
    while (index.n_slots < 2 * (tables->n + most + 1))
        index.n_slots *= 2;
    index.slots = arena_alloc(run->arena, index.n_slots * sizeof *index.slots);
    index.fillings = arena_alloc(run->arena, (tables->n + most) * sizeof *index.fillings);
    for (size_t i = 0; i < tables->n; i++) {
        const struct table_facts *t = vec_at(tables, i);
        index.slots[slot_of(&index, t->schema, t->name)] = (uint32_t)i + 1;
    }
    return index;
}

/* The place of the table in the record, where it is put unless it is there. */
static size_t place_of(struct table_index *index, const char *schema, const char *name)
{
    struct vec *tables = &index->run->record->tables;
    size_t slot = slot_of(index, schema, name);
    if (index->slots[slot] == 0) {
        struct table_facts *t = vec_push(tables);
        t->schema = schema;
        t->name = name;
        index->slots[slot] = (uint32_t)tables->n;
    }
    return index->slots[slot] - 1;
}

static void add(struct maybe *figure, uint64_t more)
{
    *figure = KNOWN((figure->known ? figure->value : 0) + (int64_t)more);
}

/* Several blocks of one table add up. */
static void add_digest(struct run *run, struct table_facts *t, struct rows_digest digest)
{
    struct rows_digest before;
    char *hex = arena_alloc(run->arena, ROWS_DIGEST_HEX_BYTES);
    if (t->dump_digest != NULL && rows_digest_read(t->dump_digest, &before))
        rows_digest_join(&digest, &before);
    rows_digest_hex(&digest, hex);
    t->dump_digest = hex;
}

static void add_columns(struct filling *filling, struct table_facts *facts,
                        const struct dump_table *t)
{
    bool one = facts->columns != NULL, other = t->columns != NULL;
    if (!filling->copied)
        facts->columns = t->columns;
    else if (one != other || (one && !str_eq(facts->columns, t->columns)))
        filling->mixed = true;
}

static void add_copies(struct table_index *index)
{
    struct run *run = index->run;
    VEC_EACH (const struct dump_table, t, &run->facts.tables) {
        if (run->database != NULL && !str_eq(t->database, run->database))
            continue;
        if (run->database != NULL)
            run->record->backup.encoding = t->encoding;
        size_t place = place_of(index, t->schema, t->name);
        struct table_facts *facts = vec_at(&run->record->tables, place);
        add_columns(&index->fillings[place], facts, t);
        index->fillings[place].copied = true;
        index->fillings[place].unknown |= !t->is_counted;
        add(&facts->dump_rows, t->rows);
        add(&facts->dump_bytes, t->bytes);
        add_digest(run, facts, t->digest);
    }
}

/* Gives how many tables got rows by INSERT alone. */
static size_t add_inserts(struct table_index *index)
{
    size_t n = 0;
    VEC_EACH (const struct dump_insert, s, &index->run->facts.inserts) {
        size_t place = place_of(index, s->schema, s->name);
        struct table_facts *facts = vec_at(&index->run->record->tables, place);
        struct filling *filling = &index->fillings[place];
        n += !filling->copied && !filling->inserted;
        filling->inserted = true;
        filling->unknown |= s->n_uncounted > 0;
        add(&facts->dump_rows, s->rows);
    }
    return n;
}

/* Bytes stand for data sections: they are told when every table with rows has one. */
static void settle(struct table_index *index)
{
    const struct dump_facts *f = &index->run->facts;
    struct vec *tables = &index->run->record->tables;
    for (size_t i = 0; i < tables->n; i++) {
        struct table_facts *t = vec_at(tables, i);
        const struct filling *filling = &index->fillings[i];
        if (filling->unknown)
            t->dump_rows = (struct maybe){0};
        if (filling->unknown || filling->inserted || filling->mixed)
            t->dump_digest = NULL;
        if (filling->mixed)
            t->columns = NULL;
        if (f->n_insert > 0 || f->n_uncounted > 0)
            t->dump_bytes = (struct maybe){0};
    }
}

/* Why rows cannot be told by tables; NULL when they can. */
static const char *mixed_up(const struct dump_facts *f)
{
    if (f->n_tables > f->tables.n)
        return "there are too many: they are added up only";
    if (f->n_insert == 0)
        return NULL;
    if (f->n_insert_nowhere > 0)
        return "besides INSERT, other statements may change them";
    return f->dump_version != NULL ? NULL
                                   : "INSERT statements that pg_dump did not write may go into "
                                     "views, temporary tables, or nowhere";
}

static void note_gaps(struct run *run, const char *why)
{
    const struct dump_facts *f = &run->facts;
    if (why != NULL && (f->n_tables > 0 || f->inserts.n > 0))
        record_gap(run->record, "rows of single tables", why);
    if (f->n_insert_uncounted > 0)
        record_gap(run->record,
                   arena_printf(run->arena, "rows of %s INSERT statements",
                                str_count(run->arena, (int64_t)f->n_insert_uncounted)),
                   "only lists of VALUES are counted, not what a query gives or ON CONFLICT "
                   "leaves out");
}

void run_fill_rows(struct run *run)
{
    const struct dump_facts *f = &run->facts;
    struct backup_facts *b = &run->record->backup;
    const char *why = mixed_up(f);
    note_gaps(run, why);
    b->tables = (int64_t)f->n_tables;
    if (why != NULL && f->n_tables > f->tables.n)
        return;
    struct table_index index = index_new(run, f->tables.n + f->inserts.n);
    add_copies(&index);
    b->tables += (int64_t)add_inserts(&index);
    for (size_t i = 0; why != NULL && i < run->record->tables.n; i++)
        index.fillings[i].unknown = true;
    settle(&index);
    record_sort_tables(run->record);
}
