/* SPDX-License-Identifier: PostgreSQL */
/* Whole rehearsals that end as they should: what is said, what is reported, what is left. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "pg/pg.h"
#include "report/manifest.h"
#include "report/report.h"

#include <check.h>
#include <cjson/cJSON.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_run(void);

enum { FILE_MAX = 16 * 1024 * 1024, ODD_TABLES_MIN = 27 };

static const char *odd_dsn;  /* made once, before the tests fork */
static const char *odd_dump; /* of it, plain */

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

static const char *read_file(const char *path)
{
    struct slice text;
    ck_assert_msg(fs_read_file(room.a, path, FILE_MAX, &text, &e), "%s", e.text);
    return text.p;
}

static void once(void)
{
    set_up();
    odd_dsn = test_cluster_database();
    test_cluster_sql(odd_dsn, read_file("tests/integration/odd.sql"));
    odd_dump = fs_join(room.a, room.dir, "odd.sql");
    const char *pg_dump = fs_join(room.a, test_cluster_installation()->bindir, "pg_dump");
    MUST_RUN(&room, pg_dump, "-d", odd_dsn, "-f", odd_dump);
}

static void ended(const struct told *told, int status)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
    room_must_be_clean(&room);
}

#define RUN(...) PROGRAM(&room, "run", __VA_ARGS__)
#define QUICK "--users", "0"

/* ---- a source ---------------------------------------------------------------------------------
 */

/* Every table that the catalogue knows was counted three times, and the count is the true one. */
static void must_have_counted_every_table(const struct record *r)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    CLEANUP(pg_result_cleanup) PGresult *rows = NULL;
    const char *sql = read_file("tests/integration/odd_counts.sql");
    ck_assert_msg(pg_open(odd_dsn, NULL, 0, &pg, &e), "%s", e.text);
    ck_assert_msg(pg_query(&pg, sql, NULL, &rows, &e), "%s", e.text);
    ck_assert_int_ge(PQntuples(rows), ODD_TABLES_MIN);
    size_t n_equal = 0;
    VEC_EACH (const struct table_facts, t, &r->tables)
        n_equal += t->outcome == OUTCOME_PASSED;
    ck_assert_uint_eq(n_equal, (size_t)PQntuples(rows)); /* others hold no rows of their own */
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *name = pg_cell(rows, i, 1);
        const struct table_facts *t = report_table(r, pg_cell(rows, i, 0), name);
        ck_assert_msg(t != NULL, "table %s is not in the report", name);
        ck_assert_msg(t->source_rows.known && t->dump_rows.known && t->restored_rows.known,
                      "table %s was not counted", name);
        ck_assert_int_eq(t->source_rows.value, pg_cell_int(rows, i, 2));
        ck_assert_int_eq(t->dump_rows.value, t->source_rows.value);
        ck_assert_int_eq(t->restored_rows.value, t->source_rows.value);
        ck_assert_int_eq(t->outcome, OUTCOME_PASSED);
    }
}

static void must_have_proven(const struct record *r)
{
    ck_assert_int_eq(r->verdict, VERDICT_PASSED);
    ck_assert_int_eq(r->exit_code, 0);
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(!c->required || c->outcome == OUTCOME_PASSED ||
                          c->outcome == OUTCOME_WARNED || c->outcome == OUTCOME_SKIPPED,
                      "check %s: %s", c->name, c->detail);
    VEC_EACH (const struct stage_facts, s, &r->stages)
        ck_assert_msg(s->outcome == OUTCOME_PASSED || s->outcome == OUTCOME_WARNED, "stage %s: %s",
                      stage_words[s->name], s->reason);
}

static bool has_text(const struct vec *texts, const char *wanted)
{
    VEC_EACH (const char *, text, texts)
        if (str_eq(*text, wanted))
            return true;
    return false;
}

static bool has_gap(const struct record *r, const char *what)
{
    VEC_EACH (const struct gap, g, &r->coverage)
        if (str_eq(g->what, what))
            return true;
    return false;
}

/* What a rehearsal could leave in the source. */
static int64_t source_state(void)
{
    const char *sql = "SELECT (SELECT count(*) FROM pg_catalog.pg_class) + "
                      "(SELECT count(*) FROM pg_catalog.pg_roles) + (SELECT count(*) FROM "
                      "pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database())";
    return test_cluster_int(odd_dsn, sql);
}

