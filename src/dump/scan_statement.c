/* SPDX-License-Identifier: PostgreSQL */
/* Statements: the few that change how the rest is read, and the head of COPY. */
#include "dump/scanner.h"
#include "dump/token.h"

#include <string.h>
#include <strings.h>

/* First words of PostgreSQL's commands (SQL Commands, 9.6 to 18) by their first letter: this is
 * asked of every statement. */
static const char *const commands[26][10] = {
    ['a' - 'a'] = {"abort", "alter", "analyze", "analyse"},
    ['b' - 'a'] = {"begin"},
    ['c' - 'a'] = {"call", "checkpoint", "close", "cluster", "comment", "commit", "copy", "create"},
    ['d' - 'a'] = {"deallocate", "declare", "delete", "discard", "do", "drop"},
    ['e' - 'a'] = {"end", "execute", "explain"},
    ['f' - 'a'] = {"fetch"},
    ['g' - 'a'] = {"grant"},
    ['i' - 'a'] = {"insert", "import"},
    ['l' - 'a'] = {"listen", "load", "lock"},
    ['m' - 'a'] = {"merge", "move"},
    ['n' - 'a'] = {"notify"},
    ['p' - 'a'] = {"prepare"},
    ['r' - 'a'] = {"reassign", "refresh", "reindex", "release", "repack", "reset", "revoke",
                   "rollback"},
    ['s' - 'a'] = {"select", "set", "savepoint", "security", "show", "start"},
    ['t' - 'a'] = {"table", "truncate"},
    ['u' - 'a'] = {"unlisten", "update"},
    ['v' - 'a'] = {"vacuum", "values"},
    ['w' - 'a'] = {"wait", "with"},
};

bool scan_is_command(struct slice text)
{
    char word[16] = "";
    size_t n = 0;
    if (text.n > 0 && (*text.p == '(' || *text.p == ';'))
        return true;
    for (; n < text.n && ((text.p[n] | 0x20) >= 'a' && (text.p[n] | 0x20) <= 'z'); n++)
        if (n < sizeof word - 1)
            word[n] = (char)(text.p[n] | 0x20);
    if (n == 0 || n >= sizeof word)
        return false;
    if (n < text.n && (text.p[n] == '_' || text.p[n] == ':' || (text.p[n] & 0x80) != 0))
        return false;
    for (const char *const *c = commands[word[0] - 'a']; *c != NULL; c++)
        if (strcmp(word, *c) == 0)
            return true;
    return false;
}

/* Encodings whose characters hold bytes that look like backslashes and quotes, aliases included.
 * Read byte by byte, a sound dump would look broken: it is not judged. */
static bool embeds_ascii(const char *encoding)
{
    static const char *const names[] = {
        "BIG5",           "WIN950", "WINDOWS950", "GB18030", "GBK",        "WIN936",
        "WINDOWS936",     "JOHAB",  "SJIS",       "MSKANJI", "SHIFTJIS",   "SHIFT_JIS",
        "SHIFT_JIS_2004", "WIN932", "WINDOWS932", "UHC",     "WINDOWS949", "WIN949",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcasecmp(encoding, names[i]) == 0)
            return true;
    return false;
}

/* SET name = value: what it says of the text that follows. */
static bool take_set(struct scanner *sc, struct slice rest, struct err *e)
{
    struct token name = token_next(&rest), sign = token_next(&rest), value;
    if (token_is(&name, "session") || token_is(&name, "local"))
        return true;
    if (!token_symbol(&sign, '=') && !token_is(&sign, "to"))
        return true;
    value = token_next(&rest);
    if (token_is(&name, "client_encoding")) {
        const char *encoding = token_value(sc->how->arena, &value);
        if (embeds_ascii(encoding))
            return err_set(e, ERR_REFUSED,
                           "the dump is in %s, which is not read: dump it with --encoding=UTF8",
                           encoding);
        sc->facts->encoding = encoding;
        sc->utf8_off = strcasecmp(encoding, "UTF8") != 0 && strcasecmp(encoding, "UTF-8") != 0 &&
                       strcasecmp(encoding, "UNICODE") != 0;
        if (sc->utf8_off)
            sc->n_bad_utf8 = 0;
    } else if (token_is(&name, "standard_conforming_strings")) {
        const char *text = token_value(sc->how->arena, &value);
        sc->lexer.standard_strings = strcasecmp(text, "off") != 0 && strcasecmp(text, "false") != 0;
    }
    return true;
}

