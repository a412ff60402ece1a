/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "check/ask.h"
#include "check/check.h"

#include <check.h>

#include <string.h>

static struct arena *arena;
static struct record *rec;
static struct config config;
static struct dump_facts facts;

static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    config = (struct config){0};
    facts = (struct dump_facts){.is_dump = true,
                                .statements = 3,
                                .bytes = 1000,
                                .tables = vec_new(arena, sizeof(struct dump_table)),
                                .problems = vec_new(arena, sizeof(struct problem))};
}

static void after(void)
{
    arena_free(arena);
}

static struct evidence evidence(void)
{
    return (struct evidence){.arena = arena, .config = &config, .record = rec, .facts = &facts};
}

static void add_problem(enum problem_kind kind, const char *code, uint64_t offset)
{
    *(struct problem *)vec_push(&facts.problems) =
        (struct problem){.kind = kind, .code = code, .text = "what is wrong", .offset = offset};
    facts.n_problems++;
}

static const struct check_facts *row(const char *name)
{
    VEC_EACH (const struct check_facts, c, &rec->checks)
        if (str_eq(c->name, name))
            return c;
    ck_abort_msg("no row %s", name);
    return NULL;
}

/* ---- the table --------------------------------------------------------------------------------
 */

START_TEST(test_every_check_is_described_and_named_once)
{
    for (const struct check *const *c = check_all; *c != NULL; c++) {
        ck_assert_ptr_nonnull((*c)->name);
        ck_assert_msg((*c)->question != NULL && (*c)->doc != NULL, "%s", (*c)->name);
        ck_assert_msg((*c)->question[strlen((*c)->question) - 1] == '?', "%s", (*c)->name);
        ck_assert((*c)->ask != NULL);
        int code = (*c)->exit_code;
        ck_assert_msg(code == 1 || code == 3 || code == 4 || code == 5, "%s", (*c)->name);
        for (const struct check *const *d = check_all; d != c; d++)
            ck_assert_str_ne((*c)->name, (*d)->name);
    }
}
END_TEST

START_TEST(test_docs_have_a_row_for_every_check)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    check_docs(&out);
    for (const struct check *const *c = check_all; *c != NULL; c++)
        ck_assert_ptr_nonnull(strstr(buf_text(&out), arena_printf(arena, "| `%s` |", (*c)->name)));
}
END_TEST

/* ---- plan -------------------------------------------------------------------------------------
 */

START_TEST(test_plan_makes_pending_rows_of_the_wanted_stages_only)
{
    struct err e = {0};
    ck_assert(check_plan(rec, &config, 1U << STAGE_verify, &e));
    ck_assert_uint_gt(rec->checks.n, 0);
    VEC_EACH (const struct check_facts, c, &rec->checks) {
        ck_assert_int_eq(c->stage, STAGE_verify);
        ck_assert_int_eq(c->outcome, OUTCOME_PENDING);
    }
    ck_assert(row("stream")->required);
}
END_TEST

START_TEST(test_user_decides_what_is_required)
{
    static const char *const required[] = {"roles_known"}, *const optional[] = {"complete"};
    struct err e = {0};
    config.checks_required = (struct opt_list){required, 1};
    config.checks_optional = (struct opt_list){optional, 1};
    ck_assert(check_plan(rec, &config, (1U << STAGE_WORDS) - 1, &e));
    ck_assert(row("roles_known")->required);
    ck_assert(!row("complete")->required);
    ck_assert(row("copy")->required);
    ck_assert(!row("amcheck")->required);
}
END_TEST

