/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "io/filter.h"
#include "lib/cluster.h"
#include "lib/nasty.h"
#include "pg/pg.h"

#include <check.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_backup(void);

enum { SQL_MAX = 16 * 1024 * 1024 };

static struct arena *a;
static struct record *r;
static struct config config;
static struct backup_job job;
static const char *database; /* of the source */
static struct err e;

static void set_up(void)
{
    a = arena_new();
    r = record_new(a);
    e = (struct err){0};
    config = (struct config){.backup_compress = "gzip",
                             .backup_timeout_us = 60 * CLOCK_SECOND_US,
                             .compare_source = "counts"};
    job = (struct backup_job){
        .arena = a,
        .config = &config,
        .dsn = test_cluster_database(),
        .dir = test_cluster_folder(),
        .pg_dump = fs_join(a, test_cluster_installation()->bindir, "pg_dump"),
    };
    database = test_cluster_text(a, job.dsn, "SELECT pg_catalog.current_database()");
}

/* The roles of nasty.h can go only when no database refers to them. */
static void tear_down(void)
{
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(a, "DROP DATABASE %s WITH (FORCE)", pg_ident(a, database)));
    arena_free(a);
}

static void assert_nothing_left(void)
{
    struct vec names;
    ck_assert(fs_list(a, job.dir, &names, &e));
    VEC_EACH (const char *const, name, &names)
        ck_assert_msg(false, "%s is left in %s", *name, job.dir);
}

static void refused(enum err_code code, const char *words)
{
    ck_assert(!backup_take(&job, r, &e));
    ck_assert_msg(e.code == code, "%s: %s", err_name(e.code), e.text);
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
    ck_assert_ptr_null(r->backup.path);
    assert_nothing_left();
}

/* A program that plays pg_dump. */
static void play_pg_dump(const char *script)
{
    const char *path = fs_join(a, test_cluster_folder(), "pg_dump");
    const char *text = arena_printf(
        a, "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 99.1' && exit 0\n%s\n",
        script);
    ck_assert_msg(fs_write_file(a, path, 0755, slice_of(text), &e), "%s", e.text);
    job.pg_dump = path;
}

static const char *output_of(const char *program, const char *argument)
{
    const char *argv[] = {program, argument, r->backup.path, NULL};
    struct spawn how = {.argv = argv};
    CLEANUP(proc_result_cleanup) struct proc_result result = {0};
    ck_assert_msg(proc_run(&how, clock_mono_us() + 60 * CLOCK_SECOND_US, NULL, &result, &e), "%s",
                  e.text);
    ck_assert_int_eq(result.status, 0);
    return arena_strdup(a, buf_text(&result.out));
}

/* The SQL of the dump, decoded by our own links: not every machine has zstdcat. */
static const char *sql_of_dump(void)
{
    struct source *file = source_file(a, r->backup.path, &e);
    struct source *in = str_ends(r->backup.path, ".zst")  ? filter_zstd(a, file, NULL, &e)
                        : str_ends(r->backup.path, ".gz") ? filter_gzip(a, file, NULL)
                                                          : file;
    char *text = arena_alloc(a, SQL_MAX + 1);
    size_t n;
    ck_assert_msg(in != NULL && source_read_full(in, text, SQL_MAX, &n, &e), "%s", e.text);
    ck_assert_uint_lt(n, SQL_MAX);
    source_close(in);
    return text;
}

