/* SPDX-License-Identifier: PostgreSQL */
/* Bad input and bad surroundings: the exit status, the words, and that nothing is left half done.
 */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "pg/pg.h"

#include <check.h>

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_bad_input(void);

enum { DUMP_ROWS = 2000 };

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

/* A sound dump of one table; `rows` below DUMP_ROWS cuts it behind that row. */
static const char *dump_text(int rows)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    buf_printf(&text, "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
                      "CREATE TABLE public.t (id integer, x text);\n\n"
                      "COPY public.t (id, x) FROM stdin;\n");
    for (int i = 0; i < rows; i++)
        buf_printf(&text, "%d\trow %d\n", i, i);
    if (rows == DUMP_ROWS)
        buf_printf(&text, "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    return arena_strdup(room.a, buf_text(&text));
}

static const char *sound_dump(void)
{
    return room_file(&room, "sound.sql", dump_text(DUMP_ROWS));
}

#define RUN(...) PROGRAM(&room, "run", "--users", "0", __VA_ARGS__)

static void ended(const struct told *told, int status, const char *words)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
    /* Long lines are folded: the record and standard error say it whole. */
    bool said = strstr(told->out, words) != NULL || strstr(told->err, words) != NULL;
    ck_assert_msg(said, "no \"%s\" in:\n%s%s", words, told->out, told->err);
    room_must_be_clean(&room);
}

/* ---- the backup file --------------------------------------------------------------------------
 */

/* Both commands say the same of a file. */
static void both(const char *path, int status, const char *words)
{
    struct told told = PROGRAM(&room, "verify", path);
    ended(&told, status, words);
    told = RUN("--backup", path);
    ended(&told, status, words);
}

START_TEST(test_a_missing_file_could_not_be_verified)
{
    both(fs_join(room.a, room.dir, "missing.sql"), 3, "missing.sql does not exist");
}
END_TEST

START_TEST(test_an_empty_file_is_a_defective_backup)
{
    both(room_file(&room, "empty.sql", ""), 1, "empty.sql is empty (0 bytes)");
}
END_TEST

START_TEST(test_a_folder_is_a_wrong_argument)
{
    both(room.backups, 2, "is a folder, not a file");
}
END_TEST

START_TEST(test_text_that_is_no_dump_is_named_so)
{
    both(room_file(&room, "letter.txt", "hello; this is a letter\n"), 1, "NOT_A_DUMP");
}
END_TEST

START_TEST(test_a_truncated_gzip_is_a_defective_backup)
{
    const char *path = arena_printf(room.a, "%s.gz", sound_dump());
    struct stat st;
    MUST_RUN(&room, "gzip", "-k", sound_dump());
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(truncate(path, st.st_size / 2), 0);
    both(path, 1, "STREAM_BROKEN");
    ck_assert(report_finding(room_report(&room), "TRAILER_MISSING") != NULL);
}
END_TEST

START_TEST(test_a_dump_cut_between_two_rows_is_a_defective_backup)
{
    both(room_file(&room, "cut.sql", dump_text(DUMP_ROWS / 2)), 1, "COPY_UNTERMINATED");
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->verdict, VERDICT_FAILED);
    must_contain(report_finding(r, "COPY_UNTERMINATED")->text, "after row 1000");
}
END_TEST

/* ---- the source -------------------------------------------------------------------------------
 */

/* A dump was not taken: nothing has a final name, and nothing is proven. */
static void no_dump(const struct told *told, const char *words)
{
    ended(told, 3, words);
    ck_assert_int_eq(room_report(&room)->verdict, VERDICT_UNKNOWN);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
}

START_TEST(test_an_unreachable_source_is_named_with_its_address)
{
    struct told told = RUN("--source", "host=127.0.0.1 port=1 dbname=shop user=reader",
                           "--backup-dir", room.backups);
    no_dump(&told, "connection to server at \"127.0.0.1\", port 1 failed");
    const char *conclusion = room_report(&room)->conclusion;
    ck_assert(str_starts(conclusion, "could not be verified: source: connection to server"));
    must_contain(conclusion, "Connection refused");
}
END_TEST

/* A superuser whom the server asks for a password. */
static void ask_for_password(const char *dsn)
{
    struct slice hba;
    const char *path = test_cluster_text(room.a, dsn, "SHOW hba_file");
    ck_assert_msg(fs_read_file(room.a, path, 65536, &hba, &e), "%s", e.text);
    const char *text = arena_printf(room.a, "local all locked scram-sha-256\n%s", hba.p);
    ck_assert_msg(fs_write_file(room.a, path, 0644, slice_of(text), &e), "%s", e.text);
    test_cluster_sql(dsn, "DROP ROLE IF EXISTS locked;"
                          "CREATE ROLE locked SUPERUSER LOGIN PASSWORD 'right';"
                          "SELECT pg_reload_conf(), pg_sleep(0.2)");
}

