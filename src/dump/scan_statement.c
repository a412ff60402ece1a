/* SPDX-License-Identifier: PostgreSQL */
/* Statements: the few that change how the rest is read, and what is counted. */
#include "dump/scanner.h"

#include <ctype.h>
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

/* ---- settings ----------------------------------------------------------------------------------
 */

static void set_strings(struct scanner *sc, const char *value)
{
    static const char *const off[] = {"off", "false", "no", "0"};
    sc->lexer.standard_strings = true;
    for (size_t i = 0; i < COUNT_OF(off); i++)
        if (strcasecmp(value, off[i]) == 0)
            sc->lexer.standard_strings = false;
}

/* SET [SESSION] name = value, SET NAMES value: what it says of the text that follows. */
static void take_set(struct scanner *sc, struct slice rest)
{
    struct arena *a = sc->how->arena;
    struct token name = token_next(&rest);
    if (token_is(&name, "session"))
        name = token_next(&rest);
    struct token value = token_next(&rest);
    if (!token_is(&name, "names")) {
        if (!token_symbol(&value, '=') && !token_is(&value, "to"))
            return;
        value = token_next(&rest);
    }
    bool is_default = token_is(&value, "default");
    bool encoding = token_is(&name, "client_encoding") || token_is(&name, "names");
    if (encoding && is_default)
        scan_encoding(sc, NULL);
    else if (encoding)
        scan_declared_encoding(sc, token_value(a, &value));
    else if (token_is(&name, "standard_conforming_strings"))
        set_strings(sc, token_value(a, &value));
}

/* RESET name, RESET ALL. */
static void take_reset(struct scanner *sc, struct slice rest)
{
    struct token name = token_next(&rest);
    bool all = token_is(&name, "all");
    if (all || token_is(&name, "client_encoding"))
        scan_encoding(sc, NULL);
    if (all || token_is(&name, "standard_conforming_strings"))
        sc->lexer.standard_strings = true;
}

/* ---- counted -----------------------------------------------------------------------------------
 */

/* Names of locales and encodings are ASCII, whatever the dump is in. */
static const char *create_database(struct scanner *sc, const char *from, struct slice rest)
{
    enum { BYTES_MAX = 4096 };
    size_t n = (size_t)(rest.p - from) + rest.n;
    const char *words = arena_strndup(sc->how->arena, from, n < BYTES_MAX ? n : BYTES_MAX);
    return arena_printf(sc->how->arena, "CREATE%s", words);
}

static void take_create(struct scanner *sc, struct slice rest)
{
    const char *from = rest.p;
    struct token t = token_next(&rest);
    if (token_is(&t, "database")) {
        if (sc->facts->create_database == NULL)
            sc->facts->create_database = create_database(sc, from, rest);
        struct token name = token_next(&rest);
        if (sc->facts->database == NULL)
            sc->facts->database = scan_name(sc, sc->how->arena, &name);
        return;
    }
    while (token_is(&t, "unlogged") || token_is(&t, "foreign") || token_is(&t, "global") ||
           token_is(&t, "local") || token_is(&t, "temporary") || token_is(&t, "temp"))
        t = token_next(&rest);
    sc->facts->n_create_table += token_is(&t, "table");
}

/* ---- what psql would fill in -------------------------------------------------------------------
 */

/* Does a variable of psql stand at this colon, as far as its neighbours tell? Casts, slices and
 * assignments have one, too. */
static bool may_be_variable(struct slice s, size_t at)
{
    char before = at == 0 ? ' ' : s.p[at - 1], next = at + 1 < s.n ? s.p[at + 1] : ' ';
    bool begins = isalpha((unsigned char)next) || next == '_' || next == '\'' || next == '"';
    return begins && (isspace((unsigned char)before) || strchr("(,=<>+-*/|", before) != NULL);
}

