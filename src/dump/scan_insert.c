/* SPDX-License-Identifier: PostgreSQL */
/*
 * The rows of INSERT (SQL Commands, INSERT), as far as their number can be seen: those of VALUES
 * lists, as pg_dump --inserts writes them, and DEFAULT VALUES. What a query gives, or what ON
 * CONFLICT leaves out where a table had rows before, is not known.
 */
#include "dump/names.h"
#include "dump/scanner.h"

#include <string.h>
#include <strings.h>

/* Behind the columns' list at the front of `rest`, when there is one. */
static bool pass_columns(struct slice *rest, struct token *t)
{
    if (!token_symbol(t, '('))
        return false;
    for (size_t depth = 1; depth > 0 && t->kind != TOKEN_END;) {
        *t = token_next(rest);
        depth += token_symbol(t, '(');
        depth -= token_symbol(t, ')');
    }
    *t = token_next(rest);
    return true;
}

/* A head as it is written, and what it says. */
struct head {
    struct token name; /* the last token of the table's name */
    struct slice written;
    bool has_columns, has_values, has_default;
};

/* [schema.]name [(columns)] [OVERRIDING {SYSTEM | USER} VALUE] {VALUES | DEFAULT VALUES} behind the
 * words INSERT INTO. `written` ends behind the name where VALUES does not follow. */
static struct head read_head(struct slice raw, struct slice text, struct slice rest)
{
    struct head h = {.name = token_next(&rest)};
    struct slice name_end = rest;
    struct token t = token_next(&rest);
    while (token_symbol(&t, '.')) {
        h.name = token_next(&rest);
        name_end = rest;
        t = token_next(&rest);
    }
    h.has_columns = pass_columns(&rest, &t);
    if (token_is(&t, "overriding")) {
        (void)token_next(&rest);
        (void)token_next(&rest);
        t = token_next(&rest);
    }
    h.has_default = token_is(&t, "default") && !h.has_columns;
    if (h.has_default)
        t = token_next(&rest);
    h.has_values = token_is(&t, "values");
    struct slice end = h.has_values ? rest : name_end;
    h.written = (struct slice){raw.p, (size_t)(end.p - text.p)};
    return h;
}

/* ---- the heads that were met --------------------------------------------------------------------
 */

static uint64_t hash(struct slice text)
{
    uint64_t h = text.n;
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (uint8_t)text.p[i]) * UINT64_C(0x100000001b3);
    return names_mix(h);
}

static bool begins_with(struct slice text, struct slice head)
{
    return text.n >= head.n && memcmp(text.p, head.p, head.n) == 0;
}

/* The slot that has the head's place, or the empty one where it belongs. */
static size_t slot_of(const struct insert_heads *h, const struct vec *inserts, struct slice head)
{
    size_t i = (size_t)hash(head) & (h->n_slots - 1);
    for (; h->slots[i] != 0; i = (i + 1) & (h->n_slots - 1)) {
        const struct dump_insert *other = vec_at(inserts, h->slots[i] - 1);
        if (other->head.n == head.n && begins_with(head, other->head))
            break;
    }
    return i;
}

static void widen(struct scanner *sc)
{
    struct insert_heads *h = &sc->inserts;
    const struct vec *inserts = &sc->facts->inserts;
    h->n_slots = h->n_slots == 0 ? 64 : 2 * h->n_slots;
    h->slots = arena_alloc(sc->how->arena, h->n_slots * sizeof *h->slots);
    for (size_t i = 0; i < inserts->n; i++) {
        const struct dump_insert *old = vec_at(inserts, i);
        h->slots[slot_of(h, inserts, old->head)] = (uint32_t)i + 1;
    }
}

/* A new one, whose names are read anew. NULL: it has none, or there are too many. */
static struct dump_insert *add_head(struct scanner *sc, const struct head *head, struct slice rest)
{
    struct insert_heads *h = &sc->inserts;
    struct vec *inserts = &sc->facts->inserts;
    struct dump_table table = {0};
    struct token behind;
    if (inserts->n >= INSERT_HEADS_MAX || h->bytes + head->written.n > INSERT_HEAD_BYTES_MAX ||
        !scan_table_name(sc, &rest, sc->how->arena, &table, &behind) || token_symbol(&behind, '.'))
        return NULL;
    struct arena *a = sc->how->arena;
    struct slice kept = {arena_strndup(a, head->written.p, head->written.n), head->written.n};
    h->bytes += kept.n;
    struct dump_insert *new = vec_push(inserts);
    *new = (struct dump_insert){.schema = table.schema,
                                .name = table.name,
                                .head = kept,
                                .has_columns = head->has_columns,
                                .has_values = head->has_values};
    return new;
}

