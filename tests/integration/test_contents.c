/* SPDX-License-Identifier: PostgreSQL */
/* What the restored rows hold: every change is found, and no setting of a session is called one. */
#include "base/fs.h"
#include "base/str.h"
#include "check/compare.h"
#include "dump/open.h"
#include "dump/scan.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_contents(void);

static const char make[] =
    "CREATE DOMAIN pence AS bigint; CREATE TYPE pair AS (at timestamptz, n float8);"
    "CREATE TABLE things (id int, small smallint, big bigint, num numeric, real8 float8, t text,"
    "  b bytea, d date, iv interval, j json, jb jsonb, u uuid, bool boolean, arr text[], net inet,"
    "  bits bit varying, tsv tsvector, dom pence, twice int GENERATED ALWAYS AS (small * 2) "
    "STORED);"
    "INSERT INTO things SELECT i, i, i, i + 0.5, i / 7.0, 'text ' || i, decode(md5(i::text), "
    "'hex'),"
    "  DATE '2026-01-01' + i, i * INTERVAL '1 day', '{\"a\": 1}', '{\"a\": 1}', md5(i::text)::uuid,"
    "  i % 2 = 0, ARRAY['x', NULL, i::text], '10.0.0.1', B'101', 'a b', i"
    "  FROM generate_series(1, 50) i;"
    "CREATE TABLE others (LIKE things INCLUDING GENERATED); INSERT INTO others (id, t) VALUES "
    "  (1, 'here'), (2, ''), (3, NULL), (4, E'tab\\tand \\\\ and\\nnewline');"
    "CREATE TABLE times (at timestamptz, p pair); INSERT INTO times VALUES"
    "  ('2026-01-15 12:00+00', ROW('2026-07-15 12:00+00', 0.1)), ('infinity', NULL),"
    "  ('2026-07-15 12:00+00', NULL);"
    "CREATE TABLE empty (id int);"
    "CREATE TABLE parts (id int, t text) PARTITION BY RANGE (id);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);"
    "INSERT INTO parts SELECT i, 'part ' || i FROM generate_series(1, 15) i;"
    "CREATE TABLE odd (id int, t text) PARTITION BY RANGE (id);"
    "CREATE TABLE odd_1 PARTITION OF odd FOR VALUES FROM (0) TO (10); CREATE TABLE odd_2 (t text, "
    "id "
    "  int); ALTER TABLE odd ATTACH PARTITION odd_2 FOR VALUES FROM (10) TO (20);"
    "INSERT INTO odd VALUES (1, 'one'), (11, 'eleven');"
    "CREATE TABLE child (more text) INHERITS (others); INSERT INTO child (id, more) VALUES (9, "
    "'m');";

static struct room room;
static struct err e;
static struct record *rec;
static struct dump_facts facts;
static struct config config;
static struct pg pg;
static const char *dsn;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
    rec = record_new(room.a);
    config = (struct config){.compare_content = "full", .compare_jobs = 2};
    dsn = test_cluster_database();
    test_cluster_sql(dsn, make);
    ck_assert_msg(pg_open(dsn, NULL, 0, &pg, &e), "%s", e.text);
}

static void tear_down(void)
{
    pg_cleanup(&pg);
}

/* What verify learns of a dump of the database. */
static void read_dump(const char *zone, const char *option)
{
    const char *path = fs_join(room.a, room.dir, "dump.sql");
    const char *pg_dump = fs_join(room.a, test_cluster_installation()->bindir, "pg_dump");
    MUST_RUN(&room, "env", arena_printf(room.a, "PGTZ=%s", zone), pg_dump, "-f", path, "-d", dsn,
             option);
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    const struct dump_open_options how = {.max_expansion = 1000};
    ck_assert_msg(dump_open(room.a, path, &how, &stream, &e), "%s", e.text);
    const struct scan scan = {.arena = room.a, .in = stream.sql, .keep_columns = true};
    ck_assert_msg(dump_scan(&scan, &facts, &e), "%s", e.text);
    VEC_EACH (const struct dump_table, t, &facts.tables) {
        struct table_facts *row = record_table(rec, t->schema, t->name);
        char *hex = arena_alloc(room.a, ROWS_DIGEST_HEX_BYTES);
        struct rows_digest sum = t->digest, before = {0};
        if (row->dump_digest != NULL)
            ck_assert(rows_digest_read(row->dump_digest, &before));
        rows_digest_join(&sum, &before);
        rows_digest_hex(&sum, hex);
        bool differ = row->columns != NULL && !str_eq(row->columns, t->columns);
        row->columns = t->columns;
        row->dump_digest = differ ? NULL : hex;
        row->dump_rows = KNOWN(row->dump_rows.value + (int64_t)t->rows);
    }
    rec->backup.encoding = facts.encoding;
    rec->backup.server_version = rec->target.version = facts.server_version;
}