static void take_create(struct scanner *sc, struct slice rest)
{
    struct token t = token_next(&rest);
    if (token_is(&t, "database")) {
        struct token name = token_next(&rest);
        if (sc->facts->database == NULL)
            sc->facts->database = token_name(sc->how->arena, &name);
        return;
    }
    while (token_is(&t, "unlogged") || token_is(&t, "foreign") || token_is(&t, "global") ||
           token_is(&t, "local") || token_is(&t, "temporary") || token_is(&t, "temp"))
        t = token_next(&rest);
    sc->facts->n_create_table += token_is(&t, "table");
}

/* The columns of a list in parentheses; `rest` is behind the opening one. 0 when it is no list. */
static size_t count_columns(struct slice *rest)
{
    size_t n = 0;
    for (;;) {
        struct token name = token_next(rest), sign = token_next(rest);
        if (name.kind != TOKEN_WORD && name.kind != TOKEN_QUOTED)
            return 0;
        n++;
        if (token_symbol(&sign, ')'))
            return n;
        if (!token_symbol(&sign, ','))
            return 0;
    }
}

/* [schema.]table [(columns)] FROM STDIN [options]. False: another COPY, without data here. */
static bool read_copy_head(struct scanner *sc, struct slice rest, struct dump_table *table)
{
    struct arena *a = sc->how->arena;
    struct token name = token_next(&rest), t = token_next(&rest);
    table->schema = "";
    table->name = token_name(a, &name);
    if (token_symbol(&t, '.')) {
        name = token_next(&rest);
        table->schema = table->name;
        table->name = token_name(a, &name);
        t = token_next(&rest);
    }
    if (table->name == NULL || table->schema == NULL)
        return false;
    if (token_symbol(&t, '(')) {
        table->n_columns = count_columns(&rest);
        t = token_next(&rest);
    }
    if (token_is(&t, "with")) { /* WITH OIDS of old: one column more than are named */
        (void)token_next(&rest);
        t = token_next(&rest);
        table->n_columns = 0;
    }
    struct token in = token_next(&rest);
    if (!token_is(&t, "from") || !token_is(&in, "stdin"))
        return false;
    t = token_next(&rest);
    table->is_counted = t.kind == TOKEN_END;
    return true;
}

static bool begin_copy(struct scanner *sc, const struct statement *s, struct dump_table *table,
                       struct err *e)
{
    struct copy_head head = {.statement = *s, .table = table};
    sc->facts->copies++;
    return sc->listener.copy_begin == NULL ||
           sc->listener.copy_begin(sc->listener.context, &head, e);
}

bool scan_statement(struct scanner *sc, struct slice text, size_t behind, struct err *e)
{
    uint64_t front = window_offset(&sc->window);
    struct statement s = {
        .text = text,
        .offset = front + (uint64_t)(text.p - window_bytes(&sc->window)),
        .object = sc->object,
        .object_type = sc->object_type,
    };
    struct slice rest = text;
    struct token first = token_next(&rest);
    struct dump_table table = {.offset = s.offset};
    if (first.kind == TOKEN_END) /* a lone semicolon */
        return scan_consume(sc, behind, false, e);
    sc->facts->statements++;
    if (token_is(&first, "set") && !take_set(sc, rest, e))
        return false;
    if (token_is(&first, "create"))
        take_create(sc, rest);
    sc->facts->n_insert += token_is(&first, "insert");
    bool copy = token_is(&first, "copy") && read_copy_head(sc, rest, &table);
    if (copy ? !begin_copy(sc, &s, &table, e)
             : sc->listener.statement != NULL &&
                   !sc->listener.statement(sc->listener.context, &s, e))
        return false;
    if (!scan_consume(sc, behind, false, e))
        return false;
    if (copy)
        return scan_copy(sc, &table, e);
    sc->facts->whole_until = window_offset(&sc->window);
    return true;
}