/* Only SQL of other people has them: what pg_dump wrote needs no such question. */
static void find_variable(struct scanner *sc, struct slice text)
{
    struct lexer walk = {.standard_strings = sc->lexer.standard_strings};
    size_t seen = 0;
    lexer_begin(&walk);
    for (size_t at = 0; at < text.n; at++) {
        const char *colon = memchr(text.p + at, ':', text.n - at);
        if (colon == NULL)
            return;
        at = (size_t)(colon - text.p);
        if (!may_be_variable(text, at))
            continue;
        while (seen < at) {
            size_t used = 0;
            (void)lexer_run(&walk, text.p + seen, at - seen, &used);
            seen += used;
        }
        if (walk.mode != LEX_PLAIN && walk.mode != LEX_WORD)
            continue;
        (void)scan_problem(
            sc, PROBLEM_CODE_PSQL_VARIABLE,
            window_offset(&sc->window) + (uint64_t)(colon - window_text(&sc->window)), sc->object,
            "\"%.*s\" is a variable that psql fills in, and nobody does here",
            text.n - at < 20 ? (int)(text.n - at) : 20, colon);
        return;
    }
}

/* ---- the statement -----------------------------------------------------------------------------
 */

static bool begin_copy(struct scanner *sc, const struct statement *s, struct dump_table *table,
                       struct err *e)
{
    struct copy_head head = {.statement = *s, .table = table};
    table->database = sc->database;
    table->encoding = sc->facts->encoding;
    sc->facts->copies++;
    sc->facts->n_uncounted += !table->is_counted;
    return sc->listener.copy_begin == NULL ||
           sc->listener.copy_begin(sc->listener.context, &head, e);
}

/* Statements by which the rows of a table may become others than were inserted. pg_dump writes none
 * of them. */
static bool changes_rows(const struct token *first)
{
    static const char *const words[] = {"update", "delete", "merge",   "truncate", "with",
                                        "do",     "call",   "execute", "rollback"};
    char letter = (char)(*first->text.p | 0x20);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (letter == *words[i] && token_is(first, words[i]))
            return true;
    return false;
}

/* Looks at the statement; true when it is a COPY whose data follows. `rest` is behind its first
 * word. */
static bool look(struct scanner *sc, const struct statement *s, const struct token *first,
                 struct slice rest, struct dump_table *table)
{
    sc->facts->n_insert_nowhere += changes_rows(first);
    if (token_is(first, "create"))
        take_create(sc, rest);
    if (!token_is(first, "copy"))
        return false;
    bool data = scan_copy_head(sc, rest, table);
    if (!data)
        scan_copy_outward(sc, rest, s->offset);
    return data;
}

/* The statement is whole, and with it perhaps its object. */
static void note_whole(struct scanner *sc)
{
    struct dump_facts *f = sc->facts;
    f->whole_until = window_offset(&sc->window);
    f->whole_object = sc->object;
    f->whole_type = sc->object_type;
}

bool scan_statement(struct scanner *sc, struct slice text, size_t behind, struct err *e)
{
    struct statement s = {
        .text = window_raw(&sc->window, text),
        .offset = window_offset(&sc->window) + (uint64_t)(text.p - window_text(&sc->window)),
        .object = sc->object,
        .object_type = sc->object_type,
    };
    struct dump_table table = {.offset = s.offset};
    if (text.n == 0) /* a lone semicolon */
        return scan_consume(sc, behind, e);
    sc->facts->statements++;
    if (sc->headers == 0)
        find_variable(sc, text);
    struct slice rest = text;
    struct token first = token_next(&rest);
    bool insert = token_is(&first, "insert");
    if (insert)
        scan_insert(sc, text, rest);
    bool copy = !insert && look(sc, &s, &first, rest, &table);
    if (copy ? !begin_copy(sc, &s, &table, e)
             : sc->listener.statement != NULL &&
                   !sc->listener.statement(sc->listener.context, &s, e))
        return false;
    if (!scan_consume(sc, behind, e))
        return false;
    if (token_is(&first, "set")) /* holds for what stands behind it */
        take_set(sc, rest);
    else if (token_is(&first, "reset"))
        take_reset(sc, rest);
    if (copy && !scan_copy(sc, &table, e))
        return false;
    if (!copy || table.terminated)
        note_whole(sc);
    return true;
}
