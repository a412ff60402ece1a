/* SPDX-License-Identifier: PostgreSQL */
#include "restore/roles.h"

#include "restore/lexeme.h"

static bool is_no_role(const struct lexeme *lexeme)
{
    static const char *const words[] = {"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER",
                                        "USER",   "NONE",         "DEFAULT",      "ALL"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (lexeme_is(lexeme, words[i]))
            return true;
    return false;
}

/* A name, or a literal as in SET ROLE 'x'. */
static void push_role(const struct lexeme *lexeme, struct vec *names)
{
    bool named =
        lexeme->kind == LEXEME_WORD || lexeme->kind == LEXEME_NAME || lexeme->kind == LEXEME_STRING;
    if (named && lexeme->text.n > 0 && !is_no_role(lexeme))
        *(const char **)vec_push(names) = lexeme_name(names->arena, lexeme);
}

/* A list "a, GROUP b, c"; `t` stops behind the first lexeme that does not belong to it. */
static void push_list(struct lexemes *t, struct vec *names)
{
    struct lexeme lexeme;
    do {
        lexeme = lexeme_next(t);
        if (lexeme_is(&lexeme, "GROUP"))
            lexeme = lexeme_next(t);
        push_role(&lexeme, names);
        lexeme = lexeme_next(t);
    } while (lexeme_is_symbol(&lexeme, ','));
}

static void push_next(struct lexemes *t, struct vec *names)
{
    struct lexeme lexeme = lexeme_next(t);
    push_role(&lexeme, names);
}

/* Names behind a keyword, where it comes outside parentheses. */
static void push_behind(struct lexemes t, const char *keyword, struct vec *names)
{
    if (lexemes_find(&t, keyword))
        push_list(&t, names);
}

static void of_grant(struct lexemes t, const char *keyword, struct vec *names)
{
    push_behind(t, keyword, names);
    struct lexemes by = t;
    if (lexemes_find(&by, "GRANTED") && lexemes_begin(&by, "BY"))
        push_next(&by, names);
}

/* FOR ROLE a, b … GRANT … TO c, or REVOKE … FROM c. */
static void of_default_privileges(struct lexemes t, struct vec *names)
{
    if (lexemes_begin(&t, "FOR ROLE") || lexemes_begin(&t, "FOR USER"))
        push_list(&t, names);
    struct lexemes grant = t, revoke = t;
    push_behind(grant, "TO", names);
    push_behind(revoke, "FROM", names);
}

static void of_owner(struct lexemes t, struct vec *names)
{
    while (lexemes_find(&t, "OWNER"))
        if (lexemes_begin(&t, "TO"))
            push_next(&t, names);
}

static void of_set(struct lexemes t, struct vec *names)
{
    if (!lexemes_begin(&t, "SESSION AUTHORIZATION") && !lexemes_begin(&t, "ROLE") &&
        !lexemes_begin(&t, "LOCAL ROLE") && !lexemes_begin(&t, "SESSION ROLE") &&
        !lexemes_begin(&t, "LOCAL SESSION AUTHORIZATION"))
        return;
    push_next(&t, names);
}

void roles_of_statement(struct slice statement, struct vec *names)
{
    struct lexemes t = lexemes_of(statement);
    if (lexemes_begin(&t, "ALTER DEFAULT PRIVILEGES"))
        of_default_privileges(t, names);
    else if (lexemes_begin(&t, "ALTER ROLE") || lexemes_begin(&t, "ALTER USER"))
        push_next(&t, names);
    else if (lexemes_begin(&t, "ALTER"))
        of_owner(t, names);
    else if (lexemes_begin(&t, "GRANT"))
        of_grant(t, "TO", names);
    else if (lexemes_begin(&t, "REVOKE"))
        of_grant(t, "FROM", names);
    else if (lexemes_begin(&t, "CREATE POLICY"))
        push_behind(t, "TO", names);
    else if (lexemes_begin(&t, "CREATE SCHEMA"))
        push_behind(t, "AUTHORIZATION", names);
    else if (lexemes_begin(&t, "CREATE TABLESPACE"))
        push_behind(t, "OWNER", names);
    else if (lexemes_begin(&t, "CREATE USER MAPPING"))
        push_behind(t, "FOR", names);
    else if (lexemes_begin(&t, "SET"))
        of_set(t, names);
}
