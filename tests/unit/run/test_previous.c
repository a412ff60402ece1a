/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "report/report.h"
#include "run/run.h"

#include <check.h>

Suite *suite_run_previous(void);

static struct arena *a;
static const char *dir;
static struct config config;
static struct run run;

static void set_up(void)
{
    struct err e = {0};
    a = arena_new();
    dir = fs_make_temp_dir(a, "/tmp", "previous-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
    config = (struct config){.report_dir = dir};
    run = (struct run){.arena = a, .config = &config, .record = record_new(a)};
    run.record->run.command = "run";
    run.record->run.name = "nightly";
    run.record->run.id = "01JDB4Q2M8T5X0V9W3K7R6N1P9";
}

static void tear_down(void)
{
    struct err e = {0};
    bool gone = fs_remove_tree(dir, &e);
    arena_free(a);
    ck_assert_msg(gone, "%s", e.text);
}

/* A report in a folder of the id's name. */
static void leave(const char *id, const char *name, enum outcome verified, int64_t rows)
{
    struct err e = {0};
    struct buf text = {0};
    struct record *r = record_new(a);
    r->schema = RECORD_SCHEMA;
    r->run.name = name;
    r->backup.rows = rows;
    r->backup.compression = "gzip";
    r->backup.database = "shop";
    record_stage(r, STAGE_verify)->outcome = verified;
    VEC_EACH (struct stage_facts, s, &r->stages)
        s->outcome = s->outcome == OUTCOME_PENDING ? OUTCOME_SKIPPED : s->outcome;
    report_json(r, &text);
    const char *folder = fs_join(a, dir, id);
    ck_assert(fs_make_dirs(folder, 0755, &e));
    ck_assert(fs_write_file(a, fs_join(a, folder, "report.json"), 0644,
                            (struct slice){text.p, text.n}, &e));
    buf_cleanup(&text);
}

START_TEST(test_the_newest_of_the_same_name_that_was_verified_counts)
{
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P1", "nightly", OUTCOME_PASSED, 1);
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P2", "nightly", OUTCOME_WARNED, 2);
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P3", "nightly", OUTCOME_FAILED, 3);
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P4", "weekly", OUTCOME_PASSED, 4);
    run_find_previous(&run);
    ck_assert_str_eq(run.record->backup.previous.run, "01JDB4Q2M8T5X0V9W3K7R6N1P2");
    ck_assert_int_eq(run.record->backup.previous.rows.value, 2);
    ck_assert_str_eq(run.record->backup.previous.compression, "gzip");
}
END_TEST

START_TEST(test_a_run_of_another_database_does_not_count)
{
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P1", "nightly", OUTCOME_PASSED, 1);
    run.record->backup.database = "warehouse";
    run_find_previous(&run);
    ck_assert_ptr_null(run.record->backup.previous.run);
    run.record->backup.database = "shop";
    run_find_previous(&run);
    ck_assert_ptr_nonnull(run.record->backup.previous.run);
}
END_TEST

START_TEST(test_there_is_none_without_reports_and_for_a_single_file)
{
    run_find_previous(&run);
    ck_assert_ptr_null(run.record->backup.previous.run);
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P1", "nightly", OUTCOME_PASSED, 1);
    run.record->run.command = "verify";
    run_find_previous(&run);
    ck_assert_ptr_null(run.record->backup.previous.run);
}
END_TEST

START_TEST(test_a_report_that_cannot_be_read_is_passed_over)
{
    struct err e = {0};
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P1", "nightly", OUTCOME_PASSED, 1);
    leave("01JDB4Q2M8T5X0V9W3K7R6N1P2", "nightly", OUTCOME_PASSED, 2);
    ck_assert(fs_write_file(a, arena_printf(a, "%s/01JDB4Q2M8T5X0V9W3K7R6N1P2/report.json", dir),
                            0644, slice_of("{"), &e));
    run_find_previous(&run);
    ck_assert_int_eq(run.record->backup.previous.rows.value, 1);
}
END_TEST

Suite *suite_run_previous(void)
{
    Suite *s = suite_create("run_previous");
    TCase *tc = tcase_create("previous");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_the_newest_of_the_same_name_that_was_verified_counts);
    tcase_add_test(tc, test_a_run_of_another_database_does_not_count);
    tcase_add_test(tc, test_there_is_none_without_reports_and_for_a_single_file);
    tcase_add_test(tc, test_a_report_that_cannot_be_read_is_passed_over);
    suite_add_tcase(s, tc);
    return s;
}
