/* SPDX-License-Identifier: PostgreSQL */
#include "dump/databases.h"

static bool is_larger(const struct dump_database *one, const struct dump_database *other)
{
    if (one->makes != other->makes)
        return one->makes;
    if (one->rows != other->rows)
        return one->rows > other->rows;
    return one->bytes > other->bytes;
}

const struct dump_database *databases_main(const struct dump_facts *facts, const char *wanted)
{
    const struct dump_database *best = NULL;
    if (!facts->is_cluster_dump)
        return NULL;
    VEC_EACH (const struct dump_database, d, &facts->databases) {
        if (wanted != NULL && !str_eq(d->name, wanted))
            continue;
        if (best == NULL || is_larger(d, best))
            best = d;
    }
    return best;
}

size_t databases_count(const struct dump_facts *facts)
{
    size_t n = 0;
    VEC_EACH (const struct dump_database, d, &facts->databases)
        n += d->makes;
    return n;
}

const char *databases_others(struct arena *a, const struct dump_facts *facts, const char *without)
{
    const char *text = "";
    VEC_EACH (const struct dump_database, d, &facts->databases)
        if (d->makes && !str_eq(d->name, without))
            text = arena_printf(a, "%s%s%s", text, *text == '\0' ? "" : ", ", d->name);
    return text;
}
