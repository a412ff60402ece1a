/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/nasty.h"
#include "pg/catalog.h"
#include "restore/restore.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

Suite *suite_restore(void);

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
        .backup_compress = "gzip",
        .compare_source = "counts",
        .restore_timeout_us = 60 * CLOCK_SECOND_US,
        .restore_statement_timeout_us = 30 * CLOCK_SECOND_US,
    };
    job = (struct restore_job){
        .arena = a,
        .config = &config,
        .admin_dsn = test_cluster_dsn(),
        .database = arena_printf(a, "restored %lld", (long long)clock_mono_us()),
    };
}

static void tear_down(void)
{
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(a, "DROP DATABASE IF EXISTS %s", pg_ident(a, job.database)));
    arena_free(a);
}

/* Writes a dump with the lines that pg_dump puts around it. */
static void write_dump(const char *sql)
{
    const char *text =
        arena_printf(a,
                     "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n%s\n"
                     "--\n-- PostgreSQL database dump complete\n--\n\n",
                     sql);
    job.path = fs_join(a, test_cluster_folder(), "dump.sql");
    ck_assert_msg(fs_write_file(a, job.path, 0600, slice_of(text), &e), "%s", e.text);
}

static void restore(const char *sql)
{
    write_dump(sql);
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
}

static int64_t number(const char *sql)
{
    return test_cluster_int(dsn, sql);
}

static const struct finding *find(const char *code)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (strcmp(f->code, code) == 0)
            return f;
    ck_assert_msg(false, "no finding %s", code);
    return NULL;
}

static void assert_no_finding(void)
{
    VEC_EACH (const struct finding, f, &r->findings)
        ck_assert_msg(false, "%s: %s", f->code, f->text);
}

static void dump_nasty(void)
{
    const struct backup_job take = {
        .arena = a,
        .config = &config,
        .dsn = test_cluster_database(),
        .dir = test_cluster_folder(),
        .pg_dump = fs_join(a, test_cluster_installation()->bindir, "pg_dump"),
    };
    nasty_fill(take.dsn);
    ck_assert_msg(backup_take(&take, r, &e), "%s", e.text);
    test_cluster_sql(test_cluster_dsn(), arena_printf(a, "DROP DATABASE %s WITH (FORCE)",
                                                      pg_ident(a, r->backup.database)));
    job.path = r->backup.path;
}

START_TEST(test_a_nasty_database_comes_back_whole)
{
    dump_nasty();
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
    assert_no_finding();
    ck_assert_int_eq(r->restore.n_errors, 0);
    CLEANUP(pg_cleanup) struct pg pg = {0};
    struct vec tables;
    ck_assert(pg_open(dsn, NULL, CLOCK_SECOND_US, &pg, &e));
    ck_assert(catalog_tables(&pg, a, &tables, &e));
    size_t compared = 0;
    VEC_EACH (const struct catalog_table, t, &tables) {
        int64_t rows;
        if (t->kind != 'r')
            continue;
        ck_assert(catalog_count(&pg, t, &rows, &e));
        ck_assert_int_eq(rows, record_table(r, t->schema, t->name)->source_rows.value);
        compared++;
    }
    ck_assert_uint_eq(compared, 9);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_largeobject_metadata"), 2);
    ck_assert_int_eq(number("SELECT length(lo_get(4712))"), 40000);
    ck_assert_int_eq(number("SELECT count(*) FROM totals"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_policies"), 1);
    ck_assert_int_eq(number("SELECT nextval('child_id_seq')"), 1000);
    ck_assert_int_eq(number("SELECT count(*) FROM \"Odd \"\"schema\"\"\".\"Table; DROP\" "
                            "WHERE twice = length(\"a\\b\") * 2"),
                     NASTY_ROWS);
}
END_TEST

START_TEST(test_roles_that_are_missing_are_made_without_login)
{
    dump_nasty();
    nasty_drop_roles(test_cluster_dsn());
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
    ck_assert_int_eq(r->restore.n_errors, 0);
    ck_assert_uint_eq(r->findings.n, 0);
    ck_assert_uint_eq(r->coverage.n, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'nasty%' "
                            "AND NOT rolcanlogin"),
                     3);
}
END_TEST

START_TEST(test_facts_tell_where_the_time_went)
{
    dump_nasty();
    ck_assert_msg(restore_run(&job, r, &dsn, &e), "%s", e.text);
    const struct table_facts *t = record_table(r, "Odd \"schema\"", "Table; DROP");
    ck_assert_int_gt(r->restore.statements, 50);
    ck_assert_int_eq(r->restore.copies, 9);
    ck_assert_int_gt(r->restore.rows, (int64_t)5 * NASTY_ROWS);
    ck_assert_int_gt(r->restore.bytes, r->backup.size_bytes);
    ck_assert_int_gt(r->restore.took_us, 0);
    ck_assert_int_gt(r->restore.analyze_us, 0);
    ck_assert_uint_eq(r->restore.phases.n, 3);
    ck_assert_uint_eq(r->restore.slowest.n, 20);
    ck_assert(t->restore_us.known && t->restored_bytes.value > 0);
    ck_assert_int_gt(number("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'"), 0);
}
END_TEST

START_TEST(test_encoding_and_locale_are_those_asked_for)
{
    struct server_facts like = {.encoding = "LATIN1", .collate = "C", .ctype = "C"};
    job.like = &like;
    restore("CREATE TABLE t (x text);");
    ck_assert_str_eq(test_cluster_text(a, dsn,
                                       "SELECT pg_encoding_to_char(encoding) || datcollate "
                                       "FROM pg_database WHERE datname = current_database()"),
                     "LATIN1C");
}
END_TEST

START_TEST(test_a_locale_that_the_machine_lacks_is_named)
{
    struct server_facts like = {.encoding = "UTF8", .collate = "xx_XX.UTF-8", .ctype = "C"};
    job.like = &like;
    write_dump("SELECT 1;");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, "locale"));
}
END_TEST

