/* SPDX-License-Identifier: PostgreSQL */
#include "restore/guard.h"

#include "restore/lexeme.h"

#include <stddef.h>

/* COPY t FROM 'file', COPY t TO PROGRAM 'x', COPY (query) TO STDOUT. Rows that a dump carries come
 * as COPY … FROM stdin, which is told apart before and never asked about here. */
static const char *refuse_copy(struct lexemes t)
{
    struct lexeme lexeme;
    do
        lexeme = lexeme_next(&t);
    while (lexeme.kind != LEXEME_END &&
           (t.depth > 0 || (!lexeme_is(&lexeme, "FROM") && !lexeme_is(&lexeme, "TO"))));
    struct lexeme peer = lexeme_next(&t);
    if (lexeme_is(&peer, "PROGRAM"))
        return "it starts a program on the server";
    if (peer.kind == LEXEME_STRING)
        return "it reads or writes a file of the server";
    if (lexeme_is(&lexeme, "FROM") && lexeme_is(&peer, "STDIN"))
        return NULL;
    return "it is a COPY that a dump has no need of";
}

/* Looks for name = false among the options: WITH (connect = false, …). */
static bool has_connect_off(struct lexemes t)
{
    for (struct lexeme lexeme = lexeme_next(&t); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(&t)) {
        if (t.depth != 1 || !lexeme_is(&lexeme, "CONNECT"))
            continue;
        struct lexeme equals = lexeme_next(&t);
        struct lexeme value = lexeme_next(&t);
        if (!lexeme_is_symbol(&equals, '='))
            return false;
        return lexeme_is(&value, "FALSE") || lexeme_is(&value, "OFF") ||
               slice_eq(value.text, "false");
    }
    return false;
}

static bool has_word(struct lexemes t, const char *const *words)
{
    for (struct lexeme lexeme = lexeme_next(&t); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(&t))
        for (const char *const *word = words; *word != NULL; word++)
            if (t.depth == 0 && lexeme_is(&lexeme, *word))
                return true;
    return false;
}

const char *guard_refusal(struct slice statement)
{
    static const char *const reaching[] = {"ENABLE", "REFRESH", "CONNECTION", "ADD", "SET", NULL};
    struct lexemes t = lexemes_of(statement);
    if (lexemes_begin(&t, "COPY"))
        return refuse_copy(t);
    if (lexemes_begin(&t, "ALTER SYSTEM"))
        return "it changes the settings of the whole server";
    if (lexemes_begin(&t, "CREATE SUBSCRIPTION") && !has_connect_off(t))
        return "it is a subscription that connects to another server";
    if (lexemes_begin(&t, "ALTER SUBSCRIPTION") && has_word(t, reaching))
        return "it makes a subscription connect to another server";
    return NULL;
}

bool guard_is_about_database(struct slice statement)
{
    static const char *const plain[] = {"CREATE DATABASE", "ALTER DATABASE", "DROP DATABASE",
                                        "COMMENT ON DATABASE"};
    struct lexemes t = lexemes_of(statement);
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (lexemes_begin(&t, plain[i]))
            return true;
    if (lexemes_begin(&t, "ALTER ROLE") || lexemes_begin(&t, "ALTER USER")) {
        (void)lexeme_next(&t);
        return lexemes_begin(&t, "IN DATABASE");
    }
    bool rights = lexemes_begin(&t, "GRANT") || lexemes_begin(&t, "REVOKE") ||
                  lexemes_begin(&t, "SECURITY LABEL");
    return rights && lexemes_find(&t, "ON") && lexemes_begin(&t, "DATABASE");
}

const char *guard_created_database(struct arena *a, struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    if (!lexemes_begin(&t, "CREATE DATABASE"))
        return NULL;
    struct lexeme name = lexeme_next(&t);
    return lexeme_name(a, &name);
}
