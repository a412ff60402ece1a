/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "check/definition.h"

#include <check.h>

Suite *suite_check_definition(void);

static const struct {
    const char *a, *b;
} same[] = {
    {"", ""},
    {"CHECK (a > 1)", "CHECK ((a > 1))"},
    {"CHECK (((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character "
     "varying])::text[])))",
     "CHECK (((state)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
     "varying)::text])))"},
    {"x::numeric(10,2) + 1", "(x)::numeric + 1"},
    {"now()::timestamp without time zone", "now()"},
    {"v = 'a'::\"Odd \"\"type\"\" \".\"(x)\"[][]", "v = 'a'"},
    {"v = 'a'::app.mood", "v = ('a')"},
    {"SELECT a\n   FROM t", "SELECT a FROM t"},
};

static const struct {
    const char *a, *b;
} different[] = {
    {"CHECK (a > 1)", "CHECK (a > 2)"},
    {"'a'", "'a '"},
    {"'(a)'", "'a'"},
    {"'a::text'", "'a'"},
    {"\"a b\"", "\"ab\""},
    {"a AND b", "a OR b"},
    {"x = 'it''s'", "x = 'its'"},
    {"x::text = 'a'", "x::text = 'b'"},
    {"a::text, b", "a::text"},
    {"'open", "'opened"},
    {"f(a, b)", "f(b, a)"},
    {"SELECT a b", "SELECT ab"},
    {"a::text b", "ab"},
};

START_TEST(test_casts_and_parentheses_alone_make_no_difference)
{
    ck_assert(definitions_alike(same[_i].a, same[_i].b));
    ck_assert(definitions_alike(same[_i].b, same[_i].a));
}
END_TEST

START_TEST(test_everything_else_does)
{
    ck_assert(!definitions_alike(different[_i].a, different[_i].b));
    ck_assert(!definitions_alike(different[_i].b, different[_i].a));
}
END_TEST

Suite *suite_check_definition(void)
{
    Suite *s = suite_create("check_definition");
    TCase *tc = tcase_create("definition");
    tcase_add_loop_test(tc, test_casts_and_parentheses_alone_make_no_difference, 0,
                        (int)COUNT_OF(same));
    tcase_add_loop_test(tc, test_everything_else_does, 0, (int)COUNT_OF(different));
    suite_add_tcase(s, tc);
    return s;
}