START_TEST(test_a_database_that_is_there_is_not_restored_into)
{
    restore("SELECT 1;");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
}
END_TEST

START_TEST(test_orphans_are_found_and_all_else_is_restored)
{
    restore("CREATE TABLE p (id integer PRIMARY KEY);\nCREATE TABLE c (p integer);\n"
            "COPY public.p (id) FROM stdin;\n1\n\\.\n\nCOPY public.c (p) FROM stdin;\n1\n2\n\\.\n\n"
            "ALTER TABLE ONLY public.c ADD CONSTRAINT c_fk FOREIGN KEY (p) REFERENCES p (id);\n"
            "CREATE INDEX c_i ON c (p);");
    ck_assert_str_eq(find("FK_ORPHANS")->sqlstate, "23503");
    ck_assert_int_eq(r->restore.n_errors, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_indexes WHERE indexname = 'c_i'"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM c"), 2);
}
END_TEST

START_TEST(test_orphans_are_counted)
{
    restore("CREATE TABLE p (id integer PRIMARY KEY);\nCREATE TABLE c (p integer);\n"
            "CREATE TABLE gone (p integer);\nINSERT INTO c VALUES (1), (NULL), (2), (2);\n"
            "INSERT INTO gone VALUES (1);\n"
            "ALTER TABLE ONLY public.c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES public.p(id);\n"
            "ALTER TABLE ONLY public.gone ADD FOREIGN KEY (p) REFERENCES public.p(id);\n"
            "DROP TABLE gone;\n");
    const struct finding *first = find("FK_ORPHANS"), *second = first + 1;
    ck_assert(str_starts(first->text, "3 rows refer to nothing: "));
    ck_assert_ptr_nonnull(strstr(second->text, "(not counted: relation"));
}
END_TEST

START_TEST(test_warnings_of_the_server_are_told_once)
{
    restore("CREATE TABLE t (x integer);\nGRANT SELECT ON t TO may_read;\n"
            "GRANT USAGE ON SCHEMA public TO may_read;\nSET SESSION AUTHORIZATION may_read;\n"
            "GRANT SELECT ON public.t TO may_not;\nGRANT SELECT ON public.t TO may_not;\n"
            "RESET SESSION AUTHORIZATION;\nCREATE PUBLICATION p FOR TABLE t;\nCOMMIT;\n");
    ck_assert_str_eq(find("PRIVILEGES_NOT_GRANTED")->text, "no privileges were granted for \"t\"");
    ck_assert_uint_eq(r->findings.n, 1);
    ck_assert_int_eq(r->restore.n_errors, 0);
    test_cluster_sql(dsn, "DROP TABLE t; REVOKE ALL ON SCHEMA public FROM may_read; "
                          "DROP ROLE may_read, may_not");
}
END_TEST