static void compare(void)
{
    struct contents what = {
        .arena = room.a, .config = &config, .record = rec, .dsn = dsn, .restored = &pg};
    ck_assert_msg(compare_restored(&what, &e), "%s", e.text);
}

static void must_be(const char *table, enum outcome outcome)
{
    const struct table_facts *t = record_table(rec, "public", table);
    ck_assert_msg(t->contents == outcome, "%s: %s (%s)", table, outcome_words[t->contents],
                  t->contents_reason == NULL ? "" : t->contents_reason);
}

static void source_said(const char *name, const char *value)
{
    *(struct source_fact *)vec_push(&rec->source.facts) =
        (struct source_fact){.kind = "setting", .name = name, .value = value};
}

static const char *const with_rows[] = {"things",  "others", "times", "empty", "parts_1",
                                        "parts_2", "child",  "odd_1", "odd_2"};

START_TEST(test_an_untouched_copy_holds_every_row)
{
    read_dump("UTC", NULL);
    compare();
    for (size_t i = 0; i < COUNT_OF(with_rows); i++)
        must_be(with_rows[i], OUTCOME_PASSED);
    ck_assert_int_eq(record_table(rec, "public", "things")->restored_rows.value, 50);
}
END_TEST

START_TEST(test_rows_that_came_by_their_partitioned_table_are_compared_there)
{
    read_dump("UTC", "--load-via-partition-root");
    compare();
    must_be("parts", OUTCOME_PASSED);
    must_be("parts_1", OUTCOME_SKIPPED);
    must_be("odd", OUTCOME_SKIPPED); /* blocks of two orders of columns */
    const struct gap *gap = vec_at(&rec->coverage, 0);
    ck_assert_str_eq(gap->what, "what the rows of public.odd hold");
    test_cluster_sql(dsn, "UPDATE parts SET t = 'x' WHERE id = 12");
    compare();
    must_be("parts", OUTCOME_FAILED);
}
END_TEST

static const struct {
    const char *table, *sql;
} changes[] = {
    {"things", "DELETE FROM things WHERE id = 7"},
    {"things", "INSERT INTO things (id) VALUES (51)"},
    {"others", "INSERT INTO others SELECT id, small, big, num, real8, t FROM others WHERE id = 1"},
    {"things", "UPDATE things SET small = 8 WHERE id = 7"},
    {"things", "UPDATE things SET big = -big WHERE id = 7"},
    {"things", "UPDATE things SET num = 7.50 WHERE id = 7"},
    {"things", "UPDATE things SET real8 = real8 + 1e-15 WHERE id = 7"},
    {"things", "UPDATE things SET real8 = '-0' WHERE id = 7"},
    {"things", "UPDATE things SET t = t || ' ' WHERE id = 7"},
    {"things", "UPDATE things SET d = d + 1 WHERE id = 7"},
    {"things", "UPDATE things SET iv = INTERVAL '168 hours' WHERE id = 7"},
    {"things", "UPDATE things SET j = '{\"a\":1}' WHERE id = 7"},
    {"things", "UPDATE things SET jb = '{\"a\": 1.0}' WHERE id = 7"},
    {"things", "UPDATE things SET u = md5('x')::uuid WHERE id = 7"},
    {"things", "UPDATE things SET bool = NOT bool WHERE id = 7"},
    {"things", "UPDATE things SET bool = NULL WHERE id = 7"},
    {"things", "UPDATE things SET arr[2] = 'NULL' WHERE id = 7"},
    {"things", "UPDATE things SET net = '10.0.0.1/24' WHERE id = 7"},
    {"things", "UPDATE things SET bits = B'0101' WHERE id = 7"},
    {"things", "UPDATE things SET tsv = 'b' WHERE id = 7"},
    {"things", "UPDATE things SET dom = 8 WHERE id = 7"},
    {"others", "UPDATE others SET t = NULL WHERE id = 2"},
    {"others", "UPDATE others SET t = '' WHERE id = 3"},
    {"others", "UPDATE others SET t = E'tab\\\\tand \\\\ and\\nnewline' WHERE id = 4"},
    {"others", "UPDATE others SET id = 3 - id WHERE id IN (1, 2)"},
    {"things", "UPDATE things SET b = b || '\\x00' WHERE id = 7"},
    {"times", "UPDATE times SET at = at + INTERVAL '1 us' WHERE p IS NOT NULL"},
};

