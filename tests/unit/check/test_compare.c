/* SPDX-License-Identifier: PostgreSQL */
#include "check/ask.h"
#include "check/compare.h"

#include <check.h>

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

enum { NONE = -1 };

static struct maybe figure(int64_t n)
{
    return n == NONE ? (struct maybe){0} : KNOWN(n);
}

static void add_table(const char *name, int64_t source, int64_t dump, int64_t restored)
{
    struct table_facts *t = record_table(rec, "public", name);
    t->source_rows = figure(source);
    t->dump_rows = figure(dump);
    t->dump_bytes = t->dump_rows; /* by COPY */
    t->restored_rows = figure(restored);
}

static struct answer ask(const struct check *check)
{
    struct evidence ev = {.arena = arena, .config = &config, .record = rec};
    return check->ask(&ev);
}

static void blame_environment(void)
{
    record_finding(rec, (struct finding){.code = "EXTENSION_MISSING",
                                         .severity = SEVERITY_CRITICAL,
                                         .blame = BLAME_ENVIRONMENT,
                                         .stage = STAGE_restore,
                                         .sqlstate = "0A000"});
}

static bool has_finding(const char *code, enum blame blame)
{
    VEC_EACH (const struct finding, f, &rec->findings)
        if (strcmp(f->code, code) == 0 && f->blame == blame)
            return true;
    return false;
}

