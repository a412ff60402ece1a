/* SPDX-License-Identifier: PostgreSQL */
/* Is every object of the source in the restored copy, with its definition, owner, rights and
 * comment? */
#include "base/str.h"
#include "check/ask.h"
#include "check/definition.h"
#include "pg/objects.h"

#include <stdlib.h>
#include <string.h>

enum { TOLD_MAX = 50, SHOWN_BYTES = 80 };

struct comparison {
    const struct evidence *ev;
    bool same_major; /* else values may be printed differently */
    bool excused;    /* the environment kept statements from being carried out */
    size_t n, lost, changed, added, cosmetic, unsure;
    struct vec lost_names; /* const char *: of relations */
    const char *first;
};

/* ---- findings ----------------------------------------------------------------------------------
 */

/* What is found of an object. */
struct difference {
    const char *code;
    enum severity severity;
    const char *recommendation;
};
static const struct difference lost = {
    "OBJECT_LOST", SEVERITY_CRITICAL,
    "look at the rejected statements of the restore, and at what pg_dump was told to leave out"};
static const struct difference changed = {
    "OBJECT_CHANGED", SEVERITY_CRITICAL,
    "look at the rejected statements of the restore; do not trust this backup before it is known "
    "why"};
static const struct difference cosmetic = {"OBJECT_CHANGED", SEVERITY_WARNING,
                                           "nothing depends on it but people"};
static const struct difference added = {
    "OBJECT_ADDED", SEVERITY_WARNING,
    "find out who made it: the dump did, or somebody after the restore"};

static void tell(struct comparison *c, const struct difference *d, const struct object_facts *o,
                 const char *text)
{
    bool critical = d->severity == SEVERITY_CRITICAL;
    const char *name = arena_printf(c->ev->arena, "%s %s", o->type, o->name);
    if (critical && c->first == NULL)
        c->first = arena_printf(c->ev->arena, "%s %s", name, text);
    if (c->lost + c->changed + c->added + c->cosmetic > TOLD_MAX)
        return;
    ask_finding(c->ev, &check_catalog,
                (struct finding){
                    .code = d->code,
                    .severity = critical && c->excused ? SEVERITY_WARNING : d->severity,
                    .blame = critical && !c->excused ? BLAME_BACKUP : BLAME_ENVIRONMENT,
                    .subject = name,
                    .text = text,
                    .recommendation = d->recommendation,
                });
}

/* From the first difference on, with a little in front of it. */
static const char *shown(const struct comparison *c, const char *value, size_t differ)
{
    size_t from = differ > SHOWN_BYTES / 4 ? differ - SHOWN_BYTES / 4 : 0;
    while (from > 0 && (value[from] & 0xc0) == 0x80) /* within a character */
        from--;
    size_t n = strlen(value + from), end = from + (n < SHOWN_BYTES ? n : SHOWN_BYTES);
    while ((value[end] & 0xc0) == 0x80)
        end++;
    return arena_printf(c->ev->arena, "%s%.*s%s", from > 0 ? "…" : "", (int)(end - from),
                        value + from, value[end] != '\0' ? "…" : "");
}

/* ---- one thing that is said of an object --------------------------------------------------------
 */

static bool is_definition(const struct object_facts *o)
{
    return str_eq(o->aspect, "definition");
}

/* Comments and labels change nothing. */
static bool is_cosmetic(const struct object_facts *o)
{
    return str_eq(o->aspect, "comment") || str_starts(o->aspect, "label");
}

/* A column of a table that is lost is not told again, nor is anything else of what is lost. */
static bool goes_with_lost(const struct comparison *c, const struct object_facts *o)
{
    VEC_EACH (const char *const, name, &c->lost_names) {
        const char *at = strstr(o->name, *name);
        const char *behind = at == NULL ? "?" : at + strlen(*name);
        if (*behind == '\0' || *behind == '.' || *behind == ' ')
            return true;
    }
    return false;
}

/* One aspect of an object differs, or is lost. */
static void tell_changed(struct comparison *c, const struct object_facts *was, const char *text)
{
    c->cosmetic += is_cosmetic(was);
    c->changed += !is_cosmetic(was);
    tell(c, is_cosmetic(was) ? &cosmetic : &changed, was, text);
}

static void tell_lost(struct comparison *c, const struct object_facts *o)
{
    if (o->value == NULL || goes_with_lost(c, o))
        return;
    if (!is_definition(o)) {
        tell_changed(c, o, arena_printf(c->ev->arena, "lost: its %s", o->aspect));
        return;
    }
    *(const char **)vec_push(&c->lost_names) = o->name;
    c->lost++;
    tell(c, &lost, o, "is in the source and not in the restored copy");
}

static void tell_added(struct comparison *c, const struct object_facts *o)
{
    if (!is_definition(o))
        return;
    c->added++;
    tell(c, &added, o, "is in the restored copy and not in the source");
}

static const char *two_values(const struct comparison *c, const struct object_facts *was,
                              const struct object_facts *is)
{
    size_t at = 0;
    while (was->value[at] == is->value[at]) /* they differ, so that this ends */
        at++;
    return arena_printf(c->ev->arena, "its %s: \"%s\" in the source, \"%s\" in the restored copy",
                        was->aspect, shown(c, was->value, at), shown(c, is->value, at));
}

