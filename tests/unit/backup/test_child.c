/* SPDX-License-Identifier: PostgreSQL */
#include "backup/child.h"

#include <check.h>

#include <string.h>

static struct arena *a;

static void setup(void)
{
    a = arena_new();
}

static void teardown(void)
{
    arena_free(a);
}

START_TEST(test_each_warning_is_a_finding_with_its_details)
{
    struct record *r = record_new(a);
    dump_child_warnings(a,
                        "pg_dump: warning: subscriptions not dumped\n"
                        "pg_dump: detail: one of them\n"
                        "pg_dump: hint: be superuser\n"
                        "pg_dump: last built-in OID is 16383\n"
                        "pg_dump: detail: belongs to nothing\n"
                        "pg_dump: warning: circular foreign keys\n",
                        r);
    ck_assert_uint_eq(r->findings.n, 2);
    const struct finding *first = vec_at(&r->findings, 0), *second = vec_at(&r->findings, 1);
    ck_assert_str_eq(first->code, "PG_DUMP_WARNING");
    ck_assert_str_eq(first->text, "subscriptions not dumped; one of them; be superuser");
    ck_assert_int_eq(first->blame, BLAME_SOURCE);
    ck_assert_str_eq(second->text, "circular foreign keys");
}
END_TEST

START_TEST(test_the_last_words_are_the_errors)
{
    ck_assert_str_eq(dump_child_last_words(a, "pg_dump: warning: w\n"
                                              "pg_dump: error: query failed\n"
                                              "pg_dump: detail: Query was: LOCK\n"),
                     "query failed; Query was: LOCK");
    ck_assert_str_eq(dump_child_last_words(a, "Segmentation fault\n\n"), "Segmentation fault");
    ck_assert_str_eq(dump_child_last_words(a, ""), "it gave no reason");
}
END_TEST

static struct vec installed;

static void add(int64_t major, bool dump)
{
    if (installed.arena == NULL)
        installed = vec_new(a, sizeof(struct installation));
    *(struct installation *)vec_push(&installed) =
        (struct installation){.major = major, .dump = dump, .bindir = "/opt"};
}

START_TEST(test_the_same_major_is_picked_else_the_next_higher)
{
    const struct installation *picked = NULL;
    struct err e;
    add(18, true);
    add(15, true);
    add(16, true);
    add(14, false);
    ck_assert(backup_pick_pg_dump(&installed, 150004, &picked, &e));
    ck_assert_int_eq(picked->major, 15);
    ck_assert(backup_pick_pg_dump(&installed, 140004, &picked, &e));
    ck_assert_int_eq(picked->major, 15);
    ck_assert(backup_pick_pg_dump(&installed, 170001, &picked, &e));
    ck_assert_int_eq(picked->major, 18);
    ck_assert(backup_pick_pg_dump(&installed, 90624, &picked, &e));
    ck_assert_int_eq(picked->major, 15);
}
END_TEST

START_TEST(test_a_source_newer_than_all_names_the_package)
{
    const struct installation *picked = NULL;
    struct err e;
    add(15, true);
    ck_assert(!backup_pick_pg_dump(&installed, 170001, &picked, &e));
    ck_assert_ptr_null(picked);
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, "PostgreSQL 17"));
    ck_assert_ptr_nonnull(strstr(e.text, "15 in /opt"));
    ck_assert_ptr_nonnull(strstr(e.text, "postgresql-client-17"));
}
END_TEST

Suite *suite_backup_child(void);
Suite *suite_backup_child(void)
{
    Suite *s = suite_create("backup/child");
    TCase *t = tcase_create("child");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_each_warning_is_a_finding_with_its_details);
    tcase_add_test(t, test_the_last_words_are_the_errors);
    tcase_add_test(t, test_the_same_major_is_picked_else_the_next_higher);
    tcase_add_test(t, test_a_source_newer_than_all_names_the_package);
    suite_add_tcase(s, t);
    return s;
}
