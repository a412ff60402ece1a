/* SPDX-License-Identifier: PostgreSQL */
#include "restore/lexeme.h"
#include "restore/reject.h"

#include <ctype.h>
#include <string.h>

enum { VERB_WORDS = 4 };

static bool drops(struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    if (lexemes_begin(&t, "DROP"))
        return true;
    if (!lexemes_begin(&t, "ALTER TABLE") && !lexemes_begin(&t, "ALTER DOMAIN"))
        return false;
    return lexemes_find(&t, "DROP");
}

/* As pg_dump up to 11 writes it, before FROM stdin. */
static bool copies_oids(struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    return lexemes_begin(&t, "COPY") && lexemes_find(&t, "WITH") && lexemes_begin(&t, "OIDS");
}

const char *statement_verb(struct slice statement, char out[VERB_BYTES])
{
    size_t n = 0;
    struct lexemes t = lexemes_of(statement);
    out[0] = '\0';
    if (drops(statement))
        return memcpy(out, "DROP", sizeof "DROP");
    if (copies_oids(statement))
        return memcpy(out, "COPY WITH OIDS", sizeof "COPY WITH OIDS");
    for (int i = 0; i < VERB_WORDS; i++) {
        struct lexeme lexeme = lexeme_next(&t);
        if (lexeme.kind != LEXEME_WORD || n + lexeme.text.n + 2 > VERB_BYTES)
            break;
        if (n > 0)
            out[n++] = ' ';
        for (size_t c = 0; c < lexeme.text.n; c++)
            out[n++] = (char)toupper((unsigned char)lexeme.text.p[c]);
        out[n] = '\0';
    }
    return out;
}
