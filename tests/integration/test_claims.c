/* SPDX-License-Identifier: PostgreSQL */
/* What the inventory reads out of real dumps against the catalogue that they were taken of; and
 * sound dumps, however taken, without any warning. */
#include "base/clock.h"
#include "base/fs.h"
#include "dump/inventory.h"
#include "lib/cluster.h"
#include "lib/nasty.h"
#include "lib/program.h"
#include "pg/dsn.h"
#include "pg/pg.h"
#include "restore/restore.h"

#include <check.h>

#include <string.h>

Suite *suite_claims(void);

static struct arena *a;
static struct room room;
static const char *dsn, *database, *pg_dump;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
    room_open(&room, NULL);
    pg_dump = fs_join(a, test_cluster_installation()->bindir, "pg_dump");
}

static void tear_down(void)
{
    test_cluster_sql(test_cluster_dsn(), arena_printf(a, "DROP DATABASE IF EXISTS %s WITH (FORCE)",
                                                      pg_ident(a, database)));
    arena_free(a);
}

static void fill_storefront(void)
{
    struct config config = {.restore_timeout_us = 120 * CLOCK_SECOND_US,
                            .restore_statement_timeout_us = 60 * CLOCK_SECOND_US};
    database = arena_printf(a, "storefront %lld", (long long)clock_mono_us());
    struct restore_job job = {
        .arena = a, .config = &config, .admin_dsn = test_cluster_dsn(), .database = database};
    ck_assert_msg(restore_script_dir(&job, "scenarios/storefront", 300, &e), "%s", e.text);
    dsn = pg_dsn_with(a, job.admin_dsn, "dbname", database, &e);
    ck_assert_msg(dsn != NULL, "%s", e.text);
}

static void fill_nasty(void)
{
    dsn = test_cluster_database();
    database = test_cluster_text(a, dsn, "SELECT pg_catalog.current_database()");
    nasty_fill(dsn);
}

static void (*const fills[])(void) = {fill_storefront, fill_nasty};

/* Takes a dump with two more options, which may be NULL. */
static const char *dump(const char *x, const char *y)
{
    const char *path = fs_join(a, room.dir, "dump.sql");
    const char *argv[] = {pg_dump, "-f", path, "-d", dsn, x, x == NULL ? NULL : y, NULL};
    room_must_run(&room, argv);
    return path;
}

static bool hear(void *context, const struct statement *s, struct err *unused)
{
    (void)unused;
    inventory_statement(context, s);
    return true;
}

static bool hear_copy(void *context, const struct copy_head *head, struct err *unused)
{
    (void)unused;
    inventory_copy(context, head);
    return true;
}

#define OURS "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
#define RELATIONS(kinds)                                                                           \
    "SELECT count(*) FROM pg_class c WHERE relnamespace::regnamespace::text " OURS                 \
    " AND relkind IN (" kinds ") AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid"    \
    " AND deptype = 'e')"
#define ROUTINES(kind)                                                                             \
    "SELECT count(*) FROM pg_proc p WHERE pronamespace::regnamespace::text " OURS                  \
    " AND prokind = '" kind "' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid"      \
    " AND deptype = 'e')"

