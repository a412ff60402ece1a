/* SPDX-License-Identifier: PostgreSQL */
/* Foreign keys that were rejected: which rows refer to nothing, and how many. */
#include "base/buf.h"
#include "base/clock.h"
#include "restore/lexeme.h"
#include "restore/reject.h"

enum { COLUMNS_MAX = 32, COUNT_SECONDS = 60 };

/* Texts are quoted, ready to be written. */
struct key {
    const char *table;
    const char *columns[COLUMNS_MAX];
    size_t n;
};

/* A name or schema.name as it is written, quoted; `t` behind it. */
static const char *table_name(struct arena *a, struct lexemes *t)
{
    struct lexeme name = lexeme_next(t);
    struct lexemes behind = *t;
    struct lexeme dot = lexeme_next(&behind);
    if (!lexeme_is_symbol(&dot, '.'))
        return pg_ident(a, lexeme_name(a, &name));
    struct lexeme last = lexeme_next(&behind);
    *t = behind;
    return pg_qualified(a, lexeme_name(a, &name), lexeme_name(a, &last));
}

/* (a, "B", c) */
static bool columns(struct arena *a, struct lexemes *t, struct key *key)
{
    struct lexeme symbol = lexeme_next(t);
    if (!lexeme_is_symbol(&symbol, '('))
        return false;
    do {
        struct lexeme name = lexeme_next(t);
        if (key->n == COLUMNS_MAX || (name.kind != LEXEME_WORD && name.kind != LEXEME_NAME))
            return false;
        key->columns[key->n++] = pg_ident(a, lexeme_name(a, &name));
        symbol = lexeme_next(t);
    } while (lexeme_is_symbol(&symbol, ','));
    return lexeme_is_symbol(&symbol, ')');
}

/* A row with a null refers to nothing, and need not; with MATCH FULL only one of nulls alone. */
static const char *condition(struct arena *a, const struct key *from, const struct key *to,
                             bool full)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    const char *also = full ? " OR " : " AND ";
    for (size_t i = 0; i < from->n; i++)
        buf_printf(&sql, "%sc.%s IS NOT NULL", i == 0 ? "(" : also, from->columns[i]);
    buf_printf(&sql, ") AND NOT EXISTS (SELECT FROM %s AS p WHERE ", to->table);
    for (size_t i = 0; i < from->n; i++)
        buf_printf(&sql, "%sp.%s = c.%s", i == 0 ? "" : " AND ", to->columns[i], from->columns[i]);
    buf_putc(&sql, ')');
    return arena_strdup(a, buf_text(&sql));
}

static const char *list(struct arena *a, const struct key *key)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    for (size_t i = 0; i < key->n; i++)
        buf_printf(&sql, "%sc.%s", i == 0 ? "" : ", ", key->columns[i]);
    return arena_strdup(a, buf_text(&sql));
}

bool orphans_sql(struct arena *a, struct slice statement, struct orphans_sql *sql)
{
    struct lexemes t = lexemes_of(statement);
    struct key from = {0}, to = {0};
    if (!lexemes_begin(&t, "ALTER TABLE"))
        return false;
    const char *only = lexemes_begin(&t, "ONLY") ? "ONLY " : "";
    from.table = table_name(a, &t);
    if (!lexemes_find(&t, "FOREIGN") || !lexemes_begin(&t, "KEY") || !columns(a, &t, &from) ||
        !lexemes_begin(&t, "REFERENCES"))
        return false;
    to.table = table_name(a, &t);
    if (!columns(a, &t, &to) || from.n != to.n)
        return false;
    const char *where = condition(a, &from, &to, lexemes_begin(&t, "MATCH FULL"));
    *sql =
        (struct orphans_sql){arena_printf(a, "SELECT %s FROM %s%s AS c WHERE %s LIMIT 10",
                                          list(a, &from), only, from.table, where),
                             arena_printf(a, "SELECT pg_catalog.count(*) FROM %s%s AS c WHERE %s",
                                          only, from.table, where)};
    return true;
}

static struct finding *finding_at(struct record *r, uint64_t offset)
{
    VEC_EACH (struct finding, f, &r->findings)
        if (str_eq(f->code, "FK_ORPHANS") && f->offset.known && (uint64_t)f->offset.value == offset)
            return f;
    return NULL;
}

static const char *counted(struct arena *a, int64_t n)
{
    return n == 1 ? "1 row refers to nothing"
                  : arena_printf(a, "%s rows refer to nothing", str_count(a, n));
}

bool rejects_count_orphans(struct rejects *all, struct pg *pg, struct err *e)
{
    struct arena *a = all->arena;
    int64_t timeout_us = pg->timeout_us, most_us = COUNT_SECONDS * CLOCK_SECOND_US;
    VEC_EACH (const struct orphans, o, &all->orphans) {
        int64_t n;
        struct err why;
        struct finding *f = finding_at(all->record, o->offset);
        if (f == NULL)
            continue;
        pg->timeout_us = timeout_us > 0 && timeout_us < most_us ? timeout_us : most_us;
        bool ok = pg_int(pg, o->sql, &n, &why);
        pg->timeout_us = timeout_us;
        if (!ok && why.code != ERR_SQL && why.code != ERR_TIMEOUT) {
            *e = why;
            return err_wrap(e, "count the rows of a foreign key");
        }
        f->text = ok ? arena_printf(a, "%s: %s", counted(a, n), f->text)
                     : arena_printf(a, "%s (not counted: %s)", f->text, why.text);
    }
    return true;
}
