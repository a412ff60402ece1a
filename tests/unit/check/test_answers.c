/* SPDX-License-Identifier: PostgreSQL */
/* Each check of the dump and of the record against built evidence. */
#include "base/str.h"
#include "check/ask.h"
#include "check/check.h"

#include <check.h>

#include <string.h>

static struct arena *arena;
static struct record *rec;
static struct config config;
static struct dump_facts facts;
static struct inventory inventory;

static void hear(const char *text)
{
    struct statement s = {.text = slice_of(text)};
    inventory_statement(&inventory, &s);
}

/* A sound dump of pg_dump with one table. */
static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    config = (struct config){.load_users = 100};
    facts = (struct dump_facts){.is_dump = true,
                                .has_header = true,
                                .complete = true,
                                .encoding = "UTF8",
                                .restrict_key = "key",
                                .bytes = 1000,
                                .statements = 12,
                                .copies = 1,
                                .rows = 3,
                                .n_create_table = 1,
                                .tables = vec_new(arena, sizeof(struct dump_table)),
                                .problems = vec_new(arena, sizeof(struct problem))};
    *(struct dump_table *)vec_push(&facts.tables) =
        (struct dump_table){"public", "orders", .rows = 3, .terminated = true};
    inventory_begin(&inventory, arena);
    hear("CREATE TABLE public.orders (id integer, at date, what text)");
    struct copy_head head = {.statement = {.text = slice_of("COPY public.orders FROM stdin")}};
    inventory_copy(&inventory, &head);
    rec->backup.origin = "file";
    rec->backup.compression = "gzip";
    rec->backup.protection = "crc32";
    rec->backup.size_bytes = 300;
}

static void after(void)
{
    inventory_cleanup(&inventory);
    arena_free(arena);
}

static struct answer ask(const struct check *check)
{
    struct evidence ev = {
        .arena = arena, .config = &config, .record = rec, .facts = &facts, .inventory = &inventory};
    return check->ask(&ev);
}

#define EXPECT(check, wanted)                                                                      \
    do {                                                                                           \
        struct answer answer_ = ask(&check);                                                       \
        ck_assert_msg(answer_.outcome == OUTCOME_##wanted, "%s: %s (%s)", check.name,              \
                      outcome_words[answer_.outcome], answer_.detail);                             \
    } while (0)

static const struct finding *only_finding(void)
{
    ck_assert_uint_eq(rec->findings.n, 1);
    return vec_at(&rec->findings, 0);
}

static void set(enum opt_id id)
{
    config.is_set[id] = true;
}

static void add_finding(const char *code, enum stage stage, enum severity severity,
                        enum blame blame)
{
    record_finding(rec, (struct finding){.code = code,
                                         .severity = severity,
                                         .blame = blame,
                                         .stage = stage,
                                         .subject = "thing",
                                         .sqlstate = "42P01"});
}

START_TEST(test_sound_dump_passes_every_check_of_the_file_without_a_finding)
{
    struct err e = {0};
    struct evidence ev = {
        .arena = arena, .config = &config, .record = rec, .facts = &facts, .inventory = &inventory};
    ck_assert(check_plan(rec, &config, 1U << STAGE_verify, &e));
    check_ask(STAGE_verify, &ev);
    VEC_EACH (const struct check_facts, c, &rec->checks)
        ck_assert_msg(c->outcome == OUTCOME_PASSED || c->outcome == OUTCOME_SKIPPED, "%s is %s",
                      c->name, outcome_words[c->outcome]);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_header_without_trailer_fails_and_says_how_far)
{
    struct dump_table *t = &facts.last_table;
    *t = *(struct dump_table *)vec_at(&facts.tables, 0);
    facts.complete = false;
    facts.whole_until = 1234567;
    t->terminated = false;
    t->rows = 1204331;
    ((struct dump_table *)vec_at(&facts.tables, 0))->terminated = false;
    struct answer a = ask(&check_complete);
    ck_assert_int_eq(a.outcome, OUTCOME_FAILED);
    ck_assert_str_eq(a.detail,
                     "no completion line; 0 tables are whole in this file; whole up to SQL "
                     "byte 1,234,567; recoverable up to table public.orders, row "
                     "1,204,331");
    ck_assert_str_eq(only_finding()->code, "TRAILER_MISSING");
}
END_TEST

/* Of 41 data sections of an archive; unless a whole table has a problem, or its rows are INSERTs.
 */
START_TEST(test_a_dump_that_is_cut_says_how_many_tables_are_whole)
{
    static const char *const words[] = {"1 of 41 tables are whole in this file; ",
                                        "0 of 41 tables are whole in this file; ",
                                        "no completion line; whole up to"};
    facts.complete = false;
    facts.n_told = 41;
    facts.n_insert = _i == 2;
    if (_i == 1)
        *(struct problem *)vec_push(&facts.problems) = (struct problem){
            .kind = PROBLEM_COPY, .code = "COPY_COLUMNS", .subject = "public.orders", .text = "x"};
    struct answer a = ask(&check_complete);
    ck_assert_int_eq(a.outcome, OUTCOME_FAILED);
    ck_assert_msg(strstr(a.detail, words[_i]) != NULL, "%s", a.detail);
}
END_TEST

