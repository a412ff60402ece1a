/* SPDX-License-Identifier: PostgreSQL */
/* Provision: a throw-away server like the source. */
#include "base/str.h"
#include "dump/charset.h"
#include "restore/database.h"
#include "run/run.h"

#include <locale.h>
#include <stdlib.h>

static bool has_locale(const char *name)
{
    locale_t locale = name == NULL ? (locale_t)0 : newlocale(LC_ALL_MASK, name, (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    freelocale(locale);
    return true;
}

/* An archive, and a dump made with --create, says how the database was made. A locale that this
 * machine lacks is left out, and the check collation_versions names the difference. */
static bool wish_from_database(struct run *run, struct server_facts *like)
{
    struct server_facts *source = &run->record->source;
    const char *statement = run->facts.create_database;
    if (statement == NULL)
        return false;
    database_locale(run->arena, slice_of(statement), source);
    if (source->encoding == NULL || !has_locale(source->collate) || !has_locale(source->ctype))
        return false;
    *like = *source;
    return true;
}

/* A given file tells its encoding and the major version of its server; a plain dump no locale. */
static void wish_from_dump(struct run *run, struct server_facts *like)
{
    const char *encoding = run->facts.encoding;
    if (wish_from_database(run, like))
        return;
    like->encoding = run->record->source.encoding;
    if (like->encoding == NULL)
        like->encoding = encoding != NULL ? charset_for_database(encoding) : "UTF8";
    if (!str_eq(like->encoding, "UTF8")) /* which is the only one that C.UTF-8 goes with */
        like->collate = like->ctype = "C";
    if (run->record->source.collate == NULL)
        record_gap(run->record, "collation of the source",
                   "a plain dump does not tell it: the copy sorts by the C locale");
}

/* Without a source the server that is matched is the one the dump names. */
static bool pick_for_dump(struct run *run, struct err *e)
{
    const char *version = run->facts.server_version;
    int64_t major = version == NULL ? 0 : strtoll(version, NULL, 10);
    return run_pick_server(run, major, e);
}

bool stage_provision(struct run *run, struct err *e)
{
    struct server_facts like = run->record->source;
    if (run->source_dsn == NULL) {
        wish_from_dump(run, &like);
        if (!pick_for_dump(run, e))
            return false;
    }
    struct server_facts *target = &run->record->target;
    struct cluster_order order = {"target", &like, &run->target, target};
    if (!run_start_cluster(run, &order, e))
        return false;
    target->kind = "local";
    run_summary(run, STAGE_provision, "PostgreSQL %s, %s, %zu observations of its isolation",
                run_short_version(run->arena, target->version),
                target->collate == NULL ? "C" : target->collate, target->isolation.n);
    return true;
}
