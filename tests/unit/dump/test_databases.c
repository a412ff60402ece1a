/* SPDX-License-Identifier: PostgreSQL */
#include "dump/databases.h"

#include <check.h>

Suite *suite_dump_databases(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static struct dump_facts facts_of(const struct dump_database *list, size_t n)
{
    struct dump_facts f = {.is_cluster_dump = true,
                           .databases = vec_new(a, sizeof(struct dump_database))};
    for (size_t i = 0; i < n; i++)
        *(struct dump_database *)vec_push(&f.databases) = list[i];
    return f;
}

static const struct dump_database empty_one = {.name = "postgres", .bytes = 900},
                                  few = {.name = "few", .rows = 5, .bytes = 500, .makes = true},
                                  many = {.name = "many", .rows = 9, .bytes = 100, .makes = true},
                                  long_one = {.name = "long", .bytes = 700, .makes = true};

START_TEST(test_the_database_with_most_rows_stands_for_the_cluster)
{
    const struct dump_database list[] = {empty_one, few, many, long_one};
    struct dump_facts f = facts_of(list, 4);
    ck_assert_str_eq(databases_main(&f, NULL)->name, "many");
    ck_assert_str_eq(databases_main(&f, "few")->name, "few");
    ck_assert_str_eq(databases_main(&f, "postgres")->name, "postgres");
    ck_assert_ptr_null(databases_main(&f, "other"));
    ck_assert_uint_eq(databases_count(&f), 3);
    ck_assert_str_eq(databases_others(a, &f, "many"), "few, long");
}
END_TEST

START_TEST(test_without_rows_the_longest_stands_for_the_cluster)
{
    const struct dump_database list[] = {empty_one, long_one};
    struct dump_facts f = facts_of(list, 2);
    ck_assert_str_eq(databases_main(&f, NULL)->name, "long");
    ck_assert_str_eq(databases_others(a, &f, "long"), "");
}
END_TEST

START_TEST(test_only_a_dump_of_a_cluster_has_a_choice)
{
    const struct dump_database list[] = {few};
    struct dump_facts f = facts_of(list, 1);
    f.is_cluster_dump = false;
    ck_assert_ptr_null(databases_main(&f, NULL));
    struct dump_facts none = facts_of(NULL, 0);
    ck_assert_ptr_null(databases_main(&none, NULL));
}
END_TEST

Suite *suite_dump_databases(void)
{
    Suite *s = suite_create("dump/databases");
    TCase *t = tcase_create("main");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_the_database_with_most_rows_stands_for_the_cluster);
    tcase_add_test(t, test_without_rows_the_longest_stands_for_the_cluster);
    tcase_add_test(t, test_only_a_dump_of_a_cluster_has_a_choice);
    suite_add_tcase(s, t);
    return s;
}
