/* SPDX-License-Identifier: PostgreSQL */
/* Extensions: what the server offers, and what is to be installed where it does not. */
#include "base/embed.h"
#include "restore/prepare.h"

#include <stdio.h>
#include <string.h>

EMBED(restore_prepare_extensions_sql, "src/restore/prepare_extensions.sql");

static const struct known {
    const char *name, *package, *advice;
} known[] = {
#define EXTENSION(name, package, advice) {name, package, advice},
#include "restore/prepare_extensions.def"
#undef EXTENSION
};

static const struct known *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(known[i].name, name))
            return &known[i];
    return NULL;
}

/* The pattern with the major version for its %. */
static const char *package_of(struct arena *a, const char *pattern, int64_t major)
{
    size_t before = strcspn(pattern, "%");
    return arena_printf(a, "%.*s%lld%s", (int)before, pattern, (long long)major,
                        pattern + before + 1);
}

/* Names of packages have no underscores. */
static const char *guess(struct arena *a, const char *name, int64_t major)
{
    char *dashed = arena_strdup(a, name);
    for (char *p = dashed; *p != '\0'; p++)
        if (*p == '_')
            *p = '-';
    return arena_printf(a,
                        "install the package that brings it for PostgreSQL %lld (on Debian perhaps "
                        "postgresql-%lld-%s: apt-cache search postgresql-%lld-)",
                        (long long)major, (long long)major, dashed, (long long)major);
}

const char *prepare_package(struct arena *a, const char *extension, int64_t major)
{
    const struct known *k = find(extension);
    if (k == NULL)
        return guess(a, extension, major);
    if (k->package == NULL)
        return arena_printf(a, "install it for PostgreSQL %lld: Debian has no package of it (%s)",
                            (long long)major, k->advice);
    return arena_printf(a, "install the Debian package %s (or the like of another system)",
                        package_of(a, k->package, major));
}

/* Runs the query; no row where the server does not know the extension. */
static bool offered(struct pg *pg, const char *name, PGresult **rows, struct err *e)
{
    return pg_query(pg, restore_prepare_extensions_sql, &(struct pg_params){&name, 1}, rows, e);
}

static void say_missing(struct prepare *p, const struct item *item, int64_t major)
{
    struct arena *a = p->arena;
    record_finding(
        p->record,
        (struct finding){
            .code = "EXTENSION_MISSING",
            .severity = SEVERITY_CRITICAL,
            .blame = BLAME_ENVIRONMENT,
            .stage = STAGE_restore,
            .subject = item->name,
            .text = arena_printf(a,
                                 "the dump needs the extension %s, which the PostgreSQL %lld of "
                                 "the rehearsal does not have",
                                 item->name, (long long)major),
            .offset = KNOWN(item->offset),
            .recommendation = arena_printf(a, "%s where the rehearsal runs, then rehearse again",
                                           prepare_package(a, item->name, major)),
        });
}

static void say_hook(struct prepare *p, const struct item *item, const char *advice)
{
    record_finding(p->record, (struct finding){
                                  .code = "EXTENSION_HOOK",
                                  .severity = SEVERITY_NOTE,
                                  .blame = BLAME_ENVIRONMENT,
                                  .stage = STAGE_restore,
                                  .subject = item->name,
                                  .text = "an extension that needs more than its files to be "
                                          "restored",
                                  .offset = KNOWN(item->offset),
                                  .recommendation = advice,
                              });
}

static bool prepare_one(struct prepare *p, const struct item *item, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    const struct known *k = find(item->name);
    if (!offered(p->admin, item->name, &rows, e))
        return err_wrap(e, "extension %s", item->name);
    if (PQntuples(rows) == 0)
        say_missing(p, item, PQserverVersion(p->admin->conn) / 10000);
    if (k != NULL && k->advice != NULL)
        say_hook(p, item, k->advice);
    return true;
}

bool prepare_extensions(struct prepare *p, const struct inventory *inv, struct err *e)
{
    VEC_EACH (struct item *const, item, &inv->items)
        if ((*item)->kind == ITEM_EXTENSION && (*item)->n > 0 && !prepare_one(p, *item, e))
            return false;
    return true;
}

static void say_version(struct record *r, const struct source_fact *of_source,
                        const char *installed, bool has_it)
{
    struct arena *a = r->findings.arena;
    record_finding(
        r,
        (struct finding){
            .code = "EXTENSION_VERSION",
            .severity = has_it ? SEVERITY_NOTE : SEVERITY_WARNING,
            .blame = BLAME_ENVIRONMENT,
            .stage = STAGE_restore,
            .subject = of_source->name,
            .text = arena_printf(a,
                                 "%s is of version %s in the source and of %s in the copy: a "
                                 "dump does not hold the version",
                                 of_source->name, of_source->value, installed),
            .recommendation =
                has_it ? "where the version matters, create the extension with it before a restore"
                       : "rehearse where the version of the source is installed, too, and see that "
                         "it is wherever you restore in earnest",
        });
}

static bool compare_one(struct record *r, const struct source_fact *of_source, struct pg *restored,
                        struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    if (!offered(restored, of_source->name, &rows, e))
        return err_wrap(e, "version of the extension %s", of_source->name);
    const char *installed = PQntuples(rows) == 0 ? NULL : pg_cell(rows, 0, 1);
    if (installed == NULL || str_eq(installed, of_source->value))
        return true; /* what is not there was judged when it was to be made */
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    const char *wanted = arena_printf(scratch, " %s ", of_source->value);
    say_version(r, of_source, arena_strdup(r->findings.arena, installed),
                strstr(pg_cell(rows, 0, 2), wanted) != NULL);
    return true;
}

bool prepare_compare_versions(struct record *r, const struct vec *facts, struct pg *restored,
                              struct err *e)
{
    VEC_EACH (const struct source_fact, fact, facts)
        if (str_eq(fact->kind, "extension") && !compare_one(r, fact, restored, e))
            return false;
    return true;
}
