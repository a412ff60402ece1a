/* SPDX-License-Identifier: PostgreSQL */
/* The checks that ask a restored server, against a real one. */
#include "base/str.h"
#include "check/ask.h"
#include "check/compare.h"
#include "lib/cluster.h"

#include <check.h>

#include <string.h>

Suite *suite_checks(void);

static struct arena *arena;
static struct record *rec;
static struct config config;
static const char *dsn;
static struct pg pg;

static void set_up(void)
{
    struct err e = {0};
    arena = arena_new();
    rec = record_new(arena);
    config = (struct config){.integrity_amcheck = true};
    dsn = test_cluster_database();
    ck_assert_msg(pg_open(dsn, NULL, 0, &pg, &e), "%s", e.text);
}

static void tear_down(void)
{
    pg_cleanup(&pg);
    arena_free(arena);
}

static struct answer ask(const struct check *check)
{
    struct evidence ev = {.arena = arena, .config = &config, .record = rec, .restored = &pg};
    return check->ask(&ev);
}

#define EXPECT(check, wanted)                                                                      \
    do {                                                                                           \
        struct answer answer_ = ask(&check);                                                       \
        ck_assert_msg(answer_.outcome == OUTCOME_##wanted, "%s: %s (%s)", check.name,              \
                      outcome_words[answer_.outcome], answer_.detail);                             \
    } while (0)

static const struct finding *only_finding(void)
{
    ck_assert_uint_eq(rec->findings.n, 1);
    return vec_at(&rec->findings, 0);
}

static const char sound_sql[] =
    "CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);"
    "CREATE TABLE orders (id serial PRIMARY KEY, customer bigint REFERENCES customers,"
    " total numeric CHECK (total >= 0), tags text[]);"
    "CREATE INDEX ON orders USING gin (tags);"
    "INSERT INTO customers (name) SELECT 'c' || g FROM generate_series(1, 500) g;"
    "INSERT INTO orders (customer, total, tags) SELECT 1 + g % 500, g, ARRAY['a', 'b']"
    " FROM generate_series(1, 2000) g;"
    "CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(total) FROM orders GROUP BY 1;";

START_TEST(test_sound_copy_passes_every_check_and_is_left_as_it_was)
{
    test_cluster_sql(dsn, sound_sql);
    rec->target = *test_cluster_facts();
    rec->source = rec->target;
    EXPECT(check_indexes_valid, PASSED);
    EXPECT(check_constraints_valid, PASSED);
    EXPECT(check_sequences_ahead, PASSED);
    EXPECT(check_matviews_populated, PASSED);
    EXPECT(check_collation_versions, PASSED);
    EXPECT(check_amcheck, PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_extension"
                                           " WHERE extname = 'amcheck'"),
                     0);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_namespace"
                                           " WHERE nspname LIKE 'rehearse%'"),
                     0);
}
END_TEST

START_TEST(test_empty_database_skips_what_cannot_apply)
{
    EXPECT(check_indexes_valid, SKIPPED);
    EXPECT(check_constraints_valid, SKIPPED);
    EXPECT(check_sequences_ahead, SKIPPED);
    EXPECT(check_matviews_populated, SKIPPED);
    EXPECT(check_amcheck, SKIPPED);
}
END_TEST

START_TEST(test_index_that_is_not_valid_fails_and_is_named)
{
    test_cluster_sql(dsn, sound_sql);
    test_cluster_sql(dsn, "UPDATE pg_index SET indisvalid = false"
                          " WHERE indexrelid = 'orders_pkey'::regclass");
    EXPECT(check_indexes_valid, FAILED);
    ck_assert_str_eq(only_finding()->subject, "public.orders_pkey");
    ck_assert_str_eq(only_finding()->code, "INDEX_INVALID");
}
END_TEST

START_TEST(test_constraint_that_is_not_valid_warns)
{
    test_cluster_sql(dsn, sound_sql);
    test_cluster_sql(dsn, "ALTER TABLE orders ADD CONSTRAINT few CHECK (id < 5) NOT VALID");
    EXPECT(check_constraints_valid, WARNED);
    ck_assert_str_eq(only_finding()->subject, "public.orders");
    ck_assert_int_eq(only_finding()->blame, BLAME_SOURCE);
}
END_TEST

START_TEST(test_materialized_view_without_data_warns)
{
    test_cluster_sql(dsn, sound_sql);
    test_cluster_sql(dsn, "REFRESH MATERIALIZED VIEW totals WITH NO DATA");
    EXPECT(check_matviews_populated, WARNED);
    ck_assert_str_eq(only_finding()->subject, "public.totals");
}
END_TEST

START_TEST(test_other_locale_than_the_source_warns)
{
    rec->target = *test_cluster_facts();
    EXPECT(check_collation_versions, UNKNOWN);
    rec->source = rec->target;
    rec->source.collate = "xx_XX.UTF-8";
    EXPECT(check_collation_versions, WARNED);
    ck_assert_str_eq(only_finding()->code, "LOCALE_DIFFERS");
}
END_TEST