START_TEST(test_a_dump_is_whole_under_its_name_with_size_and_digest)
{
    struct stat st;
    nasty_fill(job.dsn);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_int_eq(stat(r->backup.path, &st), 0);
    ck_assert_int_eq(st.st_size, r->backup.size_bytes);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert(str_starts(output_of("sha256sum", "-b"), r->backup.sha256));
    ck_assert_ptr_nonnull(strstr(sql_of_dump(), "database dump complete"));
    ck_assert_str_eq(r->backup.origin, "taken");
    ck_assert_str_eq(r->backup.taken_from, "snapshot");
    ck_assert_ptr_nonnull(r->backup.snapshot);
    ck_assert_ptr_nonnull(strstr(r->tool.pg_dump, "pg_dump (PostgreSQL)"));
    ck_assert(r->backup.took_us.known && r->backup.sql_bytes > st.st_size);
    ck_assert_int_lt(clock_wall_us() - r->backup.taken, 60 * CLOCK_SECOND_US);
}
END_TEST

START_TEST(test_each_compression_gives_what_its_name_says)
{
    static const struct {
        const char *compression, *suffix;
    } kinds[] = {{"gzip", ".sql.gz"}, {"zstd", ".sql.zst"}, {"none", ".sql"}};
    config.backup_compress = kinds[_i].compression;
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert(str_ends(r->backup.path, kinds[_i].suffix));
    ck_assert_ptr_nonnull(strstr(sql_of_dump(), "database dump complete"));
}
END_TEST

START_TEST(test_rows_are_counted_under_the_snapshot_of_the_dump)
{
    nasty_fill(job.dsn);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_int_eq(record_table(r, "Odd \"schema\"", "Table; DROP")->source_rows.value,
                     NASTY_ROWS);
    ck_assert_int_eq(record_table(r, "public", "events_2026")->source_rows.value, NASTY_ROWS / 2);
    ck_assert(!record_table(r, "public", "events")->source_rows.known);
    ck_assert_int_eq(record_table(r, "public", "secret")->source_rows.value, NASTY_ROWS);
}
END_TEST

START_TEST(test_counts_that_nobody_wants_are_not_made)
{
    nasty_fill(job.dsn);
    config.compare_source = "none";
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_uint_eq(r->tables.n, 0);
}
END_TEST

START_TEST(test_schemas_left_out_are_gaps_and_not_in_the_dump)
{
    const char *patterns[] = {"Odd*"}; /* folded to lower case, so it matches nothing */
    nasty_fill(job.dsn);
    config.backup_exclude_schema = (struct opt_list){patterns, 1};
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_uint_eq(r->coverage.n, 0);
    patterns[0] = "\"Odd \"\"schema\"\"\"";
    sleep(1); /* a second dump of the same second would have the same name */
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_uint_eq(r->coverage.n, 1);
    const struct gap *gap = vec_at(&r->coverage, 0);
    ck_assert_ptr_nonnull(strstr(gap->what, "Table; DROP"));
    ck_assert_ptr_null(strstr(sql_of_dump(), "Table; DROP"));
}
END_TEST

START_TEST(test_a_file_that_is_there_is_not_written_over)
{
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    const char *sha = r->backup.sha256, *path = r->backup.path;
    clock_fake(r->backup.taken);
    config.backup_timeout_us = 0;
    ck_assert(!backup_take(&job, r, &e));
    clock_fake(0);
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert_ptr_nonnull(strstr(e.text, path));
    ck_assert(str_starts(output_of("sha256sum", "-b"), sha));
}
END_TEST

START_TEST(test_the_timeouts_of_the_role_do_not_end_the_dump)
{
    nasty_fill(job.dsn);
    test_cluster_sql(job.dsn, "DROP ROLE IF EXISTS hasty; CREATE ROLE hasty SUPERUSER LOGIN;"
                              "ALTER ROLE hasty SET statement_timeout = '1ms';"
                              "ALTER ROLE hasty SET lock_timeout = '1ms';"
                              "ALTER ROLE hasty SET idle_in_transaction_session_timeout = '1ms'");
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "user", "hasty", &e)) != NULL);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
}
END_TEST

START_TEST(test_what_row_security_hides_is_refused_and_not_left_out)
{
    nasty_fill(job.dsn);
    test_cluster_sql(job.dsn, "DROP ROLE IF EXISTS limited; CREATE ROLE limited LOGIN;"
                              "GRANT pg_read_all_data TO limited");
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "user", "limited", &e)) != NULL);
    refused(ERR_CHILD, "row-level security");
}
END_TEST

