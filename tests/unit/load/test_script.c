/* SPDX-License-Identifier: PostgreSQL */
#include "load/script.h"

#include <check.h>

#include <string.h>

static struct arena *arena;
static struct err e;
static int statements;

static void begin(void)
{
    arena = arena_new();
    e = (struct err){0};
    statements = 0;
}

static void end(void)
{
    arena_free(arena);
}

static struct script *parsed(const char *text)
{
    struct script *s = script_new(arena, "t.sql", 1);
    ck_assert_msg(script_parse(arena, slice_of(text), s, &statements, &e), "%s", e.text);
    return s;
}

static const struct command *command(const struct script *s, size_t i)
{
    return vec_at(&s->commands, i);
}

static void must_fail(const char *text, const char *why)
{
    struct script *s = script_new(arena, "t.sql", 1);
    ck_assert_msg(!script_parse(arena, slice_of(text), s, &statements, &e), "accepted: %s", text);
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, why) != NULL, "\"%s\" does not say \"%s\"", e.text, why);
}

START_TEST(test_statements_end_at_semicolons_outside_of_quotes)
{
    static const char text[] = "SELECT ';', \"a;b\", $x$;$x$, E'\\';' /* ; /* ; */ ; */ -- ;\n;"
                               " SELECT (1\n;\n) ;;\nCOMMIT;";
    const struct script *s = parsed(text);
    ck_assert_uint_eq(s->commands.n, 3);
    ck_assert_str_eq(command(s, 2)->sql, "COMMIT");
    ck_assert_int_eq(command(s, 1)->line, 2);
    ck_assert_int_eq(command(s, 2)->line, 5);
    ck_assert_int_eq(command(s, 2)->statement, 2);
}
END_TEST

START_TEST(test_variables_become_parameters_and_nothing_else_does)
{
    const struct script *s =
        parsed("\\set id 7\n\\set n_2 8\n"
               "SELECT ':id', \":id\", $$:id$$, E'\\':id', /* :id */ a::id, b [1:2], :id, x:=1 "
               "WHERE k=:n_2 AND j = :id::int8;");
    const struct command *c = command(s, 2);
    ck_assert_int_eq(c->n_params, 3);
    ck_assert_int_eq(c->params[0], c->params[2]);
    ck_assert_int_ne(c->params[0], c->params[1]);
    ck_assert_str_eq(c->sql,
                     "SELECT ':id', \":id\", $$:id$$, E'\\':id', /* :id */ a::id, b [1:2],  $1 , "
                     "x:=1 WHERE k= $2  AND j =  $3 ::int8");
}
END_TEST

START_TEST(test_the_number_of_the_user_is_known_everywhere)
{
    const struct script *s = parsed("SELECT :client_id;");
    ck_assert_int_eq(command(s, 0)->params[0], SCRIPT_CLIENT_ID);
}
END_TEST

START_TEST(test_sleep_takes_a_unit_or_seconds)
{
    static const struct {
        const char *text;
        int64_t unit_us, n;
    } cases[] = {{"10 us", 1, 10},   {"10ms", 1000, 10}, {"2 s", 1000000, 2},     {"3", 1000000, 3},
                 {":s", 1000000, 9}, {":s ms", 1000, 9}, {":s * 2 ms ", 1000, 18}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *text = arena_printf(arena, "\\set s 9\n\\sleep %s\nSELECT 1;", cases[i].text);
        const struct script *s = parsed(text);
        struct value v[3] = {{0}, {.number = 9}, {0}};
        struct rng r = rng_seeded(1, 1);
        int64_t n = 0;
        ck_assert_int_eq(command(s, 1)->unit_us, cases[i].unit_us);
        ck_assert(expr_eval(command(s, 1)->expr, v, &r, &n, &e));
        ck_assert_int_eq(n, cases[i].n);
    }
}
END_TEST

START_TEST(test_queries_are_kept_apart_and_known_to_later_lines)
{
    const struct script *s =
        parsed("\\query top SELECT max(id)::int FROM t; \n\\set id random(1, :top)\nSELECT :id;");
    ck_assert_uint_eq(s->queries.n, 1);
    const struct script_query *q = vec_at(&s->queries, 0);
    ck_assert_str_eq(q->sql, "SELECT max(id)::int FROM t");
    ck_assert_uint_eq(s->commands.n, 2);
}
END_TEST

START_TEST(test_errors_name_file_line_and_what_is_wrong)
{
    must_fail("SELECT 1;\n\nSELECT :nothing;",
              "t.sql:3: no line above sets the variable \"nothing\"");
    must_fail("\\set a 1 +\nSELECT 1;", "t.sql:1: a number, a variable or a function is missing");
    must_fail("\\set a :a\nSELECT 1;", "t.sql:1: a variable that no line above has set at \":a\"");
    must_fail("\\set 1a 2\n", "t.sql:1: a name of letters");
    must_fail("\\set a nope(1,2)\n", "a function that load scripts do not have at \"nope");
    must_fail("\\set a random(1)\n", "a second argument is missing");
    must_fail("\\set a random_zipfian(1, 2, 1.0)\n", "from 1.001 to 1000");
    must_fail("\\set a 99999999999999999999\n", "not a whole number of 64 bits");
    must_fail("\\set a 1 2\n", "the expression should end at \"2\"");
    must_fail("\\set a (1\n", "\")\" is missing");
    must_fail("\\shell rm\n", "\"\\shell\" is not known here");
    must_fail("\\sleep 1 h\n", "the unit of \\sleep");
    must_fail("\\query a\n", "the statement of \\query is missing");
    must_fail("SELECT 1;\nSELECT 2", "t.sql:2: the statement does not end with a semicolon");
    must_fail("SELECT 'a;\n", "a quoted text does not end");
    must_fail("SELECT \"a;\n", "a quoted name does not end");
    must_fail("SELECT $a$ ;", "a dollar-quoted text does not end");
    must_fail("SELECT 1 /* ;", "a comment does not end");
    must_fail("SELECT $1;", "$1 and the like");
    must_fail("", "no SQL statement in it");
    must_fail("-- nothing\n\\set a 1\n", "no SQL statement in it");
}
END_TEST

