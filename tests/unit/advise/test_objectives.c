/* SPDX-License-Identifier: PostgreSQL */
#include "advise/advise.h"
#include "base/str.h"

#include <check.h>

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct record *rec;
static struct config config;

static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    config = (struct config){0};
}

static void after(void)
{
    arena_free(arena);
}

static void set(enum opt_id id)
{
    config.is_set[id] = true;
}

static const struct objective *only_objective(void)
{
    ck_assert_uint_eq(rec->objectives.n, 1);
    return vec_at(&rec->objectives, 0);
}

static const struct finding *finding(const char *code)
{
    VEC_EACH (const struct finding, f, &rec->findings)
        if (str_eq(f->code, code))
            return f;
    return NULL;
}

static void restored_in(int64_t us)
{
    rec->restore.statements = 10;
    rec->restore.took_us = us;
    set(OPT_ID_objective_restore_time);
    config.objective_restore_time_us = 60000000;
}

START_TEST(test_what_is_not_set_has_no_row)
{
    rec->restore.statements = 10;
    rec->restore.took_us = 1;
    advise_objectives(arena, &config, rec);
    ck_assert_uint_eq(rec->objectives.n, 0);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_limit_itself_is_met)
{
    restored_in(60000000);
    advise_objectives(arena, &config, rec);
    const struct objective *o = only_objective();
    ck_assert_str_eq(o->name, "objectives.restore_time");
    ck_assert_str_eq(o->unit, "us");
    ck_assert_int_eq(o->outcome, OUTCOME_PASSED);
    ck_assert_double_eq(o->measured, 60000000);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_more_than_the_limit_is_missed_and_told)
{
    restored_in(61000000);
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_FAILED);
    ck_assert_ptr_nonnull(finding("RESTORE_TOO_SLOW"));
    ck_assert_int_eq(finding("RESTORE_TOO_SLOW")->blame, BLAME_OBJECTIVE);
    ck_assert_ptr_nonnull(strstr(only_objective()->text, "Restore "));
}
END_TEST

START_TEST(test_a_percentage_is_judged_and_shown_from_the_same_figure)
{
    set(OPT_ID_objective_pool_utilization);
    config.objective_pool_utilization_percent = 80;
    rec->load.pool.takes = 1;
    rec->load.pool.utilization_percent = _i == 0 ? 80.0 : 80.004;
    advise_objectives(arena, &config, rec);
    const struct objective *o = only_objective();
    ck_assert_int_eq(o->outcome, _i == 0 ? OUTCOME_PASSED : OUTCOME_FAILED);
    ck_assert_double_eq(o->measured, rec->load.pool.utilization_percent);
    ck_assert_str_eq(o->text, _i == 0 ? "Pool utilisation 80 % of 80 %"
                                      : "Pool utilisation 80.01 % of 80 %");
}
END_TEST

START_TEST(test_missing_figure_is_unknown_with_the_reason_of_the_stage)
{
    set(OPT_ID_objective_load_p99);
    record_stage(rec, STAGE_load)->outcome = OUTCOME_UNKNOWN;
    record_stage(rec, STAGE_load)->reason = "needs restore, which is failed";
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_UNKNOWN);
    ck_assert(!isfinite(only_objective()->measured));
    ck_assert_ptr_nonnull(strstr(only_objective()->text, "needs restore"));
}
END_TEST

START_TEST(test_objective_of_a_stage_that_was_not_wanted_is_skipped)
{
    set(OPT_ID_objective_load_p99);
    record_stage(rec, STAGE_load)->outcome = OUTCOME_SKIPPED;
    record_stage(rec, STAGE_load)->reason = "load.users is 0";
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_SKIPPED);
}
END_TEST