START_TEST(test_a_pg_dump_that_dies_leaves_nothing)
{
    play_pg_dump("echo 'CREATE TABLE t ();'; kill -9 $$");
    refused(ERR_CHILD, "killed by signal 9");
}
END_TEST

START_TEST(test_a_pg_dump_that_fails_is_heard)
{
    play_pg_dump("echo '-- PostgreSQL database dump complete'; echo; "
                 "echo 'pg_dump: error: the moon is full' >&2; exit 1");
    refused(ERR_CHILD, "the moon is full");
}
END_TEST

START_TEST(test_an_output_without_its_end_is_no_dump_whatever_the_exit_status)
{
    play_pg_dump("echo 'CREATE TABLE t ();'");
    refused(ERR_CHILD, "stops before its end");
}
END_TEST

START_TEST(test_a_pg_dump_that_hangs_is_stopped_at_the_deadline)
{
    play_pg_dump("exec sleep 60");
    config.backup_timeout_us = 2 * CLOCK_SECOND_US;
    refused(ERR_TIMEOUT, "backup.take.timeout");
}
END_TEST

START_TEST(test_warnings_become_findings)
{
    play_pg_dump("echo; echo '-- PostgreSQL database dump complete'; "
                 "echo 'pg_dump: warning: half a moon' >&2");
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_uint_eq(r->findings.n, 1);
    ck_assert_str_eq(((struct finding *)vec_at(&r->findings, 0))->text, "half a moon");
}
END_TEST

START_TEST(test_a_password_is_in_no_argument_and_no_environment)
{
    play_pg_dump("tr '\\0' '\\n' < /proc/$$/environ; tr '\\0' ' ' < /proc/$$/cmdline; "
                 "stat -L -c 'mode %a' $PGPASSFILE; grep -c 'horse' $PGPASSFILE; "
                 "echo; echo '-- PostgreSQL database dump complete'");
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "password", "battery:horse", &e)) != NULL);
    ck_assert_int_eq(setenv("PGPASSWORD", "inherited", 1), 0);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_int_eq(unsetenv("PGPASSWORD"), 0);
    const char *output = sql_of_dump();
    ck_assert_ptr_null(strstr(output, "battery"));
    ck_assert_ptr_null(strstr(output, "inherited"));
    ck_assert_ptr_nonnull(strstr(output, "mode 600\n1\n"));
}
END_TEST

/* A superuser whom the server asks for a password. */
static void ask_for_password(void)
{
    struct slice hba;
    const char *path = test_cluster_text(a, job.dsn, "SHOW hba_file");
    ck_assert_msg(fs_read_file(a, path, 65536, &hba, &e), "%s", e.text);
    if (strstr(hba.p, "secretive") == NULL) {
        const char *text = arena_printf(a, "local all secretive scram-sha-256\n%s", hba.p);
        ck_assert_msg(fs_write_file(a, path, 0644, slice_of(text), &e), "%s", e.text);
    }
    test_cluster_sql(job.dsn, "DROP ROLE IF EXISTS secretive;"
                              "CREATE ROLE secretive SUPERUSER LOGIN PASSWORD 'b:a\\t';"
                              "SELECT pg_reload_conf(), pg_sleep(0.2)");
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "user", "secretive", &e)) != NULL);
}

START_TEST(test_the_right_password_reaches_pg_dump_from_the_connection_string)
{
    ask_for_password();
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "password", "b:a\\t", &e)) != NULL);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
}
END_TEST

START_TEST(test_the_right_password_reaches_pg_dump_from_the_environment)
{
    ask_for_password();
    ck_assert_int_eq(setenv("PGPASSWORD", "b:a\\t", 1), 0);
    bool ok = backup_take(&job, r, &e);
    ck_assert_int_eq(unsetenv("PGPASSWORD"), 0);
    ck_assert_msg(ok, "%s", e.text);
}
END_TEST