START_TEST(test_everything_has_a_bound)
{
    char *deep = arena_printf(arena, "\\set a %1000s\n", "");
    memset(deep + 7, '(', 1000);
    must_fail(deep, "nested too deeply");
    memset(deep + 7, '-', 1000);
    must_fail(deep, "nested too deeply");
    char *many = arena_strdup(arena, "");
    for (int i = 0; i < 257; i++)
        many = arena_printf(arena, "%sSELECT 1; ", many);
    must_fail(many, "more than 256 commands");
    char *names = arena_strdup(arena, "");
    for (int i = 0; i < 65; i++)
        names = arena_printf(arena, "%s\\set v%d 1\n", names, i);
    must_fail(names, "more than 64 variables");
    char *params = arena_strdup(arena, "SELECT ");
    for (int i = 0; i < 65; i++)
        params = arena_printf(arena, "%s:client_id,", params);
    must_fail(params, "more than 64 variables in one statement");
    char *comments = arena_strdup(arena, "");
    for (int i = 0; i < 101; i++)
        comments = arena_printf(arena, "%s/*", comments);
    must_fail(comments, "nested too deeply");
}
END_TEST

static bool evaluate(const char *text, int64_t *n)
{
    struct script *s = script_new(arena, "t.sql", 1);
    struct value v[SCRIPT_VARIABLES_MAX] = {{0}, {.number = 10}, {.text = "abc"}};
    struct rng r = rng_seeded(1, 1);
    const char *all = arena_printf(arena, "\\set ten 1\n\\set word 1\n\\set x %s\nSELECT 1;", text);
    ck_assert_msg(script_parse(arena, slice_of(all), s, &statements, &e), "%s", e.text);
    return expr_eval(command(s, 2)->expr, v, &r, n, &e);
}

START_TEST(test_expressions_have_the_usual_precedence)
{
    static const struct {
        const char *text;
        int64_t n;
    } cases[] = {{"1 + 2 * 3", 7},
                 {"(1 + 2) * 3", 9},
                 {"10 - 3 - 2", 5},
                 {"17 / 5 * 2", 6},
                 {"17 % 5", 2},
                 {"-7 / 2", -3},
                 {"- -7", 7},
                 {"2 * -3", -6},
                 {":ten*:ten", 100},
                 {"random(4, 4)", 4},
                 {"random_zipfian(5, 5, 1.5)", 5},
                 {"random_exponential(6, 6, 2)", 6},
                 {"9223372036854775807", INT64_MAX}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t n = 0;
        ck_assert_msg(evaluate(cases[i].text, &n), "%s: %s", cases[i].text, e.text);
        ck_assert_msg(n == cases[i].n, "%s gives %lld", cases[i].text, (long long)n);
    }
}
END_TEST

START_TEST(test_what_cannot_be_calculated_is_an_error)
{
    static const char *const cases[][2] = {
        {"1 / (5 - 5)", "division by zero"},
        {"1 % 0", "division by zero"},
        {"9223372036854775807 + 1", "beyond 64 bits"},
        {"9223372036854775807 * 2", "beyond 64 bits"},
        {"(-9223372036854775807 - 1) / -1", "beyond 64 bits"},
        {"-(-9223372036854775807 - 1)", "beyond 64 bits"},
        {"random(2, 1)", "a range from 2 to 1 is empty"},
        {":word + 1", "\"abc\" is no whole number"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t n = 0;
        ck_assert_msg(!evaluate(cases[i][0], &n), "%s", cases[i][0]);
        ck_assert_msg(strstr(e.text, cases[i][1]) != NULL, "%s: %s", cases[i][0], e.text);
    }
}
END_TEST

START_TEST(test_a_missing_file_or_an_odd_weight_is_a_usage_error)
{
    struct script *s = NULL;
    ck_assert(!script_load(arena, "/nonexistent/x.sql", &statements, &s, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert(!script_load(arena, "/nonexistent/x.sql@0", &statements, &s, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "the weight is a number from 1"));
    ck_assert_ptr_null(s);
}
END_TEST

Suite *suite_load_script(void);
Suite *suite_load_script(void)
{
    Suite *s = suite_create("load_script");
    TCase *t = tcase_create("script");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, test_statements_end_at_semicolons_outside_of_quotes);
    tcase_add_test(t, test_variables_become_parameters_and_nothing_else_does);
    tcase_add_test(t, test_the_number_of_the_user_is_known_everywhere);
    tcase_add_test(t, test_sleep_takes_a_unit_or_seconds);
    tcase_add_test(t, test_queries_are_kept_apart_and_known_to_later_lines);
    tcase_add_test(t, test_errors_name_file_line_and_what_is_wrong);
    tcase_add_test(t, test_everything_has_a_bound);
    tcase_add_test(t, test_expressions_have_the_usual_precedence);
    tcase_add_test(t, test_what_cannot_be_calculated_is_an_error);
    tcase_add_test(t, test_a_missing_file_or_an_odd_weight_is_a_usage_error);
    suite_add_tcase(s, t);
    return s;
}