START_TEST(test_an_odd_database_is_proven_whole_and_the_source_stays_as_it_was)
{
    int64_t before = source_state();
    MUST_RUN(&room, "mkdir", "migrations");
    (void)room_file(&room, "migrations/1_more.sql", "ALTER TABLE public.texts ADD more integer;\n");
    struct told told =
        RUN("--source", odd_dsn, "--migrations", fs_join(room.a, room.dir, "migrations"), "--users",
            "5", "--duration", "1s", "--load-warmup", "0s", "--objectives-load-p99", "20s");
    ended(&told, 0);
    must_contain(told.out, "PASSED");
    must_contain(told.out, "nothing left behind");
    const struct record *r = room_report(&room);
    must_have_proven(r);
    must_have_counted_every_table(r);
    ck_assert_int_eq(r->restore.n_errors, 0);
    ck_assert_uint_eq(r->migrations.n, 1);
    ck_assert_int_gt(r->load.transactions, 0);
    ck_assert_int_eq(r->load.n_errors, 0);
    ck_assert_str_eq(r->target.settings_from, "source"); /* which does without fsync itself */
    ck_assert(has_text(&r->target.settings_later, "fsync = off"));
    ck_assert(!has_gap(r, "migrations and load with the settings of the source"));
    ck_assert(!r->backup.kept); /* it lay in the private folder */
    ck_assert(!fs_exists(r->backup.path));
    ck_assert_int_eq(source_state(), before);
}
END_TEST

static const char *const compressions[] = {"none", "gzip", "zstd"};

START_TEST(test_a_kept_dump_is_the_one_that_was_proven)
{
    const char *compression = compressions[_i];
    struct told told = RUN("--source", odd_dsn, QUICK, "--backup-dir", room.backups,
                           "--backup-take-compress", compression);
    ended(&told, 0);
    const struct record *r = room_report(&room);
    const char *path = r->backup.path;
    MUST_RUN(&room, "unlink", arena_printf(room.a, "%s%s", path, MANIFEST_SUFFIX));
    ck_assert_str_eq(room_only_entry(&room, room.backups), path);
    ck_assert_str_eq(r->backup.compression, compression);
    ck_assert(r->backup.kept);
    const char *line = arena_printf(room.a, "%s  %s\n", r->backup.sha256, path);
    MUST_RUN(&room, "sha256sum", "--check", "--quiet", room_file(&room, "sum", line));
    told = PROGRAM(&room, "verify", path);
    ended(&told, 0);
}
END_TEST

START_TEST(test_an_unprivileged_account_can_rehearse)
{
    if (geteuid() != 0) {
        runner_skip("every other test runs unprivileged already");
        return;
    }
    /* The account of the test's server is the one that its socket lets in. */
    room_open(&room, test_cluster_facts()->account);
    struct told told = RUN("--source", odd_dsn, QUICK);
    ended(&told, 0);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->run.user, room.user);
    ck_assert_str_eq(r->target.account, room.user);
}
END_TEST

/* Everything that needs no source, by an account that owns nothing but its folders. */
START_TEST(test_an_unprivileged_account_can_do_all_of_it)
{
    struct stat st;
    if (geteuid() != 0) {
        runner_skip("every other test runs unprivileged already");
        return;
    }
    const char *dump = room_file(&room, "odd.sql", read_file(odd_dump));
    room_open(&room, "nobody");
    struct told told = RUN("--backup", dump, "--users", "5", "--duration", "1s", "--load-warmup",
                           "0s", "--objectives-load-p99", "20s");
    ended(&told, 0);
    must_contain(told.out, "nothing left behind");
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->run.user, "nobody");
    ck_assert_int_gt(r->load.transactions, 0);
    ck_assert(has_text(&r->target.settings, "fsync = off"));
    ck_assert_str_eq(r->target.settings_from, "defaults");
    ck_assert(has_text(&r->target.settings_later, "fsync = on"));
    ck_assert(has_text(&r->target.settings_later, "synchronous_commit = on"));
    ck_assert(has_gap(r, "migrations and load with the settings of the source"));
    ck_assert_int_eq(stat(fs_join(room.a, room.reports, "latest/report.json"), &st), 0);
    ck_assert_uint_ne(st.st_uid, 0);
    told = PROGRAM(&room, "verify", dump);
    ended(&told, 0);
    told = PROGRAM(&room, "doctor");
    ended(&told, 0);
    must_contain(told.out, "servers run as nobody, like pg_rehearse itself");
    told = PROGRAM(&room, "reap");
    ended(&told, 0);
}
END_TEST