static void compare_one(struct comparison *c, const struct object_facts *was,
                        const struct object_facts *is)
{
    bool known = was->value != NULL && is->value != NULL;
    c->n += is_definition(was);
    if (known && str_eq(was->value, is->value))
        return;
    if (!known || !c->same_major || definitions_alike(was->value, is->value))
        c->unsure++;
    else
        tell_changed(c, was, two_values(c, was, is));
}

/* ---- all of them -------------------------------------------------------------------------------
 */

/* Is the object itself there? */
static bool is_among(const struct vec *objects, const struct object_facts *o)
{
    struct object_facts wanted = *o;
    wanted.aspect = "definition";
    return objects->n > 0 &&
           bsearch(&wanted, objects->items, objects->n, objects->item_bytes, objects_order) != NULL;
}

/* What the copy does not have: the object, or something that is said of one that it has. */
static void missing(struct comparison *c, const struct vec *is, const struct object_facts *o)
{
    if (is_definition(o) || is_among(is, o))
        tell_lost(c, o);
}

/* Both are sorted by type, name and aspect. */
static void compare_all(struct comparison *c, const struct vec *was, const struct vec *is)
{
    size_t i = 0, j = 0;
    while (i < was->n && j < is->n) {
        int order = objects_order(vec_at(was, i), vec_at(is, j));
        if (order == 0)
            compare_one(c, vec_at(was, i), vec_at(is, j));
        else if (order < 0)
            missing(c, is, vec_at(was, i));
        else
            tell_added(c, vec_at(is, j));
        i += order <= 0;
        j += order >= 0;
    }
    while (i < was->n)
        missing(c, is, vec_at(was, i++));
    while (j < is->n)
        tell_added(c, vec_at(is, j++));
}

static struct answer answer(const struct comparison *c)
{
    struct arena *a = c->ev->arena;
    if (c->unsure > 0)
        record_gap(c->ev->record,
                   arena_printf(a, "%s of the catalogue",
                                str_number_of(a, (int64_t)c->unsure, "value", "values")),
                   c->same_major ? "they changed during the dump, or differ in casts and "
                                   "parentheses alone, as the server prints what it reads again"
                                 : "two majors of PostgreSQL may print them differently");
    if (c->lost + c->changed > 0)
        return ask_answer(
            c->ev, c->excused ? OUTCOME_UNKNOWN : OUTCOME_FAILED,
            "%zu lost, %zu changed, %zu added of %s; the first: %s", c->lost, c->changed, c->added,
            str_number_of(a, (int64_t)(c->n + c->lost), "object", "objects"), c->first);
    if (c->added + c->cosmetic > 0)
        return ask_answer(c->ev, OUTCOME_WARNED, "%s, %zu more, %zu comments or labels differ",
                          str_number_of(a, (int64_t)c->n, "object", "objects"), c->added,
                          c->cosmetic);
    const char *unsure =
        c->unsure == 0 ? "" : arena_printf(a, "; %zu values not judged", c->unsure);
    return ask_answer(c->ev, OUTCOME_PASSED, "%s of the source, with %s%s",
                      str_number_of(a, (int64_t)c->n, "object", "objects"),
                      c->same_major ? "definition, owner, rights and comment"
                                    : "the same names: another major prints them otherwise",
                      unsure);
}

/* Why nothing is compared; NULL when it is. */
static const char *nothing(const struct evidence *ev)
{
    const struct config *config = ev->config;
    if (str_eq(config->compare_catalog, "none"))
        return "compare.catalog is none";
    if (ev->objects == NULL)
        return "there is no source, and no manifest that lists its objects";
    if (ev->restored_objects == NULL)
        return "the objects of the restored copy were not listed";
    if (config->backup_schema.n + config->backup_exclude_schema.n > 0)
        return "the dump leaves schemas out";
    return NULL;
}

static struct answer ask(const struct evidence *ev)
{
    const struct record *r = ev->record;
    const char *why = nothing(ev);
    int64_t version = r->source.version_num == 0 && ev->manifest != NULL
                          ? ev->manifest->source.version_num
                          : r->source.version_num;
    if (why != NULL) {
        record_gap(ev->record, "definitions, owners, rights and comments of the source", why);
        return ask_answer(ev, OUTCOME_SKIPPED, "%s", why);
    }
    struct comparison c = {
        .ev = ev,
        .same_major = version / 10000 == r->target.version_num / 10000,
        .excused = ask_count_findings(r, STAGE_restore, SEVERITY_CRITICAL, BLAME_ENVIRONMENT) > 0,
        .lost_names = vec_new(ev->arena, sizeof(const char *)),
    };
    compare_all(&c, ev->objects, ev->restored_objects);
    return answer(&c);
}

const struct check check_catalog = {
    .name = "catalog",
    .stage = STAGE_compare,
    .required = true,
    .exit_code = 1,
    .question = "is every object of the source in the restored copy, as it was?",
    .doc = "Lists all objects that pg_dump writes, with definition, owner, rights and comment, by "
           "catalogue queries in the source under the snapshot of the dump, and in the restored "
           "copy. A manifest keeps the list. Lost and changed ones fail; comments, and objects "
           "that only the copy has, are warnings.",
    .ask = ask,
};
