/* SPDX-License-Identifier: PostgreSQL */
/* Readers of CREATE, and of what is like it. */
#include "dump/inventory_read.h"

#include <string.h>
#include <strings.h>

enum { ARGUMENT_BYTES_MAX = 200 };

void read_nothing(struct reading *r)
{
    (void)r;
}

void read_plain(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    (void)reading_made(r, r->kind, reading_plain(r));
}

void read_local(struct reading *r)
{
    (void)reading_take(r, "concurrently");
    (void)reading_take(r, "if not exists");
    (void)reading_made(r, r->kind, reading_local(r));
}

void read_unknown(struct reading *r)
{
    struct name name = {reading_keep(r, slice_of("")), NULL};
    if (r->t.kind == TOKEN_END)
        return;
    name.name = reading_value(r);
    (void)reading_made(r, r->kind, name);
}

void read_stored(struct reading *r)
{
    read_local(r);
    for (; r->t.kind != TOKEN_END && !token_is(&r->t, "as"); reading_next(r))
        if (reading_take(r, "tablespace"))
            reading_tablespace(r);
}

void read_stored_plain(struct reading *r)
{
    read_plain(r);
    struct reading owner = *r;
    if (reading_find(&owner, "owner")) {
        if (token_symbol(&owner.t, '='))
            reading_next(&owner);
        reading_roles(&owner);
    }
    if (reading_find(r, "tablespace"))
        reading_tablespace(r);
}

/* What stands outside the list of columns. */
static void table_clauses(struct reading *r, struct item *table)
{
    while (reading_outside(r) && !(table->flags & ITEM_FILLED)) {
        if (reading_take(r, "partition of")) {
            table->flags |= ITEM_PARTITION;
            struct name parent = reading_local(r);
            table->of = reading_item(r, ITEM_TABLE, parent);
        } else if (reading_take(r, "partition by")) {
            table->flags |= ITEM_PARTITIONED;
        } else if (reading_take(r, "tablespace")) {
            reading_tablespace(r);
        } else if (reading_take(r, "server")) {
            table->detail = reading_value(r);
        } else if (reading_take(r, "as")) {
            table->flags |= ITEM_FILLED;
        } else {
            reading_next(r);
        }
    }
}

void read_table(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    struct item *table = reading_made(r, r->kind, reading_local(r));
    table->flags |= r->flags;
    table_clauses(r, table);
}

void read_foreign_table(struct reading *r)
{
    read_table(r);
}

/* An index lies in the schema of its table. */
void read_index(struct reading *r)
{
    (void)reading_take(r, "concurrently");
    (void)reading_take(r, "if not exists");
    struct name name = {NULL, NULL};
    if (!token_is(&r->t, "on"))
        name = reading_plain(r);
    if (!reading_take(r, "on"))
        return;
    (void)reading_take(r, "only");
    name.scope = reading_local(r).scope;
    (void)reading_made(r, r->kind, name);
    if (reading_find(r, "tablespace"))
        reading_tablespace(r);
}

/* A name and its arguments as they are written: "f(x integer)". */
static struct name with_arguments(struct reading *r)
{
    struct name name = reading_local(r);
    if (name.name == NULL || !token_symbol(&r->t, '('))
        return name;
    const char *from = r->t.text.p;
    do
        reading_next(r);
    while (r->t.kind != TOKEN_END && !(r->depth == 0 && token_symbol(&r->t, ')')));
    size_t n = (size_t)(r->t.text.p - from) + (r->t.kind != TOKEN_END);
    struct buf *out = &r->inv->folded;
    buf_clear(out);
    buf_puts(out, name.name);
    buf_append(out, from, n < ARGUMENT_BYTES_MAX ? n : ARGUMENT_BYTES_MAX);
    name.name = reading_keep(r, (struct slice){buf_text(out), out->n});
    return name;
}

void read_function(struct reading *r)
{
    struct item *f = reading_made(r, r->kind, with_arguments(r));
    struct slice body = {"", 0};
    unsigned was = f->flags;
    f->flags = 0;
    f->detail = "sql"; /* the default, for a body in SQL itself */
    while (r->t.kind != TOKEN_END) {
        if (reading_take(r, "language")) {
            f->detail = reading_value(r);
        } else if (reading_take(r, "security definer")) {
            f->flags |= ITEM_DEFINER;
        } else if (reading_take(r, "set search_path")) {
            f->flags |= ITEM_PATH_SET;
        } else if (reading_take(r, "begin atomic")) {
            body = r->rest;
            break;
        } else if (r->depth == 0 && reading_take(r, "as") && r->t.kind == TOKEN_STRING) {
            body = token_inside(&r->t);
        } else {
            reading_next(r);
        }
    }
    if ((was & ITEM_DEFINER) && !(was & ITEM_PATH_SET))
        f->flags = was; /* of two of that name, in two databases, the careless one counts */
    if (str_eq(f->detail, "sql") || str_eq(f->detail, "plpgsql"))
        reading_reach(r, body, f->name == NULL ? "" : f->name);
}

void read_on_table(struct reading *r)
{
    struct name name = reading_plain(r);
    if (!reading_find(r, "on"))
        return;
    struct name table = reading_local(r);
    name.scope = reading_table(r, table);
    (void)reading_made(r, r->kind, name);
}

void read_policy(struct reading *r)
{
    read_on_table(r);
    r->passing = false;
    if (reading_find(r, "to"))
        reading_roles(r);
}

void read_extension(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    struct item *extension = reading_made(r, r->kind, reading_plain(r));
    if (reading_find(r, "schema"))
        extension->detail = reading_value(r);
}

void read_language(struct reading *r)
{
    struct item *language = reading_made(r, r->kind, reading_plain(r));
    language->flags |= r->flags;
}

void read_schema(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    if (!token_is(&r->t, "authorization"))
        (void)reading_made(r, r->kind, reading_plain(r));
    if (reading_take(r, "authorization"))
        reading_roles(r);
}

void read_server(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    struct item *server = reading_made(r, r->kind, reading_plain(r));
    if (reading_find(r, "foreign data wrapper"))
        server->detail = reading_value(r);
}

/* FOR role SERVER name OPTIONS (…): its name is that of the server, its scope the role. */
void read_user_mapping(struct reading *r)
{
    (void)reading_take(r, "if not exists");
    if (!reading_take(r, "for"))
        return;
    struct reading role = *r;
    reading_roles(&role);
    const char *of = reading_value(r);
    if (!reading_take(r, "server"))
        return;
    struct name name = reading_plain(r);
    name.scope = of;
    struct item *mapping = reading_made(r, r->kind, name);
    for (; r->t.kind != TOKEN_END; reading_next(r))
        if (r->depth == 1 && reading_take(r, "password"))
            mapping->flags |= ITEM_PASSWORD;
}

static bool contains(struct slice text, const char *word)
{
    return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

void read_subscription(struct reading *r)
{
    struct item *subscription = reading_made(r, r->kind, reading_plain(r));
    if (reading_take(r, "connection") && contains(token_inside(&r->t), "password"))
        subscription->flags |= ITEM_PASSWORD;
    for (; r->t.kind != TOKEN_END; reading_next(r)) {
        if (r->depth != 1 || !reading_take(r, "connect") || !token_symbol(&r->t, '='))
            continue;
        reading_next(r);
        struct slice value = token_inside(&r->t);
        if (value.n > 0 && strchr("fFoO0", *value.p) != NULL && !token_is(&r->t, "on"))
            subscription->flags |= ITEM_NO_CONNECT;
    }
}