/* As services have it that run without a home. */
START_TEST(test_an_account_without_a_folder_of_its_own_is_told_what_to_set)
{
    if (geteuid() != 0) {
        runner_skip("needs an account that may not write to /");
        return;
    }
    room_open(&room, "nobody");
    const char *path = room_file(&room, "any.sql", "");
    struct told told = RUN("--backup", path, "--state-dir", "/nonexistent/state");
    ended(&told, 2);
    must_contain(told.err, "create folder /nonexistent: Permission denied; set state_dir");
    ck_assert_str_eq(told.out, "");
    told = RUN("--backup", path, "--work-dir", "/");
    ended(&told, 2);
    must_contain(told.err, "work_dir: nothing can be made in /");
    told = PROGRAM(&room, "doctor", "--state-dir", "/nonexistent/state");
    ended(&told, 3);
    must_contain(told.out, "MISS  leases");
}
END_TEST

START_TEST(test_the_demonstration_passes)
{
    char top[4096]; /* the program runs in its room */
    ck_assert_ptr_nonnull(getcwd(top, sizeof top));
    const char *demo = fs_join(room.a, top, "scenarios/storefront");
    const char *script = arena_printf(room.a, "%s/load/search.sql@1", demo);
    struct told told = RUN("--source-demo", demo, "--source-demo-rows", "1000", "--migrations",
                           fs_join(room.a, demo, "migrations"), "--script", script, "--duration",
                           "1s", "--load-warmup", "0s", "--load-think", "500ms",
                           "--objectives-load-p99", "20s", "--objectives-pool-utilization", "100%");
    ended(&told, 0);
    must_have_proven(room_report(&room));
}
END_TEST

/* The scenarios that come with the program, with what they say to change changed. */
START_TEST(test_the_scenarios_pass_as_they_are_shipped)
{
    static const char *const names[] = {"nightly", "ci-gate", "pre-upgrade"};
    char top[4096];
    ck_assert_ptr_nonnull(getcwd(top, sizeof top));
    const char *bindir = test_cluster_installation()->bindir;
    const char *file = arena_printf(room.a, "%s/scenarios/%s.yaml", top, names[_i]);
    MUST_RUN(&room, "mkdir", "migrations");
    (void)room_file(&room, "migrations/001_note.sql", "CREATE TABLE public.note (x text);\n");
    bool gate = str_eq(names[_i], "ci-gate");
    struct told told = RUN("-c", file, gate ? "--backup" : "--source", gate ? odd_dump : odd_dsn,
                           "--migrations", "migrations", "--work-dir", room.work, "--backup-dir",
                           room.backups, "--report-dir", room.reports, "--target-bindir", bindir,
                           "--backup-take-pg-dump", fs_join(room.a, bindir, "pg_dump"), "--users",
                           "5", "--duration", "1s", "--load-warmup", "0s", "--strict=false");
    ended(&told, 0);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->run.name, names[_i]);
    ck_assert_int_eq(r->verdict, VERDICT_PASSED);
    if (str_eq(names[_i], "nightly"))
        ck_assert_str_eq(told.out, ""); /* cron sends nothing */
}
END_TEST

/* ---- a file -----------------------------------------------------------------------------------
 */

static void must_have_every_format(const char *run_id)
{
    const char *latest = fs_join(room.a, room.reports, "latest");
    char to[64] = "";
    must_contain(read_file(fs_join(room.a, latest, "report.html")), "</html>");
    must_contain(read_file(fs_join(room.a, latest, "report.txt")), "PASSED");
    ck_assert_int_gt(readlink(latest, to, sizeof to - 1), 0);
    ck_assert_str_eq(to, run_id);
}

