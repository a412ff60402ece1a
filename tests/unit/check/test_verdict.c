/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "check/check.h"

#include <check.h>

#include <signal.h>
#include <string.h>

static struct arena *arena;
static struct record *rec;

static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    record_stage(rec, STAGE_restore)->outcome = OUTCOME_PASSED;
}

static void after(void)
{
    arena_free(arena);
}

static void add_check(const char *name, enum stage stage, bool required, int exit_code,
                      enum outcome outcome)
{
    struct check_facts *c = vec_push(&rec->checks);
    c->name = name;
    c->stage = stage;
    c->required = required;
    c->exit_code = exit_code;
    c->outcome = outcome;
    c->detail = "detail";
}

static void add_finding(enum severity severity, enum blame blame)
{
    record_finding(rec, (struct finding){
                            .code = "CODE", .severity = severity, .blame = blame, .text = "text"});
}

static void add_objective(enum outcome outcome)
{
    struct objective *o = vec_push(&rec->objectives);
    o->name = "objectives.restore_time";
    o->outcome = outcome;
    o->text = "restore took 61 s of 60 s";
}

static void expect(int exit_code, enum verdict verdict)
{
    ck_assert_int_eq(rec->exit_code, exit_code);
    ck_assert_str_eq(verdict_words[rec->verdict], verdict_words[verdict]);
    ck_assert(rec->conclusion != NULL && rec->conclusion[0] != '\0');
}

/* ---- all combinations of outcomes -------------------------------------------------------------
 */

static const enum outcome outcomes[] = {OUTCOME_PENDING, OUTCOME_PASSED,  OUTCOME_WARNED,
                                        OUTCOME_FAILED,  OUTCOME_UNKNOWN, OUTCOME_SKIPPED};
enum { N_OUTCOMES = 6, N_COMBINATIONS = N_OUTCOMES * N_OUTCOMES * N_OUTCOMES * N_OUTCOMES };

static bool is_answered(enum outcome o)
{
    return o == OUTCOME_PASSED || o == OUTCOME_WARNED;
}

static bool is_open(enum outcome o)
{
    return o == OUTCOME_UNKNOWN || o == OUTCOME_PENDING;
}

/* What DESIGN section 1 says, written down once more in another way. o: three required checks that
 * fail with 1, 4 and 5, and an optional one. */
static int expected_exit(const enum outcome o[4], bool strict)
{
    bool warned = o[0] == OUTCOME_WARNED || o[1] == OUTCOME_WARNED || o[2] == OUTCOME_WARNED ||
                  o[3] == OUTCOME_WARNED || o[3] == OUTCOME_FAILED;
    if (o[0] == OUTCOME_FAILED)
        return 1;
    if (is_open(o[0]) || is_open(o[1]) || is_open(o[2]))
        return 3;
    if (!is_answered(o[0]) && !is_answered(o[1]) && !is_answered(o[2]))
        return 3; /* nothing required has passed: also where something else failed */
    if (o[2] == OUTCOME_FAILED)
        return 5;
    if (o[1] == OUTCOME_FAILED)
        return 4;
    return strict && warned ? 1 : 0;
}

static void fill_combination(int i, enum outcome o[4])
{
    for (int k = 0; k < 4; k++, i /= N_OUTCOMES)
        o[k] = outcomes[i % N_OUTCOMES];
    add_check("stream", STAGE_verify, true, 1, o[0]);
    add_check("load_ran", STAGE_load, true, 4, o[1]);
    add_check("migrations_apply", STAGE_migrate, true, 5, o[2]);
    add_check("roles_known", STAGE_restore, false, 1, o[3]);
}

static void conclude_combination(int i, bool strict)
{
    enum outcome o[4];
    rec = record_new(arena);
    fill_combination(i, o);
    check_conclude(rec, strict, 0);
    int expected = expected_exit(o, strict);
    ck_assert_msg(rec->exit_code == expected, "%s %s %s %s: %d, not %d", outcome_words[o[0]],
                  outcome_words[o[1]], outcome_words[o[2]], outcome_words[o[3]],
                  (int)rec->exit_code, expected);
    bool failed = o[0] == OUTCOME_FAILED || o[1] == OUTCOME_FAILED || o[2] == OUTCOME_FAILED;
    bool strictly = expected == 1 && !failed;
    enum verdict verdict = expected == 0        ? VERDICT_PASSED
                           : failed || strictly ? VERDICT_FAILED
                                                : VERDICT_UNKNOWN;
    ck_assert_int_eq(rec->verdict, verdict);
}

START_TEST(test_verdict_and_exit_status_are_right_in_every_combination_of_outcomes)
{
    for (int i = 0; i < N_COMBINATIONS; i++) {
        conclude_combination(i, false);
        conclude_combination(i, true);
    }
}
END_TEST

/* ---- single rules ------------------------------------------------------------------------------
 */

START_TEST(test_nothing_asked_is_unknown)
{
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
}
END_TEST