/* States of a sequence that feeds the key of a table with the ids 1 to 10. */
static const struct {
    const char *what, *sql;
    enum outcome outcome;
    const char *code;
} sequence_cases[] = {
    {"as the inserts left it", "SELECT 1", OUTCOME_PASSED, NULL},
    {"setval lost", "SELECT setval('t_id_seq', 1, false)", OUTCOME_WARNED, "SEQUENCE_BEHIND"},
    {"at the maximum, not called (D15)", "SELECT setval('t_id_seq', 10, false)", OUTCOME_WARNED,
     "SEQUENCE_BEHIND"},
    {"one above, not called (D16)", "SELECT setval('t_id_seq', 11, false)", OUTCOME_PASSED, NULL},
    {"one below the maximum", "SELECT setval('t_id_seq', 9)", OUTCOME_WARNED, "SEQUENCE_BEHIND"},
    {"linked by its default alone (D17)",
     "ALTER SEQUENCE t_id_seq OWNED BY NONE; SELECT setval('t_id_seq', 5)", OUTCOME_WARNED,
     "SEQUENCE_BEHIND"},
    {"counts down",
     "ALTER SEQUENCE t_id_seq INCREMENT -1 MINVALUE -100 START 10;"
     "SELECT setval('t_id_seq', 1)",
     OUTCOME_PASSED, NULL},
    {"counts down into the data",
     "ALTER SEQUENCE t_id_seq INCREMENT -1 MINVALUE -100; SELECT setval('t_id_seq', 5)",
     OUTCOME_WARNED, "SEQUENCE_BEHIND"},
    {"cycles", "ALTER SEQUENCE t_id_seq MAXVALUE 10 CYCLE", OUTCOME_SKIPPED, NULL},
    {"used up", "ALTER SEQUENCE t_id_seq MAXVALUE 10", OUTCOME_WARNED, "SEQUENCE_EXHAUSTED"},
    {"feeds a column without unique index",
     "ALTER TABLE t DROP CONSTRAINT t_pkey; SELECT setval('t_id_seq', 5)", OUTCOME_SKIPPED, NULL},
    {"table empty", "TRUNCATE t RESTART IDENTITY", OUTCOME_PASSED, NULL},
    {"odd names",
     "ALTER TABLE t RENAME id TO \"I'd %s\"; ALTER TABLE t RENAME TO \"T\"\"1\";"
     "ALTER SEQUENCE t_id_seq RENAME TO \"s'q\"; SELECT setval('\"s''q\"', 5)",
     OUTCOME_WARNED, "SEQUENCE_BEHIND"},
    {"partitioned",
     "CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY, at date, PRIMARY KEY (id, at))"
     " PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO"
     " ('2027-01-01'); INSERT INTO p (at) VALUES ('2026-02-02'), ('2026-02-03');"
     "SELECT setval('p_id_seq', 1)",
     OUTCOME_WARNED, "SEQUENCE_BEHIND"},
};

START_TEST(test_next_value_of_a_sequence_decides)
{
    test_cluster_sql(dsn, "CREATE TABLE t (id serial PRIMARY KEY, x int);"
                          "INSERT INTO t (x) SELECT g FROM generate_series(1, 10) g");
    test_cluster_sql(dsn, sequence_cases[_i].sql);
    struct answer answer = ask(&check_sequences_ahead);
    ck_assert_msg(answer.outcome == sequence_cases[_i].outcome, "%s: %s (%s)",
                  sequence_cases[_i].what, outcome_words[answer.outcome], answer.detail);
    if (sequence_cases[_i].code != NULL)
        ck_assert_str_eq(only_finding()->code, sequence_cases[_i].code);
    else
        ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_index_that_lacks_rows_is_seen_by_amcheck_and_the_walk_goes_on)
{
    test_cluster_sql(dsn,
                     "CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';"
                     "CREATE TABLE t (x int); CREATE TABLE z (id int PRIMARY KEY);"
                     "INSERT INTO t SELECT g FROM generate_series(1, 100) g;"
                     "CREATE INDEX broken ON t (f(x));"
                     "CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql"
                     " AS 'SELECT $1 + 1'");
    struct answer answer = ask(&check_amcheck);
    ck_assert_msg(answer.outcome == OUTCOME_FAILED, "%s (%s)", outcome_words[answer.outcome],
                  answer.detail);
    ck_assert_str_eq(only_finding()->subject, "public.broken");
    ck_assert_str_eq(only_finding()->code, "PAGES_DAMAGED");
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT 1"), 1);
    ck_assert_int_eq(PQtransactionStatus(pg.conn), PQTRANS_IDLE);
}
END_TEST

