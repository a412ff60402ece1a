/* SPDX-License-Identifier: PostgreSQL */
#include "dump/glance.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_glance(void);

enum { LENGTH = 200 };

START_TEST(test_every_newline_is_counted_wherever_it_is)
{
    char bytes[LENGTH];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < LENGTH; i++) {
        bytes[i] = '\n';
        for (size_t from = 0; from <= i; from++)
            ck_assert_uint_eq(glance_newlines(bytes + from, LENGTH - from), i - from + 1);
        ck_assert_uint_eq(glance_newlines(bytes, i), i);
    }
}
END_TEST

START_TEST(test_one_byte_makes_the_difference)
{
    static const char odd[] = {'\0', '\x80', '\xff'}, fine[] = {'\x01', '\x7f', '\n'};
    char bytes[LENGTH];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < LENGTH; i++)
        for (size_t k = 0; k < sizeof odd; k++) {
            bytes[i] = odd[k];
            ck_assert(!glance_is_plain(bytes, LENGTH));
            ck_assert(!glance_is_plain(bytes + i, 1));
            ck_assert(glance_is_plain(bytes, i));
            bytes[i] = fine[k];
            ck_assert(glance_is_plain(bytes, LENGTH));
        }
}
END_TEST

Suite *suite_dump_glance(void)
{
    Suite *s = suite_create("dump_glance");
    TCase *tc = tcase_create("glance");
    tcase_add_test(tc, test_every_newline_is_counted_wherever_it_is);
    tcase_add_test(tc, test_one_byte_makes_the_difference);
    suite_add_tcase(s, tc);
    return s;
}