/* The one with this head, or a new one. */
static struct dump_insert *find_head(struct scanner *sc, const struct head *head, struct slice rest)
{
    struct insert_heads *h = &sc->inserts;
    struct vec *inserts = &sc->facts->inserts;
    if (2 * (inserts->n + 1) > h->n_slots)
        widen(sc);
    size_t slot = slot_of(h, inserts, head->written);
    if (h->slots[slot] == 0) {
        if (add_head(sc, head, rest) == NULL)
            return NULL;
        h->slots[slot] = (uint32_t)inserts->n;
    }
    h->last = h->slots[slot] - 1;
    return vec_at(inserts, h->last);
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

/* What pg_dump --on-conflict-do-nothing adds: it changes nothing where the table is new. */
static struct slice without_conflict(struct slice text)
{
    static const char words[] = "ON CONFLICT DO NOTHING";
    size_t n = sizeof words - 1;
    if (text.n > n && memcmp(text.p + text.n - n, words, n) == 0)
        text.n -= n;
    return slice_trim_right(text);
}

static uint64_t rows_of(const struct lexer *lx, bool has_columns)
{
    uint64_t lists = lx->groups - (has_columns ? 1 : 0);
    return lists > 0 && lx->joined + 1 == lists ? lists : 0;
}

/* Rows of the lists behind VALUES: outermost parentheses, joined by commas, and nothing else. 0:
 * that is not all there is. */
static uint64_t count_rows(const struct scanner *sc, struct slice text, size_t values,
                           bool has_columns)
{
    struct lexer again = {.standard_strings = sc->lexer.standard_strings};
    struct slice lists = {text.p + values, text.n - values};
    lists = without_conflict(token_trim(lists));
    if (lists.n == 0 || *lists.p != '(' || lists.p[lists.n - 1] != ')')
        return 0;
    uint64_t rows = rows_of(&sc->lexer, has_columns);
    if (rows > 0)
        return rows;
    size_t used = 0; /* it was read in pieces, which may have hidden a comma */
    lexer_begin(&again);
    (void)lexer_run(&again, lists.p, lists.n, &used);
    return used == lists.n ? rows_of(&again, false) : 0;
}

static void add_rows(struct scanner *sc, struct dump_insert *insert, uint64_t rows)
{
    struct dump_facts *f = sc->facts;
    f->rows += rows;
    f->n_insert_uncounted += rows == 0;
    if (insert == NULL) {
        f->n_insert_nowhere++;
        return;
    }
    insert->rows += rows;
    insert->n_uncounted += rows == 0;
}

/* The same head as before: all that need be done millions of times. */
static bool take_again(struct scanner *sc, struct slice text)
{
    if (sc->facts->inserts.n == 0)
        return false;
    struct dump_insert *last = vec_at(&sc->facts->inserts, sc->inserts.last);
    if (!last->has_values || !begins_with(window_raw(&sc->window, text), last->head))
        return false;
    uint64_t rows = count_rows(sc, text, last->head.n, last->has_columns);
    if (rows > 0)
        add_rows(sc, last, rows);
    return rows > 0;
}

void scan_insert(struct scanner *sc, struct slice text, struct slice rest)
{
    sc->facts->n_insert++;
    if (take_again(sc, text))
        return;
    struct token into = token_next(&rest);
    if (!token_is(&into, "into")) {
        add_rows(sc, NULL, 0);
        return;
    }
    struct head head = read_head(window_raw(&sc->window, text), text, rest);
    struct dump_insert *insert = find_head(sc, &head, rest);
    uint64_t rows = !head.has_values   ? 0
                    : head.has_default ? head.written.n == text.n
                                       : count_rows(sc, text, head.written.n, head.has_columns);
    add_rows(sc, insert, rows);
}