START_TEST(test_sql_of_another_origin_has_no_trailer_to_expect)
{
    facts.has_header = facts.complete = false;
    EXPECT(check_complete, SKIPPED);
    facts.last_object = "orders";
    EXPECT(check_complete, UNKNOWN);
}
END_TEST

START_TEST(test_stream_without_checksum_is_a_gap_not_a_finding)
{
    rec->backup.protection = "none";
    EXPECT(check_stream, PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_text_that_is_no_sql_fails)
{
    facts.is_dump = false;
    EXPECT(check_structure, FAILED);
    ck_assert_str_eq(only_finding()->code, "NOT_A_DUMP");
}
END_TEST

START_TEST(test_empty_dump_fails_unless_declared)
{
    facts.copies = facts.n_create_table = 0;
    EXPECT(check_not_empty, FAILED);
    ck_assert_str_eq(only_finding()->code, "DUMP_EMPTY");
    config.verify_allow_empty = true;
    EXPECT(check_not_empty, SKIPPED);
}
END_TEST

START_TEST(test_schema_or_data_alone_is_a_warning)
{
    facts.copies = 0;
    EXPECT(check_data_present, WARNED);
    ck_assert_str_eq(only_finding()->code, "SCHEMA_ONLY");
    facts.n_insert = 5;
    EXPECT(check_data_present, PASSED);
    facts.n_create_table = 0;
    EXPECT(check_data_present, WARNED);
}
END_TEST

START_TEST(test_data_behind_a_broken_stream_is_unknown)
{
    facts.copies = facts.n_create_table = 0;
    *(struct problem *)vec_push(&facts.problems) =
        (struct problem){.kind = PROBLEM_STREAM, .code = "STREAM_BROKEN", .text = "ends"};
    facts.n_problems = 1;
    EXPECT(check_data_present, UNKNOWN);
    EXPECT(check_not_empty, UNKNOWN);
}
END_TEST

START_TEST(test_encoding_that_is_not_checked_is_said_to_be_so)
{
    facts.encoding = _i == 0 ? "LATIN1" : NULL;
    EXPECT(check_encoding, SKIPPED);
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_limit_is_unknown_never_failed)
{
    *(struct problem *)vec_push(&facts.problems) =
        (struct problem){.kind = PROBLEM_LIMIT, .code = "STATEMENT_LIMIT", .text = "long"};
    facts.n_problems = 1;
    facts.complete = false;
    EXPECT(check_limits, UNKNOWN);
    EXPECT(check_complete, UNKNOWN);
    ck_assert_int_eq(only_finding()->severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(test_age_is_judged_against_its_objective_only)
{
    EXPECT(check_backup_age, SKIPPED);
    set(OPT_ID_objective_backup_age);
    config.objective_backup_age_us = 1000;
    EXPECT(check_backup_age, UNKNOWN);
    rec->backup.age_us = KNOWN(1000);
    EXPECT(check_backup_age, PASSED);
    rec->backup.age_us = KNOWN(1001);
    EXPECT(check_backup_age, FAILED);
    ck_assert_str_eq(only_finding()->code, "BACKUP_TOO_OLD");
}
END_TEST

START_TEST(test_large_file_is_a_warning)
{
    EXPECT(check_backup_size, SKIPPED);
    set(OPT_ID_objective_backup_size);
    config.objective_backup_size_bytes = 300;
    EXPECT(check_backup_size, PASSED);
    config.objective_backup_size_bytes = 299;
    EXPECT(check_backup_size, WARNED);
}
END_TEST

START_TEST(test_dump_status_is_of_a_dump_that_was_taken)
{
    EXPECT(check_dump_status, SKIPPED);
    rec->backup.origin = "taken";
    EXPECT(check_dump_status, PASSED);
    add_finding("PG_DUMP_WARNING", STAGE_backup, SEVERITY_WARNING, BLAME_SOURCE);
    EXPECT(check_dump_status, WARNED);
    rec->backup.size_bytes = 0;
    EXPECT(check_dump_status, UNKNOWN);
}
END_TEST

/* Who is to blame for the rejections decides the answer. */
static const struct {
    enum severity severity;
    enum blame blame;
    enum outcome outcome;
} rejection_cases[] = {
    {SEVERITY_CRITICAL, BLAME_BACKUP, OUTCOME_FAILED},
    {SEVERITY_CRITICAL, BLAME_SOURCE, OUTCOME_FAILED},
    {SEVERITY_CRITICAL, BLAME_ENVIRONMENT, OUTCOME_UNKNOWN},
    {SEVERITY_WARNING, BLAME_ENVIRONMENT, OUTCOME_WARNED},
    {SEVERITY_NOTE, BLAME_BACKUP, OUTCOME_WARNED},
};

START_TEST(test_rejection_is_judged_by_its_blame)
{
    rec->restore.statements = 10;
    rec->restore.n_errors = 1;
    add_finding("X", STAGE_restore, rejection_cases[_i].severity, rejection_cases[_i].blame);
    struct answer a = ask(&check_restore_complete);
    ck_assert_int_eq(a.outcome, rejection_cases[_i].outcome);
}
END_TEST

START_TEST(test_rejection_that_nobody_explains_fails)
{
    rec->restore.statements = 10;
    EXPECT(check_restore_complete, PASSED);
    rec->restore.n_errors = 1;
    EXPECT(check_restore_complete, FAILED);
}
END_TEST

START_TEST(test_backup_is_blamed_even_where_the_environment_is_too)
{
    rec->restore.statements = 10;
    rec->restore.n_errors = 2;
    add_finding("X", STAGE_restore, SEVERITY_CRITICAL, BLAME_ENVIRONMENT);
    add_finding("Y", STAGE_restore, SEVERITY_CRITICAL, BLAME_BACKUP);
    EXPECT(check_restore_complete, FAILED);
}
END_TEST

START_TEST(test_migration_that_fails_or_was_never_reached_does_not_pass)
{
    EXPECT(check_migrations_apply, SKIPPED);
    struct migration_facts *m = vec_push(&rec->migrations);
    m->file = "1_x.sql";
    m->outcome = OUTCOME_PASSED;
    EXPECT(check_migrations_apply, PASSED);
    m = vec_push(&rec->migrations);
    m->file = "2_y.sql";
    m->outcome = OUTCOME_UNKNOWN;
    EXPECT(check_migrations_apply, UNKNOWN);
    m->outcome = OUTCOME_FAILED;
    EXPECT(check_migrations_apply, FAILED);
}
END_TEST

START_TEST(test_load_that_commits_nothing_fails)
{
    EXPECT(check_load_ran, FAILED);
    rec->load.transactions = 5;
    EXPECT(check_load_ran, PASSED);
    config.load_users = 0;
    EXPECT(check_load_ran, SKIPPED);
}
END_TEST

START_TEST(test_share_of_failed_transactions_is_held_to_its_limit_exactly)
{
    set(OPT_ID_objective_load_errors);
    EXPECT(check_load_errors, UNKNOWN);
    rec->load.transactions = 99999;
    EXPECT(check_load_errors, PASSED);
    rec->load.n_errors = 1;
    EXPECT(check_load_errors, FAILED);
    config.objective_load_errors_percent = 0.001;
    EXPECT(check_load_errors, PASSED);
}
END_TEST

START_TEST(test_nothing_left_needs_a_teardown_that_said_so)
{
    EXPECT(check_nothing_left, UNKNOWN);
    record_stage(rec, STAGE_teardown)->summary = "nothing left behind";
    EXPECT(check_nothing_left, PASSED);
    add_finding("LEFT_BEHIND", STAGE_teardown, SEVERITY_CRITICAL, BLAME_ENVIRONMENT);
    EXPECT(check_nothing_left, FAILED);
}
END_TEST

Suite *suite_check_answers(void);
Suite *suite_check_answers(void)
{
    Suite *s = suite_create("check/answers");
    TCase *t = tcase_create("answers");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_test(t, test_sound_dump_passes_every_check_of_the_file_without_a_finding);
    tcase_add_test(t, test_header_without_trailer_fails_and_says_how_far);
    tcase_add_loop_test(t, test_a_dump_that_is_cut_says_how_many_tables_are_whole, 0, 3);
    tcase_add_test(t, test_sql_of_another_origin_has_no_trailer_to_expect);
    tcase_add_test(t, test_stream_without_checksum_is_a_gap_not_a_finding);
    tcase_add_test(t, test_text_that_is_no_sql_fails);
    tcase_add_test(t, test_empty_dump_fails_unless_declared);
    tcase_add_test(t, test_schema_or_data_alone_is_a_warning);
    tcase_add_test(t, test_data_behind_a_broken_stream_is_unknown);
    tcase_add_loop_test(t, test_encoding_that_is_not_checked_is_said_to_be_so, 0, 2);
    tcase_add_test(t, test_limit_is_unknown_never_failed);
    tcase_add_test(t, test_age_is_judged_against_its_objective_only);
    tcase_add_test(t, test_large_file_is_a_warning);
    tcase_add_test(t, test_dump_status_is_of_a_dump_that_was_taken);
    tcase_add_loop_test(t, test_rejection_is_judged_by_its_blame, 0,
                        (int)COUNT_OF(rejection_cases));
    tcase_add_test(t, test_rejection_that_nobody_explains_fails);
    tcase_add_test(t, test_backup_is_blamed_even_where_the_environment_is_too);
    tcase_add_test(t, test_migration_that_fails_or_was_never_reached_does_not_pass);
    tcase_add_test(t, test_load_that_commits_nothing_fails);
    tcase_add_test(t, test_share_of_failed_transactions_is_held_to_its_limit_exactly);
    tcase_add_test(t, test_nothing_left_needs_a_teardown_that_said_so);
    suite_add_tcase(s, t);
    return s;
}
