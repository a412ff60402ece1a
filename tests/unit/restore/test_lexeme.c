/* SPDX-License-Identifier: PostgreSQL */
#include "restore/lexeme.h"

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

/* Kinds and texts of all lexemes, "w:select n:Odd s:text y:(". */
static const char *all(const char *sql)
{
    struct lexemes t = lexemes_of(slice_of(sql));
    const char *text = "";
    for (struct lexeme x = lexeme_next(&t); x.kind != LEXEME_END; x = lexeme_next(&t))
        text = arena_printf(a, "%s%s%c:%.*s", text, *text == '\0' ? "" : " ", " wnsy"[x.kind],
                            (int)x.text.n, x.text.p);
    return text;
}

START_TEST(test_words_names_strings_and_symbols_are_told_apart)
{
    ck_assert_str_eq(all("ALTER TABLE public.\"Odd \"\"x\" OWNER TO bob"),
                     "w:ALTER w:TABLE w:public y:. n:Odd \"\"x w:OWNER w:TO w:bob");
    ck_assert_str_eq(all("SET x = 'it''s'"), "w:SET w:x y:= s:it''s");
    ck_assert_str_eq(all("E'a\\'b' e'\\\\'"), "s:a\\'b s:\\\\");
    ck_assert_str_eq(all("$$ TO x $$ $f$ $$ $f$ a$1"), "s: TO x  s: $$  w:a$1");
    ck_assert_str_eq(all("\xc3\xa4"
                         "b"),
                     "w:\xc3\xa4"
                     "b");
}
END_TEST

START_TEST(test_comments_are_skipped)
{
    ck_assert_str_eq(all("a -- TO b\n/* x /* nested */ y */ c"), "w:a w:c");
}
END_TEST

START_TEST(test_what_is_not_closed_reaches_to_the_end)
{
    ck_assert_str_eq(all("a 'b c"), "w:a s:b c");
    ck_assert_str_eq(all("a \"b"), "w:a n:b");
    ck_assert_str_eq(all("a $$ b"), "w:a s: b");
    ck_assert_str_eq(all("a /* b"), "w:a");
    ck_assert_str_eq(all("a '"), "w:a s:");
    ck_assert_str_eq(all("E'\\"), "s:\\");
}
END_TEST

START_TEST(test_names_are_as_the_catalogue_has_them)
{
    struct lexemes t = lexemes_of(slice_of("Bob \"B\"\"ob\" 'b''ob'"));
    struct lexeme lexeme = lexeme_next(&t);
    ck_assert_str_eq(lexeme_name(a, &lexeme), "bob");
    lexeme = lexeme_next(&t);
    ck_assert_str_eq(lexeme_name(a, &lexeme), "B\"ob");
    lexeme = lexeme_next(&t);
    ck_assert_str_eq(lexeme_name(a, &lexeme), "b'ob");
}
END_TEST

START_TEST(test_a_keyword_is_found_only_outside_parentheses_and_quotes)
{
    struct lexemes t = lexemes_of(slice_of("GRANT x (a TO b) \"TO\" 'TO' to c"));
    ck_assert(lexemes_begin(&t, "GRANT"));
    ck_assert(!lexemes_begin(&t, "X Y"));
    ck_assert(lexemes_find(&t, "TO"));
    struct lexeme lexeme = lexeme_next(&t);
    ck_assert(lexeme_is(&lexeme, "C"));
    ck_assert(!lexemes_find(&t, "TO"));
}
END_TEST

Suite *suite_restore_lexeme(void);
Suite *suite_restore_lexeme(void)
{
    Suite *s = suite_create("restore/lexeme");
    TCase *t = tcase_create("lexeme");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_words_names_strings_and_symbols_are_told_apart);
    tcase_add_test(t, test_comments_are_skipped);
    tcase_add_test(t, test_what_is_not_closed_reaches_to_the_end);
    tcase_add_test(t, test_names_are_as_the_catalogue_has_them);
    tcase_add_test(t, test_a_keyword_is_found_only_outside_parentheses_and_quotes);
    suite_add_tcase(s, t);
    return s;
}
