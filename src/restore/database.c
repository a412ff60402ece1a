/* SPDX-License-Identifier: PostgreSQL */
#include "restore/database.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "pg/catalog.h"
#include "restore/lexeme.h"

#include <stddef.h>
#include <string.h>

static void put_option(struct buf *sql, struct arena *a, const char *keyword, const char *value)
{
    if (value != NULL)
        buf_printf(sql, " %s %s", keyword, pg_literal(a, value));
}

static void put_locale(struct buf *sql, struct arena *a, const struct server_facts *like)
{
    put_option(sql, a, "ENCODING", like->encoding);
    put_option(sql, a, "LC_COLLATE", like->collate);
    put_option(sql, a, "LC_CTYPE", like->ctype);
    if (like->locale_provider == NULL || str_eq(like->locale_provider, "libc"))
        return;
    bool icu = str_eq(like->locale_provider, "icu");
    buf_printf(sql, " LOCALE_PROVIDER %s", icu ? "icu" : "builtin");
    put_option(sql, a, icu ? "ICU_LOCALE" : "BUILTIN_LOCALE", like->icu_locale);
}

/* Words of CREATE DATABASE (15 to 18: pg_dump's dumpDatabase), and what they tell. A later row that
 * is named, too, wins. */
static const struct {
    const char *keyword;
    size_t member, second; /* of struct server_facts; 0: none */
} clauses[] = {
    {"ENCODING", offsetof(struct server_facts, encoding), 0},
    {"LOCALE", offsetof(struct server_facts, collate), offsetof(struct server_facts, ctype)},
    {"LC_COLLATE", offsetof(struct server_facts, collate), 0},
    {"LC_CTYPE", offsetof(struct server_facts, ctype), 0},
    {"LOCALE_PROVIDER", offsetof(struct server_facts, locale_provider), 0},
    {"ICU_LOCALE", offsetof(struct server_facts, icu_locale), 0},
    {"BUILTIN_LOCALE", offsetof(struct server_facts, icu_locale), 0},
};

static void set_text(struct server_facts *facts, size_t member, const char *text)
{
    memcpy((char *)facts + member, &text, sizeof text);
}

static void take_clause(struct arena *a, struct lexemes t, size_t i, struct server_facts *like)
{
    if (!lexemes_find(&t, clauses[i].keyword))
        return;
    struct lexeme value = lexeme_next(&t);
    if (lexeme_is_symbol(&value, '='))
        value = lexeme_next(&t);
    if (value.kind == LEXEME_END || value.kind == LEXEME_SYMBOL)
        return;
    const char *text = lexeme_name(a, &value);
    set_text(like, clauses[i].member, text);
    if (clauses[i].second != 0)
        set_text(like, clauses[i].second, text);
}

void database_locale(struct arena *a, struct slice statement, struct server_facts *like)
{
    struct lexemes t = lexemes_of(statement);
    if (!lexemes_begin(&t, "CREATE DATABASE"))
        return;
    (void)lexeme_next(&t);
    like->locale_provider = "libc";
    for (size_t i = 0; i < COUNT_OF(clauses); i++)
        take_clause(a, t, i, like);
}

/* 42809 is what the server says of a locale that the machine does not have. */
static bool not_created(const struct restore_job *job, struct err *e)
{
    if (strcmp(e->sqlstate, "42P04") == 0)
        e->code = ERR_REFUSED;
    if (strcmp(e->sqlstate, "42809") == 0) {
        e->code = ERR_MISSING;
        return err_wrap(e,
                        "create the database \"%s\" with the locale of the source, which this "
                        "machine lacks (dpkg-reconfigure locales)",
                        job->database);
    }
    return err_wrap(e, "create the database \"%s\"", job->database);
}

bool database_create(const struct restore_job *job, struct pg *admin, const char **dsn,
                     struct err *e)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    buf_printf(&sql, "CREATE DATABASE %s TEMPLATE template0", pg_ident(job->arena, job->database));
    if (job->like != NULL)
        put_locale(&sql, job->arena, job->like);
    if (!pg_run(admin, buf_text(&sql), e))
        return not_created(job, e);
    return (*dsn = pg_dsn_with(job->arena, job->admin_dsn, "dbname", job->database, e)) != NULL;
}

/* One table after the other, after ANALYZE of the whole database has failed at one of them. */
static bool analyze_each(const struct restore_job *job, struct pg *pg, const struct vec *tables,
                         struct record *r, struct err *e)
{
    VEC_EACH (const struct catalog_table, t, tables) {
        struct err why;
        const char *name = pg_qualified(job->arena, t->schema, t->name);
        if (t->kind == 'f' || pg_runf(pg, &why, "ANALYZE %s", name))
            continue;
        if (why.sqlstate[0] == '\0' || why.code == ERR_CONNECT) {
            *e = why;
            return err_wrap(e, "analyze %s", name);
        }
        record_finding(r, (struct finding){
                              .code = "ANALYZE_FAILED",
                              .severity = SEVERITY_WARNING,
                              .blame = BLAME_SOURCE,
                              .stage = STAGE_restore,
                              .subject = arena_printf(job->arena, "%s.%s", t->schema, t->name),
                              .text = arena_strdup(job->arena, why.text),
                              .sqlstate = arena_strdup(job->arena, why.sqlstate),
                              .recommendation = "an index or statistics object of this table uses "
                                                "a function that fails: qualify the names in it",
                          });
    }
    return true;
}

static bool analyze(const struct restore_job *job, struct pg *pg, const struct vec *tables,
                    struct record *r, struct err *e)
{
    int64_t began_us = clock_mono_us();
    bool ok = pg_run(pg, "ANALYZE", e);
    bool go_on = !ok && e->sqlstate[0] != '\0' && e->code != ERR_CONNECT;
    if (!ok && (!go_on || !analyze_each(job, pg, tables, r, e)))
        return err_wrap(e, "analyze the restored database");
    r->restore.analyze_us = clock_mono_us() - began_us;
    return true;
}

bool database_finish(const struct restore_job *job, struct pg *pg, struct record *r, struct err *e)
{
    struct vec tables;
    if (!catalog_tables(pg, job->arena, &tables, e) || !analyze(job, pg, &tables, r, e))
        return false;
    VEC_EACH (const struct catalog_table, t, &tables) {
        if (t->kind == 'm' || t->kind == 'f')
            continue;
        record_table(r, t->schema, t->name)->restored_bytes = KNOWN(t->bytes);
    }
    record_sort_tables(r);
    return true;
}