START_TEST(test_a_duplicate_key_is_found)
{
    restore("CREATE TABLE p (id integer);\nCOPY public.p (id) FROM stdin;\n1\n1\n\\.\n\n"
            "--\n-- Name: p p_key; Type: CONSTRAINT; Schema: public; Owner: x\n--\n\n"
            "ALTER TABLE ONLY public.p ADD CONSTRAINT p_key UNIQUE (id);");
    ck_assert_str_eq(find("DUPLICATE_KEY")->subject, "CONSTRAINT public.p p_key");
}
END_TEST

START_TEST(test_a_row_that_does_not_fit_is_named)
{
    restore("CREATE TABLE p (id integer);\nCREATE TABLE q (id integer);\n"
            "COPY public.p (id) FROM stdin;\n1\n2\nthree\n4\n\\.\n\n"
            "COPY public.q (id) FROM stdin;\n1\n2\n\\.\n");
    const struct statement_error *error = vec_at(&r->restore.errors, 0);
    ck_assert_str_eq(find("ROW_REJECTED")->subject, "public.p");
    ck_assert_int_eq(error->row.value, 3);
    ck_assert(str_starts(find("ROW_REJECTED")->text, "row 3: "));
    ck_assert_ptr_nonnull(strstr(find("ROW_REJECTED")->text, "\"three\""));
    ck_assert_str_eq(error->object, "public.p");
    ck_assert_str_eq(error->sqlstate, "22P02");
    ck_assert_int_eq(number("SELECT count(*) FROM p"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM q"), 2);
}
END_TEST

START_TEST(test_a_copy_into_a_table_that_is_missing_is_read_past)
{
    restore("COPY public.nosuch (id) FROM stdin;\n1\n; SELECT 1/0;\n\\.\n\n"
            "CREATE TABLE q (id integer);\nCOPY public.q (id) FROM stdin;\n1\n\\.\n");
    ck_assert_int_eq(r->restore.n_errors, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM q"), 1);
}
END_TEST

START_TEST(test_a_missing_extension_is_not_blamed_on_the_backup)
{
    restore("CREATE EXTENSION IF NOT EXISTS nosuch_ext WITH SCHEMA public;\n"
            "CREATE TABLE t (x public.nosuch_type);\nCOPY public.t (x) FROM stdin;\n1\n\\.\n");
    ck_assert_str_eq(find("EXTENSION_MISSING")->subject, "nosuch_ext");
    ck_assert_int_eq(r->restore.n_errors, 3);
    VEC_EACH (const struct finding, f, &r->findings)
        ck_assert_int_eq(f->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_hostile_statements_are_not_executed)
{
    const char *mark = fs_join(a, "/tmp", arena_printf(a, "flow-mark-%d", (int)getpid()));
    restore(arena_printf(a,
                         "CREATE TABLE t (x text);\nCOPY t FROM PROGRAM 'touch %s';\n"
                         "COPY t FROM '/etc/passwd';\nALTER SYSTEM SET work_mem = '1GB';\n"
                         "COPY (SELECT 1) TO PROGRAM 'touch %s';\n",
                         mark, mark));
    ck_assert_int_eq(find("REFUSED_STATEMENT")->severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(r->restore.n_errors, 4);
    ck_assert(!fs_exists(mark));
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_file_settings WHERE name = 'work_mem' "
                            "AND sourcefile LIKE '%auto.conf'"),
                     0);
}
END_TEST

START_TEST(test_a_dump_of_a_newer_server_is_not_blamed_for_what_this_one_lacks)
{
    r->backup.server_version = "99.1";
    restore("CREATE TABLE t (x integer) WITH FUTURE;");
    ck_assert_int_eq(find("RESTORE_ERROR")->blame, BLAME_ENVIRONMENT);
}
END_TEST

START_TEST(test_what_a_newer_pg_dump_sets_is_a_note)
{
    restore("SET transaction_timeout = 0;\nCREATE TABLE t ();");
    if (r->findings.n > 0) /* an older server than 17 */
        ck_assert_int_eq(find("SETTING_UNKNOWN")->severity, SEVERITY_NOTE);
    ck_assert_int_eq(r->restore.n_errors, 0);
}
END_TEST

START_TEST(test_a_setting_that_nobody_knows_is_a_warning)
{
    restore("SET meaning_of_rows = 'other';\nCREATE TABLE t ();");
    ck_assert_int_eq(find("SETTING_UNKNOWN")->severity, SEVERITY_WARNING);
    ck_assert_int_eq(r->restore.n_errors, 0);
}
END_TEST

START_TEST(test_a_dump_with_clean_and_create_is_no_defect)
{
    restore("DROP DATABASE IF EXISTS shop;\nCREATE DATABASE shop WITH TEMPLATE = template0;\n"
            "ALTER DATABASE shop OWNER TO nobody_knows;\nDROP TABLE public.t;\n"
            "ALTER TABLE ONLY public.t DROP CONSTRAINT c;\nDROP SCHEMA public;\n"
            "CREATE SCHEMA public;\nCREATE TABLE public.t (x integer);");
    assert_no_finding();
    ck_assert_int_eq(r->restore.n_errors, 0);
    ck_assert_uint_eq(r->coverage.n, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM pg_database WHERE datname = 'shop'"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 0);
}
END_TEST

START_TEST(test_a_dump_of_several_databases_is_refused)
{
    write_dump("CREATE DATABASE one;\nCREATE DATABASE two;\n");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert_ptr_null(dsn);
}
END_TEST

START_TEST(test_functions_that_need_a_search_path_are_named)
{
    restore("CREATE TABLE public.t (x integer);\n"
            "CREATE FUNCTION public.f(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS "
            "$$BEGIN RETURN g(i); END$$;\n"
            "SELECT pg_catalog.set_config('search_path', '', false);\n"
            "COPY public.t (x) FROM stdin;\n1\n\\.\n\nCREATE INDEX i ON public.t (public.f(x));");
    ck_assert_int_eq(find("FUNCTION_SEARCH_PATH")->blame, BLAME_SOURCE);
}
END_TEST

START_TEST(test_a_statement_that_takes_too_long_is_an_error_of_its_own)
{
    config.restore_statement_timeout_us = 3000000;
    restore("SELECT pg_catalog.pg_sleep(20);\nCREATE TABLE t ();");
    ck_assert_int_eq(find("TIMEOUT")->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 0);
}
END_TEST

START_TEST(test_the_deadline_of_the_restore_ends_it)
{
    config.restore_timeout_us = 1000000;
    write_dump("SELECT pg_catalog.pg_sleep(20);");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
}
END_TEST

START_TEST(test_a_server_that_goes_is_no_defect_of_the_backup)
{
    write_dump("SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    assert_no_finding();
}
END_TEST

START_TEST(test_work_of_a_transaction_left_open_is_not_kept)
{
    restore("CREATE TABLE t (x integer);\nBEGIN;\nINSERT INTO t VALUES (1);");
    (void)find("TRANSACTION_OPEN");
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 0);
}
END_TEST

START_TEST(test_it_stops_at_the_first_error_when_asked_to)
{
    config.restore_stop_on_error = true;
    write_dump("CREATE TABLE t (x nosuch);\nCREATE TABLE u (x integer);");
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    ck_assert_int_eq(r->restore.n_errors, 1);
}
END_TEST

START_TEST(test_a_file_that_changed_since_it_was_verified_is_refused)
{
    write_dump("SELECT 1;");
    r->backup.sha256 = "0000";
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert_ptr_nonnull(strstr(e.text, "changed"));
}
END_TEST

static void interrupt_self(void *context, const struct progress_state *state)
{
    (void)context;
    (void)state;
    (void)kill(getpid(), SIGINT);
}

START_TEST(test_an_interrupt_ends_it)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    const struct progress progress = {.tell = interrupt_self};
    CLEANUP(buf_cleanup) struct buf sql = {0};
    ck_assert(interrupt_open(&intr, &e));
    buf_puts(&sql, "CREATE TABLE t (x text);\nCOPY public.t (x) FROM stdin;\n");
    for (int i = 0; i < 300000; i++)
        buf_puts(&sql, "a row of some length\n");
    buf_puts(&sql, "\\.\n\nSELECT pg_catalog.pg_sleep(60);\n");
    write_dump(buf_text(&sql));
    job.intr = &intr;
    job.progress = &progress;
    ck_assert(!restore_run(&job, r, &dsn, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
}
END_TEST

START_TEST(test_scripts_run_in_order_and_errors_name_file_and_line)
{
    const char *dir = test_cluster_folder();
    ck_assert(fs_write_file(a, fs_join(a, dir, "20_b.sql"), 0600,
                            slice_of("-- rows\nINSERT INTO t SELECT generate_series(1, "
                                     "current_setting('storefront.rows')::integer);\n"),
                            &e));
    ck_assert(fs_write_file(a, fs_join(a, dir, "10_a.sql"), 0600,
                            slice_of("CREATE TABLE t (x integer);"), &e));
    ck_assert_msg(restore_script_dir(&job, dir, 123, &e), "%s", e.text);
    ck_assert((dsn = pg_dsn_with(a, job.admin_dsn, "dbname", job.database, &e)) != NULL);
    ck_assert_int_eq(number("SELECT count(*) FROM t"), 123);
    tear_down();
    set_up();
    ck_assert(fs_write_file(a, fs_join(a, dir, "30_c.sql"), 0600,
                            slice_of("SELECT 1;\n\nSELECT 1/0;\n"), &e));
    ck_assert(!restore_script_dir(&job, dir, 1, &e));
    ck_assert_msg(strstr(e.text, "30_c.sql, line 3: division by zero") != NULL, "%s", e.text);
}
END_TEST

static void add_defects(TCase *t)
{
    tcase_add_test(t, test_orphans_are_found_and_all_else_is_restored);
    tcase_add_test(t, test_orphans_are_counted);
    tcase_add_test(t, test_warnings_of_the_server_are_told_once);
    tcase_add_test(t, test_a_duplicate_key_is_found);
    tcase_add_test(t, test_a_row_that_does_not_fit_is_named);
    tcase_add_test(t, test_a_copy_into_a_table_that_is_missing_is_read_past);
    tcase_add_test(t, test_a_missing_extension_is_not_blamed_on_the_backup);
    tcase_add_test(t, test_hostile_statements_are_not_executed);
    tcase_add_test(t, test_a_dump_of_a_newer_server_is_not_blamed_for_what_this_one_lacks);
    tcase_add_test(t, test_what_a_newer_pg_dump_sets_is_a_note);
    tcase_add_test(t, test_a_setting_that_nobody_knows_is_a_warning);
    tcase_add_test(t, test_a_dump_with_clean_and_create_is_no_defect);
    tcase_add_test(t, test_a_dump_of_several_databases_is_refused);
    tcase_add_test(t, test_functions_that_need_a_search_path_are_named);
    tcase_add_test(t, test_work_of_a_transaction_left_open_is_not_kept);
}

Suite *suite_restore(void)
{
    Suite *s = suite_create("restore");
    TCase *t = tcase_create("run");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_a_nasty_database_comes_back_whole);
    tcase_add_test(t, test_roles_that_are_missing_are_made_without_login);
    tcase_add_test(t, test_facts_tell_where_the_time_went);
    tcase_add_test(t, test_encoding_and_locale_are_those_asked_for);
    tcase_add_test(t, test_a_locale_that_the_machine_lacks_is_named);
    tcase_add_test(t, test_a_database_that_is_there_is_not_restored_into);
    add_defects(t);
    tcase_add_test(t, test_a_statement_that_takes_too_long_is_an_error_of_its_own);
    tcase_add_test(t, test_the_deadline_of_the_restore_ends_it);
    tcase_add_test(t, test_a_server_that_goes_is_no_defect_of_the_backup);
    tcase_add_test(t, test_it_stops_at_the_first_error_when_asked_to);
    tcase_add_test(t, test_a_file_that_changed_since_it_was_verified_is_refused);
    tcase_add_test(t, test_an_interrupt_ends_it);
    tcase_add_test(t, test_scripts_run_in_order_and_errors_name_file_and_line);
    suite_add_tcase(s, t);
    return s;
}
