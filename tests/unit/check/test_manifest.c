/* SPDX-License-Identifier: PostgreSQL */
/* The check `manifest`, where it cannot tell: neither a pass nor a failure. */
#include "check/ask.h"

#include <check.h>

#include <string.h>

Suite *suite_check_manifest(void);

static struct arena *arena;
static struct record *rec;
static struct manifest *manifest;
static struct dump_facts facts;
static struct inventory inventory;
static struct config config;

static struct table_facts *dumped;
static struct manifest_table *written;

/* A dump, packed anew, that holds what its manifest says. */
static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    manifest = manifest_new(arena);
    facts = (struct dump_facts){.n_tables = 1};
    facts.tables = vec_new(arena, sizeof(struct dump_table));
    *(struct dump_table *)vec_push(&facts.tables) =
        (struct dump_table){.schema = "public", .name = "t"};
    inventory_begin(&inventory, arena);
    config = (struct config){0};
    rec->manifest.path = "x.manifest.json";
    rec->backup.sha256 = "b";
    manifest->backup.sha256 = "a";
    dumped = record_table(rec, "public", "t");
    dumped->dump_rows = KNOWN(3);
    written = vec_push(&manifest->tables);
    *written = (struct manifest_table){.schema = "public", .name = "t", .rows = KNOWN(3)};
}

static void after(void)
{
    inventory_cleanup(&inventory);
    arena_free(arena);
}

static struct answer ask(void)
{
    const struct evidence ev = {.arena = arena,
                                .config = &config,
                                .record = rec,
                                .facts = &facts,
                                .inventory = &inventory,
                                .manifest = manifest};
    return check_manifest.ask(&ev);
}

static void must_be(enum outcome outcome)
{
    struct answer answer = ask();
    ck_assert_msg(answer.outcome == outcome, "%s", answer.detail);
    ck_assert_int_eq(rec->findings.n > 0, outcome == OUTCOME_FAILED);
}

START_TEST(test_what_is_equal_passes)
{
    must_be(OUTCOME_PASSED);
}
END_TEST

START_TEST(test_other_rows_fail)
{
    dumped->dump_rows = KNOWN(2);
    must_be(OUTCOME_FAILED);
}
END_TEST

START_TEST(test_a_table_that_is_gone_fails)
{
    dumped->name = "u";
    dumped->dump_rows = (struct maybe){0};
    must_be(OUTCOME_FAILED);
}
END_TEST

START_TEST(test_rows_that_the_dump_cannot_tell_are_unknown)
{
    dumped->dump_rows = (struct maybe){0};
    must_be(OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_rows_that_the_manifest_does_not_tell_are_unknown)
{
    written->rows = (struct maybe){0};
    must_be(OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_tables_beyond_those_that_are_kept_are_unknown)
{
    facts.n_tables = 2;
    rec->tables.n = 0;
    must_be(OUTCOME_UNKNOWN);
}
END_TEST

START_TEST(test_the_very_file_passes_however_much_of_it_is_kept)
{
    facts.n_tables = 2;
    rec->tables.n = 0;
    rec->backup.sha256 = "a";
    must_be(OUTCOME_PASSED);
}
END_TEST

START_TEST(test_a_sequence_fails_unless_more_were_met_than_are_kept)
{
    *(struct manifest_sequence *)vec_push(&manifest->sequences) =
        (struct manifest_sequence){.schema = "public", .name = "s", .value = 4};
    inventory.n_not_kept = (uint64_t)_i;
    must_be(_i == 0 ? OUTCOME_FAILED : OUTCOME_UNKNOWN);
}
END_TEST

Suite *suite_check_manifest(void)
{
    Suite *s = suite_create("check_manifest");
    TCase *tc = tcase_create("check_manifest");
    tcase_add_checked_fixture(tc, before, after);
    tcase_add_test(tc, test_what_is_equal_passes);
    tcase_add_test(tc, test_other_rows_fail);
    tcase_add_test(tc, test_a_table_that_is_gone_fails);
    tcase_add_test(tc, test_rows_that_the_dump_cannot_tell_are_unknown);
    tcase_add_test(tc, test_rows_that_the_manifest_does_not_tell_are_unknown);
    tcase_add_test(tc, test_tables_beyond_those_that_are_kept_are_unknown);
    tcase_add_test(tc, test_the_very_file_passes_however_much_of_it_is_kept);
    tcase_add_loop_test(tc, test_a_sequence_fails_unless_more_were_met_than_are_kept, 0, 2);
    suite_add_tcase(s, tc);
    return s;
}