START_TEST(test_all_skipped_is_unknown)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_SKIPPED);
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
}
END_TEST

START_TEST(test_optional_checks_alone_prove_nothing)
{
    add_check("roles_known", STAGE_restore, false, 1, OUTCOME_PASSED);
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
}
END_TEST

START_TEST(test_pending_never_reaches_a_report)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PENDING);
    add_objective(OUTCOME_PENDING);
    record_table(rec, "public", "t");
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
    ck_assert_int_eq(((struct check_facts *)vec_at(&rec->checks, 0))->outcome, OUTCOME_UNKNOWN);
    ck_assert_int_eq(((struct objective *)vec_at(&rec->objectives, 0))->outcome, OUTCOME_UNKNOWN);
    ck_assert_int_eq(record_table(rec, "public", "t")->outcome, OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_signal_outranks_a_broken_backup)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_FAILED);
    check_conclude(rec, false, SIGTERM);
    expect(128 + SIGTERM, VERDICT_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(rec->conclusion, "broken already"));
}
END_TEST

START_TEST(test_signal_after_everything_passed_proves_nothing)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    check_conclude(rec, false, SIGINT);
    expect(130, VERDICT_INTERRUPTED);
}
END_TEST

START_TEST(test_defect_outranks_everything)
{
    rec->exit_code = 70;
    add_check("stream", STAGE_verify, true, 1, OUTCOME_FAILED);
    check_conclude(rec, true, SIGINT);
    expect(70, VERDICT_UNKNOWN);
}
END_TEST

/* Blame decides what a critical finding means. */
static const struct {
    enum severity severity;
    enum blame blame;
    int exit_code;
    enum verdict verdict;
} finding_cases[] = {
    {SEVERITY_CRITICAL, BLAME_BACKUP, 1, VERDICT_FAILED},
    {SEVERITY_CRITICAL, BLAME_SOURCE, 1, VERDICT_FAILED},
    {SEVERITY_CRITICAL, BLAME_ENVIRONMENT, 3, VERDICT_UNKNOWN},
    {SEVERITY_CRITICAL, BLAME_OBJECTIVE, 0, VERDICT_PASSED},
    {SEVERITY_CRITICAL, BLAME_LOAD, 0, VERDICT_PASSED},
    {SEVERITY_WARNING, BLAME_BACKUP, 0, VERDICT_PASSED},
    {SEVERITY_NOTE, BLAME_BACKUP, 0, VERDICT_PASSED},
};

START_TEST(test_critical_finding_counts_by_its_blame)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    add_finding(finding_cases[_i].severity, finding_cases[_i].blame);
    check_conclude(rec, false, 0);
    expect(finding_cases[_i].exit_code, finding_cases[_i].verdict);
}
END_TEST

START_TEST(test_strict_turns_a_warning_into_one_but_not_a_note)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    add_finding(SEVERITY_NOTE, BLAME_BACKUP);
    check_conclude(rec, true, 0);
    expect(0, VERDICT_PASSED);
    add_finding(SEVERITY_WARNING, BLAME_SOURCE);
    check_conclude(rec, true, 0);
    expect(1, VERDICT_FAILED);
    ck_assert_ptr_nonnull(strstr(rec->conclusion, "strict"));
}
END_TEST

START_TEST(test_missed_objective_is_four_and_an_open_one_three)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    add_objective(OUTCOME_WARNED);
    add_objective(OUTCOME_SKIPPED);
    check_conclude(rec, false, 0);
    expect(0, VERDICT_PASSED);
    add_objective(OUTCOME_FAILED);
    check_conclude(rec, false, 0);
    expect(4, VERDICT_FAILED);
    ck_assert_ptr_nonnull(strstr(rec->conclusion, "61 s of 60 s"));
    add_objective(OUTCOME_UNKNOWN);
    check_conclude(rec, false, 0);
    expect(3, VERDICT_FAILED);
}
END_TEST

START_TEST(test_a_failed_stage_without_checks_is_unknown)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    record_stage(rec, STAGE_provision)->outcome = OUTCOME_UNKNOWN;
    record_stage(rec, STAGE_provision)->reason = "no server programs";
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
    ck_assert_str_eq(rec->conclusion, "could not be verified: no server programs (at provision)");
}
END_TEST

static void unknown_stage(enum stage stage, const char *reason)
{
    record_stage(rec, stage)->outcome = OUTCOME_UNKNOWN;
    record_stage(rec, stage)->reason = reason;
}

