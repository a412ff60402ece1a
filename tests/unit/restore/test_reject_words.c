/* SPDX-License-Identifier: PostgreSQL */
#include "restore/reject.h"

#include <check.h>

static struct arena *a;

static void setup(void)
{
    a = arena_new();
}

static void teardown(void)
{
    arena_free(a);
}

START_TEST(test_the_row_of_a_copy_is_read_from_the_context)
{
    ck_assert_int_eq(copy_row("invalid input; context: COPY t, line 12, column b: \"x\""), 12);
    ck_assert_int_eq(copy_row("x; context: COPY t, line 3: \"COPY u, line 9\""), 3);
    ck_assert_int_eq(copy_row("x; context: SQL function \"f\"; COPY t, line 4"), 4);
    ck_assert_int_eq(copy_row("COPY t, line 3 is a text without context"), 0);
}
END_TEST

/* Message, function of its context, name without a schema; NULL for none. */
static const struct {
    const char *message, *function, *name;
} cases[] = {
    {"relation \"u\" does not exist; context: SQL function \"f\" during inlining", "f", "u"},
    {"relation \"s.u\" does not exist; context: SQL function \"f\" statement 1", "f", NULL},
    {"function g(s.t) does not exist; hint: No function \"x\"; context: PL/pgSQL function "
     "public.f(integer) line 1 at RETURN; SQL function \"outer\" statement 1",
     "public.f(integer)", "g(s.t)"},
    {"function s.g(t) does not exist; context: SQL function \"f\" statement 1; PL/pgSQL function "
     "h() line 2",
     "f", NULL},
    {"operator does not exist: public.citext = public.citext; context: PL/pgSQL function f() while",
     "f()", "public.citext = public.citext"},
    {"type \"mood\" does not exist", NULL, "mood"},
    {"division by zero", NULL, NULL},
    {"relation \"unclosed", NULL, NULL},
    {"function  does not exist; context: SQL function \"", NULL, ""},
};

START_TEST(test_function_and_name_are_read_from_the_message)
{
    const char *function = message_function(a, cases[_i].message);
    const char *name = message_unqualified(a, cases[_i].message);
    ck_assert_msg(str_eq(function, cases[_i].function), "%s: %s", cases[_i].message, function);
    ck_assert_msg(str_eq(name, cases[_i].name), "%s: %s", cases[_i].message, name);
}
END_TEST

/* Statement; sample query; NULL when there is none. */
static const struct {
    const char *sql, *sample;
} keys[] = {
    {"ALTER TABLE ONLY public.c\n    ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES public.p(id) ON "
     "DELETE CASCADE",
     "SELECT c.\"p\" FROM ONLY \"public\".\"c\" AS c WHERE (c.\"p\" IS NOT NULL) AND NOT EXISTS "
     "(SELECT FROM \"public\".\"p\" AS p WHERE p.\"id\" = c.\"p\") LIMIT 10"},
    {"alter table \"C\" add foreign key (A, \"b\"\"\") references P(x, y) match full",
     "SELECT c.\"a\", c.\"b\"\"\" FROM \"C\" AS c WHERE (c.\"a\" IS NOT NULL OR c.\"b\"\"\" IS NOT "
     "NULL) AND NOT EXISTS (SELECT FROM \"p\" AS p WHERE p.\"x\" = c.\"a\" AND p.\"y\" = "
     "c.\"b\"\"\") LIMIT 10"},
    {"ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p", NULL},
    {"ALTER TABLE c ADD FOREIGN KEY (p, q) REFERENCES p (id)", NULL},
    {"ALTER TABLE c ADD FOREIGN KEY (p", NULL},
    {"ALTER TABLE c ADD FOREIGN KEY () REFERENCES p ()", NULL},
    {"ALTER TABLE c ADD CHECK (x)", NULL},
    {"INSERT INTO c VALUES (1)", NULL},
    {"ALTER TABLE", NULL},
};

START_TEST(test_orphans_are_asked_for_by_the_columns_of_the_key)
{
    struct orphans_sql sql;
    bool read = orphans_sql(a, slice_of(keys[_i].sql), &sql);
    ck_assert_msg(read == (keys[_i].sample != NULL), "%s", keys[_i].sql);
    if (read)
        ck_assert_str_eq(sql.sample, keys[_i].sample);
}
END_TEST

Suite *suite_restore_reject_words(void);
Suite *suite_restore_reject_words(void)
{
    Suite *s = suite_create("restore/reject_words");
    TCase *t = tcase_create("words");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_the_row_of_a_copy_is_read_from_the_context);
    tcase_add_loop_test(t, test_function_and_name_are_read_from_the_message, 0,
                        (int)COUNT_OF(cases));
    tcase_add_loop_test(t, test_orphans_are_asked_for_by_the_columns_of_the_key, 0,
                        (int)COUNT_OF(keys));
    suite_add_tcase(s, t);
    return s;
}
