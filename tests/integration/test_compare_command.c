/* SPDX-License-Identifier: PostgreSQL */
/* `pg_rehearse compare`: any two of a dump, a manifest and a database. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "report/report.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_compare_command(void);

static const char make[] =
    "CREATE TABLE orders (id integer PRIMARY KEY, who text, at timestamptz);"
    "INSERT INTO orders SELECT i, 'customer ' || i, now() FROM generate_series(1, 100) i;"
    "CREATE TABLE notes (id integer, body text); INSERT INTO notes VALUES (1, 'one');";

static struct room room;
static const char *dsn, *copy, *dump, *manifest;

static void set_up(void)
{
    room_open(&room, NULL);
    dsn = test_cluster_database();
    copy = test_cluster_database();
    test_cluster_sql(dsn, make);
    dump = fs_join(room.a, room.dir, "shop.sql.gz");
    manifest = arena_printf(room.a, "%s.manifest.json", dump);
    struct told told = PROGRAM(&room, "dump", "--source", dsn, "--out", dump);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    const char *bindir = test_cluster_installation()->bindir;
    MUST_RUN(&room, "sh", "-c",
             "gunzip -c \"$1\" | \"$2\" -q -v ON_ERROR_STOP=1 -d \"$3\" >psql.out", "sh", dump,
             fs_join(room.a, bindir, "psql"), copy);
}

static const struct record *compare(int status, const char *a, const char *b)
{
    struct err e = {0};
    struct record *r = NULL;
    struct told told = PROGRAM(&room, "compare", a, b, "--json");
    ck_assert_msg(told.status == status, "exit status %d:\n%.2500s%.1000s", told.status, told.out,
                  told.err);
    ck_assert_msg(report_read_json(room.a, slice_of(told.out), &r, &e), "%s", e.text);
    return r;
}

/* What can be on either side. */
enum side { A_DUMP, A_MANIFEST, THE_SOURCE, THE_COPY, SIDES };

static const char *side(enum side s)
{
    return s == A_DUMP ? dump : s == A_MANIFEST ? manifest : s == THE_SOURCE ? dsn : copy;
}

START_TEST(test_equal_ones_are_equal_in_any_order)
{
    enum side a = (enum side)(_i / SIDES), b = (enum side)(_i % SIDES);
    const struct record *r = compare(0, side(a), side(b));
    ck_assert_int_eq(r->verdict, VERDICT_PASSED);
    const struct table_facts *orders = report_table(r, "public", "orders");
    ck_assert_int_eq(orders->contents, OUTCOME_PASSED);
    ck_assert_int_eq(orders->restored_rows.value, 100);
    must_contain(r->conclusion, "both hold the same rows in 2 tables");
}
END_TEST

static const struct {
    const char *sql, *code, *table;
} changes[] = {
    {"UPDATE orders SET who = 'x' WHERE id = 7", "ROWS_DIFFER", "public.orders"},
    {"DELETE FROM orders WHERE id = 7", "ROWS_NOT_RESTORED", "public.orders"},
    {"INSERT INTO notes VALUES (2, 'two')", "ROWS_NOT_RESTORED", "public.notes"},
    {"UPDATE orders SET at = at + INTERVAL '1 us' WHERE id = 7", "ROWS_DIFFER", "public.orders"},
    {"DROP TABLE notes", "TABLE_MISSING", "public.notes"},
};

/* With a database, a dump or a manifest on the other side. */
START_TEST(test_a_difference_is_found_whatever_is_compared)
{
    static const enum side others[] = {A_DUMP, A_MANIFEST, THE_SOURCE};
    test_cluster_sql(copy, changes[_i].sql);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const struct record *r = compare(1, side(others[i]), copy);
        const struct finding *f = report_finding(r, changes[_i].code);
        ck_assert_msg(f != NULL, "no %s", changes[_i].code);
        ck_assert_str_eq(f->subject, changes[_i].table);
        must_contain(r->conclusion, "do not hold the same rows");
    }
}
END_TEST

/* A second dump of the copy, with a manifest beside it. */
static const char *dump_of_copy(void)
{
    const char *path = fs_join(room.a, room.dir, "copy.sql");
    struct told told = PROGRAM(&room, "dump", "--source", copy, "--out", path);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    return path;
}

START_TEST(test_two_dumps_differ_where_their_sessions_did_not)
{
    test_cluster_sql(copy, "UPDATE orders SET who = 'x' WHERE id = 7");
    const struct record *r = compare(1, dump, dump_of_copy());
    ck_assert_str_eq(report_finding(r, "ROWS_DIFFER")->subject, "public.orders");
    ck_assert_int_eq(report_table(r, "public", "notes")->contents, OUTCOME_PASSED);
}
END_TEST

