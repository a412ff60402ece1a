/* SPDX-License-Identifier: PostgreSQL */
#include "base/attr.h"
#include "dump/lexer.h"
#include "dump/lexer_skip.h"
#include "stat/rng.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_lexer(void);

/* Runs over the text in pieces; gives the stop and where it was. */
static enum lex_stop run(struct lexer *lx, const char *sql, size_t piece, size_t *at)
{
    size_t n = strlen(sql), used = 0;
    enum lex_stop stop = LEX_MORE;
    lexer_begin(lx);
    for (*at = 0; *at < n && stop == LEX_MORE; *at += used) {
        size_t some = n - *at < piece ? n - *at : piece;
        stop = lexer_run(lx, sql + *at, some, &used);
    }
    return stop;
}

/* The statement ends with the last byte of the text, in pieces of every size. */
static void expect_end(bool standard_strings, const char *sql)
{
    size_t n = strlen(sql);
    for (size_t piece = 1; piece <= n; piece++) {
        struct lexer lx = {.standard_strings = standard_strings};
        size_t at = 0;
        enum lex_stop stop = run(&lx, sql, piece, &at);
        ck_assert_msg(stop == LEX_END && at == n, "%s: in pieces of %zu, %d at %zu", sql, piece,
                      (int)stop, at);
        ck_assert(lx.standard_strings == standard_strings);
    }
}

static void expect_open(const char *sql)
{
    for (size_t piece = 1; piece <= strlen(sql); piece++) {
        struct lexer lx = {.standard_strings = true};
        size_t at = 0;
        ck_assert_msg(run(&lx, sql, piece, &at) == LEX_MORE, "%s ends at %zu", sql, at);
    }
}

START_TEST(test_semicolons_in_quotes_end_nothing)
{
    expect_end(true, "SELECT ';', \"a;b\", 'it''s;', \"x\"\";\";");
    expect_end(true, "SELECT '\\';");
    expect_end(true, "SELECT E'\\';' , e'\\\\';");
    expect_end(true, "SELECT E'a'';';");
    expect_end(true, "SELECT E'a'\n '\\';';");
    expect_end(false, "SELECT '\\';';");
    expect_end(true, "SELECT U&'\\0041;', name'x';");
}
END_TEST

START_TEST(test_dollar_quotes_end_with_their_own_tag)
{
    expect_end(true, "DO $$ ; $ ; $a$ ; $$;");
    expect_end(true, "DO $a$ ; $$ ; $A$ ; $ab$ ; $a$;");
    expect_end(true, "DO $_1$ $_$_1$;");
    expect_end(true, "DO $a$ $a$a$;");
    expect_end(true, "SELECT a$b$c;");
    expect_end(true, "SELECT $1, $2;");
    expect_end(true, "DO $\xc3\xa4$ ; $\xc3\xa4$;");
    expect_open("DO $a$ ; $$;");
}
END_TEST

START_TEST(test_comments_nest_and_hide)
{
    expect_end(true, "SELECT 1 /* ; /* ; */ ; */ + 2;");
    expect_end(true, "SELECT 1 -- ; '\n;");
    expect_end(true, "SELECT 1 - - 2 / 3;");
    expect_end(true, "SELECT 1 /***/ /*/**/*/ ;");
    expect_open("SELECT 1 /* /* */ ;");
    expect_open("SELECT 1 -- ;");
}
END_TEST

START_TEST(test_a_remark_before_any_token_is_told)
{
    struct lexer lx = {.standard_strings = true};
    size_t at = 0;
    ck_assert_int_eq(run(&lx, "/* x /* ; */ */ SELECT", 1, &at), LEX_REMARK);
    ck_assert_uint_eq(at, strlen("/* x /* ; */ */"));
}
END_TEST

