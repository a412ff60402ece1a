/* SPDX-License-Identifier: PostgreSQL */
#include "dump/token.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_token(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static struct token first(const char *text)
{
    struct slice rest = slice_of(text);
    return token_next(&rest);
}

static void expect_name(const char *text, const char *name)
{
    struct token t = first(text);
    ck_assert_pstr_eq(token_name(a, &t), name);
}

START_TEST(test_tokens_follow_each_other_to_the_end)
{
    static const enum token_kind kinds[] = {TOKEN_WORD,   TOKEN_QUOTED, TOKEN_SYMBOL, TOKEN_WORD,
                                            TOKEN_SYMBOL, TOKEN_STRING, TOKEN_END,    TOKEN_END};
    static const char *const texts[] = {"COPY", "\"a\"\"b\"", ".", "t1", "=", "'it''s'", "", ""};
    struct slice rest = slice_of("COPY /* x /* y */ */ \"a\"\"b\". -- z\n t1 ='it''s' ");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct token t = token_next(&rest);
        ck_assert_int_eq(t.kind, kinds[i]);
        ck_assert_msg(slice_eq(t.text, texts[i]), "%.*s", (int)t.text.n, t.text.p);
    }
}
END_TEST

START_TEST(test_words_fold_and_quoted_names_do_not)
{
    expect_name("Orders", "orders");
    expect_name("\"Orders\"", "Orders");
    expect_name("\"a\"\"b\"", "a\"b");
    expect_name("\xc3\x84x", "\xc3\x84x");
    expect_name("'text'", NULL);
    expect_name("(", NULL);
    expect_name("", NULL);
}
END_TEST

static void expect_inside(const char *text, const char *inside, const char *behind)
{
    struct slice rest = slice_of(text);
    struct token t = token_next(&rest);
    ck_assert_int_eq(t.kind, TOKEN_STRING);
    ck_assert_msg(slice_eq(token_inside(&t), inside), "%s: %.*s", text, (int)token_inside(&t).n,
                  token_inside(&t).p);
    ck_assert_str_eq(token_value(a, &t), inside);
    ck_assert_msg(slice_eq(rest, behind), "%s: rest %.*s", text, (int)rest.n, rest.p);
}

START_TEST(test_odd_strings_are_one_token)
{
    expect_inside("E'it\\'s ''x'' \\\\' y", "it\\'s ''x'' \\\\", " y");
    expect_inside("e'' y", "", " y");
    expect_inside("$$a 'b' $c$ $$ y", "a 'b' $c$ ", " y");
    expect_inside("$_x1$ $$ $_x1$;", " $$ ", ";");
    expect_inside("$$ not closed", " not closed", "");
    expect_inside("E'not closed", "not closed", "");
}
END_TEST

START_TEST(test_parameters_and_lone_signs_are_no_strings)
{
    struct token t = first("$1 + x");
    ck_assert_int_eq(t.kind, TOKEN_WORD);
    ck_assert(slice_eq(t.text, "$1"));
    t = first("E");
    ck_assert(token_is(&t, "e"));
    ck_assert_int_eq(first("$").kind, TOKEN_WORD);
}
END_TEST

START_TEST(test_values_lose_their_quotes_alone)
{
    struct token t = first("'it''s ON'"), w = first("On");
    ck_assert_str_eq(token_value(a, &t), "it's ON");
    ck_assert_str_eq(token_value(a, &w), "On");
}
END_TEST

START_TEST(test_key_words_match_in_any_case_and_whole)
{
    struct token t = first("CoPy"), longer = first("copyx"), quoted = first("\"copy\"");
    ck_assert(token_is(&t, "copy"));
    ck_assert(!token_is(&longer, "copy"));
    ck_assert(!token_is(&quoted, "copy"));
    t = first("(");
    ck_assert(token_symbol(&t, '(') && !token_symbol(&t, ')'));
}
END_TEST

START_TEST(test_unclosed_quotes_and_comments_end_with_the_text)
{
    ck_assert_uint_eq(first("'abc").text.n, 4);
    ck_assert_uint_eq(first("\"a\"\"").text.n, 4);
    ck_assert_int_eq(first("/* abc").kind, TOKEN_END);
    ck_assert_int_eq(first("-- abc").kind, TOKEN_END);
    ck_assert_int_eq(first("/* /* */ abc").kind, TOKEN_END);
    ck_assert_uint_eq(token_trim(slice_of(" \n/**/--x\n y")).n, 1);
}
END_TEST

Suite *suite_dump_token(void)
{
    Suite *s = suite_create("dump_token");
    TCase *tc = tcase_create("token");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_tokens_follow_each_other_to_the_end);
    tcase_add_test(tc, test_words_fold_and_quoted_names_do_not);
    tcase_add_test(tc, test_odd_strings_are_one_token);
    tcase_add_test(tc, test_parameters_and_lone_signs_are_no_strings);
    tcase_add_test(tc, test_values_lose_their_quotes_alone);
    tcase_add_test(tc, test_key_words_match_in_any_case_and_whole);
    tcase_add_test(tc, test_unclosed_quotes_and_comments_end_with_the_text);
    suite_add_tcase(s, tc);
    return s;
}
