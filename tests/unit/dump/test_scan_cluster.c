/* SPDX-License-Identifier: PostgreSQL */
/* Dumps of several databases: which statement and which row belongs to which. */
#include "base/buf.h"
#include "base/fs.h"
#include "base/str.h"
#include "dump/scan.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan_cluster(void);

enum { DUMP_BYTES_MAX = 1 << 20 };

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static bool hear_connect(void *context, const char *database, struct err *e)
{
    (void)e;
    buf_printf(context, "[%s] ", database);
    return true;
}

static bool hear_copy(void *context, const struct copy_head *head, struct err *e)
{
    (void)e;
    buf_printf(context, "%s:%s ", head->table->database, head->table->name);
    return true;
}

static bool hear_statement(void *context, const struct statement *s, struct err *e)
{
    (void)e;
    if (slice_eq(s->text, "SELECT 1"))
        buf_puts(context, "one ");
    return true;
}

/* Gives the facts, and in `heard` what a listener was told. */
static struct dump_facts scan_in(struct slice sql, size_t piece, struct buf *heard)
{
    const struct dump_listener listener = {.context = heard,
                                           .connect = hear_connect,
                                           .copy_begin = hear_copy,
                                           .statement = hear_statement};
    CLEANUP(source_cleanup)
    struct source *in =
        source_fault(a, source_mem(a, sql.p, sql.n), (struct fault){.piece_bytes = piece});
    struct dump_facts facts;
    struct err e = {0};
    ck_assert_msg(
        dump_scan(&(struct scan){.arena = a, .in = in, .listener = &listener}, &facts, &e), "%s",
        e.text);
    return facts;
}

static const struct dump_database *database(const struct dump_facts *f, const char *name)
{
    VEC_EACH (const struct dump_database, d, &f->databases)
        if (str_eq(d->name, name))
            return d;
    ck_abort_msg("no database %s", name);
}

START_TEST(test_statements_and_rows_are_told_behind_their_connect)
{
    static const char sql[] = "SELECT 1;\n\\connect a\nSELECT 1;\nCOPY t (x) FROM stdin;\n1\n2\n"
                              "\\.\n\\connect \"B \"\"c\"\nCOPY t (x) FROM stdin;\n3\n\\.\n"
                              "\\connect a\nCOPY u (x) FROM stdin;\n4\n\\.\nSELECT 1;\n";
    for (size_t piece = 0; piece < 40; piece++) {
        CLEANUP(buf_cleanup) struct buf heard = {0};
        struct dump_facts f = scan_in(slice_of(sql), piece, &heard);
        ck_assert_str_eq(buf_text(&heard), "one [a] one a:t [B \"c] B \"c:t [a] a:u one ");
        ck_assert_uint_eq(f.databases.n, 2);
        ck_assert_uint_eq(database(&f, "a")->rows, 3);
        ck_assert_uint_eq(database(&f, "B \"c")->rows, 1);
        ck_assert_uint_eq(database(&f, "a")->bytes + database(&f, "B \"c")->bytes,
                          strlen(sql) - strlen("SELECT 1;\n\\connect a\n"));
    }
}
END_TEST

START_TEST(test_a_dump_of_a_cluster_has_all_its_databases)
{
    CLEANUP(buf_cleanup) struct buf heard = {0};
    struct slice text;
    struct err e = {0};
    ck_assert(fs_read_file(a, "tests/fixtures/cluster-15.sql", DUMP_BYTES_MAX, &text, &e));
    struct dump_facts f = scan_in(text, 0, &heard);
    ck_assert(f.is_cluster_dump);
    ck_assert_uint_eq(f.databases.n, 4);
    ck_assert(!database(&f, "template1")->makes);
    ck_assert(!database(&f, "postgres")->makes);
    ck_assert(database(&f, "fx_LATIN1")->makes);
    ck_assert(database(&f, "odd's \\ name")->makes);
    uint64_t rows = 0;
    VEC_EACH (const struct dump_database, d, &f.databases)
        rows += d->rows;
    ck_assert_uint_eq(rows, f.rows);
}
END_TEST

START_TEST(test_a_million_connects_do_not_fill_the_memory)
{
    CLEANUP(buf_cleanup) struct buf sql = {0}, heard = {0};
    for (int i = 0; i < 2 * DATABASES_MAX; i++)
        buf_printf(&sql, "\\connect d%d\nSELECT 2;\n", i);
    struct dump_facts f = scan_in((struct slice){buf_text(&sql), sql.n}, 0, &heard);
    ck_assert_uint_eq(f.databases.n, DATABASES_MAX);
}
END_TEST

static bool refuse(void *context, const char *name, struct err *e)
{
    (void)context;
    return err_set(e, ERR_REFUSED, "not to %s", name);
}

START_TEST(test_who_cannot_connect_stops_the_scan)
{
    static const char sql[] = "\\connect a\nSELECT 1;\n";
    const struct dump_listener listener = {.connect = refuse};
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql, sizeof sql - 1);
    struct dump_facts facts;
    struct err e = {0};
    ck_assert(!dump_scan(&(struct scan){.arena = a, .in = in, .listener = &listener}, &facts, &e));
    ck_assert_str_eq(e.text, "not to a");
}
END_TEST

Suite *suite_dump_scan_cluster(void)
{
    Suite *s = suite_create("dump/scan_cluster");
    TCase *t = tcase_create("databases");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_statements_and_rows_are_told_behind_their_connect);
    tcase_add_test(t, test_a_dump_of_a_cluster_has_all_its_databases);
    tcase_add_test(t, test_a_million_connects_do_not_fill_the_memory);
    tcase_add_test(t, test_who_cannot_connect_stops_the_scan);
    suite_add_tcase(s, t);
    return s;
}
