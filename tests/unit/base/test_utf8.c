/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"

#include <check.h>

#include <string.h>

Suite *suite_base_utf8(void);

START_TEST(test_only_well_formed_sequences_are_decoded)
{
    static const struct {
        const char *bytes;
        size_t n, length;
        uint32_t code;
    } cases[] = {
        {"a", 1, 1, 'a'},
        {"", 0, 0, 0},
        {"\xc2\x80", 2, 2, 0x80},
        {"\xdf\xbf", 2, 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 3, 0x800},
        {"\xef\xbf\xbf", 3, 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
        {"\x80", 1, 0, 0},
        {"\xc0\x80", 2, 0, 0},         /* overlong */
        {"\xc1\xbf", 2, 0, 0},         /* overlong */
        {"\xe0\x9f\xbf", 3, 0, 0},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 4, 0, 0}, /* overlong */
        {"\xed\xa0\x80", 3, 0, 0},     /* surrogate */
        {"\xf4\x90\x80\x80", 4, 0, 0}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", 4, 0, 0},
        {"\xff", 1, 0, 0},
        {"\xc3", 1, 0, 0}, /* cut */
        {"\xe2\x82", 2, 0, 0},
        {"\xe2\x82\xac", 2, 0, 0}, /* cut by the length, not by a NUL */
        {"\xc3(", 2, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t code = 0;
        ck_assert_msg(utf8_decode(cases[i].bytes, cases[i].n, &code) == cases[i].length, "case %zu",
                      i);
        ck_assert_uint_eq(code, cases[i].code);
    }
}
END_TEST

START_TEST(test_what_would_act_is_spelled_out)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain \xc3\xa4 \xe2\x82\xac", "plain \xc3\xa4 \xe2\x82\xac"},
        {"a\nb\tc\r", "a\\nb\\tc\\r"},
        {"\x1b]0;x\x07", "\\x1b]0;x\\x07"},
        {"\xc2\x9b", "\\x9b"},
        {"\xe2\x80\xae", "\\u202e"},
        {"\xe2\x80\x8b", "\\u200b"},
        {"\xef\xbb\xbf", "\\ufeff"},
        {"\xf3\xa0\x81\x81", "\\ue0041"},
        {"\xdf!", "\\xdf!"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        utf8_show(&out, cases[i].text);
        ck_assert_str_eq(buf_text(&out), cases[i].shown);
    }
}
END_TEST

START_TEST(test_columns_are_characters_not_bytes)
{
    ck_assert_uint_eq(utf8_columns("Stra\xc3\x9f"
                                   "e",
                                   7),
                      6);
    ck_assert_uint_eq(utf8_columns("\xe2\x82\xac", 3), 1);
    ck_assert_uint_eq(utf8_columns("", 0), 0);
}
END_TEST

Suite *suite_base_utf8(void)
{
    Suite *s = suite_create("base/utf8");
    TCase *t = tcase_create("utf8");
    tcase_add_test(t, test_only_well_formed_sequences_are_decoded);
    tcase_add_test(t, test_what_would_act_is_spelled_out);
    tcase_add_test(t, test_columns_are_characters_not_bytes);
    suite_add_tcase(s, t);
    return s;
}