START_TEST(test_bodies_of_functions_may_be_sql)
{
    expect_end(true, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;");
    expect_end(true, "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC\n SELECT CASE WHEN a THEN 1 "
                     "END; END;");
    expect_end(true, "create function f() returns int return 1;");
    expect_open("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END");
    expect_end(true, "BEGIN;");
    expect_end(true, "CREATE TABLE begin_atomic (atomic int);");
}
END_TEST

START_TEST(test_parentheses_hold_semicolons)
{
    expect_end(true, "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);");
    expect_end(true, "SELECT 1);");
}
END_TEST

START_TEST(test_a_backslash_outside_of_quotes_stops)
{
    struct lexer lx = {.standard_strings = true};
    size_t at = 0;
    ck_assert_int_eq(run(&lx, "SELECT 1 \\gexec\n;", 3, &at), LEX_BACKSLASH);
    ck_assert_uint_eq(at, strlen("SELECT 1 \\"));
}
END_TEST

/* All stops of a text, one after the other. */
static size_t stops_of(const char *sql, size_t n, size_t piece, size_t stops[], size_t most)
{
    struct lexer lx = {.standard_strings = true};
    size_t n_stops = 0, used = 0;
    lexer_begin(&lx);
    for (size_t at = 0; at < n && n_stops < most; at += used) {
        enum lex_stop stop = lexer_run(&lx, sql + at, n - at < piece ? n - at : piece, &used);
        if (stop == LEX_MORE)
            continue;
        stops[n_stops++] = (at + used) * 4 + stop;
        lexer_begin(&lx);
    }
    return n_stops;
}

/* Bytes one by one go through the modes; long pieces are passed in blocks where that can be. */
START_TEST(test_long_statements_end_where_single_bytes_say)
{
    enum { ROUNDS = 600, LENGTH = 1500, MOST = 200 };
    static const char *const parts[] = {
        "INSERT INTO shop.t VALUES (",
        ");\n",
        ";",
        ", ",
        "'plain'",
        "'it''s'",
        "E'a\\'b'",
        "e'x'",
        "name'x'",
        "xe'\\'",
        "'\\'",
        "NULL",
        "-1.5",
        "--x\n",
        "/* ' */",
        "$$;'$$",
        "$1",
        "a$b$",
        "\"i;'d\"",
        "(",
        ")",
        "true",
        "1234567890",
        " ",
        "'long long long long long long long long long long long long long long text'",
        "\xc3\xa4",
        "e",
        "'",
        "SELECT ",
        "CREATE FUNCTION f() BEGIN ATOMIC ",
        "END"};
    struct rng rng = rng_seeded(17, 0);
    for (int round = 0; round < ROUNDS; round++) {
        char sql[LENGTH + 100];
        size_t n = 0, want[MOST] = {0}, got[MOST] = {0};
        while (n < LENGTH) { /* quotes that nothing closes only in some rounds */
            const char *part = parts[rng_range(&rng, 0, (int64_t)COUNT_OF(parts) - 1)];
            if (strcmp(part, "'") == 0 && round % 3 != 0)
                continue;
            for (; *part != '\0'; part++)
                sql[n++] = *part;
        }
        size_t wanted = stops_of(sql, n, 1, want, MOST);
        const size_t pieces[] = {n, 63, 64, 65, 100, 640};
        for (size_t i = 0; i < COUNT_OF(pieces); i++) {
            ck_assert_uint_eq(stops_of(sql, n, pieces[i], got, MOST), wanted);
            ck_assert_mem_eq(got, want, wanted * sizeof *want);
        }
    }
}
END_TEST

START_TEST(test_skip_passes_values_and_stops_in_front_of_what_needs_thought)
{
    char text[300];
    bool in_string;
    if (lexer_skip_best() == lexer_skip_portable)
        return;
    memset(text, 'a', sizeof text);
    ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 0); /* one word */
    memset(text, ' ', sizeof text);
    ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 256);
    text[70] = '\'';
    ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 256);
    ck_assert(in_string);
    for (const char *c = "\"$-/();\\"; *c != '\0'; c++) {
        text[100] = *c;
        ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 256);
        text[70] = ' ';
        ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 100);
        ck_assert(!in_string);
        text[70] = '\'';
    }
    text[69] = 'E';
    ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 69);
    text[63] = 'e';
    text[64] = '\'';
    ck_assert_uint_eq(lexer_skip_best()(text, sizeof text, &in_string), 63);
}
END_TEST

Suite *suite_dump_lexer(void)
{
    Suite *s = suite_create("dump_lexer");
    TCase *tc = tcase_create("lexer");
    tcase_add_test(tc, test_semicolons_in_quotes_end_nothing);
    tcase_add_test(tc, test_dollar_quotes_end_with_their_own_tag);
    tcase_add_test(tc, test_comments_nest_and_hide);
    tcase_add_test(tc, test_a_remark_before_any_token_is_told);
    tcase_add_test(tc, test_bodies_of_functions_may_be_sql);
    tcase_add_test(tc, test_parentheses_hold_semicolons);
    tcase_add_test(tc, test_a_backslash_outside_of_quotes_stops);
    tcase_add_test(tc, test_long_statements_end_where_single_bytes_say);
    tcase_add_test(tc, test_skip_passes_values_and_stops_in_front_of_what_needs_thought);
    suite_add_tcase(s, tc);
    return s;
}