START_TEST(test_a_file_needs_no_source_and_stays)
{
    const char *before = read_file(odd_dump);
    struct told told = RUN("--backup", odd_dump, QUICK);
    ended(&told, 0);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->backup.origin, "file");
    ck_assert(r->backup.kept);
    ck_assert_str_eq(read_file(odd_dump), before);
    VEC_EACH (const struct table_facts, t, &r->tables)
        ck_assert_msg(t->outcome == OUTCOME_SKIPPED ||
                          (t->outcome == OUTCOME_PASSED && !t->source_rows.known &&
                           t->restored_rows.value == t->dump_rows.value),
                      "table %s", t->name);
    must_have_every_format(r->run.id);
    const char *head = arena_printf(room.a, "pg_rehearse %s  run %s", PGR_VERSION, r->run.id);
    ck_assert(str_starts(told.out, head)); /* before any stage */
}
END_TEST

/* What the server says of the copy, and not of the empty database that it was made of. */
START_TEST(test_the_report_tells_the_restored_database)
{
    const char *sql = "SELECT count(*) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND "
                      "relnamespace NOT IN ('pg_catalog'::regnamespace, "
                      "'information_schema'::regnamespace) AND relpersistence <> 't'";
    struct told told = RUN("--backup", odd_dump, QUICK);
    ended(&told, 0);
    const struct server_facts *target = &room_report(&room)->target;
    ck_assert(target->tables.known);
    ck_assert_int_eq(target->tables.value, test_cluster_int(odd_dsn, sql));
    ck_assert_str_eq(target->database, "rehearsal");
}
END_TEST

START_TEST(test_verify_gives_the_whole_record_as_json)
{
    struct record *r;
    struct told told = PROGRAM(&room, "verify", "--json", odd_dump);
    ended(&told, 0);
    ck_assert_msg(report_read_json(room.a, slice_of(told.out), &r, &e), "%s", e.text);
    ck_assert_int_eq(r->verdict, VERDICT_PASSED);
    ck_assert_str_eq(r->run.command, "verify");
    ck_assert_str_eq(told.err, "");
    ck_assert_ptr_null(room_only_entry(&room, room.reports));
}
END_TEST

/* A dump that the server does not take: the second row has the key of the first. */
static const char *rejected_dump(void)
{
    return room_file(&room, "rejected.sql",
                     "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
                     "CREATE TABLE public.t (id integer);\n\nCOPY public.t (id) FROM stdin;\n1\n1\n"
                     "\\.\n\nALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n\n"
                     "--\n-- PostgreSQL database dump complete\n--\n\n");
}

START_TEST(test_a_dump_that_does_not_restore_whole_is_a_defective_backup)
{
    struct told told = RUN("--backup", rejected_dump(), QUICK);
    ended(&told, 1);
    must_contain(told.out, "FAILED");
    const struct record *r = room_report(&room);
    ck_assert_int_eq(r->verdict, VERDICT_FAILED);
    ck_assert_int_eq(r->restore.n_errors, 1);
    const struct statement_error *first = vec_at(&r->restore.errors, 0);
    ck_assert_str_eq(first->sqlstate, "23505");
    ck_assert_int_eq(report_check(r, "restore_complete")->outcome, OUTCOME_FAILED);
}
END_TEST

/* ---- what ends otherwise than with 0 ----------------------------------------------------------
 */

START_TEST(test_a_missed_objective_ends_with_4)
{
    struct told told = RUN("--backup", odd_dump, QUICK, "--objectives-restore-time", "1us");
    ended(&told, 4);
    const struct record *r = room_report(&room);
    const struct objective *o = report_objective(r, "objectives.restore_time");
    ck_assert_ptr_nonnull(o);
    ck_assert_int_eq(o->outcome, OUTCOME_FAILED);
    ck_assert_int_eq(r->exit_code, 4);
}
END_TEST

