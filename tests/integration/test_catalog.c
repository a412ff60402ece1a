/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "lib/cluster.h"
#include "pg/catalog.h"

#include <check.h>

#include <string.h>

Suite *suite_catalog(void);

static struct arena *arena;
static const char *dsn;
static struct pg pg;
static struct err e;

static void set_up(void)
{
    arena = arena_new();
    dsn = test_cluster_database();
    e = (struct err){0};
    ck_assert_msg(pg_open(dsn, NULL, 0, &pg, &e), "%s", e.text);
}

static void tear_down(void)
{
    pg_cleanup(&pg);
    arena_free(arena);
}

#define RUN(sql) ck_assert_msg(pg_run(&pg, sql, &e), "%s", e.text)

static struct catalog_table *find(const struct vec *tables, const char *schema, const char *name)
{
    VEC_EACH (struct catalog_table, t, tables)
        if (str_eq(t->schema, schema) && str_eq(t->name, name))
            return t;
    ck_abort_msg("no table %s.%s", schema, name);
    return NULL;
}

static struct vec tables(void)
{
    struct vec found;
    ck_assert_msg(catalog_tables(&pg, arena, &found, &e), "%s", e.text);
    return found;
}

static int64_t count(const struct catalog_table *t)
{
    int64_t rows = -1;
    ck_assert_msg(catalog_count(&pg, t, &rows, &e), "%s", e.text);
    return rows;
}

START_TEST(test_facts_about_the_server_are_right)
{
    struct server_facts facts = {.kind = "untouched"};
    RUN("CREATE TABLE one (); CREATE TABLE two (n int) PARTITION BY LIST (n); CREATE VIEW v AS "
        "SELECT 1; SET search_path = ''");
    ck_assert_msg(catalog_server(&pg, arena, &facts, &e), "%s", e.text);
    ck_assert_str_eq(facts.kind, "untouched");
    ck_assert_ptr_null(facts.dsn);
    ck_assert_str_eq(facts.database, PQdb(pg.conn));
    ck_assert_str_eq(facts.user, "postgres");
    ck_assert_int_eq(facts.version_num, PQserverVersion(pg.conn));
    ck_assert_str_eq(facts.version, PQparameterStatus(pg.conn, "server_version"));
    ck_assert_str_eq(facts.encoding, "UTF8");
    ck_assert_str_eq(facts.locale_provider, "libc");
    ck_assert_ptr_null(facts.icu_locale);
    ck_assert_str_eq(facts.collate, test_cluster_facts()->collate);
    ck_assert_str_eq(facts.ctype, test_cluster_facts()->ctype);
    ck_assert(facts.size_bytes.known && facts.size_bytes.value > 1000000);
    ck_assert(facts.tables.known);
    ck_assert_int_eq(facts.tables.value, 2);
    ck_assert_int_eq(facts.max_connections.value, 100);
    ck_assert(!facts.standby);
}
END_TEST

START_TEST(test_an_icu_database_is_told_as_one)
{
    struct server_facts facts = {0};
    CLEANUP(pg_cleanup) struct pg other = {0};
    const char *icu;
    if (PQserverVersion(pg.conn) < 150000)
        return;
    const char *name = arena_printf(arena, "%s_icu", PQdb(pg.conn));
    ck_assert_msg(pg_runf(&pg, &e,
                          "CREATE DATABASE %s TEMPLATE template0 LOCALE_PROVIDER icu "
                          "ICU_LOCALE 'de-AT' LC_COLLATE 'C' LC_CTYPE 'C'",
                          pg_ident(arena, name)),
                  "%s", e.text);
    ck_assert((icu = pg_dsn_with(arena, dsn, "dbname", name, &e)) != NULL);
    ck_assert(pg_open(icu, NULL, 0, &other, &e));
    ck_assert(catalog_server(&other, arena, &facts, &e));
    ck_assert_str_eq(facts.locale_provider, "icu");
    ck_assert_str_eq(facts.icu_locale, "de-AT");
    ck_assert_str_eq(facts.collate, "C");
}
END_TEST

