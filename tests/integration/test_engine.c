/* SPDX-License-Identifier: PostgreSQL */
/* The restore engine: what is done in parallel gives the same database as file order does. */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "dump/open.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "pg/pg.h"
#include "restore/restore.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

Suite *suite_engine(void);

static struct arena *a;
static struct record *r;
static struct config config;
static struct restore_job job;
static const char *dsn; /* of the restored database */
static struct err e;
static struct room room;

enum { FILE_MAX = 16 << 20 };

static void set_up(void)
{
    a = arena_new();
    room_open(&room, NULL);
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

/* ---- parallel is serial -----------------------------------------------------------------------
 */

static const char *awkward_dsn; /* filled once, before the tests fork */

static void fill_once(void)
{
    struct slice text;
    test_cluster_start();
    a = arena_new();
    ck_assert(fs_read_file(a, "tests/integration/engine.sql", FILE_MAX, &text, &e));
    awkward_dsn = test_cluster_database();
    test_cluster_sql(awkward_dsn, text.p);
    arena_free(a);
}

/* What pg_dump says of a database, without what differs from one run to the next. */
static const char *dump_of(const char *database)
{
    const char *path = fs_join(a, room.dir, "again.sql");
    struct slice text;
    MUST_RUN(&room, fs_join(a, test_cluster_installation()->bindir, "pg_dump"), "-d", database,
             "-f", path);
    ck_assert_msg(fs_read_file(a, path, FILE_MAX, &text, &e), "%s", e.text);
    CLEANUP(buf_cleanup) struct buf kept = {0};
    char *rest = arena_strndup(a, text.p, text.n), *line;
    while ((line = strsep(&rest, "\n")) != NULL)
        if (!str_starts(line, "\\restrict") && !str_starts(line, "\\unrestrict"))
            buf_printf(&kept, "%s\n", line);
    return arena_strdup(a, buf_text(&kept));
}

/* Findings and errors, one a line, in their order. */
static const char *words_of(const struct record *record)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    VEC_EACH (const struct finding, f, &record->findings)
        buf_printf(&out, "%s %s %s at %lld\n", f->code, f->subject == NULL ? "" : f->subject,
                   f->text, (long long)f->offset.value);
    VEC_EACH (const struct statement_error, x, &record->restore.errors)
        buf_printf(&out, "%s %s at %lld row %lld\n", x->sqlstate, x->message,
                   (long long)x->offset.value, (long long)x->row.value);
    return arena_strdup(a, buf_text(&out));
}

struct restored {
    const char *dump, *words;
    const struct record *record;
};

static struct restored restore_with(uint64_t jobs)
{
    config.jobs = jobs;
    config.restore_serial = jobs == 0;
    job.database = arena_printf(a, "engine %lld", (long long)clock_mono_us());
    struct record *record = record_new(a);
    ck_assert_msg(restore_run(&job, record, &dsn, &e), "%s", e.text);
    ck_assert_int_eq(record->restore.jobs, jobs == 0 ? 1 : (int64_t)jobs);
    const struct restored done = {dump_of(dsn), words_of(record), record};
    if (test_cluster_int(dsn, "SELECT count(*) FROM pg_subscription") > 0)
        test_cluster_sql(dsn, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)");
    test_cluster_sql(dsn, "DROP SUBSCRIPTION IF EXISTS sub");
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(a, "DROP DATABASE %s", pg_ident(a, job.database)));
    return done;
}

static void must_be_same(const char *one, const char *two)
{
    size_t i = 0;
    while (one[i] != '\0' && one[i] == two[i])
        i++;
    size_t from = i < 200 ? 0 : i - 200;
    ck_assert_msg(one[i] == two[i], "serial:\n%.400s\n\nparallel:\n%.400s", one + from, two + from);
}

static bool hear_for_plan(void *context, const struct statement *s, struct err *err)
{
    (void)err;
    plan_statement(context, s);
    return true;
}

static bool hear_copy_for_plan(void *context, const struct copy_head *head, struct err *err)
{
    (void)err;
    plan_copy(context, head);
    return true;
}

static struct restore_plan plan;

static void read_plan(void)
{
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    const struct dump_open_options options = {0};
    const struct dump_listener listener = {
        .context = &plan, .statement = hear_for_plan, .copy_begin = hear_copy_for_plan};
    struct dump_facts facts;
    plan_begin(&plan, a);
    ck_assert_msg(dump_open(a, job.path, &options, &stream, &e), "%s", e.text);
    const struct scan scan = {.arena = a, .in = stream.sql, .listener = &listener};
    ck_assert_msg(dump_scan(&scan, &facts, &e), "%s", e.text);
    job.plan = &plan;
}

static void must_be_like(const struct restored *serial, const struct restored *parallel)
{
    must_be_same(serial->words, parallel->words);
    must_be_same(serial->dump, parallel->dump);
    ck_assert_int_eq(serial->record->restore.statements, parallel->record->restore.statements);
    ck_assert_int_eq(serial->record->restore.copies, parallel->record->restore.copies);
    ck_assert_int_eq(serial->record->restore.rows, parallel->record->restore.rows);
}

