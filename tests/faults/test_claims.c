/* SPDX-License-Identifier: PostgreSQL */
/* What the matrix cannot say in a row: a dump of everything, an age, the text of a limit. */
#include "base/fs.h"
#include "faults/base.h"
#include "faults/edit.h"
#include "faults/faults.h"

#include <check.h>

#include <string.h>

Suite *suite_claims(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

START_TEST(test_every_kind_of_object_is_sound)
{
    struct config config = base_config();
    struct slice sql;
    struct err e = {0};
    ck_assert(fs_read_file(a, "tests/fixtures/kinds-15.sql", 1 << 20, &sql, &e));
    const struct record *r = base_verify(a, sql, &config);
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(c->outcome == OUTCOME_PASSED || c->outcome == OUTCOME_SKIPPED,
                      "%s is %s (%s)", c->name, outcome_words[c->outcome], c->detail);
    VEC_EACH (const struct finding, f, &r->findings)
        ck_assert_msg(f->severity == SEVERITY_NOTE, "%s (%s)", f->code, f->text);
}
END_TEST

START_TEST(test_expansion_limit_tells_the_ratio)
{
    struct config config = base_config();
    const struct record *r =
        base_verify(a, fault_file_bomb(a, base_packed(a, base_dump(a), VARIANT_zstd)), &config);
    ck_assert_ptr_nonnull(strstr(base_check(r, "limits")->detail, "more than 1000 times"));
}
END_TEST

/* Whatever the time of the file says; but only UTC is a time for sure. */
START_TEST(test_age_is_that_of_the_dump_itself)
{
    struct config config = base_config();
    config.is_set[OPT_ID_objective_backup_age] = true;
    config.objective_backup_age_us = INT64_C(86400) * 1000000;
    const char *tools = "-- Dumped by pg_dump version";
    struct slice old =
        edit_replace(a, base_dump(a), tools,
                     "-- Started on 2020-01-02 03:04:05 UTC\n\n-- Dumped by pg_dump version");
    const struct record *r = base_verify(a, old, &config);
    ck_assert_int_eq(base_check(r, "backup_age")->outcome, OUTCOME_FAILED);
    ck_assert(base_has_finding(r, "backup_age", "BACKUP_TOO_OLD", SEVERITY_WARNING));
    ck_assert_str_eq(r->backup.taken_from, "header");
    ck_assert_int_eq(r->backup.taken, INT64_C(1577934245) * 1000000);
    old = edit_replace(a, old, " UTC\n", " CET\n");
    r = base_verify(a, old, &config);
    ck_assert_str_eq(r->backup.taken_from, "file");
}
END_TEST

Suite *suite_claims(void)
{
    Suite *s = suite_create("claims");
    TCase *tc = tcase_create("claims");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_every_kind_of_object_is_sound);
    tcase_add_test(tc, test_expansion_limit_tells_the_ratio);
    tcase_add_test(tc, test_age_is_that_of_the_dump_itself);
    suite_add_tcase(s, tc);
    return s;
}
