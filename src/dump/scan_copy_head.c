/* SPDX-License-Identifier: PostgreSQL */
/* The head of COPY (SQL Commands, COPY, with its two older syntaxes): which table, which columns,
 * which format the data is in. */
#include "dump/scanner.h"
#include "pg/pg.h"

#include <string.h>
#include <strings.h>

/* What is known of the format of the data. */
struct copy_format {
    bool is_text;         /* not csv or binary */
    bool has_tabs;        /* between the columns, as it is by default */
    bool has_header;      /* the first line is none of the rows */
    const char *encoding; /* of the data, when it is not the client's */
};

/* The columns of a list in parentheses; `rest` is behind the opening one. 0 when it is no list. */
static size_t count_columns(struct scanner *sc, struct slice *rest, struct buf *names)
{
    size_t n = 0;
    for (;;) {
        struct token name = token_next(rest), sign = token_next(rest);
        if (name.kind != TOKEN_WORD && name.kind != TOKEN_QUOTED)
            return 0;
        const char *text = sc->how->keep_columns ? scan_name(sc, sc->how->arena, &name) : NULL;
        if (text != NULL)
            buf_printf(names, "%s%s", n == 0 ? "" : ", ", pg_ident(sc->how->arena, text));
        n++;
        if (token_symbol(&sign, ')'))
            return n;
        if (!token_symbol(&sign, ','))
            return 0;
    }
}

static void take_columns(struct scanner *sc, struct slice *rest, struct dump_table *table)
{
    CLEANUP(buf_cleanup) struct buf names = {0};
    table->n_columns = count_columns(sc, rest, &names);
    if (table->n_columns > 0 && names.n > 0)
        table->columns = arena_strdup(sc->how->arena, buf_text(&names));
}

struct arena *scan_block_arena(struct scanner *sc)
{
    size_t max = sc->how->max_tables;
    if (max == 0 || sc->facts->n_tables < max)
        return sc->how->arena;
    arena_free(sc->passing);
    return sc->passing = arena_new();
}

bool scan_table_name(struct scanner *sc, struct slice *rest, struct arena *a,
                     struct dump_table *table, struct token *t)
{
    struct token name = token_next(rest);
    *t = token_next(rest);
    table->schema = "";
    table->name = scan_name(sc, a, &name);
    if (token_symbol(t, '.')) {
        name = token_next(rest);
        table->schema = table->name;
        table->name = scan_name(sc, a, &name);
        *t = token_next(rest);
    }
    return table->name != NULL && table->schema != NULL;
}

/* Is it a string that says a tab: the byte itself, or \t behind the letter E? */
static bool says_tab(const struct token *t)
{
    return slice_eq(token_inside(t), "\t") || slice_eq(token_inside(t), "\\t");
}

/* One option, new or old style; its value is the next token, or stands behind AS. */
static void take_option(struct arena *a, struct copy_format *f, const struct token *t,
                        struct slice *rest)
{
    struct slice ahead = *rest;
    struct token value = token_next(&ahead);
    if (token_is(&value, "as"))
        value = token_next(&ahead);
    if (token_is(t, "format")) {
        f->is_text = token_is(&value, "text") || slice_eq(value.text, "'text'");
        *rest = ahead;
    } else if (token_is(t, "delimiter") || token_is(t, "delimiters")) {
        f->has_tabs = says_tab(&value);
        *rest = ahead;
    } else if (token_is(t, "csv") || token_is(t, "binary")) {
        f->is_text = false;
    } else if (token_is(t, "header")) {
        f->has_header = !token_is(&value, "false") && !token_is(&value, "off");
    } else if (token_is(t, "encoding")) {
        f->encoding = token_value(a, &value);
        *rest = ahead;
    } else if (token_is(t, "null") || token_is(t, "default")) {
        *rest = ahead;
    }
}

static struct copy_format take_options(struct arena *a, struct slice rest)
{
    struct copy_format f = {.is_text = true, .has_tabs = true};
    for (struct token t = token_next(&rest); t.kind != TOKEN_END; t = token_next(&rest))
        if (t.kind == TOKEN_WORD)
            take_option(a, &f, &t, &rest);
    return f;
}

bool scan_copy_head(struct scanner *sc, struct slice rest, struct dump_table *table)
{
    struct token t;
    struct slice ahead = rest;
    struct token binary = token_next(&ahead), behind = token_next(&ahead);
    bool is_binary = token_is(&binary, "binary") && behind.kind == TOKEN_WORD &&
                     !token_is(&behind, "from") && !token_is(&behind, "to");
    if (is_binary) /* COPY BINARY table, of 7.2 */
        (void)token_next(&rest);
    if (!scan_table_name(sc, &rest, scan_block_arena(sc), table, &t))
        return false;
    if (token_symbol(&t, '(')) {
        take_columns(sc, &rest, table);
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
    struct copy_format f = take_options(sc->how->arena, rest);
    table->is_counted = f.is_text && !is_binary && !f.has_header;
    sc->copy_encoding = f.encoding;
    if (!f.has_tabs)
        table->n_columns = 0;
    return true;
}

void scan_copy_outward(struct scanner *sc, struct slice rest, uint64_t offset)
{
    size_t depth = 0;
    bool moves = false; /* behind FROM or TO, outside of a query in parentheses */
    for (struct token t = token_next(&rest); t.kind != TOKEN_END; t = token_next(&rest)) {
        depth += token_symbol(&t, '(');
        depth -= token_symbol(&t, ')') && depth > 0;
        if (depth > 0)
            continue;
        if (moves && token_is(&t, "program"))
            (void)scan_problem(sc, PROBLEM_CODE_COPY_PROGRAM, offset, sc->object,
                               "COPY with PROGRAM: the server that restores this would run it");
        else if (moves && t.kind == TOKEN_STRING)
            (void)scan_problem(sc, PROBLEM_CODE_COPY_FILE, offset, sc->object,
                               "COPY with the server's file %.*s",
                               (int)(t.text.n < 60 ? t.text.n : 60), t.text.p);
        if (moves && !token_is(&t, "e")) /* of E'…' */
            return;
        moves = moves || token_is(&t, "from") || token_is(&t, "to");
    }
}
