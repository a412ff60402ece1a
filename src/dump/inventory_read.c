/* SPDX-License-Identifier: PostgreSQL */
/* Steps through a statement that all readers share. */
#include "dump/inventory_read.h"

#include <string.h>
#include <strings.h>

void reading_next(struct reading *r)
{
    r->depth += token_symbol(&r->t, '(');
    r->t = token_next(&r->rest);
    if (token_symbol(&r->t, ')') && r->depth > 0)
        r->depth--;
}

bool reading_take(struct reading *r, const char *words)
{
    if (r->t.kind != TOKEN_WORD || (*r->t.text.p | 0x20) != *words)
        return false; /* as most do not begin so */
    struct reading ahead = *r;
    for (const char *word = words; *word != '\0';) {
        size_t n = strcspn(word, " ");
        const struct token *t = &ahead.t;
        if (t->kind != TOKEN_WORD || t->text.n != n || strncasecmp(t->text.p, word, n) != 0)
            return false;
        reading_next(&ahead);
        word += n + (word[n] == ' ');
    }
    *r = ahead;
    return true;
}

bool reading_outside(struct reading *r)
{
    while (r->t.kind != TOKEN_END && r->depth > 0)
        reading_next(r);
    return r->t.kind != TOKEN_END;
}

bool reading_find(struct reading *r, const char *words)
{
    for (; reading_outside(r); reading_next(r))
        if (reading_take(r, words))
            return true;
    return false;
}

/* Lower case, as the server folds what is not quoted; a doubled quote is one. */
static struct slice fold(struct buf *out, const struct token *t)
{
    struct slice text = token_inside(t);
    buf_clear(out);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool upper = t->kind == TOKEN_WORD && c >= 'A' && c <= 'Z';
        buf_putc(out, upper ? (char)(c | 0x20) : c);
        bool quote = t->kind == TOKEN_QUOTED ? c == '"' : t->kind == TOKEN_STRING && c == '\'';
        i += quote && i + 1 < text.n && text.p[i + 1] == c;
    }
    return (struct slice){buf_text(out), out->n};
}

static const char *keep_folded(struct reading *r, const struct token *t)
{
    return reading_keep(r, fold(&r->inv->folded, t));
}

struct slice reading_text(struct reading *r)
{
    struct slice text = fold(&r->inv->quoted, &r->t);
    reading_next(r);
    return text;
}

static bool is_name(const struct token *t)
{
    return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED;
}

struct name reading_plain(struct reading *r)
{
    struct name name = {NULL, NULL};
    if (!is_name(&r->t))
        return name;
    name.scope = reading_keep(r, slice_of(""));
    name.name = keep_folded(r, &r->t);
    reading_next(r);
    return name;
}

struct name reading_local(struct reading *r)
{
    struct name name = reading_plain(r);
    if (name.name == NULL)
        return name;
    name.scope = r->inv->path;
    while (token_symbol(&r->t, '.')) {
        reading_next(r);
        if (!is_name(&r->t))
            break;
        name.scope = name.name;
        name.name = reading_plain(r).name;
    }
    return name;
}

const char *reading_value(struct reading *r)
{
    if (r->t.kind == TOKEN_END)
        return reading_keep(r, slice_of(""));
    const char *value = keep_folded(r, &r->t);
    reading_next(r);
    return value;
}

static bool is_no_role(const struct token *t)
{
    static const char *const words[] = {"public", "current_user", "current_role", "session_user",
                                        "user",   "none",         "default",      "all"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token_is(t, words[i]))
            return true;
    return false;
}

void reading_roles(struct reading *r)
{
    for (;;) {
        (void)reading_take(r, "group");
        if (r->t.kind != TOKEN_STRING && !is_name(&r->t))
            return;
        if (is_no_role(&r->t)) {
            reading_next(r);
        } else {
            struct name role = {reading_keep(r, slice_of("")), reading_value(r)};
            (void)reading_made(r, ITEM_ROLE_REF, role);
        }
        if (!token_symbol(&r->t, ','))
            return;
        reading_next(r);
    }
}

void reading_tablespace(struct reading *r)
{
    if (token_symbol(&r->t, '='))
        reading_next(r);
    struct name name = {reading_keep(r, slice_of("")), NULL};
    if (r->t.kind == TOKEN_STRING || is_name(&r->t))
        name.name = reading_value(r);
    if (name.name != NULL && name.name[0] != '\0')
        (void)reading_made(r, ITEM_TABLESPACE_REF, name);
}

const char *reading_table(struct reading *r, struct name table)
{
    struct buf *out = &r->inv->folded;
    if (table.name == NULL || table.scope == NULL)
        return NULL;
    buf_clear(out);
    buf_printf(out, "%s.%s", table.scope, table.name);
    return reading_keep(r, (struct slice){buf_text(out), out->n});
}