static const struct {
    enum item_kind kind;
    const char *sql;
} questions[] = {
    {ITEM_TABLE, RELATIONS("'r', 'p'")},
    {ITEM_DATA, RELATIONS("'r'")},
    {ITEM_VIEW, RELATIONS("'v'")},
    {ITEM_MATVIEW, RELATIONS("'m'")},
    {ITEM_SEQUENCE, RELATIONS("'S'")},
    {ITEM_SETVAL, RELATIONS("'S'")},
    {ITEM_INDEX, RELATIONS("'i', 'I'") " AND NOT EXISTS (SELECT FROM pg_constraint"
                                       " WHERE conindid = c.oid AND contype IN ('p', 'u', 'x'))"},
    {ITEM_CONSTRAINT,
     "SELECT count(*) FROM pg_constraint WHERE connamespace::regnamespace::text " OURS
     " AND (contype IN ('p', 'u', 'x')"
     " OR contype = 'f' AND conparentid = 0)"},
    {ITEM_FUNCTION, ROUTINES("f")},
    {ITEM_PROCEDURE, ROUTINES("p")},
    {ITEM_AGGREGATE, ROUTINES("a")},
    {ITEM_TRIGGER, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0"},
    {ITEM_POLICY, "SELECT count(*) FROM pg_policy"},
    {ITEM_RULE, "SELECT count(*) FROM pg_rules WHERE schemaname " OURS},
    {ITEM_EXTENSION, "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'"},
    {ITEM_DOMAIN, "SELECT count(*) FROM pg_type WHERE typtype = 'd'"
                  " AND typnamespace::regnamespace::text " OURS},
    {ITEM_LARGE_OBJECT, "SELECT count(*) FROM pg_largeobject_metadata"},
    {ITEM_SCHEMA, "SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_'"
                  " AND nspname NOT IN ('information_schema', 'public')"},
    {ITEM_ROW_SECURITY, "SELECT count(*) FROM pg_class WHERE relrowsecurity"},
};

START_TEST(test_inventory_agrees_with_the_catalogue)
{
    struct dump_facts facts;
    CLEANUP(inventory_cleanup) struct inventory inv = {0};
    fills[_i]();
    CLEANUP(source_cleanup) struct source *in = source_file(a, dump(NULL, NULL), &e);
    ck_assert_msg(in != NULL, "%s", e.text);
    inventory_begin(&inv, a);
    struct dump_listener listener = {.context = &inv, .statement = hear, .copy_begin = hear_copy};
    struct scan how = {.arena = a, .in = in, .listener = &listener};
    ck_assert_msg(dump_scan(&how, &facts, &e), "%s", e.text);
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        int64_t there = test_cluster_int(dsn, questions[i].sql);
        int64_t found = (int64_t)inventory_count(&inv, questions[i].kind);
        ck_assert_msg(found == there, "question %zu (%s): %lld in the dump, %lld in the catalogue",
                      i, item_words[questions[i].kind], (long long)found, (long long)there);
    }
    ck_assert_uint_eq(inv.grammar.n_refused + inv.grammar.n_passed_over, 0);
    ck_assert_uint_eq(inventory_count(&inv, ITEM_UNKNOWN), 0);
}
END_TEST

static const char *const options[][2] = {
    {NULL, NULL},
    {"--create", "--clean"},
    {"--inserts", NULL},
    {"--column-inserts", "--rows-per-insert=7"},
    {"--load-via-partition-root", NULL},
    {"--no-owner", "--no-privileges"},
    {"--no-unlogged-table-data", NULL},
    {"--quote-all-identifiers", "--verbose"},
    {"--use-set-session-authorization", NULL},
    {"--disable-triggers", "--disable-dollar-quoting"},
    {"--encoding=UTF8", "--serializable-deferrable"},
};

START_TEST(test_sound_dumps_have_no_warning_however_they_are_taken)
{
    fills[_i % 2]();
    const char *path = dump(options[_i / 2][0], options[_i / 2][1]);
    struct told told = PROGRAM(&room, "verify", "--strict", path);
    ck_assert_msg(told.status == 0, "%s: exit status %d\n%s%s",
                  options[_i / 2][0] == NULL ? "no option" : options[_i / 2][0], told.status,
                  told.out, told.err);
}
END_TEST

/* Each leaves something out, and the warning names it. */
START_TEST(test_what_options_leave_out_is_seen)
{
    static const char *const left_out[][2] = {
        {"--schema-only", "SCHEMA_ONLY"},
        {"--data-only", "DATA_ONLY"},
        {"--exclude-table-data=public.parent", "TABLE_WITHOUT_DATA"},
        {"--exclude-table-data=public.child_id_seq", "SEQUENCE_WITHOUT_POSITION"},
        {"--enable-row-security", "ROW_SECURITY_ON"},
    };
    fill_nasty();
    struct told told = PROGRAM(&room, "verify", "--strict", dump(left_out[_i][0], NULL));
    ck_assert_int_ne(told.status, 0);
    must_contain(told.out, left_out[_i][1]);
}
END_TEST

Suite *suite_claims(void)
{
    Suite *s = suite_create("claims");
    TCase *tc = tcase_create("claims");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_inventory_agrees_with_the_catalogue, 0, (int)COUNT_OF(fills));
    tcase_add_loop_test(tc, test_sound_dumps_have_no_warning_however_they_are_taken, 0,
                        2 * (int)COUNT_OF(options));
    tcase_add_loop_test(tc, test_what_options_leave_out_is_seen, 0, 5);
    suite_add_tcase(s, tc);
    return s;
}