START_TEST(test_every_change_is_found)
{
    read_dump("UTC", NULL);
    source_said("TimeZone", "UTC");
    source_said("bytea_output", "hex");
    test_cluster_sql(dsn, changes[_i].sql);
    compare();
    must_be(changes[_i].table, OUTCOME_FAILED);
    for (size_t i = 0; i < COUNT_OF(with_rows); i++)
        if (!str_eq(with_rows[i], changes[_i].table))
            must_be(with_rows[i], OUTCOME_PASSED);
}
END_TEST

/* ---- settings that change the text of a row ----------------------------------------------------
 */

START_TEST(test_the_time_zone_of_a_given_dump_is_found_out)
{
    static const char *const zones[] = {"Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"};
    read_dump(zones[_i], NULL);
    compare();
    must_be("times", OUTCOME_PASSED);
    ck_assert_ptr_nonnull(rec->backup.time_zone);
}
END_TEST

/* Winter alone does not tell Berlin from Lagos, and the smallest table is one of winter. */
START_TEST(test_a_time_zone_must_explain_every_table)
{
    test_cluster_sql(dsn, "CREATE TABLE winter (at timestamptz);"
                          "INSERT INTO winter VALUES ('2026-01-01 12:00:00+00');"
                          "CREATE TABLE winter_too (LIKE winter);"
                          "INSERT INTO winter_too SELECT at + INTERVAL '1 day' FROM winter, "
                          "generate_series(1, 3);"
                          "CREATE TABLE summer (at timestamptz);"
                          "INSERT INTO summer SELECT '2026-07-01 12:00:00+00'::timestamptz + n * "
                          "INTERVAL '1 min' FROM generate_series(1, 50) n");
    read_dump(_i == 0 ? "Europe/Berlin" : "Europe/London", NULL);
    compare();
    must_be("winter", OUTCOME_PASSED);
    must_be("winter_too", OUTCOME_PASSED);
    must_be("summer", OUTCOME_PASSED);
    must_be("times", OUTCOME_PASSED);
}
END_TEST

/* A table that no zone explains does not keep the others from being proved. */
START_TEST(test_a_changed_row_leaves_the_time_zone_to_the_other_tables)
{
    test_cluster_sql(dsn, "CREATE TABLE small (at timestamptz);"
                          "INSERT INTO small VALUES ('2026-07-01 12:00:00+00')");
    read_dump("Europe/Berlin", NULL);
    test_cluster_sql(dsn, "UPDATE small SET at = at + INTERVAL '7 s'");
    compare();
    must_be("small", OUTCOME_UNKNOWN);
    must_be("times", OUTCOME_PASSED);
}
END_TEST

/* What is known of the source goes before what somebody wrote into the configuration. */
START_TEST(test_a_wrong_time_zone_in_the_options_does_not_overrule_the_source)
{
    config.compare_time_zone = "Asia/Tokyo";
    read_dump("Europe/Berlin", NULL);
    source_said("TimeZone", "Europe/Berlin");
    compare();
    must_be("times", OUTCOME_PASSED);
    ck_assert_str_eq(rec->backup.time_zone, "Europe/Berlin");
}
END_TEST