START_TEST(test_the_right_password_reaches_pg_dump_from_a_passfile)
{
    ask_for_password();
    const char *path = fs_join(a, test_cluster_folder(), "pgpass");
    ck_assert(fs_write_file(a, path, 0600, slice_of("*:*:*:secretive:b\\:a\\\\t\n"), &e));
    ck_assert_int_eq(setenv("PGPASSFILE", path, 1), 0);
    bool ok = backup_take(&job, r, &e);
    ck_assert_int_eq(unsetenv("PGPASSFILE"), 0);
    ck_assert_msg(ok, "%s", e.text);
}
END_TEST

START_TEST(test_a_wrong_password_is_named_and_not_shown)
{
    ask_for_password();
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "password", "battery", &e)) != NULL);
    refused(ERR_CONNECT, "password authentication failed");
    ck_assert_ptr_null(strstr(e.text, "battery"));
    ck_assert_str_eq(e.sqlstate, "28P01");
}
END_TEST

START_TEST(test_the_users_own_passfile_is_left_in_place)
{
    play_pg_dump("echo PGPASSFILE=$PGPASSFILE; echo; echo '-- PostgreSQL database dump complete'");
    ck_assert_int_eq(setenv("PGPASSFILE", "/home/user/mine", 1), 0);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    ck_assert_int_eq(unsetenv("PGPASSFILE"), 0);
    ck_assert_ptr_nonnull(strstr(sql_of_dump(), "PGPASSFILE=/home/user/mine\n"));
}
END_TEST

START_TEST(test_an_older_pg_dump_is_refused_before_anything_starts)
{
    play_pg_dump("exit 1");
    const char *old = fs_join(a, test_cluster_folder(), "pg_dump");
    const char *text = "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.1'\n";
    ck_assert(fs_write_file(a, old, 0755, slice_of(text), &e));
    job.pg_dump = old;
    refused(ERR_MISSING, "postgresql-client-");
}
END_TEST

START_TEST(test_an_unreachable_source_is_named)
{
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "host", "/nonexistent", &e)) != NULL);
    refused(ERR_CONNECT, "/nonexistent");
}
END_TEST

START_TEST(test_a_database_that_is_not_there_is_named)
{
    ck_assert((job.dsn = pg_dsn_with(a, job.dsn, "dbname", "nosuch", &e)) != NULL);
    refused(ERR_CONNECT, "nosuch");
}
END_TEST

START_TEST(test_a_full_disk_leaves_nothing)
{
    if (geteuid() != 0 || mount("tmpfs", job.dir, "tmpfs", 0, "size=64k") != 0)
        return; /* needs the right to mount; make fresh-test and CI run as root */
    test_cluster_sql(job.dsn, "CREATE TABLE large AS SELECT md5(i::text) "
                              "FROM generate_series(1, 20000) i");
    bool ok = backup_take(&job, r, &e);
    enum err_code code = e.code;
    struct vec names;
    ck_assert(fs_list(a, job.dir, &names, &e));
    ck_assert_int_eq(umount(job.dir), 0);
    ck_assert(!ok);
    ck_assert_int_eq(code, ERR_SPACE);
    ck_assert_uint_eq(names.n, 0);
}
END_TEST

/* Sends the signal to this process as soon as the first bytes were told. */
static void interrupt_self(void *context, const struct progress_state *state)
{
    (void)context;
    if (state->bytes > 0)
        (void)kill(getpid(), SIGTERM);
}

START_TEST(test_an_interrupt_in_the_middle_leaves_nothing)
{
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    const struct progress progress = {.tell = interrupt_self};
    ck_assert(interrupt_open(&intr, &e));
    play_pg_dump("echo 'CREATE TABLE t ();'; exec sleep 60");
    job.intr = &intr;
    job.progress = &progress;
    refused(ERR_INTERRUPTED, "Terminated");
}
END_TEST

