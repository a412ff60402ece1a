/* SPDX-License-Identifier: PostgreSQL */
#include "restore/phase.h"

#include "base/clock.h"
#include "restore/lexeme.h"
#include "restore/reject.h"

#include <string.h>

static const char *const phase_names[PHASES] = {"pre-data", "data", "post-data"};

/* Types as pg_dump writes them in its comments; those of pre-data are too many to list. */
static const struct {
    const char *type;
    enum phase phase;
} types[] = {
    {"TABLE DATA", PHASE_DATA},
    {"SEQUENCE SET", PHASE_DATA},
    {"BLOB", PHASE_DATA},
    {"BLOBS", PHASE_DATA},
    {"BLOB METADATA", PHASE_DATA},
    {"INDEX", PHASE_POST_DATA},
    {"INDEX ATTACH", PHASE_POST_DATA},
    {"CONSTRAINT", PHASE_POST_DATA},
    {"FK CONSTRAINT", PHASE_POST_DATA},
    {"CHECK CONSTRAINT", PHASE_POST_DATA},
    {"TRIGGER", PHASE_POST_DATA},
    {"EVENT TRIGGER", PHASE_POST_DATA},
    {"RULE", PHASE_POST_DATA},
    {"POLICY", PHASE_POST_DATA},
    {"ROW SECURITY", PHASE_POST_DATA},
    {"STATISTICS", PHASE_POST_DATA},
    {"PUBLICATION", PHASE_POST_DATA},
    {"PUBLICATION TABLE", PHASE_POST_DATA},
    {"SUBSCRIPTION", PHASE_POST_DATA},
    {"MATERIALIZED VIEW DATA", PHASE_POST_DATA},
};

/* For dumps without such comments. */
static const struct {
    const char *keywords;
    enum phase phase;
} keywords[] = {
    {"COPY", PHASE_DATA},
    {"INSERT", PHASE_DATA},
    {"CREATE INDEX", PHASE_POST_DATA},
    {"CREATE UNIQUE INDEX", PHASE_POST_DATA},
    {"CREATE TRIGGER", PHASE_POST_DATA},
    {"REFRESH", PHASE_POST_DATA},
};

enum phase phase_of(const struct statement *s, enum phase now)
{
    bool typed = s->object_type != NULL;
    for (size_t i = 0; typed && i < COUNT_OF(types); i++)
        if (strcmp(s->object_type, types[i].type) == 0)
            return types[i].phase;
    for (size_t i = 0; !typed && i < COUNT_OF(keywords); i++) {
        struct lexemes t = lexemes_of(s->text);
        if (lexemes_begin(&t, keywords[i].keywords))
            return keywords[i].phase;
    }
    return now;
}

static const char *name_of(struct arena *a, const struct statement *s)
{
    char verb[VERB_BYTES];
    if (s->object == NULL || s->object_type == NULL)
        return arena_strdup(a, statement_verb(s->text, verb));
    return arena_printf(a, "%s %s", s->object_type, s->object);
}

/* Puts it in its place among the slowest; the last one falls out. */
static void place(struct stopwatch *w, struct timing one)
{
    size_t i = w->n_slowest < SLOWEST_KEPT ? w->n_slowest++ : SLOWEST_KEPT - 1;
    for (; i > 0 && w->slowest[i - 1].took_us < one.took_us; i--)
        w->slowest[i] = w->slowest[i - 1];
    w->slowest[i] = one;
}

static bool is_slow(const struct stopwatch *w, int64_t took_us)
{
    return w->n_slowest < SLOWEST_KEPT || took_us > w->slowest[SLOWEST_KEPT - 1].took_us;
}

/* It ended now. Jobs end in any order: the first to end need not be the first that began. */
static void add_time(struct stopwatch *w, enum phase phase, int64_t took_us)
{
    int64_t now_us = clock_mono_us(), began_us = now_us - took_us;
    struct timing *t = &w->phases[phase];
    if (w->began_us[phase] == 0 || began_us < w->began_us[phase])
        w->began_us[phase] = began_us;
    t->took_us += took_us;
    t->elapsed_us = KNOWN(now_us - w->began_us[phase]);
}

void stopwatch_add(struct stopwatch *w, const struct statement *s, int64_t took_us)
{
    w->now = phase_of(s, w->now);
    add_time(w, w->now, took_us);
    if (is_slow(w, took_us))
        place(w, (struct timing){.name = name_of(w->arena, s), .took_us = took_us});
}

void stopwatch_add_copy(struct stopwatch *w, const struct dump_table *table, int64_t took_us)
{
    struct timing *data = &w->phases[PHASE_DATA];
    w->now = PHASE_DATA;
    add_time(w, PHASE_DATA, took_us);
    data->bytes = KNOWN(data->bytes.value + (int64_t)table->bytes);
    data->rows = KNOWN(data->rows.value + (int64_t)table->rows);
    if (!is_slow(w, took_us))
        return;
    place(w, (struct timing){
                 .name = arena_printf(w->arena, "COPY %s%s%s", table->schema,
                                      table->schema[0] == '\0' ? "" : ".", table->name),
                 .took_us = took_us,
                 .bytes = KNOWN(table->bytes),
                 .rows = KNOWN(table->rows),
             });
}

void stopwatch_finish(const struct stopwatch *w, struct restore_facts *facts)
{
    for (int p = 0; p < PHASES; p++) {
        struct timing *t = vec_push(&facts->phases);
        *t = w->phases[p];
        t->name = phase_names[p];
    }
    for (size_t i = 0; i < w->n_slowest; i++)
        *(struct timing *)vec_push(&facts->slowest) = w->slowest[i];
}