/* One database dumped in two time zones, once by somebody who wrote no manifest. */
START_TEST(test_two_dumps_of_unlike_sessions_are_never_called_different)
{
    const char *path = fs_join(room.a, room.dir, "tokyo.sql");
    MUST_RUN(&room, "env", "PGTZ=Asia/Tokyo",
             fs_join(room.a, test_cluster_installation()->bindir, "pg_dump"), "-f", path, "-d",
             dsn);
    const struct record *r = compare(3, dump, path);
    ck_assert_int_eq(report_table(r, "public", "orders")->contents, OUTCOME_UNKNOWN);
    must_contain(report_table(r, "public", "orders")->contents_reason, "time zone");
    ck_assert_int_eq(report_table(r, "public", "notes")->contents, OUTCOME_PASSED);
    (void)compare(0, path, copy);
}
END_TEST

START_TEST(test_two_dumps_with_columns_in_another_order_are_never_called_different)
{
    test_cluster_sql(copy, "ALTER TABLE notes ADD COLUMN id2 integer;"
                           "UPDATE notes SET id2 = id; ALTER TABLE notes DROP COLUMN id;"
                           "ALTER TABLE notes RENAME COLUMN id2 TO id");
    const struct record *r = compare(1, dump, dump_of_copy()); /* the columns changed */
    ck_assert_ptr_null(report_finding(r, "ROWS_DIFFER"));
    ck_assert_int_eq(report_table(r, "public", "notes")->contents, OUTCOME_UNKNOWN);
    must_contain(report_table(r, "public", "notes")->contents_reason, "columns");
}
END_TEST

START_TEST(test_two_dumps_with_unlike_numbers_of_rows_differ_in_any_case)
{
    test_cluster_sql(copy, "DELETE FROM orders WHERE id = 7");
    const char *path = dump_of_copy();
    ck_assert_int_eq(unlink(arena_printf(room.a, "%s.manifest.json", path)), 0);
    const struct record *r = compare(1, dump, path);
    ck_assert_str_eq(report_finding(r, "ROWS_NOT_RESTORED")->subject, "public.orders");
}
END_TEST

START_TEST(test_a_table_more_is_said)
{
    test_cluster_sql(copy, "CREATE TABLE more (id integer)");
    const struct record *r = compare(0, manifest, copy);
    ck_assert_str_eq(report_finding(r, "TABLE_ADDED")->subject, "public.more");
    struct told told = PROGRAM(&room, "compare", manifest, copy, "--strict");
    ck_assert_int_eq(told.status, 1);
}
END_TEST

START_TEST(test_what_cannot_be_read_is_never_equal)
{
    const char *broken = room_file(&room, "broken.sql", "CREATE TABLE orders (id integer");
    ck_assert_int_eq(PROGRAM(&room, "compare", broken, copy).status, 1);
    ck_assert_int_eq(PROGRAM(&room, "compare", copy, "/nonexistent.sql").status, 3);
    ck_assert_int_eq(PROGRAM(&room, "compare", dump, "dbname=nowhere host=/nonexistent").status, 3);
    const char *other = room_file(&room, "x.manifest.json", "{}");
    ck_assert_int_ne(PROGRAM(&room, "compare", other, copy).status, 0);
    ck_assert_int_eq(PROGRAM(&room, "compare", dump).status, 2);
}
END_TEST

START_TEST(test_people_are_told_what_was_compared)
{
    struct told told = PROGRAM(&room, "compare", copy, manifest);
    must_contain(told.out, arena_printf(room.a, "A  manifest %s\n", manifest));
    must_contain(told.out, "B  database ");
    must_contain(told.out, "2 of 2 tables hold the same rows");
    must_contain(told.out, "Not checked: positions of sequences");
}
END_TEST

Suite *suite_compare_command(void)
{
    Suite *s = suite_create("compare_command");
    TCase *tc = tcase_create("compare_command");
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_equal_ones_are_equal_in_any_order, 0, SIDES * SIDES);
    tcase_add_loop_test(tc, test_a_difference_is_found_whatever_is_compared, 0, COUNT_OF(changes));
    tcase_add_test(tc, test_two_dumps_differ_where_their_sessions_did_not);
    tcase_add_test(tc, test_two_dumps_of_unlike_sessions_are_never_called_different);
    tcase_add_test(tc, test_two_dumps_with_columns_in_another_order_are_never_called_different);
    tcase_add_test(tc, test_two_dumps_with_unlike_numbers_of_rows_differ_in_any_case);
    tcase_add_test(tc, test_a_table_more_is_said);
    tcase_add_test(tc, test_what_cannot_be_read_is_never_equal);
    tcase_add_test(tc, test_people_are_told_what_was_compared);
    suite_add_tcase(s, tc);
    return s;
}