START_TEST(test_wrong_name_is_refused_with_the_nearest_one)
{
    static const char *const names[] = {"row_count"};
    struct err e = {0};
    config.checks_optional = (struct opt_list){names, 1};
    ck_assert(!check_plan(rec, &config, 1U << STAGE_verify, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_str_eq(e.text, "checks.optional: there is no check \"row_count\"; did you mean "
                             "\"row_counts\"?");
    ck_assert_uint_eq(rec->checks.n, 0);
}
END_TEST

START_TEST(test_required_and_optional_at_once_is_refused)
{
    static const char *const names[] = {"copy"};
    struct err e = {0};
    config.checks_optional = config.checks_required = (struct opt_list){names, 1};
    ck_assert(!check_plan(rec, &config, 1U << STAGE_verify, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

START_TEST(test_what_was_not_asked_says_why_and_keeps_what_was)
{
    struct err e = {0};
    ck_assert(check_plan(rec, &config, 1U << STAGE_verify | 1U << STAGE_restore, &e));
    struct evidence ev = evidence();
    check_ask(STAGE_verify, &ev);
    enum outcome was = row("stream")->outcome;
    check_not_asked(rec, STAGE_verify, OUTCOME_SKIPPED, "reason");
    check_not_asked(rec, STAGE_restore, OUTCOME_UNKNOWN, "no server");
    ck_assert_int_eq(row("stream")->outcome, was);
    ck_assert_int_eq(row("restore_complete")->outcome, OUTCOME_UNKNOWN);
    ck_assert_str_eq(row("restore_complete")->detail, "no server");
}
END_TEST

/* ---- problems ---------------------------------------------------------------------------------
 */

START_TEST(test_problem_becomes_a_finding_of_its_check)
{
    add_problem(PROBLEM_COPY, "COPY_COLUMNS", 17);
    add_problem(PROBLEM_COPY, "COPY_COLUMNS", 99);
    struct evidence ev = evidence();
    struct answer a = check_problems(&ev, "copy", 1U << PROBLEM_COPY, "fine");
    ck_assert_int_eq(a.outcome, OUTCOME_FAILED);
    ck_assert_str_eq(a.detail, "what is wrong (SQL byte 17), and 1 more");
    ck_assert_uint_eq(rec->findings.n, 2);
    const struct finding *f = vec_at(&rec->findings, 0);
    ck_assert_str_eq(f->check, "copy");
    ck_assert_int_eq(f->severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(f->blame, BLAME_BACKUP);
    ck_assert_int_eq(f->stage, STAGE_verify);
    ck_assert(f->offset.known && f->offset.value == 17);
}
END_TEST

START_TEST(test_problem_of_another_kind_leaves_a_check_in_peace)
{
    add_problem(PROBLEM_COPY, "COPY_COLUMNS", 17);
    struct evidence ev = evidence();
    ck_assert_int_eq(check_problems(&ev, "structure", 1U << PROBLEM_STRUCTURE, "fine").outcome,
                     OUTCOME_PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_optional_check_warns_where_a_required_one_is_critical)
{
    static const char *const optional[] = {"copy"};
    config.checks_optional = (struct opt_list){optional, 1};
    add_problem(PROBLEM_COPY, "COPY_COLUMNS", 17);
    struct evidence ev = evidence();
    ck_assert_int_eq(check_problems(&ev, "copy", 1U << PROBLEM_COPY, "fine").outcome,
                     OUTCOME_FAILED);
    ck_assert_int_eq(((struct finding *)vec_at(&rec->findings, 0))->severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(test_problems_that_were_dropped_leave_no_check_passed)
{
    add_problem(PROBLEM_ENCODING, "INVALID_UTF8", 1);
    facts.n_problems = PROBLEMS_MAX + 1;
    struct evidence ev = evidence();
    ck_assert_int_eq(check_problems(&ev, "copy", 1U << PROBLEM_COPY, "fine").outcome,
                     OUTCOME_UNKNOWN);
    ck_assert_int_eq(check_problems(&ev, "encoding", 1U << PROBLEM_ENCODING, "fine").outcome,
                     OUTCOME_FAILED);
}
END_TEST

START_TEST(test_what_lies_behind_a_break_or_a_limit_is_unknown)
{
    add_problem(_i == 0 ? PROBLEM_STREAM : PROBLEM_LIMIT, "CODE", 500);
    struct evidence ev = evidence();
    ck_assert_int_eq(check_problems(&ev, "copy", 1U << PROBLEM_COPY, "fine").outcome,
                     OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_without_a_scan_no_verify_check_passes)
{
    struct err e = {0};
    ck_assert(check_plan(rec, &config, 1U << STAGE_verify, &e));
    struct evidence ev = evidence();
    ev.facts = NULL;
    check_ask(STAGE_verify, &ev);
    VEC_EACH (const struct check_facts, c, &rec->checks)
        ck_assert_msg(c->outcome == OUTCOME_UNKNOWN || c->outcome == OUTCOME_SKIPPED, "%s is %s",
                      c->name, outcome_words[c->outcome]);
}
END_TEST

START_TEST(test_without_a_server_no_integrity_check_passes)
{
    struct err e = {0};
    config.integrity_amcheck = true;
    ck_assert(check_plan(rec, &config, 1U << STAGE_integrity, &e));
    struct evidence ev = evidence();
    check_ask(STAGE_integrity, &ev);
    VEC_EACH (const struct check_facts, c, &rec->checks)
        ck_assert_msg(c->outcome == OUTCOME_UNKNOWN, "%s is %s", c->name,
                      outcome_words[c->outcome]);
}
END_TEST

START_TEST(test_with_an_empty_record_no_check_passes)
{
    struct err e = {0};
    ck_assert(check_plan(rec, &config, (1U << STAGE_WORDS) - 1, &e));
    struct evidence ev = evidence();
    ev.facts = NULL;
    for (int s = 0; s < STAGE_WORDS; s++)
        check_ask((enum stage)s, &ev);
    VEC_EACH (const struct check_facts, c, &rec->checks)
        ck_assert_msg(c->outcome != OUTCOME_PASSED || str_eq(c->name, "roles_known"), "%s passed",
                      c->name);
}
END_TEST

Suite *suite_check_check(void);
Suite *suite_check_check(void)
{
    Suite *s = suite_create("check/check");
    TCase *t = tcase_create("check");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_test(t, test_every_check_is_described_and_named_once);
    tcase_add_test(t, test_docs_have_a_row_for_every_check);
    tcase_add_test(t, test_plan_makes_pending_rows_of_the_wanted_stages_only);
    tcase_add_test(t, test_user_decides_what_is_required);
    tcase_add_test(t, test_wrong_name_is_refused_with_the_nearest_one);
    tcase_add_test(t, test_required_and_optional_at_once_is_refused);
    tcase_add_test(t, test_what_was_not_asked_says_why_and_keeps_what_was);
    tcase_add_test(t, test_problem_becomes_a_finding_of_its_check);
    tcase_add_test(t, test_problem_of_another_kind_leaves_a_check_in_peace);
    tcase_add_test(t, test_optional_check_warns_where_a_required_one_is_critical);
    tcase_add_test(t, test_problems_that_were_dropped_leave_no_check_passed);
    tcase_add_loop_test(t, test_what_lies_behind_a_break_or_a_limit_is_unknown, 0, 2);
    tcase_add_test(t, test_without_a_scan_no_verify_check_passes);
    tcase_add_test(t, test_without_a_server_no_integrity_check_passes);
    tcase_add_test(t, test_with_an_empty_record_no_check_passes);
    suite_add_tcase(s, t);
    return s;
}
