/* SPDX-License-Identifier: PostgreSQL */
/* `pg_rehearse verify` as a command: what it prints in which form, and how it ends. No server. */
#include "base/str.h"
#include "lib/program.h"
#include "report/report.h"

#include <check.h>

#include <string.h>

Suite *suite_verify(void);

enum { LARGE_BYTES = 3 << 20 };

static struct room room;

static void set_up(void)
{
    room_open(&room, NULL);
}

#define VERIFY(...) PROGRAM(&room, "verify", __VA_ARGS__)

static const char head[] = "--\n-- PostgreSQL database dump\n--\n\n"
                           "SET client_encoding = 'UTF8';\nCREATE TABLE public.t (x text);\n"
                           "CREATE TABLE public.u (x text);\n\n";
static const char tail[] = "--\n-- PostgreSQL database dump complete\n--\n\n";

/* A dump whose table t has these rows, and u none. */
static const char *dump_of(const char *name, const char *rows)
{
    return room_file(&room, name,
                     arena_printf(room.a,
                                  "%sCOPY public.t (x) FROM stdin;\n%s\\.\n\n"
                                  "COPY public.u (x) FROM stdin;\n\\.\n\n%s",
                                  head, rows, tail));
}

/* Rows of so many bytes in all. */
static const char *rows_of(size_t n)
{
    char *rows = arena_alloc(room.a, n + 1);
    memset(rows, 'x', n);
    for (size_t i = 99; i < n; i += 100)
        rows[i] = '\n';
    rows[n - 1] = '\n';
    rows[n] = '\0';
    return rows;
}

START_TEST(test_json_is_a_whole_record_that_reads_back)
{
    struct err e = {0};
    struct record *r = NULL;
    struct told told = VERIFY("--json", dump_of("a.sql", "1\n2\n"));
    ck_assert_int_eq(told.status, 0);
    ck_assert_msg(report_read_json(room.a, slice_of(told.out), &r, &e), "%s", e.text);
    ck_assert_int_eq(r->verdict, VERDICT_PASSED);
    ck_assert_int_eq(r->backup.rows, 2);
    ck_assert_uint_eq(strlen(r->backup.sha256), 64);
    ck_assert_uint_eq(strlen(report_table(r, "public", "t")->dump_digest), 32);
}
END_TEST

/* The line of a table in the list. */
static const char *line_of(struct told told, const char *table)
{
    const char *end = strstr(told.out, table), *start = end;
    ck_assert_msg(end != NULL, "%s is not in\n%s", table, told.out);
    while (start > told.out && start[-1] != '\n')
        start--;
    return arena_strndup(room.a, start, (size_t)(end - start));
}

START_TEST(test_list_tells_rows_and_digest_whatever_their_order)
{
    struct told one = VERIFY("--list", dump_of("a.sql", "1\n2\n3\n"));
    struct told other = VERIFY("--list", dump_of("b.sql", "3\n1\n2\n"));
    struct told less = VERIFY("--list", dump_of("c.sql", "3\n1\n1\n"));
    ck_assert_int_eq(one.status, 0);
    must_contain(line_of(one, "public.t\n"), " 3 ");
    must_contain(line_of(one, "public.u\n"), " 00000000000000000000000000000000 ");
    ck_assert_str_eq(line_of(one, "public.t\n"), line_of(other, "public.t\n"));
    ck_assert_str_ne(line_of(one, "public.t\n"), line_of(less, "public.t\n"));
    must_contain(one.out, "PASSED.");
}
END_TEST

START_TEST(test_quick_passes_nothing_that_it_did_not_read)
{
    const char *large = dump_of("large.sql", rows_of(LARGE_BYTES));
    struct told told = VERIFY("--quick", large);
    ck_assert_int_eq(told.status, 3);
    must_contain(told.out, "BEGINNING_ONLY");
    must_contain(told.out, "leave --quick away");
    ck_assert_ptr_null(strstr(told.out, "PASSED"));
    ck_assert_int_eq(VERIFY(large).status, 0);
}
END_TEST

START_TEST(test_quick_reads_a_small_dump_to_its_end)
{
    struct told told = VERIFY("--quick", dump_of("small.sql", "1\n"));
    ck_assert_int_eq(told.status, 0);
    must_contain(told.out, "PASSED.");
}
END_TEST

START_TEST(test_quick_still_refuses_what_is_no_dump)
{
    const char *noise = room_file(&room, "noise.sql", "<html>service unavailable</html>\n");
    ck_assert_int_eq(VERIFY("--quick", noise).status, 1);
    const char *bad = arena_printf(room.a, "a\tb\n%s", rows_of(LARGE_BYTES));
    struct told told = VERIFY("--quick", dump_of("bad.sql", bad));
    ck_assert_int_eq(told.status, 1);
    must_contain(told.out, "COPY_COLUMNS");
}
END_TEST

Suite *suite_verify(void)
{
    Suite *s = suite_create("verify");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_json_is_a_whole_record_that_reads_back);
    tcase_add_test(tc, test_list_tells_rows_and_digest_whatever_their_order);
    tcase_add_test(tc, test_quick_passes_nothing_that_it_did_not_read);
    tcase_add_test(tc, test_quick_reads_a_small_dump_to_its_end);
    tcase_add_test(tc, test_quick_still_refuses_what_is_no_dump);
    suite_add_tcase(s, tc);
    return s;
}