START_TEST(test_a_wrong_password_is_told_and_not_shown)
{
    const char *dsn = test_cluster_database();
    ask_for_password(dsn);
    ck_assert((dsn = pg_dsn_with(room.a, dsn, "user", "locked", &e)) != NULL);
    ck_assert((dsn = pg_dsn_with(room.a, dsn, "password", "battery", &e)) != NULL);
    struct told told = RUN("--source", dsn, "--backup-dir", room.backups);
    no_dump(&told, "password authentication failed for user \"locked\"");
    ck_assert_ptr_null(strstr(told.out, "battery"));
    ck_assert_ptr_null(strstr(told.err, "battery"));
}
END_TEST

/* ---- the machine ------------------------------------------------------------------------------
 */

/* A file system that this test and its children alone see. False: not permitted, test skipped. */
static bool mount_alone(const char *where, const char *options)
{
    bool ok = geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
              mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
              mount("none", where, "tmpfs", 0, options) == 0;
    if (!ok)
        runner_skip("mounting a tmpfs needs root");
    return ok;
}

static void fill_with_noise(const char *dsn)
{
    test_cluster_sql(dsn, "CREATE TABLE noise AS SELECT md5(i::text) || md5((-i)::text) AS x "
                          "FROM generate_series(1, 100000) AS i");
}

START_TEST(test_a_full_disk_leaves_no_dump_with_a_final_name)
{
    const char *dsn = test_cluster_database();
    fill_with_noise(dsn);
    if (!mount_alone(room.backups, "size=1m"))
        return;
    struct told told = RUN("--source", dsn, "--backup-dir", room.backups);
    no_dump(&told, "No space left on device");
}
END_TEST

START_TEST(test_a_full_work_folder_is_no_fault_of_the_backup)
{
    if (!mount_alone(room.work, "size=8m,mode=0711"))
        return;
    struct told told = RUN("--backup", sound_dump());
    ended(&told, 3, "No space left on device");
    ck_assert_int_eq(room_report(&room)->verdict, VERDICT_UNKNOWN);
}
END_TEST

START_TEST(test_a_report_that_cannot_be_written_is_no_pass)
{
    if (!mount_alone(room.reports, "size=8k"))
        return;
    struct told told = RUN("--backup", sound_dump());
    ended(&told, 3, "UNKNOWN.");
    must_contain(told.out, "report could not be written");
    must_contain(told.out, "No space left on device");
    ck_assert_ptr_null(room_only_entry(&room, room.reports));
}
END_TEST

START_TEST(test_a_machine_without_a_server_is_told_what_to_install)
{
    if (!mount_alone("/usr/lib/postgresql", "size=1m"))
        return;
    struct told told = RUN("--backup", sound_dump());
    ended(&told, 3, "no PostgreSQL server is installed; install the Debian package postgresql");
    must_contain(room_report(&room)->conclusion,
                 "could not be verified: no PostgreSQL server is installed");
    told = PROGRAM(&room, "verify", sound_dump()); /* which needs none */
    ended(&told, 0, "PASSED");
}
END_TEST

START_TEST(test_a_folder_without_server_programs_is_not_passed_over)
{
    struct told told = RUN("--backup", sound_dump(), "--target-bindir", room.backups);
    ended(&told, 3, "no initdb and postgres that can be run in");
}
END_TEST

START_TEST(test_a_source_newer_than_pg_dump_is_told_what_to_install)
{
    const char *dsn = test_cluster_database();
    if (!mount_alone("/usr/lib/postgresql", "size=1m"))
        return;
    MUST_RUN(&room, "mkdir", "-p", "/usr/lib/postgresql/12/bin");
    const char *text = "#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.1'\n";
    ck_assert(
        fs_write_file(room.a, "/usr/lib/postgresql/12/bin/pg_dump", 0755, slice_of(text), &e));
    struct told told = RUN("--source", dsn, "--backup-dir", room.backups);
    no_dump(&told, "installed is 12 in /usr/lib/postgresql/12/bin; install the package "
                   "postgresql-client-");
}
END_TEST

/* ---- the configuration ------------------------------------------------------------------------
 */

/* Nothing was started: not even a report. */
static void refused(const char *path, const char *words)
{
    struct told told = PROGRAM(&room, "run", "-c", path);
    ended(&told, 2, words);
    ck_assert_ptr_null(room_only_entry(&room, room.reports));
}