START_TEST(test_counts_agree_with_the_dump_while_others_write)
{
    test_cluster_sql(job.dsn, "CREATE TABLE busy AS SELECT i FROM generate_series(1, 50000) i");
    const char *psql = fs_join(a, test_cluster_installation()->bindir, "psql");
    const char *sql = "DO $$ BEGIN FOR i IN 1..100000 LOOP INSERT INTO busy VALUES (i); COMMIT; "
                      "END LOOP; END $$";
    const char *argv[] = {psql, "-qd", job.dsn, "-c", sql, NULL};
    struct spawn how = {.argv = argv};
    CLEANUP(proc_cleanup) struct proc writer = {0};
    ck_assert_msg(proc_start(&how, &writer, &e), "%s", e.text);
    while (test_cluster_int(job.dsn, "SELECT count(*) FROM busy") == 50000)
        (void)usleep(1000);
    ck_assert_msg(backup_take(&job, r, &e), "%s", e.text);
    int64_t rows = 0;
    for (const char *line = sql_of_dump(); line != NULL; line = strchr(line + 1, '\n'))
        rows += line[0] == '\n' && line[1] >= '0' && line[1] <= '9';
    ck_assert_int_gt(rows, 50000);
    ck_assert_int_eq(rows, record_table(r, "public", "busy")->source_rows.value);
}
END_TEST

Suite *suite_backup(void)
{
    Suite *s = suite_create("backup");
    TCase *t = tcase_create("take");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_a_dump_is_whole_under_its_name_with_size_and_digest);
    tcase_add_loop_test(t, test_each_compression_gives_what_its_name_says, 0, 3);
    tcase_add_test(t, test_rows_are_counted_under_the_snapshot_of_the_dump);
    tcase_add_test(t, test_counts_that_nobody_wants_are_not_made);
    tcase_add_test(t, test_schemas_left_out_are_gaps_and_not_in_the_dump);
    tcase_add_test(t, test_a_file_that_is_there_is_not_written_over);
    tcase_add_test(t, test_the_timeouts_of_the_role_do_not_end_the_dump);
    tcase_add_test(t, test_what_row_security_hides_is_refused_and_not_left_out);
    tcase_add_test(t, test_a_pg_dump_that_dies_leaves_nothing);
    tcase_add_test(t, test_a_pg_dump_that_fails_is_heard);
    tcase_add_test(t, test_an_output_without_its_end_is_no_dump_whatever_the_exit_status);
    tcase_add_test(t, test_a_pg_dump_that_hangs_is_stopped_at_the_deadline);
    tcase_add_test(t, test_warnings_become_findings);
    tcase_add_test(t, test_a_password_is_in_no_argument_and_no_environment);
    tcase_add_test(t, test_the_right_password_reaches_pg_dump_from_the_connection_string);
    tcase_add_test(t, test_the_right_password_reaches_pg_dump_from_the_environment);
    tcase_add_test(t, test_the_right_password_reaches_pg_dump_from_a_passfile);
    tcase_add_test(t, test_a_wrong_password_is_named_and_not_shown);
    tcase_add_test(t, test_the_users_own_passfile_is_left_in_place);
    tcase_add_test(t, test_an_older_pg_dump_is_refused_before_anything_starts);
    tcase_add_test(t, test_an_unreachable_source_is_named);
    tcase_add_test(t, test_a_database_that_is_not_there_is_named);
    tcase_add_test(t, test_a_full_disk_leaves_nothing);
    tcase_add_test(t, test_an_interrupt_in_the_middle_leaves_nothing);
    tcase_add_test(t, test_counts_agree_with_the_dump_while_others_write);
    suite_add_tcase(s, t);
    return s;
}
