/* SPDX-License-Identifier: PostgreSQL */
#include "restore/session.h"

#include "base/buf.h"
#include "restore/lexeme.h"

#include <string.h>

enum { SETTINGS_MAX = 1000, TEXT_BYTES_MAX = 8 * 1024 * 1024 };

struct setting {
    const char *name;
    const char *statement;
};

struct session session_new(struct arena *a)
{
    return (struct session){
        .arena = a,
        .settings = vec_new(a, sizeof(struct setting)),
        .texts = {.arena = a},
        .now = {"", ""},
    };
}

void session_cleanup(struct session *s)
{
    names_cleanup(&s->texts);
}

/* Settings with a syntax of their own; the words behind SET [SESSION] or RESET. */
static const struct {
    const char *words, *name;
} special[] = {
    {"SESSION AUTHORIZATION", "session_authorization"},
    {"AUTHORIZATION", "session_authorization"},
    {"TIME ZONE", "timezone"},
    {"NAMES", "client_encoding"},
    {"SCHEMA", "search_path"},
    {"XML OPTION", "xmloption"},
};

/* The setting's name; `t` then stands behind it. NULL: none that is known to be one. */
static const char *read_setting(struct lexemes *t, struct arena *a)
{
    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (lexemes_begin(t, special[i].words))
            return special[i].name;
    struct lexeme name = lexeme_next(t);
    struct lexemes ahead = *t;
    struct lexeme dot = lexeme_next(&ahead);
    if (name.kind != LEXEME_WORD && name.kind != LEXEME_NAME)
        return NULL;
    if (!lexeme_is_symbol(&dot, '.'))
        return lexeme_name(a, &name);
    struct lexeme second = lexeme_next(&ahead);
    *t = ahead;
    return arena_printf(a, "%s.%s", lexeme_name(a, &name), lexeme_name(a, &second));
}

/* SELECT pg_catalog.set_config('name', 'value', false) and nothing else. `t` stands at the value.
 */
static const char *read_set_config(struct lexemes *t, struct arena *a)
{
    struct lexeme head[5]; /* pg_catalog . set_config ( 'name' */
    for (size_t i = 0; i < COUNT_OF(head); i++)
        head[i] = lexeme_next(t);
    struct lexeme comma = lexeme_next(t);
    struct lexemes ahead = *t;
    struct lexeme value = lexeme_next(&ahead), second = lexeme_next(&ahead);
    struct lexeme local = lexeme_next(&ahead), close = lexeme_next(&ahead);
    bool ok = lexeme_is(&head[2], "SET_CONFIG") && lexeme_is_symbol(&head[3], '(') &&
              head[4].kind == LEXEME_STRING && lexeme_is_symbol(&comma, ',') &&
              value.kind == LEXEME_STRING && lexeme_is_symbol(&second, ',') &&
              lexeme_is(&local, "FALSE") && lexeme_is_symbol(&close, ')') &&
              lexeme_next(&ahead).kind == LEXEME_END;
    return ok ? lexeme_name(a, &head[4]) : NULL;
}

static const char *read_statement(struct lexemes *t, struct arena *a)
{
    if (lexemes_begin(t, "SELECT"))
        return read_set_config(t, a);
    if (lexemes_begin(t, "RESET"))
        return read_setting(t, a);
    if (!lexemes_begin(t, "SET"))
        return NULL;
    struct lexemes authorization = *t;
    if (!lexemes_begin(&authorization, "SESSION AUTHORIZATION"))
        (void)lexemes_begin(t, "SESSION");
    return read_setting(t, a);
}

/* One schema, alone or in front of PostgreSQL's own, can be told; so can none at all. */
static struct meaning meaning_of(struct lexemes t, struct arena *a)
{
    struct lexeme value = lexeme_next(&t);
    bool set = lexeme_is_symbol(&value, '=') || lexeme_is(&value, "TO");
    if (set)
        value = lexeme_next(&t);
    struct lexeme next = lexeme_next(&t);
    bool last = next.kind == LEXEME_END || !set;
    if (value.kind == LEXEME_STRING && value.text.n == 0 && last)
        return (struct meaning){.closed = true};
    bool named = value.kind == LEXEME_WORD || value.kind == LEXEME_NAME;
    if (lexeme_is_symbol(&next, ',')) {
        next = lexeme_next(&t);
        last = lexeme_is(&next, "PG_CATALOG") && lexeme_next(&t).kind == LEXEME_END;
    }
    if (!set || !named || !last || lexeme_is(&value, "DEFAULT") || *value.text.p == '$')
        return (struct meaning){0};
    return (struct meaning){.schema = lexeme_name(a, &value)};
}

static void forget(struct session *s, const char *name)
{
    struct setting *settings = s->settings.items;
    for (size_t i = 0; i < s->settings.n; i++)
        if (strcmp(settings[i].name, name) == 0) {
            memmove(&settings[i], &settings[i + 1], (s->settings.n - i - 1) * sizeof *settings);
            s->settings.n--;
            return;
        }
}

bool session_note(struct session *s, struct slice statement)
{
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    struct lexemes t = lexemes_of(statement);
    const char *name = read_statement(&t, scratch);
    if (name == NULL || s->settings.n >= SETTINGS_MAX || s->texts.bytes > TEXT_BYTES_MAX)
        return false;
    if (strcmp(name, "search_path") == 0)
        s->meaning = meaning_of(t, scratch);
    if (s->meaning.schema != NULL)
        s->meaning.schema = names_keep(&s->texts, slice_of(s->meaning.schema));
    if (strcmp(name, "statement_timeout") == 0) /* ours stays in force */
        return true;
    forget(s, name);
    if (strcmp(name, "session_authorization") == 0)
        forget(s, "role");
    *(struct setting *)vec_push(&s->settings) =
        (struct setting){names_keep(&s->texts, slice_of(name)), names_keep(&s->texts, statement)};
    s->stale = true;
    return true;
}

struct epoch session_epoch(struct session *s)
{
    CLEANUP(buf_cleanup) struct buf encoding = {0};
    CLEANUP(buf_cleanup) struct buf settings = {0};
    if (!s->stale)
        return s->now;
    VEC_EACH (const struct setting, one, &s->settings) {
        bool first = strcmp(one->name, "client_encoding") == 0;
        buf_printf(first ? &encoding : &settings, "%s;\n", one->statement);
    }
    s->now = (struct epoch){names_keep(&s->texts, slice_of(buf_text(&encoding))),
                            names_keep(&s->texts, slice_of(buf_text(&settings)))};
    s->stale = false;
    return s->now;
}
