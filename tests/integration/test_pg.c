/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "pg/pg.h"

#include <check.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

Suite *suite_pg(void);

static struct arena *arena;
static const char *dsn;
static struct pg pg;
static struct err e;

static void set_up(void)
{
    arena = arena_new();
    dsn = test_cluster_database();
    e = (struct err){0};
    ck_assert_msg(pg_open(dsn, NULL, 60 * CLOCK_SECOND_US, &pg, &e), "%s", e.text);
}

static void tear_down(void)
{
    pg_cleanup(&pg);
    arena_free(arena);
}

#define RUN(sql) ck_assert_msg(pg_run(&pg, sql, &e), "%s", e.text)

static void assert_usable(void)
{
    int64_t n = 0;
    ck_assert_msg(pg_int(&pg, "SELECT 6 * 7", &n, &e), "%s", e.text);
    ck_assert_int_eq(n, 42);
}

static int64_t busy_servers(void)
{
    return test_cluster_int(dsn, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity "
                                 "WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' "
                                 "AND pid <> pg_catalog.pg_backend_pid()");
}

START_TEST(test_a_statement_that_takes_too_long_is_cancelled_on_the_server)
{
    pg.timeout_us = 200000;
    int64_t began_us = clock_mono_us();
    ck_assert(!pg_run(&pg, "SELECT pg_catalog.pg_sleep(60)", &e));
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
    ck_assert_int_ge(clock_mono_us() - began_us, 200000);
    ck_assert_int_lt(clock_mono_us() - began_us, 2 * CLOCK_SECOND_US);
    ck_assert_int_eq(busy_servers(), 0);
    assert_usable();
}
END_TEST

