/* SPDX-License-Identifier: PostgreSQL */
#include "base/err.h"

#include <check.h>

#include <errno.h>
#include <string.h>

START_TEST(test_failing_is_one_line_and_false)
{
    struct err e = {0};
    ck_assert(!err_set(&e, ERR_FORMAT, "only %d bytes", 3));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_str_eq(e.text, "only 3 bytes");
}
END_TEST

START_TEST(test_texts_are_chained_from_the_outside_in)
{
    struct err e = {0};
    (void)err_set(&e, ERR_FORMAT, "bottom");
    ck_assert(!err_wrap(&e, "verify %s", "y.gz"));
    ck_assert_str_eq(e.text, "verify y.gz: bottom");
    ck_assert_int_eq(e.code, ERR_FORMAT);
}
END_TEST

START_TEST(test_a_full_disk_is_told_apart)
{
    struct err e = {0};
    errno = ENOSPC;
    ck_assert(!err_sys(&e, "write"));
    ck_assert_int_eq(e.code, ERR_SPACE);
    errno = EACCES;
    ck_assert(!err_sys(&e, "open %s", "x"));
    ck_assert_int_eq(e.code, ERR_SYSTEM);
    ck_assert_int_eq(e.sys, EACCES);
    ck_assert_str_eq(e.text, "open x: Permission denied");
}
END_TEST

START_TEST(test_a_text_that_was_cut_says_so)
{
    struct err e = {0};
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)err_set(&e, ERR_SQL, "%s", longer);
    ck_assert_uint_eq(strlen(e.text), sizeof e.text - 1);
    ck_assert_str_eq(e.text + sizeof e.text - 4, "...");
    (void)err_wrap(&e, "outer");
    ck_assert_str_eq(e.text + sizeof e.text - 4, "...");
}
END_TEST

START_TEST(test_exit_status_follows_the_table)
{
    ck_assert_int_eq(err_exit_status(ERR_USAGE), 2);
    ck_assert_int_eq(err_exit_status(ERR_CONNECT), 3);
    ck_assert_int_eq(err_exit_status(ERR_DEFECT), 70);
    ck_assert_str_eq(err_name(ERR_LIMIT), "LIMIT");
}
END_TEST

Suite *suite_base_err(void);
Suite *suite_base_err(void)
{
    Suite *s = suite_create("base/err");
    TCase *t = tcase_create("err");
    tcase_add_test(t, test_failing_is_one_line_and_false);
    tcase_add_test(t, test_texts_are_chained_from_the_outside_in);
    tcase_add_test(t, test_a_full_disk_is_told_apart);
    tcase_add_test(t, test_a_text_that_was_cut_says_so);
    tcase_add_test(t, test_exit_status_follows_the_table);
    suite_add_tcase(s, t);
    return s;
}