START_TEST(test_a_wrong_time_zone_in_the_options_breaks_nothing)
{
    config.compare_time_zone = "Asia/Tokyo";
    read_dump("Europe/Berlin", NULL);
    compare();
    must_be("times", OUTCOME_PASSED);
}
END_TEST

START_TEST(test_a_change_that_no_time_zone_explains_is_unknown_without_a_source)
{
    read_dump("Europe/Berlin", NULL);
    test_cluster_sql(dsn, "UPDATE times SET at = at + INTERVAL '1 us' WHERE p IS NOT NULL");
    compare();
    must_be("times", OUTCOME_UNKNOWN);
    ck_assert_ptr_nonnull(
        strstr(record_table(rec, "public", "times")->contents_reason, "time zone"));
    must_be("things", OUTCOME_PASSED);
}
END_TEST

/* Before 12 the text of a float is another one. */
START_TEST(test_floats_of_an_old_server_are_no_loss)
{
    read_dump("UTC", NULL);
    rec->backup.server_version = "11.22";
    test_cluster_sql(dsn, "UPDATE things SET real8 = real8 + 1e-15 WHERE id = 7;"
                          "UPDATE parts SET t = 'x' WHERE id = 12");
    compare();
    must_be("things", OUTCOME_UNKNOWN);
    must_be("parts_2", OUTCOME_FAILED);
}
END_TEST

START_TEST(test_a_table_that_cannot_be_read_is_unknown)
{
    read_dump("UTC", NULL);
    test_cluster_sql(dsn, "ALTER TABLE things RENAME COLUMN t TO renamed");
    compare();
    must_be("things", OUTCOME_UNKNOWN);
    must_be("others", OUTCOME_PASSED);
}
END_TEST

/* ---- the whole program -------------------------------------------------------------------------
 */

START_TEST(test_a_database_in_latin1_is_proven_row_for_row)
{
    const char *name = arena_printf(room.a, "latin1_%d", (int)getpid());
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(room.a,
                                  "CREATE DATABASE %s ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' "
                                  "TEMPLATE template0",
                                  name));
    const char *source = pg_dsn_with(room.a, test_cluster_dsn(), "dbname", name, &e);
    test_cluster_sql(source, "CREATE TABLE \"Straße\" (id int, \"Größe\" text);"
                             "INSERT INTO \"Straße\" VALUES (1, 'ü'), (2, 'é\\t');");
    struct told told =
        PROGRAM(&room, "run", "--source", source, "--users", "0", "--compare-source", "full");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "source = dump = restored, row for row, in 1 of 1 tables");
    const struct table_facts *t = report_table(room_report(&room), "public", "Straße");
    ck_assert_str_eq(t->source_digest, t->dump_digest);
    ck_assert_str_eq(t->restored_digest, t->dump_digest);
}
END_TEST

Suite *suite_contents(void)
{
    Suite *s = suite_create("contents");
    TCase *tc = tcase_create("contents");
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_an_untouched_copy_holds_every_row);
    tcase_add_test(tc, test_rows_that_came_by_their_partitioned_table_are_compared_there);
    tcase_add_loop_test(tc, test_every_change_is_found, 0, COUNT_OF(changes));
    tcase_add_loop_test(tc, test_the_time_zone_of_a_given_dump_is_found_out, 0, 3);
    tcase_add_loop_test(tc, test_a_time_zone_must_explain_every_table, 0, 2);
    tcase_add_test(tc, test_a_changed_row_leaves_the_time_zone_to_the_other_tables);
    tcase_add_test(tc, test_a_wrong_time_zone_in_the_options_does_not_overrule_the_source);
    tcase_add_test(tc, test_a_wrong_time_zone_in_the_options_breaks_nothing);
    tcase_add_test(tc, test_a_change_that_no_time_zone_explains_is_unknown_without_a_source);
    tcase_add_test(tc, test_floats_of_an_old_server_are_no_loss);
    tcase_add_test(tc, test_a_table_that_cannot_be_read_is_unknown);
    tcase_add_test(tc, test_a_database_in_latin1_is_proven_row_for_row);
    suite_add_tcase(s, tc);
    return s;
}
