/* SPDX-License-Identifier: PostgreSQL */
/* Readers of ALTER, GRANT, SET and the like. */
#include "dump/inventory_read.h"

#include <string.h>
#include <strings.h>

enum { SETTING_BYTES_MAX = 100 };

void read_owner(struct reading *r)
{
    if (reading_find(r, "owner to"))
        reading_roles(r);
}

/* ADD GENERATED … AS IDENTITY (SEQUENCE NAME x …): nothing else makes that sequence. */
static void identity(struct reading *r)
{
    for (; r->t.kind != TOKEN_END; reading_next(r))
        if (r->depth == 1 && reading_take(r, "sequence name")) {
            reading_made(r, ITEM_SEQUENCE, reading_local(r))->flags |= ITEM_IDENTITY;
            r->inv->n[ITEM_SEQUENCE]++;
            return;
        }
}

static void attach(struct reading *r, struct name parent)
{
    struct name child = reading_local(r);
    struct item *of = reading_item(r, ITEM_TABLE, parent);
    if (of->name == NULL)
        return; /* not kept */
    struct item *partition = reading_item(r, ITEM_TABLE, child);
    partition->flags |= ITEM_PARTITION;
    partition->of = of;
}

void read_alter_table(struct reading *r)
{
    (void)reading_take(r, "if exists");
    (void)reading_take(r, "only");
    struct name table = reading_local(r);
    if (table.name == NULL)
        return;
    if (reading_take(r, "add constraint")) {
        r->passing = reading_passes(r, ITEM_CONSTRAINT);
        struct name name = reading_plain(r);
        name.scope = reading_table(r, table);
        (void)reading_made(r, r->kind = ITEM_CONSTRAINT, name);
    } else if (reading_take(r, "attach partition")) {
        attach(r, table);
    } else if (reading_take(r, "enable row level security") ||
               reading_take(r, "force row level security")) {
        (void)reading_made(r, ITEM_ROW_SECURITY, table);
    } else if (reading_take(r, "owner to")) {
        reading_roles(r);
    } else if (reading_take(r, "set tablespace")) {
        reading_tablespace(r);
    } else if (reading_take(r, "alter") && reading_find(r, "add generated")) {
        identity(r);
    }
}

/* The list behind a word, and the one who is said to have granted. */
static void roles_behind(struct reading *r, const char *word)
{
    if (reading_find(r, word))
        reading_roles(r);
    if (reading_find(r, "granted by"))
        reading_roles(r);
}

void read_grant(struct reading *r)
{
    struct reading first = {.rest = r->s->text};
    reading_next(&first);
    roles_behind(r, token_is(&first.t, "grant") ? "to" : "from");
}

void read_default_privileges(struct reading *r)
{
    if (reading_take(r, "for role") || reading_take(r, "for user"))
        reading_roles(r);
    bool grants = true;
    while (r->t.kind != TOKEN_END && !reading_take(r, "grant")) {
        grants = !reading_take(r, "revoke");
        if (!grants)
            break;
        reading_next(r);
    }
    roles_behind(r, grants ? "to" : "from");
}

void read_refresh(struct reading *r)
{
    (void)reading_take(r, "concurrently");
    (void)reading_filled(r, ITEM_MATVIEW, reading_local(r));
}

void read_role_behind(struct reading *r)
{
    reading_roles(r);
}

/* name {=|TO} value, …: an item of that name, whose scope is the value as it is written. */
static struct item *setting(struct reading *r, enum item_kind kind)
{
    struct name name = reading_local(r);
    bool to = token_is(&r->t, "to"), dotted = name.scope != r->inv->path;
    r->inv->spare = (struct item){.kind = kind};
    if (name.name == NULL || (!to && !token_symbol(&r->t, '=')))
        return &r->inv->spare;
    if (dotted)
        name.name = reading_table(r, name);
    reading_next(r);
    const char *end = r->s->text.p + r->s->text.n;
    struct slice rest = {r->t.text.p, (size_t)(end - r->t.text.p)};
    struct reading behind = *r;
    reading_next(&behind);
    if (behind.t.kind == TOKEN_END) {
        name.scope = reading_value(r);
    } else {
        rest.n = rest.n < SETTING_BYTES_MAX ? rest.n : SETTING_BYTES_MAX;
        name.scope = reading_keep(r, rest);
    }
    return reading_made(r, kind, name);
}

void read_alter_role(struct reading *r)
{
    struct reading role = *r;
    const char *who = reading_value(&role);
    reading_roles(r);
    if (reading_find(r, "set"))
        setting(r, ITEM_SETTING_KEPT)->detail = who;
}

void read_alter_database(struct reading *r)
{
    const char *which = reading_value(r);
    if (reading_take(r, "owner to"))
        reading_roles(r);
    else if (reading_take(r, "set tablespace"))
        reading_tablespace(r);
    else if (reading_take(r, "set"))
        setting(r, ITEM_SETTING_KEPT)->detail = which;
}

/* The first schema of a search path; "$user" is nobody's. */
static void take_path(struct reading *r)
{
    while (r->t.kind != TOKEN_END) {
        if (r->t.kind != TOKEN_SYMBOL && !slice_eq(token_inside(&r->t), "$user")) {
            const char *path = reading_value(r);
            r->inv->path = path == NULL ? r->inv->path : path;
            return;
        }
        reading_next(r);
    }
}

static bool is_on(const char *value)
{
    static const char *const off[] = {"off", "false", "no", "0"};
    for (size_t i = 0; i < COUNT_OF(off); i++)
        if (strcasecmp(value, off[i]) == 0)
            return false;
    return true;
}

void read_set(struct reading *r)
{
    struct reading value = *r;
    if (!reading_take(r, "session"))
        (void)reading_take(r, "local");
    if (reading_take(r, "role") || reading_take(r, "authorization")) {
        reading_roles(r);
        return;
    }
    value = *r;
    const struct item *item = setting(r, ITEM_SETTING);
    if (item->name == NULL)
        return;
    reading_next(&value);
    reading_next(&value);
    if (str_eq(item->name, "search_path"))
        take_path(&value);
    else if (str_eq(item->name, "default_tablespace"))
        reading_tablespace(&value);
    else if (str_eq(item->name, "standard_conforming_strings"))
        r->inv->standard_strings = is_on(item->scope);
}
