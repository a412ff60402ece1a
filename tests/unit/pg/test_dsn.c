/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "pg/pg.h"

#include <check.h>

#include <string.h>

Suite *suite_pg_dsn(void);

static struct arena *arena;

static void set_up(void)
{
    arena = arena_new();
}

static void tear_down(void)
{
    arena_free(arena);
}

static const char *const secrets[] = {
    "postgresql://shop:s3cret@db1:5433/shop?sslmode=require",
    "postgres://shop@db1/shop?password=s3cret",
    "postgres://shop@db1/shop?sslpassword=s3cret",
    "host=db1 user=shop password=s3cret dbname=shop",
    "host = db1 password = 's3cret' dbname = 'shop'",
    "host=db1 sslpassword=s3cret password='two s3cret words'",
    "password=one password=s3cret",
};

START_TEST(test_no_secret_is_left_in_a_redacted_dsn)
{
    const char *text = pg_redact(arena, secrets[_i]);
    ck_assert_msg(strstr(text, "s3cret") == NULL, "%s", text);
    ck_assert_ptr_null(strstr(text, "password"));
}
END_TEST

START_TEST(test_a_redacted_dsn_keeps_everything_else)
{
    ck_assert_str_eq(pg_redact(arena, secrets[0]),
                     "user=shop dbname=shop host=db1 port=5433 sslmode=require");
    ck_assert_str_eq(pg_redact(arena, "shop"), "dbname=shop");
    ck_assert_str_eq(pg_redact(arena, ""), "");
    ck_assert_str_eq(pg_redact(arena, "service=prod passfile=/etc/pass"),
                     "service=prod passfile=/etc/pass");
    ck_assert_str_eq(pg_redact(arena, "dbname='it''s'"), "(not a valid connection string)");
    ck_assert_str_eq(pg_redact(arena, "dbname='it\\'s \\\\ odd'"), "dbname='it\\'s \\\\ odd'");
}
END_TEST

/* What cannot be parsed may hold a password at any place. */
static const char *const unreadable[] = {
    "host=db1 password=my s3cret",
    "password=a s3cret=b",
    "host=db1 password='s3cret",
    "postgresql://shop:s3cret@[db1/shop",
    "postgresql://shop:s3cret@db1/shop?port",
    "postgresql://shop:s3cret%zz@db1/shop",
    "postgresql://shop@db1/shop?s3cret=s3cret",
};

START_TEST(test_an_unreadable_dsn_is_an_error_without_its_secrets)
{
    struct err e = {0};
    struct pg_split split;
    struct pg pg;
    ck_assert(!pg_split_dsn(arena, unreadable[_i], &split, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, "s3cret") == NULL, "%s", e.text);
    ck_assert(!pg_open(unreadable[_i], NULL, 0, &pg, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, "s3cret") == NULL, "%s", e.text);
    ck_assert_str_eq(pg_redact(arena, unreadable[_i]), "(not a valid connection string)");
}
END_TEST

START_TEST(test_a_wrong_keyword_is_named)
{
    struct err e = {0};
    struct pg pg;
    ck_assert(!pg_open("hots=db1", NULL, 0, &pg, &e));
    ck_assert_str_eq(e.text,
                     "the connection string is not valid: invalid connection option \"hots\"");
}
END_TEST

START_TEST(test_a_password_goes_to_a_passfile_line)
{
    struct err e = {0};
    struct pg_split split;
    ck_assert(pg_split_dsn(arena, "postgresql://u:a%3Ab%5Cc@h/d?passfile=/p", &split, &e));
    ck_assert_str_eq(split.conninfo, "user=u dbname=d host=h");
    ck_assert_str_eq(split.passfile_line, "*:*:*:*:a\\:b\\\\c\n");
}
END_TEST

START_TEST(test_without_a_password_there_is_no_passfile_line)
{
    struct err e = {0};
    struct pg_split split;
    ck_assert(pg_split_dsn(arena, "service=prod passfile='/my files/p'", &split, &e));
    ck_assert_str_eq(split.conninfo, "service=prod passfile='/my files/p'");
    ck_assert_ptr_null(split.passfile_line);
}
END_TEST

START_TEST(test_what_no_passfile_can_hold_is_refused)
{
    struct err e = {0};
    struct pg_split split;
    ck_assert(!pg_split_dsn(arena, "password='two\nlines'", &split, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert(!pg_split_dsn(arena, "sslpassword=x", &split, &e));
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

START_TEST(test_a_keyword_that_is_put_in_wins_over_the_old_one)
{
    struct err e = {0};
    const char *dsn;
    ck_assert((dsn = pg_dsn_with(arena, "postgresql://u@h/old", "dbname", "new db's", &e)) != NULL);
    ck_assert_str_eq(dsn, "user=u host=h dbname='new db\\'s'");
    ck_assert((dsn = pg_dsn_with(arena, dsn, "dbname", "", &e)) != NULL);
    ck_assert_str_eq(dsn, "user=u host=h dbname=''");
    ck_assert((dsn = pg_dsn_with(arena, dsn, "no_such_thing", "x", &e)) == NULL);
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

static const char *const odd_values[] = {
    "", " ", "'", "\\", "\\'", "a b", "a=b", "x'y\\z", "\t\n", "postgresql://", "caf\xc3\xa9"};

START_TEST(test_odd_values_survive_every_round)
{
    struct err e = {0};
    const char *dsn;
    struct pg_split split;
    ck_assert((dsn = pg_dsn_with(arena, "", "application_name", odd_values[_i], &e)) != NULL);
    ck_assert(pg_split_dsn(arena, dsn, &split, &e));
    PQconninfoOption *options = PQconninfoParse(split.conninfo, NULL);
    ck_assert_ptr_nonnull(options);
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        if (str_eq(o->keyword, "application_name"))
            ck_assert_str_eq(o->val, odd_values[_i]);
    PQconninfoFree(options);
}
END_TEST

Suite *suite_pg_dsn(void)
{
    Suite *s = suite_create("pg_dsn");
    TCase *tc = tcase_create("dsn");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_no_secret_is_left_in_a_redacted_dsn, 0, COUNT_OF(secrets));
    tcase_add_test(tc, test_a_redacted_dsn_keeps_everything_else);
    tcase_add_loop_test(tc, test_an_unreadable_dsn_is_an_error_without_its_secrets, 0,
                        COUNT_OF(unreadable));
    tcase_add_test(tc, test_a_wrong_keyword_is_named);
    tcase_add_test(tc, test_a_password_goes_to_a_passfile_line);
    tcase_add_test(tc, test_without_a_password_there_is_no_passfile_line);
    tcase_add_test(tc, test_what_no_passfile_can_hold_is_refused);
    tcase_add_test(tc, test_a_keyword_that_is_put_in_wins_over_the_old_one);
    tcase_add_loop_test(tc, test_odd_values_survive_every_round, 0, COUNT_OF(odd_values));
    suite_add_tcase(s, tc);
    return s;
}