/* Serial, in parallel, and with a plan. */
static struct restored both_ways(void)
{
    struct restored serial = restore_with(0), parallel = restore_with(3);
    must_be_like(&serial, &parallel);
    read_plan();
    struct restored planned = restore_with(2);
    must_be_like(&serial, &planned);
    plan_cleanup(&plan);
    job.plan = NULL;
    return planned;
}

/* Not the handwritten one, whose rows hold the time. */
static const char *const fixtures[] = {
    "column-inserts-15.sql", "crlf-15.sql",   "gb18030-15.sql",      "inserts-15.sql",
    "kinds-15.sql",          "latin1-15.sql", "nasty-15.dump",       "nasty-15.restored.sql",
    "old-9.6.sql",           "sjis-15.sql",   "sjis-inserts-15.sql", "stripped-15.sql",
    "strings-off-15.sql",
};

START_TEST(test_fixtures_give_the_same_both_ways)
{
    job.path = arena_printf(a, "tests/fixtures/%s", fixtures[_i]);
    (void)both_ways();
}
END_TEST

enum { WHOLE_FORMS = 5 };
static const char *const forms[][3] = {
    {"-Fp", NULL},
    {"-Fc", NULL},
    {"--inserts", NULL},
    {"--clean", "--if-exists", NULL},
    {"--quote-all-identifiers", "--no-owner", NULL},
    {"--use-set-session-authorization", NULL},
    {"--data-only", "--disable-triggers", NULL},
    {"--section=pre-data", "--section=post-data", NULL},
};

static const char *pg_dump_awkward(const char *const *form)
{
    const char *path = fs_join(a, room.dir, "awkward.sql");
    MUST_RUN(&room, fs_join(a, test_cluster_installation()->bindir, "pg_dump"), "-d", awkward_dsn,
             "-f", path, form[0], form[1] == NULL ? "-v" : form[1]);
    return path;
}

/* Without rows by COPY, or behind statements that may do anything, nothing is planned. */
static const size_t planned_indexes[COUNT_OF(forms)] = {18, 18, 0, 18, 18, 18, 0, 0};

START_TEST(test_an_awkward_database_gives_the_same_both_ways)
{
    job.path = pg_dump_awkward(forms[_i]);
    struct restored parallel = both_ways();
    bool whole = _i < WHOLE_FORMS;
    ck_assert_uint_eq(plan.n_planned, planned_indexes[_i]);
    ck_assert_msg(!whole || parallel.words[0] == '\0', "%.1000s", parallel.words);
}
END_TEST

/* Its rows come in the order of the file; the same statement twice is refused the second time. */
START_TEST(test_dumps_joined_together_give_the_same_both_ways)
{
    struct slice one;
    CLEANUP(buf_cleanup) struct buf joined = {0};
    ck_assert(fs_read_file(a, pg_dump_awkward(forms[0]), FILE_MAX, &one, &e));
    buf_append(&joined, one.p, one.n);
    buf_append(&joined, one.p, one.n);
    write_dump(buf_text(&joined));
    struct restored parallel = both_ways();
    ck_assert_int_gt(parallel.record->restore.n_errors, 10);
}
END_TEST

/* ---- what goes wrong in a job -----------------------------------------------------------------
 */

static const char closed_path[] = "SELECT pg_catalog.set_config('search_path', '', false);\n";

static void put_rows(struct buf *sql, const char *table, int n, int bad)
{
    buf_printf(sql, "COPY public.%s (id, t) FROM stdin;\n", table);
    for (int i = 1; i <= n; i++)
        buf_printf(sql, "%s%d\tsome text that fills a row of this table\n", i == bad ? "x" : "", i);
    buf_puts(sql, "\\.\n\n");
}

START_TEST(test_rejections_come_in_the_order_of_the_dump_whatever_ran_first)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    buf_puts(&sql, closed_path);
    for (int i = 0; i < 6; i++)
        buf_printf(&sql, "CREATE TABLE public.t%d (id integer, t text);\n", i);
    for (int i = 0; i < 6; i++)
        put_rows(&sql, arena_printf(a, "t%d", i), i == 0 ? 60000 : 10, i == 0 ? 50000 : i);
    for (int i = 0; i < 6; i++)
        buf_printf(&sql, "ALTER TABLE ONLY public.t%d ADD CONSTRAINT k%d PRIMARY KEY (nope);\n", i,
                   i);
    write_dump(buf_text(&sql));
    struct restored parallel = both_ways();
    ck_assert_int_eq(parallel.record->restore.n_errors, 12);
    const struct statement_error *first = vec_at(&parallel.record->restore.errors, 0);
    ck_assert_int_eq(first->row.value, 50000);
}
END_TEST