START_TEST(test_a_configuration_that_cannot_be_read_is_refused)
{
    refused(fs_join(room.a, room.dir, "missing.yaml"), "missing.yaml: No such file");
    refused(room.backups, "Is a directory");
    refused(room_file(&room, "broken.yaml", "a: [\n"), "broken.yaml:2:1: error:");
    refused(room_file(&room, "typo.yaml", "load:\n  userz: 3\n"), "typo.yaml:2:3:");
    refused(room_file(&room, "word.yaml", "load:\n  users: many\n"), "word.yaml:2:10:");
}
END_TEST

START_TEST(test_a_configuration_without_permission_is_refused)
{
    room_open(&room, geteuid() == 0 ? "nobody" : NULL);
    const char *path = room_file(&room, "secret.yaml", "name: secret\n");
    ck_assert_int_eq(chmod(path, 0), 0);
    refused(path, "secret.yaml: Permission denied");
}
END_TEST

/* ---- others in the same place -----------------------------------------------------------------
 */

START_TEST(test_two_runs_at_once_do_not_see_each_other)
{
    const char *words[] = {"run", "--users", "0", "--backup", sound_dump(), NULL};
    struct running first, second;
    struct vec names;
    program_start(&room, words, &first);
    program_start(&room, words, &second);
    struct told one = program_end(&first, 0), two = program_end(&second, 0);
    ended(&one, 0, "PASSED");
    ended(&two, 0, "PASSED");
    ck_assert(fs_list(room.a, room.reports, &names, &e));
    ck_assert_uint_eq(names.n, 3); /* one each, and the link to the latest */
    running_cleanup(&first);
    running_cleanup(&second);
}
END_TEST

START_TEST(test_files_of_others_in_the_report_folder_stay)
{
    struct slice text;
    const char *beside = room_file(&room, "reports/notes.txt", "mine");
    MUST_RUN(&room, "mkdir", "reports/older");
    const char *within = room_file(&room, "reports/older/report.json", "older");
    struct told told = RUN("--backup", sound_dump());
    ended(&told, 0, "PASSED");
    ck_assert(fs_read_file(room.a, beside, 100, &text, &e));
    ck_assert_str_eq(text.p, "mine");
    ck_assert(fs_read_file(room.a, within, 100, &text, &e));
    ck_assert_str_eq(text.p, "older");
}
END_TEST

START_TEST(test_a_report_folder_that_is_a_file_is_refused_before_anything_starts)
{
    const char *path = room_file(&room, "file", "mine");
    struct told told = RUN("--backup", sound_dump(), "--report-dir", path);
    ended(&told, 2, "report.dir");
    ck_assert_str_eq(told.out, "");
}
END_TEST

static void add_machine(TCase *tc)
{
    tcase_add_test(tc, test_a_full_disk_leaves_no_dump_with_a_final_name);
    tcase_add_test(tc, test_a_full_work_folder_is_no_fault_of_the_backup);
    tcase_add_test(tc, test_a_report_that_cannot_be_written_is_no_pass);
    tcase_add_test(tc, test_a_machine_without_a_server_is_told_what_to_install);
    tcase_add_test(tc, test_a_folder_without_server_programs_is_not_passed_over);
    tcase_add_test(tc, test_a_source_newer_than_pg_dump_is_told_what_to_install);
}

Suite *suite_bad_input(void)
{
    Suite *s = suite_create("bad_input");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_a_missing_file_could_not_be_verified);
    tcase_add_test(tc, test_an_empty_file_is_a_defective_backup);
    tcase_add_test(tc, test_a_folder_is_a_wrong_argument);
    tcase_add_test(tc, test_text_that_is_no_dump_is_named_so);
    tcase_add_test(tc, test_a_truncated_gzip_is_a_defective_backup);
    tcase_add_test(tc, test_a_dump_cut_between_two_rows_is_a_defective_backup);
    tcase_add_test(tc, test_an_unreachable_source_is_named_with_its_address);
    tcase_add_test(tc, test_a_wrong_password_is_told_and_not_shown);
    add_machine(tc);
    tcase_add_test(tc, test_a_configuration_that_cannot_be_read_is_refused);
    tcase_add_test(tc, test_a_configuration_without_permission_is_refused);
    tcase_add_test(tc, test_two_runs_at_once_do_not_see_each_other);
    tcase_add_test(tc, test_files_of_others_in_the_report_folder_stay);
    tcase_add_test(tc, test_a_report_folder_that_is_a_file_is_refused_before_anything_starts);
    suite_add_tcase(s, tc);
    return s;
}
