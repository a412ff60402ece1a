/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "base/utf8.h"
#include "report/report.h"
#include "report/terminal.h"
#include "unit/report/sample.h"

#include <check.h>

#include <string.h>

Suite *suite_report_terminal(void);

static const char *line_of(struct arena *a, struct stage_facts stage)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_stage_line(&stage, false, &out);
    return arena_strdup(a, buf_text(&out));
}

static const char *conclusion_of(struct arena *a, const struct record *r, bool color)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_conclusion(r, color, &out);
    return arena_strdup(a, buf_text(&out));
}

START_TEST(test_a_stage_line_has_mark_name_time_and_summary_in_columns)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(line_of(a, (struct stage_facts){STAGE_verify, OUTCOME_PASSED, 1, 912000,
                                                     "41 tables", NULL}),
                     " ok    verify       0.9 s  41 tables\n");
    ck_assert_str_eq(
        line_of(a, (struct stage_facts){STAGE_preflight, OUTCOME_WARNED, 1, 11204000, "x", "y"}),
        " WARN  preflight   11.2 s  x; y\n");
    ck_assert_str_eq(line_of(a, (struct stage_facts){STAGE_restore, OUTCOME_FAILED, 1, 720000000,
                                                     NULL, "2 errors"}),
                     " FAIL  restore   12.0 min  2 errors\n");
}
END_TEST

START_TEST(test_a_stage_that_did_not_run_has_no_time)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(
        line_of(a, (struct stage_facts){STAGE_load, OUTCOME_UNKNOWN, 0, 0, NULL, "no server"}),
        " UNKN  load                no server\n");
    ck_assert_str_eq(
        line_of(a, (struct stage_facts){STAGE_load, OUTCOME_SKIPPED, 0, 0, NULL, "0 users"}),
        " skip  load                0 users\n");
    ck_assert_str_eq(line_of(a, (struct stage_facts){.name = STAGE_load}),
                     " --    load                not reached\n");
}
END_TEST

START_TEST(test_a_stage_line_stays_one_line_whatever_the_names)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(
        line_of(a, (struct stage_facts){STAGE_verify, OUTCOME_PASSED, 1, 0, "a\nb\033[2J", NULL}),
        " ok    verify       0.0 s  a\\nb\\x1b[2J\n");
}
END_TEST

START_TEST(test_colours_come_only_when_asked_for)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct record *r = sample_full(a);
    ck_assert_ptr_null(strchr(conclusion_of(a, r, false), '\033'));
    ck_assert_ptr_nonnull(strchr(conclusion_of(a, r, true), '\033'));
    struct stage_facts stage = {.name = STAGE_verify, .outcome = OUTCOME_FAILED};
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_stage_line(&stage, true, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "\033[1;31mFAIL\033[0m"));
}
END_TEST

START_TEST(test_passed_says_how_many_warnings)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->verdict = VERDICT_PASSED;
    ck_assert_str_eq(conclusion_of(a, r, false), "\nPASSED.\n");
    record_finding(r, (struct finding){.code = "ONE", .severity = SEVERITY_WARNING, .text = "t"});
    record_finding(r, (struct finding){.code = "N", .severity = SEVERITY_NOTE, .text = "quiet"});
    ck_assert_str_eq(conclusion_of(a, r, false), "\nPASSED with 1 warning.\n  ONE  t\n");
    record_finding(r, (struct finding){.code = "TWO", .severity = SEVERITY_WARNING, .text = "t"});
    ck_assert(str_starts(conclusion_of(a, r, false), "\nPASSED with 2 warnings.\n"));
}
END_TEST

START_TEST(test_unknown_never_reads_as_passed)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->conclusion = "no server could be started";
    const char *text = conclusion_of(a, r, false);
    ck_assert_str_eq(text, "\nUNKNOWN.  No server could be started.\n");
}
END_TEST

START_TEST(test_the_worst_findings_come_first_and_the_rest_is_counted)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    for (int i = 0; i < 30; i++)
        record_finding(r, (struct finding){.code = "W", .severity = SEVERITY_WARNING, .text = "w"});
    record_finding(r, (struct finding){.code = "BAD", .severity = SEVERITY_CRITICAL, .text = "c"});
    const char *text = conclusion_of(a, r, false);
    ck_assert_ptr_nonnull(strstr(text, ".\n  BAD  c\n  W    w\n"));
    ck_assert_ptr_nonnull(strstr(text, "  and 11 more in the report\n"));
}
END_TEST