/* The index of the small table is there before the large one has its rows: its own COPY counts. */
START_TEST(test_a_file_is_read_twice_for_a_plan_when_asked_to)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    buf_puts(&sql, closed_path);
    buf_puts(&sql, "CREATE TABLE public.a (id integer, t text);\n"
                   "CREATE TABLE public.b (id integer, t text);\n");
    put_rows(&sql, "a", 10, 0);
    put_rows(&sql, "b", 100000, 0);
    buf_puts(&sql, "CREATE INDEX on_b ON public.b USING btree (id);\n"
                   "CREATE INDEX on_a ON public.a USING btree (id);\n");
    write_dump(buf_text(&sql));
    job.read_twice = true;
    config.jobs = 2;
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
    ck_assert_int_eq(r->restore.n_errors, 0);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_index WHERE indisvalid AND "
                                           "indexrelid IN ('on_a'::regclass, 'on_b'::regclass)"),
                     2);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT ('on_a'::regclass::oid::bigint < "
                                           "'on_b'::regclass::oid::bigint)::integer"),
                     1);
}
END_TEST

START_TEST(test_a_block_that_is_cut_short_leaves_no_row)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    buf_puts(&sql, closed_path);
    buf_puts(&sql, "CREATE TABLE public.t (id integer, t text);\n");
    put_rows(&sql, "t", 60000, 0);
    sql.p[sql.n - strlen("\\.\n\n")] = '\0';
    write_dump(buf_text(&sql));
    struct restored parallel = both_ways();
    ck_assert_int_eq(parallel.record->restore.n_errors, 1);
    must_contain(parallel.words, "ends inside this COPY block");
}
END_TEST

START_TEST(test_it_stops_at_the_first_rejection_when_asked_to)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    config.restore_stop_on_error = true;
    config.jobs = 2;
    buf_puts(&sql, closed_path);
    buf_puts(&sql, "CREATE TABLE public.t (id integer, t text);\n");
    put_rows(&sql, "t", 100, 50);
    buf_puts(&sql, "CREATE ROLE engine_made_too_late;\n");
    write_dump(buf_text(&sql));
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    ck_assert_int_eq(r->restore.n_errors, 1);
    ck_assert_int_eq(test_cluster_int(test_cluster_dsn(), "SELECT count(*) FROM pg_roles WHERE "
                                                          "rolname = 'engine_made_too_late'"),
                     0);
}
END_TEST

static const char kill_others[] =
    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid();\n";

static const char others_there[] =
    "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'engine %'";

START_TEST(test_a_connection_that_goes_is_no_defect_of_the_backup)
{
    CLEANUP(buf_cleanup) struct buf sql = {0};
    buf_puts(&sql, closed_path);
    buf_puts(&sql, "CREATE TABLE public.t (id integer, t text);\n");
    put_rows(&sql, "t", 10, 0);
    buf_puts(&sql, kill_others);
    buf_puts(&sql, _i == 0 ? "" : "SET row_security = off;\n"); /* found when settings are sent */
    put_rows(&sql, "t", _i == 2 ? 60000 : 10, 0);
    write_dump(buf_text(&sql));
    config.jobs = 2;
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_msg(e.code == ERR_CONNECT, "%s", e.text);
    ck_assert_uint_eq(r->findings.n, 0);
}
END_TEST

static void interrupt_self(void *context, const struct progress_state *state)
{
    (void)context;
    (void)state;
    (void)kill(getpid(), SIGINT);
}

START_TEST(test_an_interrupt_ends_what_all_connections_do)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    const struct progress progress = {.tell = interrupt_self};
    CLEANUP(buf_cleanup) struct buf sql = {0};
    ck_assert(interrupt_open(&intr, &e));
    buf_puts(&sql, closed_path);
    buf_puts(&sql, "CREATE TABLE public.t (id integer, t text);\n");
    put_rows(&sql, "t", 200000, 0);
    write_dump(buf_text(&sql));
    job.intr = &intr;
    job.progress = &progress;
    config.jobs = 2;
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    for (int i = 0; i < 50 && test_cluster_int(test_cluster_dsn(), others_there) > 0; i++)
        (void)usleep(100000);
    ck_assert_int_eq(test_cluster_int(test_cluster_dsn(), others_there), 0);
}
END_TEST

Suite *suite_engine(void)
{
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 300);
    tcase_add_unchecked_fixture(t, fill_once, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_another_listener_hears_all_of_it_and_the_facts_are_handed_out);
    tcase_add_test(t, test_another_listener_can_stop_it_before_a_statement_is_executed);
    tcase_add_loop_test(t, test_fixtures_give_the_same_both_ways, 0, (int)COUNT_OF(fixtures));
    tcase_add_loop_test(t, test_an_awkward_database_gives_the_same_both_ways, 0,
                        (int)COUNT_OF(forms));
    tcase_add_test(t, test_dumps_joined_together_give_the_same_both_ways);
    tcase_add_test(t, test_rejections_come_in_the_order_of_the_dump_whatever_ran_first);
    tcase_add_test(t, test_a_file_is_read_twice_for_a_plan_when_asked_to);
    tcase_add_test(t, test_a_block_that_is_cut_short_leaves_no_row);
    tcase_add_test(t, test_it_stops_at_the_first_rejection_when_asked_to);
    tcase_add_loop_test(t, test_a_connection_that_goes_is_no_defect_of_the_backup, 0, 3);
    tcase_add_test(t, test_an_interrupt_ends_what_all_connections_do);
    suite_add_tcase(s, t);
    return s;
}