/* One table among one that is equal everywhere: what is known, and what follows. */
static const struct {
    int64_t source, dump, restored;
    enum outcome alone, with_environment_errors;
} cases[] = {
    {5, 5, 5, OUTCOME_PASSED, OUTCOME_PASSED},
    {0, 0, 0, OUTCOME_PASSED, OUTCOME_PASSED},
    {NONE, 5, 5, OUTCOME_PASSED, OUTCOME_PASSED},
    {5, NONE, 5, OUTCOME_PASSED, OUTCOME_PASSED},
    {5, 5, 4, OUTCOME_FAILED, OUTCOME_UNKNOWN},
    {5, 4, 4, OUTCOME_FAILED, OUTCOME_FAILED},
    {5, 4, 5, OUTCOME_FAILED, OUTCOME_FAILED},
    {NONE, 5, 4, OUTCOME_FAILED, OUTCOME_UNKNOWN},
    {5, NONE, 0, OUTCOME_FAILED, OUTCOME_UNKNOWN},
    {5, 5, NONE, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
    {NONE, NONE, 0, OUTCOME_WARNED, OUTCOME_WARNED},
    {NONE, NONE, 3, OUTCOME_SKIPPED, OUTCOME_SKIPPED},
};

START_TEST(test_table_is_judged_by_all_figures_that_are_known)
{
    add_table("equal", NONE, 1, 1);
    add_table("t", cases[_i].source, cases[_i].dump, cases[_i].restored);
    compare_judge(rec);
    ck_assert_str_eq(outcome_words[record_table(rec, "public", "t")->outcome],
                     outcome_words[cases[_i].alone]);
    ck_assert_int_eq(record_table(rec, "public", "equal")->outcome, OUTCOME_PASSED);
}
END_TEST

START_TEST(test_table_may_differ_because_of_this_machine)
{
    blame_environment();
    add_table("equal", NONE, 1, 1);
    add_table("t", cases[_i].source, cases[_i].dump, cases[_i].restored);
    compare_judge(rec);
    ck_assert_str_eq(outcome_words[record_table(rec, "public", "t")->outcome],
                     outcome_words[cases[_i].with_environment_errors]);
}
END_TEST

START_TEST(test_one_row_missing_names_its_table)
{
    add_table("a", 5, 5, 5);
    add_table("b", 5, 5, 4);
    struct answer answer = ask(&check_row_counts);
    ck_assert_int_eq(answer.outcome, OUTCOME_FAILED);
    ck_assert_str_eq(answer.detail, "1 of 2 tables differ, 0 unknown; the first: public.b, rows: "
                                    "source 5, dump 5, restored 4");
    ck_assert(has_finding("ROWS_NOT_RESTORED", BLAME_BACKUP));
}
END_TEST

START_TEST(test_rows_that_the_dump_lacks_are_told_apart)
{
    add_table("a", 1000, 100, 100);
    ck_assert_int_eq(ask(&check_row_counts).outcome, OUTCOME_FAILED);
    ck_assert(has_finding("ROWS_NOT_DUMPED", BLAME_BACKUP));
}
END_TEST

START_TEST(test_equal_counts_pass_and_say_what_was_compared)
{
    add_table("a", 5, 5, 5);
    add_table("b", 0, 0, 0);
    struct answer answer = ask(&check_row_counts);
    ck_assert_int_eq(answer.outcome, OUTCOME_PASSED);
    ck_assert_str_eq(answer.detail, "row counts: source = dump = restored in 2 of 2 tables");
    ck_assert_uint_eq(rec->coverage.n, 0);
}
END_TEST

START_TEST(test_without_a_source_the_report_says_so)
{
    add_table("a", NONE, 5, 5);
    struct answer answer = ask(&check_row_counts);
    ck_assert_str_eq(answer.detail, "row counts: dump = restored in 1 of 1 tables");
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_table_without_data_section_warns)
{
    add_table("a", NONE, 5, 5);
    add_table("log", NONE, NONE, 0);
    ck_assert_int_eq(ask(&check_row_counts).outcome, OUTCOME_WARNED);
    ck_assert(has_finding("TABLE_WITHOUT_DATA", BLAME_BACKUP));
}
END_TEST

/* pg_dump --inserts writes nothing for it. */
START_TEST(test_empty_table_of_a_dump_of_inserts_is_no_warning)
{
    add_table("a", NONE, 5, 5);
    record_table(rec, "public", "a")->dump_bytes = (struct maybe){0};
    add_table("log", NONE, NONE, 0);
    ck_assert_int_eq(ask(&check_row_counts).outcome, OUTCOME_PASSED);
    ck_assert(!has_finding("TABLE_WITHOUT_DATA", BLAME_BACKUP));
}
END_TEST

START_TEST(test_dump_of_inserts_is_not_called_broken)
{
    add_table("a", NONE, NONE, 5);
    add_table("b", NONE, NONE, 0);
    ck_assert_int_eq(ask(&check_row_counts).outcome, OUTCOME_SKIPPED);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_missing_table_fails_and_is_named)
{
    add_table("a", 5, 5, 5);
    add_table("b", 5, 5, NONE);
    ck_assert_int_eq(ask(&check_tables_present).outcome, OUTCOME_FAILED);
    ck_assert(has_finding("TABLE_MISSING", BLAME_BACKUP));
    ck_assert_int_eq(record_table(rec, "public", "b")->outcome, OUTCOME_FAILED);
}
END_TEST

START_TEST(test_table_of_the_source_alone_is_missing_unless_left_out_by_wish)
{
    static const char *const schemas[] = {"other"};
    add_table("a", 5, 5, 5);
    add_table("b", 5, NONE, NONE);
    ck_assert_int_eq(ask(&check_tables_present).outcome, OUTCOME_FAILED);
    rec->findings.n = 0;
    config.backup_schema = (struct opt_list){schemas, 1};
    ck_assert_int_eq(ask(&check_tables_present).outcome, OUTCOME_PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_missing_table_after_environment_errors_is_unknown)
{
    blame_environment();
    add_table("a", 5, 5, 5);
    add_table("b", NONE, 5, NONE);
    ck_assert_int_eq(ask(&check_tables_present).outcome, OUTCOME_UNKNOWN);
    ck_assert(has_finding("TABLE_MISSING", BLAME_ENVIRONMENT));
}
END_TEST

START_TEST(test_ambiguous_unqualified_name_is_unknown_not_missing)
{
    add_table("a", NONE, 5, 5);
    record_table(rec, "", "t")->dump_rows = KNOWN(3);
    ck_assert_int_eq(ask(&check_tables_present).outcome, OUTCOME_UNKNOWN);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

Suite *suite_check_compare(void);
Suite *suite_check_compare(void)
{
    Suite *s = suite_create("check/compare");
    TCase *t = tcase_create("compare");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_loop_test(t, test_table_is_judged_by_all_figures_that_are_known, 0,
                        (int)COUNT_OF(cases));
    tcase_add_loop_test(t, test_table_may_differ_because_of_this_machine, 0, (int)COUNT_OF(cases));
    tcase_add_test(t, test_one_row_missing_names_its_table);
    tcase_add_test(t, test_rows_that_the_dump_lacks_are_told_apart);
    tcase_add_test(t, test_equal_counts_pass_and_say_what_was_compared);
    tcase_add_test(t, test_without_a_source_the_report_says_so);
    tcase_add_test(t, test_table_without_data_section_warns);
    tcase_add_test(t, test_empty_table_of_a_dump_of_inserts_is_no_warning);
    tcase_add_test(t, test_dump_of_inserts_is_not_called_broken);
    tcase_add_test(t, test_missing_table_fails_and_is_named);
    tcase_add_test(t, test_table_of_the_source_alone_is_missing_unless_left_out_by_wish);
    tcase_add_test(t, test_missing_table_after_environment_errors_is_unknown);
    tcase_add_test(t, test_ambiguous_unqualified_name_is_unknown_not_missing);
    suite_add_tcase(s, t);
    return s;
}