START_TEST(test_a_signal_interrupts_a_statement_and_cancels_it)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    ck_assert(interrupt_open(&intr, &e));
    pg.intr = &intr;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
    struct itimerspec after = {.it_value.tv_nsec = 150000000};
    timer_t timer;
    ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    ck_assert_int_eq(timer_settime(timer, 0, &after, NULL), 0);
    int64_t began_us = clock_mono_us();
    ck_assert(!pg_run(&pg, "SELECT pg_catalog.pg_sleep(60)", &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    ck_assert_int_lt(clock_mono_us() - began_us, 2 * CLOCK_SECOND_US);
    ck_assert_int_eq(busy_servers(), 0);
    ck_assert(!pg_run(&pg, "SELECT 1", &e));
    interrupt_mask(&intr);
    assert_usable();
}
END_TEST

START_TEST(test_a_server_that_is_frozen_holds_nobody_for_long)
{
    int64_t pid = 0;
    ck_assert(pg_int(&pg, "SELECT pg_catalog.pg_backend_pid()", &pid, &e));
    pg.timeout_us = 200000;
    ck_assert_int_eq(kill((pid_t)pid, SIGSTOP), 0);
    int64_t began_us = clock_mono_us();
    bool ok = pg_run(&pg, "SELECT 1", &e);
    int64_t took_us = clock_mono_us() - began_us;
    ck_assert_int_eq(kill((pid_t)pid, SIGCONT), 0);
    ck_assert(!ok);
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
    ck_assert_int_lt(took_us, 7 * CLOCK_SECOND_US);
    ck_assert(!pg_run(&pg, "SELECT 1", &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
}
END_TEST

START_TEST(test_a_connect_that_nobody_answers_ends_in_time)
{
    struct pg none = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *folder = test_cluster_folder();
    const char *path = fs_join(arena, folder, ".s.PGSQL.5432");
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    int64_t began_us = clock_mono_us();
    ck_assert(!pg_open(arena_printf(arena, "host=%s port=5432", folder), NULL, 300000, &none, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_int_lt(clock_mono_us() - began_us, CLOCK_SECOND_US);
    began_us = clock_mono_us();
    ck_assert(!pg_open(arena_printf(arena, "host=%s port=5432 connect_timeout=1", folder), NULL, 0,
                       &none, &e));
    ck_assert_int_lt(clock_mono_us() - began_us, 2 * CLOCK_SECOND_US);
    (void)close(fd);
}
END_TEST

START_TEST(test_a_database_that_does_not_exist_is_told)
{
    struct pg none = {0};
    const char *wrong;
    ck_assert((wrong = pg_dsn_with(arena, dsn, "dbname", "no such db", &e)) != NULL);
    ck_assert(!pg_open(wrong, NULL, 0, &none, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_str_eq(e.sqlstate, "3D000");
    ck_assert_msg(str_ends(e.text, "FATAL: database \"no such db\" does not exist"), "%s", e.text);
    ck_assert_ptr_null(none.conn);
}
END_TEST

/* pg_reload_conf is obeyed a moment later. */
static bool refused_in_time(const char *wrong)
{
    for (int i = 0; i < 4000; i++) {
        CLEANUP(pg_cleanup) struct pg got = {0};
        if (!pg_open(wrong, NULL, 0, &got, &e))
            return true;
        (void)usleep(5000);
    }
    return false;
}

START_TEST(test_a_wrong_password_is_told_without_it)
{
    const char *hba, *wrong;
    struct slice old;
    RUN("CREATE ROLE with_password LOGIN PASSWORD 'right'");
    ck_assert(pg_text(&pg, arena, "SHOW hba_file", &hba, &e));
    ck_assert(fs_read_file(arena, hba, 1 << 20, &old, &e));
    struct stat st;
    ck_assert_int_eq(stat(hba, &st), 0);
    const char *text = arena_printf(arena, "local all with_password scram-sha-256\n%s", old.p);
    ck_assert(fs_write_file(arena, hba, 0644, slice_of(text), &e));
    ck_assert_int_eq(chown(hba, st.st_uid, st.st_gid), 0);
    RUN("SELECT pg_catalog.pg_reload_conf()");
    ck_assert((wrong = pg_dsn_with(arena, dsn, "user", "with_password", &e)) != NULL);
    ck_assert((wrong = pg_dsn_with(arena, wrong, "password", "wr0ng", &e)) != NULL);
    ck_assert(refused_in_time(wrong));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_str_eq(e.sqlstate, "28P01");
    ck_assert_ptr_nonnull(strstr(e.text, "password authentication failed"));
    ck_assert_ptr_null(strstr(e.text, "wr0ng"));
    ck_assert_ptr_null(strstr(e.text, "LOCATION"));
    RUN("DROP ROLE with_password");
}
END_TEST

START_TEST(test_a_rejected_statement_says_all_in_one_line)
{
    RUN("CREATE TABLE t (n int CONSTRAINT positive CHECK (n > 0))");
    ck_assert(!pg_run(&pg, "INSERT INTO t VALUES (-1)", &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    ck_assert_str_eq(e.sqlstate, "23514");
    ck_assert_ptr_nonnull(strstr(e.text, "\"positive\""));
    ck_assert_ptr_nonnull(strstr(e.text, "detail: Failing row contains (-1)"));
    ck_assert_ptr_null(strchr(e.text, '\n'));
    assert_usable();
}
END_TEST

START_TEST(test_the_first_error_of_several_statements_is_told)
{
    ck_assert(!pg_run(&pg, "CREATE TABLE t (); SELECT 1/0; SELECT nonsense", &e));
    ck_assert_str_eq(e.sqlstate, "22012");
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
    assert_usable();
}
END_TEST

START_TEST(test_a_disk_that_is_full_is_no_fault_of_the_statement)
{
    ck_assert(
        !pg_run(&pg, "DO $$ BEGIN RAISE SQLSTATE '53100' USING MESSAGE = 'full'; END $$", &e));
    ck_assert_int_eq(e.code, ERR_SPACE);
    assert_usable();
}
END_TEST

START_TEST(test_a_connection_that_the_server_ends_is_told_with_its_reason)
{
    ck_assert(
        !pg_run(&pg, "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())", &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert_str_eq(e.sqlstate, "57P01");
    ck_assert(!pg_run(&pg, "SELECT 1", &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
}
END_TEST

START_TEST(test_copy_is_refused_where_nobody_feeds_it)
{
    RUN("CREATE TABLE t (n int)");
    ck_assert(!pg_run(&pg, "COPY t FROM STDIN", &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    assert_usable();
    ck_assert(!pg_run(&pg, "COPY (SELECT * FROM generate_series(1, 1000000)) TO STDOUT", &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    assert_usable();
    ck_assert(!pg_copy_begin(&pg, "SELECT 1", &e));
    assert_usable();
    ck_assert(!pg_copy_begin(&pg, "COPY t TO STDOUT", &e));
    assert_usable();
    ck_assert(!pg_copy_begin(&pg, "COPY no_such_table FROM STDIN", &e));
    ck_assert_str_eq(e.sqlstate, "42P01");
    assert_usable();
}
END_TEST

START_TEST(test_results_larger_than_the_buffer_arrive_whole)
{
    const char *text = NULL;
    ck_assert(pg_text(&pg, arena, "SELECT pg_catalog.repeat('x', 5000000)", &text, &e));
    ck_assert_uint_eq(strlen(text), 5000000);
}
END_TEST

START_TEST(test_parameters_nulls_and_cells)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    const char *const params[] = {"it's", NULL};
    const char *text = "";
    int64_t n = 0;
    ck_assert(pg_query(&pg, "SELECT $1::text, $2::text, 1 = 1, 12345678901, -5",
                       &(struct pg_params){params, 2}, &r, &e));
    ck_assert_str_eq(pg_cell(r, 0, 0), "it's");
    ck_assert_ptr_null(pg_cell(r, 0, 1));
    ck_assert(pg_cell_true(r, 0, 2));
    ck_assert_int_eq(pg_cell_int(r, 0, 3), 12345678901);
    ck_assert_int_eq(pg_cell_int(r, 0, 4), -5);
    ck_assert_int_eq(pg_cell_int(r, 0, 1), 0);
    ck_assert(pg_text(&pg, arena, "SELECT 1 WHERE false", &text, &e));
    ck_assert_ptr_null(text);
    ck_assert(!pg_int(&pg, "SELECT NULL::int", &n, &e));
    ck_assert(!pg_int(&pg, "SELECT 1 WHERE false", &n, &e));
    ck_assert(!pg_int(&pg, "SELECT 'x'", &n, &e));
    ck_assert(pg_runf(&pg, &e, "CREATE TABLE %s ()", pg_ident(arena, "a \"b\"")));
}
END_TEST

START_TEST(test_who_we_are_is_told_and_the_encoding_left_alone)
{
    const char *text = NULL;
    ck_assert(pg_text(&pg, arena, "SHOW application_name", &text, &e));
    ck_assert_str_eq(text, "pg_rehearse");
    ck_assert(pg_text(&pg, arena, "SHOW client_encoding", &text, &e));
    ck_assert_str_eq(text, "UTF8");
}
END_TEST

/* ---- COPY ---------------------------------------------------------------------------------- */

static void put(const char *text)
{
    ck_assert_msg(pg_copy_put(&pg, text, strlen(text), &e), "%s", e.text);
}

START_TEST(test_copied_rows_arrive_in_any_pieces)
{
    enum { ROWS = 200000 };
    CLEANUP(buf_cleanup) struct buf all = {0};
    uint64_t rows = 0;
    for (int i = 0; i < ROWS; i++)
        buf_printf(&all, "%d\ttext of row %d\n", i, i);
    RUN("CREATE TABLE t (n int, words text)");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    static const size_t pieces[] = {1, 7, 100, 4096, 65536, 200000, 3000000};
    for (size_t from = 0, i = 0; from < all.n; i++) {
        size_t piece = pieces[i % COUNT_OF(pieces)];
        piece = piece < all.n - from ? piece : all.n - from;
        ck_assert_msg(pg_copy_put(&pg, all.p + from, piece, &e), "%s", e.text);
        from += piece;
    }
    ck_assert_msg(pg_copy_end(&pg, &rows, &e), "%s", e.text);
    ck_assert_uint_eq(rows, ROWS);
    ck_assert_int_eq(
        test_cluster_int(dsn, "SELECT count(*) FROM t WHERE words = 'text of row ' || n"), ROWS);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(DISTINCT n) FROM t"), ROWS);
}
END_TEST

START_TEST(test_a_row_that_is_rejected_leaves_the_connection_usable)
{
    uint64_t rows = 99;
    RUN("CREATE TABLE t (n int)");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    put("1\nnonsense\n3\n");
    ck_assert(!pg_copy_end(&pg, &rows, &e));
    ck_assert_int_eq(e.code, ERR_SQL);
    ck_assert_str_eq(e.sqlstate, "22P02");
    ck_assert_ptr_nonnull(strstr(e.text, "COPY t, line 2"));
    ck_assert_uint_eq(rows, 99);
    assert_usable();
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    put("4\n");
    ck_assert(pg_copy_end(&pg, &rows, &e));
    ck_assert_uint_eq(rows, 1);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT sum(n) FROM t"), 4);
}
END_TEST

START_TEST(test_an_early_error_survives_much_data_behind_it)
{
    enum { PIECE = 1000000, PIECES = 60 };
    char *zeros = arena_alloc(arena, PIECE);
    for (size_t i = 0; i < PIECE; i++)
        zeros[i] = i % 2 == 0 ? '7' : '\n';
    RUN("CREATE TABLE t (n int)");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    put("nonsense\n");
    bool ok = true;
    for (int i = 0; ok && i < PIECES; i++)
        ok = pg_copy_put(&pg, zeros, PIECE, &e);
    ck_assert(!(ok && pg_copy_end(&pg, NULL, &e)));
    ck_assert_str_eq(e.sqlstate, "22P02");
    assert_usable();
}
END_TEST

/* Each side writes more than the socket holds: whoever only writes waits for ever. */
START_TEST(test_a_server_that_talks_during_copy_does_not_block_it)
{
    enum { ROWS = 20000 };
    uint64_t rows = 0;
    pg.timeout_us = 20 * CLOCK_SECOND_US;
    RUN("CREATE TABLE t (words text);"
        "CREATE FUNCTION chatter() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE NOTICE '%', repeat('chatter ', 100); RETURN NEW; END $$;"
        "CREATE TRIGGER chatter BEFORE INSERT ON t FOR EACH ROW EXECUTE PROCEDURE chatter()");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    CLEANUP(buf_cleanup) struct buf all = {0};
    for (int i = 0; i < ROWS; i++)
        buf_printf(&all, "%0800d\n", i);
    ck_assert_msg(pg_copy_put(&pg, all.p, all.n, &e), "%s", e.text);
    ck_assert_msg(pg_copy_end(&pg, &rows, &e), "%s", e.text);
    ck_assert_uint_eq(rows, ROWS);
}
END_TEST

START_TEST(test_an_aborted_copy_leaves_no_row)
{
    RUN("CREATE TABLE t (n int)");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    put("1\n2\n");
    pg_copy_abort(&pg, "changed our mind");
    assert_usable();
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM t"), 0);
    pg_copy_abort(&pg, "twice does no harm");
    ck_assert(!pg_copy_put(&pg, "3\n", 2, &e));
    assert_usable();
}
END_TEST

START_TEST(test_a_server_that_goes_in_the_middle_of_copy_is_told)
{
    RUN("CREATE TABLE t (n int);"
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.n = 5000 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
        "RETURN NEW; END $$;"
        "CREATE TRIGGER die BEFORE INSERT ON t FOR EACH ROW EXECUTE PROCEDURE die()");
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    bool ok = true;
    for (int i = 0; ok && i < 2000000; i++) {
        char row[16];
        int n = snprintf(row, sizeof row, "%d\n", i);
        ok = pg_copy_put(&pg, row, (size_t)n, &e);
    }
    ck_assert(!(ok && pg_copy_end(&pg, NULL, &e)));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    ck_assert(!pg_run(&pg, "SELECT 1", &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
}
END_TEST

START_TEST(test_a_copy_that_waits_for_a_lock_ends_in_time)
{
    CLEANUP(pg_cleanup) struct pg holder = {0};
    enum { PIECE = 4000000 };
    char *rows = arena_alloc(arena, PIECE);
    for (size_t i = 0; i < PIECE; i++)
        rows[i] = i % 2 == 0 ? '7' : '\n';
    RUN("CREATE TABLE other (n int); CREATE TABLE t (n int);"
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO other VALUES (1); RETURN NEW; END $$;"
        "CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE PROCEDURE wait()");
    ck_assert(pg_open(dsn, NULL, 0, &holder, &e));
    ck_assert(pg_run(&holder, "BEGIN; LOCK TABLE other", &e));
    ck_assert(pg_copy_begin(&pg, "COPY t FROM STDIN", &e));
    pg.timeout_us = 300000;
    int64_t began_us = clock_mono_us();
    bool ok = pg_copy_put(&pg, rows, PIECE, &e);
    ck_assert(!(ok && pg_copy_end(&pg, NULL, &e)));
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
    ck_assert_int_lt(clock_mono_us() - began_us, 3 * CLOCK_SECOND_US);
    assert_usable();
}
END_TEST

static TCase *cased(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

Suite *suite_pg(void)
{
    Suite *s = suite_create("pg");
    TCase *tc = cased(s, "statements");
    tcase_add_test(tc, test_a_statement_that_takes_too_long_is_cancelled_on_the_server);
    tcase_add_test(tc, test_a_signal_interrupts_a_statement_and_cancels_it);
    tcase_add_test(tc, test_a_server_that_is_frozen_holds_nobody_for_long);
    tcase_add_test(tc, test_a_connect_that_nobody_answers_ends_in_time);
    tcase_add_test(tc, test_a_database_that_does_not_exist_is_told);
    tcase_add_test(tc, test_a_wrong_password_is_told_without_it);
    tcase_add_test(tc, test_a_rejected_statement_says_all_in_one_line);
    tcase_add_test(tc, test_the_first_error_of_several_statements_is_told);
    tcase_add_test(tc, test_a_disk_that_is_full_is_no_fault_of_the_statement);
    tcase_add_test(tc, test_a_connection_that_the_server_ends_is_told_with_its_reason);
    tcase_add_test(tc, test_copy_is_refused_where_nobody_feeds_it);
    tcase_add_test(tc, test_results_larger_than_the_buffer_arrive_whole);
    tcase_add_test(tc, test_parameters_nulls_and_cells);
    tcase_add_test(tc, test_who_we_are_is_told_and_the_encoding_left_alone);
    tc = cased(s, "copy");
    tcase_add_test(tc, test_copied_rows_arrive_in_any_pieces);
    tcase_add_test(tc, test_a_row_that_is_rejected_leaves_the_connection_usable);
    tcase_add_test(tc, test_an_early_error_survives_much_data_behind_it);
    tcase_add_test(tc, test_a_server_that_talks_during_copy_does_not_block_it);
    tcase_add_test(tc, test_an_aborted_copy_leaves_no_row);
    tcase_add_test(tc, test_a_server_that_goes_in_the_middle_of_copy_is_told);
    tcase_add_test(tc, test_a_copy_that_waits_for_a_lock_ends_in_time);
    return s;
}
