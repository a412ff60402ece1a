/* SPDX-License-Identifier: PostgreSQL */
#include "dump/charset.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_charset(void);

/* Reads the text in pieces of `piece` bytes; gives the place of the first breach, -1 for none. */
static long breach(const char *encoding, struct slice text, size_t piece)
{
    struct charset_reader r = {.set = charset_find(encoding)};
    long first = -1;
    ck_assert_msg(r.set != NULL, "%s", encoding);
    for (size_t at = 0; at < text.n; at += piece) {
        size_t n = text.n - at < piece ? text.n - at : piece, bad = n;
        charset_add(&r, text.p + at, n, &bad);
        if (bad < n && first < 0)
            first = (long)(at + bad);
    }
    if (!charset_end(&r) && first < 0)
        first = (long)text.n;
    ck_assert((first >= 0) == (r.n_bad > 0));
    return first;
}

static const struct {
    const char *encoding, *text;
    long breach;
} samples[] = {
    {"LATIN1", "caf\xe9 \x80\xff", -1},
    {"KOI8R", "\xc1\xc2", -1},
    {"EUC_JP",
     "\xa4\xa2"
     "a\x8e\xb1\x8f\xb0\xa1",
     -1},
    {"EUC_JP",
     "\xa4"
     "a",
     1},
    {"EUC_JP", "ab\xa4", 3},
    {"EUC_JP", "\x8f\xb0", 2},
    {"EUC_KR", "\xb0\xa1", -1},
    {"EUC_KR", "\x8e\xa1", 0},
    {"EUC_TW", "\x8e\xa2\xa1\xa1\xc4\xe3", -1},
    {"EUC_TW", "\x8f\xa1\xa1", 0},
    {"EUC_TW", "\x8e\xa8\xa1\xa1", 1},
    {"EUC_JIS_2004", "\xa9\xa1\x8f\xae\xa1", -1},
    {"MULE_INTERNAL", "\x81\xe9\x92\xb0\xa1\x9c\xf0\xa1\xa1", -1},
    {"MULE_INTERNAL",
     "\x81"
     "a",
     1},
    {"SJIS", "\x83\x5c\xb1\x95\x5c", -1},
    {"SJIS", "\x83 ", 1},
    {"SJIS", "\xa0", 0},
    {"SHIFT_JIS_2004", "\xf0\x40", -1},
    {"BIG5", "\xa4\x5c\xa4\x40", -1},
    {"GBK", "\x81\x5c\x81\x7c", -1},
    {"UHC", "\x81\x5a", -1},
    {"GB18030",
     "\x81\x30\x81\x30\x81\x5c"
     "0",
     -1},
    {"GB18030",
     "\x81\x30\x81"
     "a",
     3},
    {"GB18030", "\x80", 0},
    {"JOHAB", "\xb0\xa1", -1},
    {"JOHAB", "\xb0\x5c", 1},
};

START_TEST(test_characters_are_judged_as_the_server_does_in_pieces_of_any_size)
{
    struct slice text = slice_of(samples[_i].text);
    for (size_t piece = 1; piece <= text.n; piece++)
        ck_assert_int_eq(breach(samples[_i].encoding, text, piece), samples[_i].breach);
}
END_TEST

START_TEST(test_a_breach_does_not_swallow_what_follows)
{
    struct charset_reader r = {.set = charset_find("EUC_JP")};
    size_t bad = 0;
    charset_add(&r,
                "\xa4"
                "a\xa4\xa2\xa4"
                "b",
                6, &bad);
    ck_assert_uint_eq(bad, 1);
    ck_assert_uint_eq(r.n_bad, 2);
    ck_assert(charset_end(&r));
}
END_TEST

static const struct {
    const char *name, *is;
} names[] = {
    {"utf-8", "UTF8"},
    {"UNICODE", "UTF8"},
    {"Shift_JIS", "SJIS"},
    {"mskanji", "SJIS"},
    {"ISO-8859-1", "LATIN1"},
    {"iso_8859_5", "ISO_8859_5"},
    {"windows-1252", "WIN1252"},
    {"win", "WIN1251"},
    {"SQL_ASCII", "SQL_ASCII"},
    {"EBCDIC", NULL},
    {"", NULL},
    {"UTF16", NULL},
};

START_TEST(test_names_are_those_of_the_server)
{
    const struct charset *set = charset_find(names[_i].name);
    ck_assert_pstr_eq(set == NULL ? NULL : set->name, names[_i].is);
}
END_TEST

START_TEST(test_no_masked_byte_looks_like_ascii)
{
    char text[] = "\x83\x5c\\\x95\x5c'", *p = text;
    struct charset_reader r = {.set = charset_find("SJIS")};
    for (size_t i = 0; i < sizeof text - 1; i++)
        charset_mask(&r, p + i, 1);
    ck_assert_str_eq(text, "\x83\xdc\\\x95\xdc'");
}
END_TEST

START_TEST(test_names_become_utf8_where_that_is_possible)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(charset_text(a, charset_find("LATIN1"), slice_of("caf\xe9")), "caf\xc3\xa9");
    ck_assert_str_eq(charset_text(a, charset_find("SJIS"), slice_of("\x95\x5c")), "\xe8\xa1\xa8");
    ck_assert_str_eq(charset_text(a, charset_find("EUC_JP"), slice_of("\xa4")), "\xa4");
    ck_assert_str_eq(charset_text(a, charset_find("MULE_INTERNAL"), slice_of("\x81\xe9")),
                     "\x81\xe9");
    ck_assert_str_eq(charset_text(a, NULL, slice_of("\xe9")), "\xe9");
}
END_TEST

START_TEST(test_a_database_has_no_encoding_of_clients_alone)
{
    ck_assert_str_eq(charset_for_database("GBK"), "UTF8");
    ck_assert_str_eq(charset_for_database("latin-1"), "LATIN1");
    ck_assert_str_eq(charset_for_database("EBCDIC"), "UTF8");
}
END_TEST

Suite *suite_dump_charset(void)
{
    Suite *s = suite_create("dump_charset");
    TCase *t = tcase_create("charset");
    tcase_add_loop_test(t, test_characters_are_judged_as_the_server_does_in_pieces_of_any_size, 0,
                        (int)COUNT_OF(samples));
    tcase_add_test(t, test_a_breach_does_not_swallow_what_follows);
    tcase_add_loop_test(t, test_names_are_those_of_the_server, 0, (int)COUNT_OF(names));
    tcase_add_test(t, test_no_masked_byte_looks_like_ascii);
    tcase_add_test(t, test_names_become_utf8_where_that_is_possible);
    tcase_add_test(t, test_a_database_has_no_encoding_of_clients_alone);
    suite_add_tcase(s, t);
    return s;
}
