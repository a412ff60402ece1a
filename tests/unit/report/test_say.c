/* SPDX-License-Identifier: PostgreSQL */
#include "report/say.h"

#include <check.h>

#include <math.h>

Suite *suite_report_say(void);

START_TEST(test_an_objective_is_a_sentence_with_figure_and_limit)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct objective o = {
        .name = "objectives.restore_time", .unit = "us", .limit = 60e6, .measured = 11402118};
    ck_assert_str_eq(say_objective(a, &o), "Restore time 11.4 s of 60 s.");
    o.measured = (double)NAN;
    ck_assert_str_eq(say_objective(a, &o), "Restore time not measured (limit 60 s).");
    o.text = "Restore 11.4 s of 60 s";
    ck_assert_str_eq(say_objective(a, &o), "Restore 11.4 s of 60 s.");
}
END_TEST

static void add_objective(struct record *r, const char *name, enum outcome outcome)
{
    struct objective *o = vec_push(&r->objectives);
    *o = (struct objective){.name = name, .unit = "us", .limit = 60e6, .outcome = outcome};
    o->text = "needs restore, which is unknown";
    o->measured = outcome == OUTCOME_UNKNOWN ? (double)NAN : 1;
}

START_TEST(test_objectives_that_were_not_measured_share_a_sentence)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    ck_assert_str_eq(say_objectives(a, r), "");
    add_objective(r, "objectives.restore_time", OUTCOME_UNKNOWN);
    add_objective(r, "objectives.backup_age", OUTCOME_PASSED);
    add_objective(r, "objectives.load.p99", OUTCOME_UNKNOWN);
    add_objective(r, "objectives.load.errors", OUTCOME_SKIPPED);
    ((struct objective *)vec_at(&r->objectives, 1))->text = "Backup age 1 h of 24 h";
    ck_assert_str_eq(say_objectives(a, r),
                     "Backup age 1 h of 24 h.  Not measured: restore time, load p99.");
}
END_TEST

START_TEST(test_a_figure_is_said_in_its_unit)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(say_figure(a, 21390, "us"), "21.4 ms");
    ck_assert_str_eq(say_figure(a, 230118404, "bytes"), "230 MB");
    ck_assert_str_eq(say_figure(a, 80, "percent"), "80 %");
    ck_assert_str_eq(say_figure(a, 71.25, "percent"), "71.25 %");
}
END_TEST

START_TEST(test_no_figure_is_too_large_to_be_said)
{
    static const char *const units[] = {"us", "bytes", "percent", "apples", NULL};
    const double extremes[] = {1e300, -1e300, (double)INFINITY, (double)NAN, 9.3e18, -9.3e18};
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    for (size_t u = 0; u < COUNT_OF(units); u++)
        for (size_t i = 0; i < COUNT_OF(extremes); i++)
            ck_assert_str_ne(say_figure(a, extremes[i], units[u]), "");
    ck_assert_str_ne(say_rate(a, (double)NAN), "");
}
END_TEST

START_TEST(test_a_conclusion_does_not_repeat_its_verdict)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->verdict = VERDICT_FAILED;
    r->conclusion = "Failed: the dump is cut";
    ck_assert_str_eq(say_conclusion(a, r), "The dump is cut.");
    r->conclusion = "failed migrations: 2";
    ck_assert_str_eq(say_conclusion(a, r), "Failed migrations: 2.");
    r->conclusion = NULL;
    ck_assert_str_eq(say_conclusion(a, r), "");
}
END_TEST

START_TEST(test_a_finding_names_its_subject_once)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct finding f = {.subject = "public.orders", .text = "public.orders lost 3 rows"};
    ck_assert_str_eq(say_finding(a, &f), "public.orders lost 3 rows");
    f.text = "lost 3 rows";
    ck_assert_str_eq(say_finding(a, &f), "public.orders: lost 3 rows");
}
END_TEST

START_TEST(test_a_version_is_said_without_its_packaging)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(say_version(a, "15.18 (Debian 15.18-0+deb12u1)"), "15.18");
    ck_assert_str_eq(say_version(a, "PostgreSQL 17.2 on x86_64"), "17.2");
    ck_assert_str_eq(say_version(a, NULL), "");
}
END_TEST

START_TEST(test_an_empty_record_says_nothing_false)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct record *r = record_new(a);
    ck_assert_str_eq(say_verdict(a, r), "UNKNOWN");
    ck_assert_str_eq(say_backup(a, &r->backup), "");
    ck_assert_str_eq(say_server(a, &r->source), "");
    ck_assert_str_eq(say_maybe(a, (struct maybe){0}), "-");
}
END_TEST

Suite *suite_report_say(void)
{
    Suite *s = suite_create("report_say");
    TCase *t = tcase_create("say");
    tcase_add_test(t, test_an_objective_is_a_sentence_with_figure_and_limit);
    tcase_add_test(t, test_objectives_that_were_not_measured_share_a_sentence);
    tcase_add_test(t, test_a_figure_is_said_in_its_unit);
    tcase_add_test(t, test_no_figure_is_too_large_to_be_said);
    tcase_add_test(t, test_a_conclusion_does_not_repeat_its_verdict);
    tcase_add_test(t, test_a_finding_names_its_subject_once);
    tcase_add_test(t, test_a_version_is_said_without_its_packaging);
    tcase_add_test(t, test_an_empty_record_says_nothing_false);
    suite_add_tcase(s, t);
    return s;
}
