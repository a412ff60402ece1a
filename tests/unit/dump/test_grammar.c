/* SPDX-License-Identifier: PostgreSQL */
#include "dump/grammar.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_grammar(void);

static struct arena *a;
static struct grammar g;

static void set_up(void)
{
    a = arena_new();
    grammar_begin(&g, a);
}

static void tear_down(void)
{
    grammar_cleanup(&g);
    arena_free(a);
}

static void give(const char *text, size_t n)
{
    struct statement s = {.text = {text, n}, .offset = 7, .object = "public.t"};
    grammar_statement(&g, &s, true);
}

START_TEST(test_sound_statements_are_parsed)
{
    static const char *const texts[] = {
        "CREATE TABLE public.t (id integer NOT NULL, CONSTRAINT c CHECK ((id > 0)))",
        "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id)",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE VIEW v AS SELECT '\xc3\xa4;' AS x",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        give(texts[i], strlen(texts[i]));
    ck_assert_uint_eq(g.n_parsed, 4);
    ck_assert_uint_eq(g.n_refused + g.n_passed_over, 0);
}
END_TEST

START_TEST(test_refusals_say_where_and_why)
{
    give("CREATE TABLE t (id integer,,)", 29);
    ck_assert_uint_eq(g.n_refused, 1);
    const struct refusal *r = vec_at(&g.refusals, 0);
    ck_assert_str_eq(r->object, "public.t");
    ck_assert_str_eq(r->text, "syntax error at or near \",\"");
    ck_assert_uint_eq(r->offset, 7);
}
END_TEST

START_TEST(test_only_the_first_refusals_are_kept)
{
    enum { MANY = 3 * GRAMMAR_REFUSALS_MAX };
    for (int i = 0; i < MANY; i++)
        give("CREATE X", 8);
    ck_assert_uint_eq(g.n_refused, MANY);
    ck_assert_uint_eq(g.refusals.n, GRAMMAR_REFUSALS_MAX);
}
END_TEST

START_TEST(test_what_the_parser_cannot_read_is_passed_over)
{
    struct statement s = {.text = {"SELECT 'a\\'b'", 13}};
    grammar_statement(&g, &s, false);
    give("SELECT '\xe4'", 10); /* LATIN1 */
    give("SELECT '\xf0'", 10); /* a character that does not end */
    give("SELECT '\0'", 10);
    char *large = arena_alloc(a, GRAMMAR_STATEMENT_BYTES_MAX + 1);
    memset(large, ' ', GRAMMAR_STATEMENT_BYTES_MAX + 1);
    give(large, GRAMMAR_STATEMENT_BYTES_MAX + 1);
    ck_assert_uint_eq(g.n_passed_over, 5);
    ck_assert_uint_eq(g.n_parsed + g.n_refused, 0);
}
END_TEST

/* A million open parentheses: refused at once, without using up the stack. */
START_TEST(test_depth_is_bounded)
{
    static const char patterns[] = "([-";
    char *deep = arena_alloc(a, GRAMMAR_STATEMENT_BYTES_MAX);
    for (const char *p = patterns; *p != '\0'; p++) {
        static const char select[] = "SELECT ";
        for (size_t i = 0; i < GRAMMAR_STATEMENT_BYTES_MAX; i++) {
            char deeper = *p == '-' && i % 2 == 0 ? ' ' : *p;
            deep[i] = i < sizeof select - 1 ? select[i] : deeper;
        }
        give(deep, GRAMMAR_STATEMENT_BYTES_MAX);
    }
    ck_assert_uint_eq(g.n_refused, 3);
}
END_TEST

Suite *suite_dump_grammar(void)
{
    Suite *s = suite_create("dump_grammar");
    TCase *tc = tcase_create("grammar");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_sound_statements_are_parsed);
    tcase_add_test(tc, test_refusals_say_where_and_why);
    tcase_add_test(tc, test_only_the_first_refusals_are_kept);
    tcase_add_test(tc, test_what_the_parser_cannot_read_is_passed_over);
    tcase_add_test(tc, test_depth_is_bounded);
    suite_add_tcase(s, tc);
    return s;
}
