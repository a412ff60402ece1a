/* SPDX-License-Identifier: PostgreSQL */
/* The restore engine: what is done in parallel gives the same database as file order does. */
#include "base/clock.h"
#include "base/fs.h"
#include "lib/cluster.h"
#include "pg/pg.h"
#include "restore/restore.h"

#include <check.h>

Suite *suite_engine(void);

static struct arena *a;
static struct record *r;
static struct config config;
static struct restore_job job;
static const char *dsn; /* of the restored database */
static struct err e;

static void set_up(void)
{
    a = arena_new();
    r = record_new(a);
    e = (struct err){0};
    dsn = NULL;
    config = (struct config){
        .restore_timeout_us = 120 * CLOCK_SECOND_US,
        .restore_statement_timeout_us = 60 * CLOCK_SECOND_US,
    };
    job = (struct restore_job){
        .arena = a,
        .config = &config,
        .admin_dsn = test_cluster_dsn(),
        .database = arena_printf(a, "engine %lld", (long long)clock_mono_us()),
    };
}

static void tear_down(void)
{
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(a, "DROP DATABASE IF EXISTS %s", pg_ident(a, job.database)));
    arena_free(a);
}

static void write_dump(const char *sql)
{
    job.path = fs_join(a, test_cluster_folder(), "dump.sql");
    ck_assert_msg(fs_write_file(a, job.path, 0600, slice_of(sql), &e), "%s", e.text);
}

/* ---- who else listens -------------------------------------------------------------------------
 */

struct heard {
    size_t statements, begins, ends;
    uint64_t bytes;
};

static bool hear_statement(void *context, const struct statement *s, struct err *err)
{
    struct heard *heard = context;
    (void)s;
    (void)err;
    heard->statements++;
    return true;
}

static bool hear_begin(void *context, const struct copy_head *head, struct err *err)
{
    struct heard *heard = context;
    (void)head;
    (void)err;
    heard->begins++;
    return true;
}

static bool hear_data(void *context, const char *bytes, size_t n, struct err *err)
{
    struct heard *heard = context;
    (void)bytes;
    (void)err;
    heard->bytes += n;
    return true;
}

static bool hear_end(void *context, const struct dump_table *table, struct err *err)
{
    struct heard *heard = context;
    (void)err;
    heard->ends += table->terminated;
    return true;
}

START_TEST(test_another_listener_hears_all_of_it_and_the_facts_are_handed_out)
{
    struct heard heard = {0};
    struct dump_facts facts;
    const struct dump_listener also = {
        .context = &heard,
        .statement = hear_statement,
        .copy_begin = hear_begin,
        .copy_data = hear_data,
        .copy_end = hear_end,
    };
    job.also = &also;
    job.facts = &facts;
    write_dump("CREATE TABLE public.t (x integer);\nCOPY public.t (x) FROM stdin;\n1\n22\n\\.\n\n"
               "CREATE INDEX i ON public.t (x);\n");
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
    ck_assert_uint_eq(heard.statements, 2);
    ck_assert_uint_eq(heard.begins, 1);
    ck_assert_uint_eq(heard.bytes, 5);
    ck_assert_uint_eq(heard.ends, 1);
    ck_assert_uint_eq(facts.rows, 2);
    ck_assert_uint_eq(facts.tables.n, 1);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT sum(x) FROM t"), 23);
}
END_TEST

static bool refuse_statement(void *context, const struct statement *s, struct err *err)
{
    (void)context;
    (void)s;
    return err_set(err, ERR_LIMIT, "heard enough");
}

START_TEST(test_another_listener_can_stop_it_before_a_statement_is_executed)
{
    const struct dump_listener also = {.statement = refuse_statement};
    job.also = &also;
    write_dump("CREATE ROLE engine_made_too_late;\n");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_LIMIT);
    ck_assert_int_eq(test_cluster_int(test_cluster_dsn(), "SELECT count(*) FROM pg_roles WHERE "
                                                          "rolname = 'engine_made_too_late'"),
                     0);
}
END_TEST

Suite *suite_engine(void)
{
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_another_listener_hears_all_of_it_and_the_facts_are_handed_out);
    tcase_add_test(t, test_another_listener_can_stop_it_before_a_statement_is_executed);
    suite_add_tcase(s, t);
    return s;
}