START_TEST(test_neighbours_that_need_the_same_say_it_once)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    struct finding f = {
        .code = "ROLE", .severity = SEVERITY_WARNING, .text = "t", .recommendation = "keep roles"};
    record_finding(r, f);
    record_finding(r, f);
    f.recommendation = "other";
    record_finding(r, f);
    ck_assert_str_eq(conclusion_of(a, r, false), "\nUNKNOWN.\n  ROLE  t\n  ROLE  t\n"
                                                 "        -> keep roles\n  ROLE  t\n"
                                                 "        -> other\n");
}
END_TEST

START_TEST(test_no_line_is_wider_than_the_terminal)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf words = {0};
    for (int i = 0; i < 90; i++)
        buf_puts(&words, i % 3 == 0 ? "Stra\xc3\x9f"
                                      "en "
                                    : "of a few letters ");
    struct record *r = record_new(a);
    r->verdict = VERDICT_FAILED;
    r->conclusion = buf_text(&words);
    record_finding(r, (struct finding){.code = "LONG_CODE_OF_A_FINDING",
                                       .severity = SEVERITY_CRITICAL,
                                       .text = buf_text(&words),
                                       .recommendation = buf_text(&words)});
    record_gap(r, buf_text(&words), buf_text(&words));
    const char *text = conclusion_of(a, r, false);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        ck_assert_msg(utf8_columns(text, n) <= TERMINAL_COLUMNS, "%.*s", (int)n, text);
        text += n + (text[n] == '\n');
    }
}
END_TEST

START_TEST(test_a_cell_is_as_wide_as_asked_in_characters)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {{"", "      "},
                 {"ab", "ab    "},
                 {"abcdef", "abcdef"},
                 {"abcdefg", "abcd.."},
                 {"Stra\xc3\x9f"
                  "enbahn",
                  "Stra.."},
                 {"\xc3\x9f\xc3\x9f\xc3\x9f\xc3\x9f\xc3\x9f\xc3\x9f\xc3\x9f",
                  "\xc3\x9f\xc3\x9f\xc3\x9f\xc3\x9f.."}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        terminal_cell(&out, cases[i].text, 6);
        ck_assert_str_eq(buf_text(&out), cases[i].cell);
    }
}
END_TEST

START_TEST(test_verify_says_what_the_file_is_and_that_nothing_ran)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct record *r = record_new(a);
    r->backup.path = "dir/shop.sql.gz";
    r->backup.compression = "gzip";
    r->backup.members = 1;
    r->backup.size_bytes = 230118404;
    r->backup.format = "plain";
    r->backup.dump_tool = r->backup.server_version = "15.18 (Debian)";
    r->backup.database = "shop";
    r->backup.encoding = "UTF8";
    *(struct check_facts *)vec_push(&r->checks) = (struct check_facts){
        .name = "stream", .outcome = OUTCOME_FAILED, .detail = "input ends inside"};
    r->verdict = VERDICT_FAILED;
    r->conclusion = "21 of 41 tables are whole in this file";
    report_verify(r, false, &out);
    ck_assert_str_eq(buf_text(&out),
                     "shop.sql.gz  gzip, 1 member, 230 MB; plain SQL of pg_dump 15.18 from "
                     "PostgreSQL 15.18, database \"shop\", UTF8\n"
                     " FAIL  stream     input ends inside\n"
                     "FAILED.  21 of 41 tables are whole in this file.  Nothing was executed.\n");
}
END_TEST

Suite *suite_report_terminal(void)
{
    Suite *s = suite_create("report_terminal");
    TCase *t = tcase_create("terminal");
    tcase_add_test(t, test_a_stage_line_has_mark_name_time_and_summary_in_columns);
    tcase_add_test(t, test_a_stage_that_did_not_run_has_no_time);
    tcase_add_test(t, test_a_stage_line_stays_one_line_whatever_the_names);
    tcase_add_test(t, test_colours_come_only_when_asked_for);
    tcase_add_test(t, test_passed_says_how_many_warnings);
    tcase_add_test(t, test_unknown_never_reads_as_passed);
    tcase_add_test(t, test_the_worst_findings_come_first_and_the_rest_is_counted);
    tcase_add_test(t, test_neighbours_that_need_the_same_say_it_once);
    tcase_add_test(t, test_no_line_is_wider_than_the_terminal);
    tcase_add_test(t, test_a_cell_is_as_wide_as_asked_in_characters);
    tcase_add_test(t, test_verify_says_what_the_file_is_and_that_nothing_ran);
    suite_add_tcase(s, t);
    return s;
}