START_TEST(test_tables_with_odd_names_are_found_and_counted)
{
    static const char *const names[] = {"plain",
                                        "Mixed Case",
                                        "qu\"ote",
                                        "apos'trophe",
                                        "back\\sl",
                                        "semi;colon",
                                        "-- comment",
                                        "$1",
                                        "select",
                                        " lead",
                                        "caf\xc3\xa9 \xe2\x82\xac",
                                        "%s%n"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *table = pg_qualified(arena, names[i], names[i]);
        ck_assert_msg(pg_runf(&pg, &e, "CREATE SCHEMA %s; CREATE TABLE %s (n int)",
                              pg_ident(arena, names[i]), table),
                      "%s", e.text);
        ck_assert(pg_runf(&pg, &e, "INSERT INTO %s SELECT generate_series(1, %zu)", table, i));
    }
    struct vec found = tables();
    ck_assert_uint_eq(found.n, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_int_eq(count(find(&found, names[i], names[i])), (int64_t)i);
    for (size_t i = 1; i < found.n; i++)
        ck_assert_int_lt(strcmp(((struct catalog_table *)vec_at(&found, i - 1))->schema,
                                ((struct catalog_table *)vec_at(&found, i))->schema),
                         0);
}
END_TEST

START_TEST(test_kinds_of_tables_are_told_apart)
{
    RUN("CREATE TABLE r (n int PRIMARY KEY); INSERT INTO r VALUES (1), (2), (3);"
        "CREATE UNLOGGED TABLE u (n int);"
        "CREATE TABLE p (n int) PARTITION BY RANGE (n);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
        "INSERT INTO p VALUES (1), (2), (11);"
        "CREATE TABLE child () INHERITS (r); INSERT INTO child VALUES (4);"
        "CREATE MATERIALIZED VIEW m AS SELECT * FROM r;"
        "CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s; CREATE TEMP TABLE t (n int);"
        "CREATE TYPE composite AS (n int);"
        "CREATE TABLE x (n int); ALTER EXTENSION plpgsql ADD TABLE x");
    struct vec found = tables();
    ck_assert_uint_eq(found.n, 8);
    const struct catalog_table *r = find(&found, "public", "r"), *p = find(&found, "public", "p");
    ck_assert(r->kind == 'r' && !r->is_partition && !r->is_unlogged && !r->from_extension);
    ck_assert_int_gt(r->bytes, 8192);
    ck_assert(p->kind == 'p' && !p->is_partition);
    ck_assert(find(&found, "public", "p1")->is_partition);
    ck_assert(find(&found, "public", "u")->is_unlogged);
    ck_assert(find(&found, "public", "x")->from_extension);
    ck_assert(find(&found, "public", "m")->kind == 'm');
    ck_assert_int_eq(count(r), 3); /* not the child's */
    ck_assert_int_eq(count(find(&found, "public", "child")), 1);
    ck_assert_int_eq(count(p), 3);
    ck_assert_int_eq(count(find(&found, "public", "p1")), 2);
    ck_assert_int_eq(count(find(&found, "public", "m")), 4);
}
END_TEST

START_TEST(test_rows_that_a_policy_hides_are_an_error_not_a_smaller_count)
{
    RUN("DROP ROLE IF EXISTS counts_rows; CREATE ROLE counts_rows;"
        "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2);"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (n = 1);"
        "GRANT SELECT ON t TO counts_rows; SET ROLE counts_rows");
    int64_t rows = -1, seen = 0;
    ck_assert(pg_int(&pg, "SELECT count(*) FROM t", &seen, &e));
    ck_assert_int_eq(seen, 1);
    struct vec found = tables();
    ck_assert(!catalog_count(&pg, find(&found, "public", "t"), &rows, &e));
    ck_assert_str_eq(e.sqlstate, "42501");
    ck_assert_int_eq(rows, -1);
    RUN("RESET ROLE; DROP OWNED BY counts_rows; DROP ROLE counts_rows");
}
END_TEST

/* A search_path with a schema in front that has its own count(), = and text. */
START_TEST(test_objects_of_the_user_do_not_change_the_answers)
{
    struct server_facts facts = {0};
    RUN("CREATE SCHEMA evil; CREATE TABLE t (n int); INSERT INTO t VALUES (1);"
        "CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'no' $$;"
        "CREATE FUNCTION evil.pg_database_size(oid) RETURNS bigint LANGUAGE sql AS $$ SELECT "
        "0::bigint $$;"
        "CREATE TABLE evil.pg_class (relname name); CREATE TABLE evil.pg_database (datname name);"
        "SET search_path = evil, public, pg_catalog");
    ck_assert_msg(catalog_server(&pg, arena, &facts, &e), "%s", e.text);
    ck_assert_int_eq(facts.version_num, PQserverVersion(pg.conn));
    ck_assert_int_gt(facts.size_bytes.value, 0);
    struct vec found = tables();
    ck_assert_int_eq(count(find(&found, "public", "t")), 1);
}
END_TEST

Suite *suite_catalog(void)
{
    Suite *s = suite_create("catalog");
    TCase *tc = tcase_create("catalog");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_facts_about_the_server_are_right);
    tcase_add_test(tc, test_an_icu_database_is_told_as_one);
    tcase_add_test(tc, test_tables_with_odd_names_are_found_and_counted);
    tcase_add_test(tc, test_kinds_of_tables_are_told_apart);
    tcase_add_test(tc, test_rows_that_a_policy_hides_are_an_error_not_a_smaller_count);
    tcase_add_test(tc, test_objects_of_the_user_do_not_change_the_answers);
    suite_add_tcase(s, tc);
    return s;
}