START_TEST(test_amcheck_that_is_in_the_dump_is_used_and_stays)
{
    test_cluster_sql(dsn, "CREATE SCHEMA \"Odd one\"; CREATE EXTENSION amcheck SCHEMA \"Odd one\"");
    test_cluster_sql(dsn, sound_sql);
    EXPECT(check_amcheck, PASSED);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_extension"
                                           " WHERE extname = 'amcheck'"),
                     1);
}
END_TEST

START_TEST(test_amcheck_that_cannot_be_made_is_unknown)
{
    test_cluster_sql(dsn, "CREATE SCHEMA rehearse_amcheck");
    test_cluster_sql(dsn, sound_sql);
    EXPECT(check_amcheck, UNKNOWN);
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_amcheck_says_what_it_cannot_look_into)
{
    test_cluster_sql(dsn, sound_sql);
    EXPECT(check_amcheck, PASSED);
    ck_assert_uint_eq(rec->coverage.n, 1);
    ck_assert_ptr_nonnull(strstr(((struct gap *)vec_at(&rec->coverage, 0))->what, "1 gin"));
}
END_TEST

static void dumped(const char *schema, const char *name, int64_t rows)
{
    record_table(rec, schema, name)->dump_rows = KNOWN(rows);
    record_table(rec, schema, name)->dump_bytes = KNOWN(0);
}

/* Rows are counted, not read. */
static struct contents counting_only(void)
{
    static struct config counts = {.compare_content = "none"};
    return (struct contents){
        .arena = rec->tables.arena, .config = &counts, .record = rec, .restored = &pg};
}

static const struct table_facts *judged(const char *name, enum outcome outcome)
{
    const struct table_facts *t = record_table(rec, "public", name);
    ck_assert_msg(t->outcome == outcome, "%s: %s (%s)", name, outcome_words[t->outcome],
                  t->reason == NULL ? "" : t->reason);
    return t;
}

START_TEST(test_restored_rows_are_counted_and_compared)
{
    struct err e = {0};
    test_cluster_sql(dsn, sound_sql);
    test_cluster_sql(dsn, "CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                          "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
                          "INSERT INTO p VALUES (1), (2); CREATE TABLE old_style (id int);"
                          "INSERT INTO old_style VALUES (1); CREATE TABLE no_data (id int)");
    dumped("public", "customers", 500);
    dumped("public", "orders", 2001);
    dumped("public", "p1", 2);
    dumped("", "old_style", 1);
    struct contents counting = counting_only();
    ck_assert_msg(compare_restored(&counting, &e), "%s", e.text);
    ck_assert_int_eq(judged("customers", OUTCOME_PASSED)->restored_rows.value, 500);
    ck_assert_int_eq(judged("orders", OUTCOME_FAILED)->restored_rows.value, 2000);
    judged("p1", OUTCOME_PASSED);
    judged("p", OUTCOME_SKIPPED);
    judged("totals", OUTCOME_SKIPPED);
    judged("old_style", OUTCOME_PASSED);
    judged("no_data", OUTCOME_WARNED);
    ck_assert_uint_eq(rec->tables.n, 7);
    EXPECT(check_row_counts, FAILED);
    EXPECT(check_tables_present, PASSED);
}
END_TEST

START_TEST(test_rows_loaded_through_the_partitioned_table_are_compared_there)
{
    struct err e = {0};
    test_cluster_sql(dsn, "CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                          "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
                          "INSERT INTO p VALUES (1), (2)");
    dumped("public", "p", 2);
    struct contents counting = counting_only();
    ck_assert_msg(compare_restored(&counting, &e), "%s", e.text);
    judged("p", OUTCOME_PASSED);
    judged("p1", OUTCOME_SKIPPED);
    EXPECT(check_row_counts, PASSED);
}
END_TEST

Suite *suite_checks(void)
{
    Suite *s = suite_create("checks");
    TCase *t = tcase_create("server");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_sound_copy_passes_every_check_and_is_left_as_it_was);
    tcase_add_test(t, test_empty_database_skips_what_cannot_apply);
    tcase_add_test(t, test_index_that_is_not_valid_fails_and_is_named);
    tcase_add_test(t, test_constraint_that_is_not_valid_warns);
    tcase_add_test(t, test_materialized_view_without_data_warns);
    tcase_add_test(t, test_other_locale_than_the_source_warns);
    tcase_add_loop_test(t, test_next_value_of_a_sequence_decides, 0, (int)COUNT_OF(sequence_cases));
    tcase_add_test(t, test_index_that_lacks_rows_is_seen_by_amcheck_and_the_walk_goes_on);
    tcase_add_test(t, test_amcheck_that_is_in_the_dump_is_used_and_stays);
    tcase_add_test(t, test_amcheck_that_cannot_be_made_is_unknown);
    tcase_add_test(t, test_amcheck_says_what_it_cannot_look_into);
    tcase_add_test(t, test_restored_rows_are_counted_and_compared);
    tcase_add_test(t, test_rows_loaded_through_the_partitioned_table_are_compared_there);
    suite_add_tcase(s, t);
    return s;
}
