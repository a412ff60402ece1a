/* SPDX-License-Identifier: PostgreSQL */
/* Readers of what is executed: calls, rows, and what reaches outside the database. */
#include "dump/inventory_read.h"

#include <string.h>

/* Functions that reach outside, of PostgreSQL and of its usual extensions. */
static const struct {
    const char *name;
    enum reach reach;
} functions[] = {
    {"pg_read_file", REACH_SERVER_FILE},
    {"pg_read_binary_file", REACH_SERVER_FILE},
    {"pg_ls_dir", REACH_SERVER_FILE},
    {"pg_stat_file", REACH_SERVER_FILE},
    {"pg_file_write", REACH_SERVER_FILE},
    {"pg_file_read", REACH_SERVER_FILE},
    {"pg_file_rename", REACH_SERVER_FILE},
    {"pg_file_unlink", REACH_SERVER_FILE},
    {"lo_import", REACH_SERVER_FILE},
    {"lo_export", REACH_SERVER_FILE},
    {"dblink", REACH_NETWORK},
    {"dblink_connect", REACH_NETWORK},
    {"dblink_connect_u", REACH_NETWORK},
    {"dblink_exec", REACH_NETWORK},
    {"dblink_open", REACH_NETWORK},
    {"dblink_send_query", REACH_NETWORK},
    {"http_get", REACH_NETWORK},
    {"http_post", REACH_NETWORK},
    {"http_put", REACH_NETWORK},
    {"http_delete", REACH_NETWORK},
};

void reading_reaches(struct reading *r, enum reach reach, const char *where)
{
    static const char *const names[REACH_KINDS] = {
        [REACH_PROGRAM] = "program", [REACH_SERVER_FILE] = "server_file",
        [REACH_NETWORK] = "network", [REACH_ALTER_SYSTEM] = "alter_system",
        [REACH_DO] = "do",
    };
    struct name name = {reading_keep(r, slice_of(where)), reading_keep(r, slice_of(names[reach]))};
    reading_made(r, ITEM_REACH, name)->value = reach;
}

void reading_reach(struct reading *r, struct slice code, const char *where)
{
    struct token before = {.kind = TOKEN_END}, t = token_next(&code);
    while (t.kind != TOKEN_END) {
        struct token behind = token_next(&code);
        bool call = t.kind == TOKEN_WORD && token_symbol(&behind, '(');
        for (size_t i = 0; call && i < COUNT_OF(functions); i++)
            if (token_is(&t, functions[i].name))
                reading_reaches(r, functions[i].reach, where);
        if (token_is(&t, "program") && behind.kind == TOKEN_STRING &&
            (token_is(&before, "from") || token_is(&before, "to")))
            reading_reaches(r, REACH_PROGRAM, where);
        before = t;
        t = behind;
    }
}

void read_alter_system(struct reading *r)
{
    reading_reaches(r, REACH_ALTER_SYSTEM, "");
}

void read_do(struct reading *r)
{
    reading_reaches(r, REACH_DO, "");
    for (; r->t.kind != TOKEN_END; reading_next(r))
        if (r->t.kind == TOKEN_STRING)
            reading_reach(r, token_inside(&r->t), "");
}

void read_insert(struct reading *r)
{
    bool named = r->t.kind == TOKEN_WORD || r->t.kind == TOKEN_QUOTED;
    buf_clear(&r->inv->insert);
    r->inv->inserted = reading_made(r, r->kind, reading_local(r));
    if (!named || r->t.kind == TOKEN_END)
        return;
    size_t n = (size_t)(r->t.text.p - r->s->text.p);
    while (n > 0 && (unsigned char)r->s->text.p[n - 1] <= ' ')
        n--;
    buf_append(&r->inv->insert, r->s->text.p, n);
}

/* setval('name', value [, is_called]): the name is SQL again, inside its string. */
static void setval(struct reading *r)
{
    struct reading inside = {.inv = r->inv, .s = r->s, .rest = reading_text(r)};
    reading_next(&inside);
    r->kind = ITEM_SETVAL;
    struct item *item = reading_filled(r, ITEM_SEQUENCE, reading_local(&inside));
    struct slice digits = {"", 0};
    bool minus = false;
    item->flags &= ~(unsigned)ITEM_NOT_CALLED;
    for (; r->t.kind != TOKEN_END && r->depth > 0; reading_next(r)) {
        minus = minus || token_symbol(&r->t, '-');
        if (token_is(&r->t, "false"))
            item->flags |= ITEM_NOT_CALLED;
        else if (r->t.kind == TOKEN_WORD && digits.n == 0)
            digits = r->t.text;
    }
    uint64_t value = 0; /* what is out of range wraps round: the server would refuse it */
    for (size_t i = 0; i < digits.n && digits.p[i] >= '0' && digits.p[i] <= '9'; i++)
        value = value * 10 + (uint64_t)(digits.p[i] - '0');
    item->value = (int64_t)(minus ? 0 - value : value);
}

/* There may be millions, and their names are numbers: all are one item. */
static void large_object(struct reading *r)
{
    const char *none = reading_keep(r, slice_of(""));
    (void)reading_made(r, r->kind = ITEM_LARGE_OBJECT, (struct name){none, none});
}

/* Its data; n counts the large objects alone. */
static void large_object_data(struct reading *r)
{
    r->kind = ITEM_LARGE_OBJECT;
    r->inv->n[ITEM_LARGE_OBJECT]--;
}

static void set_config(struct reading *r)
{
    if (!slice_eq(token_inside(&r->t), "search_path"))
        return;
    reading_next(r);
    reading_next(r);
    const char *path = reading_value(r);
    r->inv->path = path == NULL ? r->inv->path : path;
}

void read_select(struct reading *r)
{
    static const struct {
        const char *name;
        void (*read)(struct reading *r);
    } calls[] = {
        {"setval", setval},
        {"lowrite", large_object_data},
        {"lo_open", large_object_data},
        {"lo_close", large_object_data},
        {"lo_create", large_object},
        {"lo_from_bytea", large_object},
        {"set_config", set_config},
    };
    struct reading call = *r;
    (void)reading_take(&call, "pg_catalog");
    if (token_symbol(&call.t, '.'))
        reading_next(&call);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        if (!reading_take(&call, calls[i].name) || !token_symbol(&call.t, '('))
            continue;
        reading_next(&call);
        calls[i].read(&call);
        r->kind = call.kind;
        return;
    }
    reading_reach(r, (struct slice){r->s->text.p, r->s->text.n}, "");
}