START_TEST(test_a_failing_migration_ends_with_5_and_names_its_file)
{
    MUST_RUN(&room, "mkdir", "migrations");
    (void)room_file(&room, "migrations/1_fine.sql", "ALTER TABLE public.texts ADD more integer;\n");
    (void)room_file(&room, "migrations/2_bad.sql", "ALTER TABLE public.nowhere ADD x integer;\n");
    (void)room_file(&room, "migrations/3_later.sql", "SELECT 1;\n");
    struct told told =
        RUN("--backup", odd_dump, QUICK, "--migrations", fs_join(room.a, room.dir, "migrations"));
    ended(&told, 5);
    must_contain(told.out, "2_bad.sql");
    const struct vec *m = &room_report(&room)->migrations;
    ck_assert_uint_eq(m->n, 3);
    ck_assert_int_eq(((struct migration_facts *)vec_at(m, 0))->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(((struct migration_facts *)vec_at(m, 1))->outcome, OUTCOME_FAILED);
    ck_assert_int_eq(((struct migration_facts *)vec_at(m, 2))->outcome, OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_strict_makes_warnings_count)
{
    struct told told = PROGRAM(&room, "verify", odd_dump, "--objectives-backup-size", "1kB");
    ended(&told, 0);
    must_contain(told.out, "PASSED with 1 warning");
    told = PROGRAM(&room, "verify", odd_dump, "--objectives-backup-size", "1kB", "--strict");
    ended(&told, 1);
    must_contain(told.out, "FAILED");
}
END_TEST

static void refused(const struct told *told, const char *words)
{
    ended(told, 2);
    must_contain(told->err, words);
    ck_assert_str_eq(told->out, ""); /* nothing but the message is printed */
    ck_assert_uint_eq(strcspn(told->err, "\n"), strlen(told->err) - 1);
    ck_assert_ptr_null(room_only_entry(&room, room.reports));
}

START_TEST(test_wrong_usage_ends_with_2_before_anything_starts)
{
    struct told told = PROGRAM(&room, "run");
    refused(&told, "nothing to rehearse");
    told = RUN("--backup", odd_dump, "--userz", "3");
    refused(&told, "did you mean --users?");
    told = RUN("--backup", odd_dump, "--users", "many");
    refused(&told, "--load-users");
    told = RUN("--backup", odd_dump, "--migrations", "/nowhere");
    refused(&told, "/nowhere is no folder");
    told = RUN("--backup", odd_dump, "--work-dir", "/nowhere/at/all");
    refused(&told, "work_dir: /nowhere/at/all is no folder");
    told = RUN("--backup", odd_dump, "--script", "/nowhere.sql");
    refused(&told, "/nowhere.sql");
    told = RUN("--backup", odd_dump, "--script", room_file(&room, "load.sql", "SELECT :x;\n"));
    refused(&told, "load.sql:1: no line above sets the variable \"x\"");
    told = RUN("--backup", room.backups, QUICK);
    refused(&told, "is a folder, not a file");
    told = PROGRAM(&room, "rnu");
    refused(&told, "did you mean \"run\"?");
    told = PROGRAM(&room, "verify");
    refused(&told, "verify needs BACKUP");
}
END_TEST

/* ---- how it is said ---------------------------------------------------------------------------
 */

START_TEST(test_quiet_is_silent_on_success_and_whole_otherwise)
{
    struct told told = RUN("--backup", odd_dump, QUICK, "--quiet");
    ended(&told, 0);
    ck_assert_str_eq(told.out, "");
    ck_assert_str_eq(told.err, "");
    told = RUN("--backup", rejected_dump(), QUICK, "--quiet");
    ended(&told, 1);
    must_contain(told.out, " FAIL  restore");
    must_contain(told.out, " ok    teardown");
    must_contain(told.out, "FAILED.");
    must_contain(told.out, "Report  ");
}
END_TEST

/* Every line of standard error is an object whose message has no line break; gives the last. */
static cJSON *last_of_json_lines(const struct told *told, size_t *n)
{
    char *rest = arena_strdup(room.a, told->err), *line;
    cJSON *object = NULL;
    ck_assert_str_eq(told->out, "");
    for (*n = 0; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; *n += 1) {
        cJSON_Delete(object);
        object = cJSON_Parse(line);
        const char *message = cJSON_GetStringValue(cJSON_GetObjectItem(object, "message"));
        ck_assert_msg(message != NULL && *message != '\0', "%s", line);
        ck_assert_msg(strpbrk(message, "\r\n\t") == NULL && strstr(message, "\\n") == NULL, "%s",
                      line);
    }
    ck_assert_ptr_nonnull(object);
    return object;
}

static const char *member(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    ck_assert_msg(text != NULL, "no %s", name);
    return text;
}

START_TEST(test_json_lines_end_with_the_verdict_for_programs)
{
    size_t n;
    struct told told =
        RUN("--backup", odd_dump, QUICK, "--log-format", "json", "--objectives-backup-size", "1kB");
    ended(&told, 0);
    cJSON *last = last_of_json_lines(&told, &n);
    ck_assert_uint_ge(n, STAGE_WORDS + 4); /* head, finding, objective, conclusion */
    ck_assert_str_eq(member(last, "verdict"), "passed");
    ck_assert(cJSON_IsNumber(cJSON_GetObjectItem(last, "exit_code")));
    ck_assert_int_eq(cJSON_GetObjectItem(last, "exit_code")->valueint, 0);
    must_contain(read_file(member(last, "report")), "pg_rehearse.report/v1");
    must_contain(told.err, "\"code\":\"BACKUP_TOO_LARGE\"");
    cJSON_Delete(last);
}
END_TEST

START_TEST(test_json_lines_of_what_could_not_be_verified_name_the_cause)
{
    size_t n;
    struct told told = RUN("--source", "host=127.0.0.1 port=1", QUICK, "--log-format", "json");
    ended(&told, 3);
    cJSON *last = last_of_json_lines(&told, &n);
    ck_assert_str_eq(member(last, "verdict"), "unknown");
    ck_assert_int_eq(cJSON_GetObjectItem(last, "exit_code")->valueint, 3);
    must_contain(member(last, "message"), "Connection refused");
    cJSON_Delete(last);
    told = PROGRAM(&room, "verify", rejected_dump(), "--log-format", "json");
    ended(&told, 0);
    last = last_of_json_lines(&told, &n);
    ck_assert_str_eq(member(last, "verdict"), "passed");
    cJSON_Delete(last);
}
END_TEST

START_TEST(test_doctor_and_reap_say_what_they_found)
{
    struct told told = PROGRAM(&room, "doctor", "--source", odd_dsn);
    ended(&told, 0);
    must_contain(told.out, "This machine can rehearse a backup.");
    must_contain(told.out, " ok   source");
    told = PROGRAM(&room, "doctor", "--source", "host=127.0.0.1 port=1");
    ended(&told, 3);
    must_contain(told.out, "MISS  source");
    told = PROGRAM(&room, "reap");
    ended(&told, 0);
    must_contain(told.out, "nothing to remove");
}
END_TEST

static void add_endings(TCase *tc)
{
    tcase_add_test(tc, test_a_dump_that_does_not_restore_whole_is_a_defective_backup);
    tcase_add_test(tc, test_a_missed_objective_ends_with_4);
    tcase_add_test(tc, test_a_failing_migration_ends_with_5_and_names_its_file);
    tcase_add_test(tc, test_strict_makes_warnings_count);
    tcase_add_test(tc, test_wrong_usage_ends_with_2_before_anything_starts);
    tcase_add_test(tc, test_quiet_is_silent_on_success_and_whole_otherwise);
    tcase_add_test(tc, test_json_lines_end_with_the_verdict_for_programs);
    tcase_add_test(tc, test_json_lines_of_what_could_not_be_verified_name_the_cause);
    tcase_add_test(tc, test_doctor_and_reap_say_what_they_found);
}

Suite *suite_run(void)
{
    Suite *s = suite_create("run");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, once, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_an_odd_database_is_proven_whole_and_the_source_stays_as_it_was);
    tcase_add_loop_test(tc, test_a_kept_dump_is_the_one_that_was_proven, 0,
                        (int)COUNT_OF(compressions));
    tcase_add_test(tc, test_an_unprivileged_account_can_rehearse);
    tcase_add_test(tc, test_an_unprivileged_account_can_do_all_of_it);
    tcase_add_test(tc, test_an_account_without_a_folder_of_its_own_is_told_what_to_set);
    tcase_add_test(tc, test_the_demonstration_passes);
    tcase_add_loop_test(tc, test_the_scenarios_pass_as_they_are_shipped, 0, 3);
    tcase_add_test(tc, test_a_file_needs_no_source_and_stays);
    tcase_add_test(tc, test_the_report_tells_the_restored_database);
    tcase_add_test(tc, test_verify_gives_the_whole_record_as_json);
    add_endings(tc);
    suite_add_tcase(s, tc);
    return s;
}