START_TEST(test_large_backup_is_a_warning_only)
{
    set(OPT_ID_objective_backup_size);
    config.objective_backup_size_bytes = 100;
    rec->backup.size_bytes = 101;
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_WARNED);
    ck_assert_int_eq(finding("BACKUP_TOO_LARGE")->severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(test_one_failure_in_a_million_misses_a_limit_of_zero)
{
    set(OPT_ID_objective_load_errors);
    rec->load.transactions = 999999;
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_PASSED);
    rec->objectives.n = 0;
    rec->load.n_errors = 1;
    advise_objectives(arena, &config, rec);
    ck_assert_int_eq(only_objective()->outcome, OUTCOME_FAILED);
}
END_TEST

START_TEST(test_finding_that_a_stage_made_is_not_made_again)
{
    restored_in(61000000);
    record_finding(rec, (struct finding){.code = "RESTORE_TOO_SLOW"});
    advise_objectives(arena, &config, rec);
    ck_assert_uint_eq(rec->findings.n, 1);
}
END_TEST

/* Thresholds of REQUIREMENTS: at the figure nothing is said, above it something. */
static const struct {
    const char *code;
    int64_t response_us;
    double pool_percent;
    int64_t size_bytes;
    bool speaks;
    enum severity severity;
} thresholds[] = {
    {"POOL_BUSY", 0, 80.0, 0, false, SEVERITY_NOTE},
    {"POOL_BUSY", 0, 80.1, 0, true, SEVERITY_WARNING},
    {"POOL_BUSY", 0, 90.0, 0, true, SEVERITY_WARNING},
    {"POOL_BUSY", 0, 90.1, 0, true, SEVERITY_CRITICAL},
    {"RESPONSE_SLOW", 2000000, 0, 0, false, SEVERITY_NOTE},
    {"RESPONSE_SLOW", 2000001, 0, 0, true, SEVERITY_WARNING},
    {"RESPONSE_SLOW", 5000001, 0, 0, true, SEVERITY_CRITICAL},
    {"DATABASE_LARGE", 0, 0, 10000000000, false, SEVERITY_NOTE},
    {"DATABASE_LARGE", 0, 0, 10000000001, true, SEVERITY_WARNING},
    {"DATABASE_LARGE", 0, 0, 50000000001, true, SEVERITY_CRITICAL},
};

START_TEST(test_threshold_speaks_above_its_figure)
{
    rec->load.response.n = 1;
    rec->load.response.p99_us = thresholds[_i].response_us;
    rec->load.pool.takes = 1;
    rec->load.pool.utilization_percent = thresholds[_i].pool_percent;
    rec->source.size_bytes = KNOWN(thresholds[_i].size_bytes);
    advise_objectives(arena, &config, rec);
    const struct finding *f = finding(thresholds[_i].code);
    ck_assert_int_eq(f != NULL, thresholds[_i].speaks);
    if (f != NULL)
        ck_assert_int_eq(f->severity, thresholds[_i].severity);
    ck_assert_uint_eq(rec->findings.n, thresholds[_i].speaks);
}
END_TEST

Suite *suite_advise_objectives(void);
Suite *suite_advise_objectives(void)
{
    Suite *s = suite_create("advise/objectives");
    TCase *t = tcase_create("objectives");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_test(t, test_what_is_not_set_has_no_row);
    tcase_add_test(t, test_limit_itself_is_met);
    tcase_add_test(t, test_more_than_the_limit_is_missed_and_told);
    tcase_add_loop_test(t, test_a_percentage_is_judged_and_shown_from_the_same_figure, 0, 2);
    tcase_add_test(t, test_missing_figure_is_unknown_with_the_reason_of_the_stage);
    tcase_add_test(t, test_objective_of_a_stage_that_was_not_wanted_is_skipped);
    tcase_add_test(t, test_large_backup_is_a_warning_only);
    tcase_add_test(t, test_one_failure_in_a_million_misses_a_limit_of_zero);
    tcase_add_test(t, test_finding_that_a_stage_made_is_not_made_again);
    tcase_add_loop_test(t, test_threshold_speaks_above_its_figure, 0, (int)COUNT_OF(thresholds));
    suite_add_tcase(s, t);
    return s;
}