START_TEST(test_the_cause_is_named_and_not_the_check_that_lacked_its_stage)
{
    static const enum stage lacking[] = {STAGE_backup, STAGE_verify, STAGE_provision,
                                         STAGE_restore};
    unknown_stage(STAGE_preflight, "connection refused");
    for (size_t i = 0; i < COUNT_OF(lacking); i++)
        unknown_stage(lacking[i], "needs another, which is unknown");
    add_check("dump_status", STAGE_backup, false, 1, OUTCOME_UNKNOWN); /* optional */
    add_check("stream", STAGE_verify, true, 1, OUTCOME_UNKNOWN);
    add_check("restore_complete", STAGE_restore, true, 1, OUTCOME_UNKNOWN);
    check_conclude(rec, false, 0);
    expect(3, VERDICT_UNKNOWN);
    ck_assert_str_eq(rec->conclusion, "could not be verified: connection refused (at preflight)");
}
END_TEST

START_TEST(test_a_cause_that_a_check_does_not_stand_on_is_not_its_cause)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    add_check("migrations_apply", STAGE_migrate, false, 5, OUTCOME_UNKNOWN);
    add_check("load_ran", STAGE_load, true, 3, OUTCOME_UNKNOWN);
    unknown_stage(STAGE_migrate, "a lock was not given");
    unknown_stage(STAGE_load, "too many clients");
    check_conclude(rec, false, 0);
    ck_assert_str_eq(rec->conclusion, "could not be verified: too many clients (at load)");
}
END_TEST

START_TEST(test_a_check_without_an_answer_in_a_stage_that_ran_is_named_itself)
{
    add_check("row_counts", STAGE_compare, true, 1, OUTCOME_UNKNOWN);
    unknown_stage(STAGE_compare, NULL);
    check_conclude(rec, false, 0);
    ck_assert_str_eq(rec->conclusion, "could not be verified: row_counts: detail");
}
END_TEST

START_TEST(test_a_stage_with_checks_is_judged_by_them)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    add_check("migrations_apply", STAGE_migrate, false, 5, OUTCOME_FAILED);
    record_stage(rec, STAGE_migrate)->outcome = OUTCOME_FAILED;
    check_conclude(rec, false, 0);
    expect(0, VERDICT_PASSED);
    ck_assert_ptr_nonnull(strstr(rec->conclusion, "with 1 warning"));
}
END_TEST

START_TEST(test_conclusion_says_how_far_the_dump_is_whole)
{
    add_check("stream", STAGE_verify, true, 1, OUTCOME_FAILED);
    add_check("complete", STAGE_verify, true, 1, OUTCOME_FAILED);
    ((struct check_facts *)vec_at(&rec->checks, 1))->detail =
        "no completion line; whole up to table public.orders, row 1,204,331";
    check_conclude(rec, false, 0);
    ck_assert_str_eq(
        rec->conclusion,
        "the backup is broken or does not restore whole: stream: detail; no completion "
        "line; whole up to table public.orders, row 1,204,331");
}
END_TEST

START_TEST(test_conclusion_of_a_file_that_was_only_read_claims_no_restore)
{
    record_stage(rec, STAGE_restore)->outcome = OUTCOME_PENDING;
    rec->backup.tables = 41;
    rec->backup.rows = 8123004;
    add_check("stream", STAGE_verify, true, 1, OUTCOME_PASSED);
    check_conclude(rec, false, 0);
    ck_assert_str_eq(rec->conclusion,
                     "the file is whole: 41 tables, 8,123,004 rows, every byte read");
}
END_TEST

Suite *suite_check_verdict(void);
Suite *suite_check_verdict(void)
{
    Suite *s = suite_create("check/verdict");
    TCase *t = tcase_create("verdict");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_test(t, test_verdict_and_exit_status_are_right_in_every_combination_of_outcomes);
    tcase_add_test(t, test_nothing_asked_is_unknown);
    tcase_add_test(t, test_all_skipped_is_unknown);
    tcase_add_test(t, test_optional_checks_alone_prove_nothing);
    tcase_add_test(t, test_pending_never_reaches_a_report);
    tcase_add_test(t, test_signal_outranks_a_broken_backup);
    tcase_add_test(t, test_signal_after_everything_passed_proves_nothing);
    tcase_add_test(t, test_defect_outranks_everything);
    tcase_add_loop_test(t, test_critical_finding_counts_by_its_blame, 0,
                        (int)COUNT_OF(finding_cases));
    tcase_add_test(t, test_strict_turns_a_warning_into_one_but_not_a_note);
    tcase_add_test(t, test_missed_objective_is_four_and_an_open_one_three);
    tcase_add_test(t, test_a_failed_stage_without_checks_is_unknown);
    tcase_add_test(t, test_the_cause_is_named_and_not_the_check_that_lacked_its_stage);
    tcase_add_test(t, test_a_cause_that_a_check_does_not_stand_on_is_not_its_cause);
    tcase_add_test(t, test_a_check_without_an_answer_in_a_stage_that_ran_is_named_itself);
    tcase_add_test(t, test_a_stage_with_checks_is_judged_by_them);
    tcase_add_test(t, test_conclusion_says_how_far_the_dump_is_whole);
    tcase_add_test(t, test_conclusion_of_a_file_that_was_only_read_claims_no_restore);
    suite_add_tcase(s, t);
    return s;
}
