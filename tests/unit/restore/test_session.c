/* SPDX-License-Identifier: PostgreSQL */
#include "restore/session.h"

#include <check.h>

#include <string.h>

static struct arena *a;
static struct session s;

static void setup(void)
{
    a = arena_new();
    s = session_new(a);
}

static void teardown(void)
{
    session_cleanup(&s);
    arena_free(a);
}

static void note(const char *sql)
{
    ck_assert_msg(session_note(&s, slice_of(sql)), "%s", sql);
}

START_TEST(test_a_later_setting_takes_the_place_of_an_earlier_one)
{
    note("SET client_encoding = 'LATIN1'");
    note("SET row_security = off");
    note("SET XML OPTION content");
    note("SET xmloption = document");
    note("SELECT pg_catalog.set_config('row_security', 'on', false)");
    note("SET statement_timeout = 0");
    struct epoch now = session_epoch(&s);
    ck_assert_str_eq(now.encoding, "SET client_encoding = 'LATIN1';\n");
    ck_assert_str_eq(now.settings, "SET xmloption = document;\n"
                                   "SELECT pg_catalog.set_config('row_security', 'on', false);\n");
}
END_TEST

START_TEST(test_equal_states_are_the_same_epoch)
{
    note("SET SESSION AUTHORIZATION 'one'");
    struct epoch one = session_epoch(&s);
    note("SET SESSION AUTHORIZATION 'two'");
    struct epoch two = session_epoch(&s);
    note("SET SESSION AUTHORIZATION 'one'");
    ck_assert_ptr_eq(session_epoch(&s).settings, one.settings);
    ck_assert_ptr_ne(two.settings, one.settings);
}
END_TEST

START_TEST(test_another_user_has_no_role_yet)
{
    note("SET ROLE admin");
    note("SET SESSION AUTHORIZATION DEFAULT");
    ck_assert_str_eq(session_epoch(&s).settings, "SET SESSION AUTHORIZATION DEFAULT;\n");
}
END_TEST

static const struct {
    const char *sql;
    const char *schema;
    bool closed;
} paths[] = {
    {"SELECT pg_catalog.set_config('search_path', '', false)", NULL, true},
    {"SET search_path = ''", NULL, true},
    {"SET search_path TO public, pg_catalog", "public", false},
    {"SET search_path = \"Odd\"", "Odd", false},
    {"SET search_path = a, b", NULL, false},
    {"SET search_path = '', b", NULL, false},
    {"SET search_path = DEFAULT", NULL, false},
    {"SET search_path = \"$user\"", NULL, false},
    {"RESET search_path", NULL, false},
    {"SELECT pg_catalog.set_config('search_path', 'public', false)", NULL, false},
};

START_TEST(test_the_search_path_tells_what_names_mean)
{
    note(paths[_i].sql);
    ck_assert(s.meaning.closed == paths[_i].closed);
    ck_assert(str_eq(s.meaning.schema, paths[_i].schema));
}
END_TEST

static const char *const unfollowed[] = {
    "SELECT pg_catalog.set_config('search_path', 'x' || 'y', false)",
    "SELECT pg_catalog.set_config('search_path', '', true)",
    "SELECT pg_catalog.set_config('a', 'b', false), public.f()",
    "SELECT 1",
    "SET",
};

START_TEST(test_what_cannot_be_followed_is_said)
{
    ck_assert(!session_note(&s, slice_of(unfollowed[_i])));
}
END_TEST

START_TEST(test_a_dump_cannot_make_it_grow_without_bound)
{
    bool followed = true;
    for (int i = 0; i < 100000 && followed; i++)
        followed = session_note(&s, slice_of(arena_printf(a, "SET x.y%d = 1", i)));
    ck_assert(!followed);
}
END_TEST

Suite *suite_restore_session(void);
Suite *suite_restore_session(void)
{
    Suite *suite = suite_create("restore/session");
    TCase *t = tcase_create("session");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_a_later_setting_takes_the_place_of_an_earlier_one);
    tcase_add_test(t, test_equal_states_are_the_same_epoch);
    tcase_add_test(t, test_another_user_has_no_role_yet);
    tcase_add_loop_test(t, test_the_search_path_tells_what_names_mean, 0, (int)COUNT_OF(paths));
    tcase_add_loop_test(t, test_what_cannot_be_followed_is_said, 0, (int)COUNT_OF(unfollowed));
    tcase_add_test(t, test_a_dump_cannot_make_it_grow_without_bound);
    suite_add_tcase(suite, t);
    return suite;
}
