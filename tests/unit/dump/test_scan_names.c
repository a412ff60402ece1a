/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "dump/scan.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan_names(void);

enum { OBJECTS = 20000, BROKEN = 7 };

/* Large objects as pg_dump writes them, one of them with a line that is no SQL; `last` ends in the
 * middle of a statement. */
static void fill(struct buf *b, const char *last)
{
    buf_puts(b, "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n");
    for (int i = 0; i < OBJECTS; i++)
        buf_printf(b, "-- Name: %d; Type: BLOB; Schema: -; Owner: o\n\n%sSELECT %d;\n\n", i,
                   i == BROKEN ? "no sql here\n" : "", i);
    buf_printf(b, "-- Name: t; Type: TABLE; Schema: public; Owner: o\n\n%s", last);
}

START_TEST(test_names_of_millions_of_objects_take_no_memory)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf b = {0};
    struct dump_facts facts;
    struct err e;
    fill(&b, "CREATE TABLE public.t (");
    CLEANUP(source_cleanup) struct source *in = source_mem(a, b.p, b.n);
    ck_assert(dump_scan(&(struct scan){.arena = a, .in = in}, &facts, &e));
    ck_assert_uint_lt(arena_used_bytes(a), 65536);
    ck_assert_str_eq(facts.last_object, "public.t");
    ck_assert_str_eq(facts.whole_object, "19999");
    const struct problem *first = vec_at(&facts.problems, 0);
    ck_assert_str_eq(first->code, "STRAY_TEXT");
    ck_assert_str_eq(first->subject, "7");
}
END_TEST

Suite *suite_dump_scan_names(void)
{
    Suite *suite = suite_create("dump_scan_names");
    TCase *tc = tcase_create("scan_names");
    tcase_add_test(tc, test_names_of_millions_of_objects_take_no_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
