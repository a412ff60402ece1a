/* SPDX-License-Identifier: PostgreSQL */
#include "dump/names.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_names(void);

static struct arena *a;
static struct names names;

static void set_up(void)
{
    a = arena_new();
    names = (struct names){.arena = a};
}

static void tear_down(void)
{
    names_cleanup(&names);
    arena_free(a);
}

START_TEST(test_a_text_is_kept_once)
{
    char text[] = "orders";
    const char *first = names_keep(&names, slice_of(text));
    text[0] = 'b';
    ck_assert_str_eq(first, "orders");
    ck_assert_ptr_eq(names_keep(&names, slice_of("orders")), first);
    ck_assert_ptr_ne(names_keep(&names, slice_of(text)), first);
    ck_assert_uint_eq(names.n, 2);
}
END_TEST

START_TEST(test_what_was_not_kept_is_not_found)
{
    ck_assert_ptr_null(names_find(&names, slice_of("x")));
    const char *x = names_keep(&names, slice_of("x"));
    ck_assert_ptr_eq(names_find(&names, slice_of("x")), x);
    ck_assert_ptr_null(names_find(&names, slice_of("xx")));
}
END_TEST

START_TEST(test_pointers_stay_while_the_table_grows)
{
    enum { MANY = 10000 };
    const char *kept[MANY];
    for (int i = 0; i < MANY; i++)
        kept[i] = names_keep(&names, slice_of(arena_printf(a, "name %d", i)));
    for (int i = 0; i < MANY; i++)
        ck_assert_ptr_eq(names_find(&names, slice_of(arena_printf(a, "name %d", i))), kept[i]);
    ck_assert_uint_eq(names.n, MANY);
}
END_TEST

START_TEST(test_a_zero_byte_ends_a_text)
{
    const char *x = names_keep(&names, (struct slice){"a\0b", 3});
    ck_assert_str_eq(x, "a");
    ck_assert_ptr_eq(names_keep(&names, (struct slice){"a\0c", 3}), x);
    ck_assert_uint_eq(names.n, 1);
}
END_TEST

Suite *suite_dump_names(void)
{
    Suite *s = suite_create("dump_names");
    TCase *tc = tcase_create("names");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_a_text_is_kept_once);
    tcase_add_test(tc, test_what_was_not_kept_is_not_found);
    tcase_add_test(tc, test_pointers_stay_while_the_table_grows);
    tcase_add_test(tc, test_a_zero_byte_ends_a_text);
    suite_add_tcase(s, tc);
    return s;
}
