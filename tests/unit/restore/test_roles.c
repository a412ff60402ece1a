/* SPDX-License-Identifier: PostgreSQL */
#include "restore/roles.h"

#include <check.h>

/* Each statement and the roles it names, "|" between them. */
static const struct {
    const char *sql, *roles;
} cases[] = {
    {"ALTER TABLE public.t OWNER TO bob", "bob"},
    {"ALTER TABLE public.owner OWNER TO \"Odd \"\"one\"", "Odd \"one"},
    {"ALTER FUNCTION f(\"OWNER\" integer) OWNER TO Bob", "bob"},
    {"ALTER LARGE OBJECT 123 OWNER TO x", "x"},
    {"ALTER TABLE t ADD COLUMN c text DEFAULT 'OWNER TO nobody'", ""},
    {"ALTER TABLE t OWNER TO CURRENT_USER", ""},
    {"GRANT SELECT,INSERT ON TABLE public.\"TO\" TO a", "a"},
    {"GRANT SELECT(id) ON TABLE t TO a, \"B\", PUBLIC WITH GRANT OPTION", "a|B"},
    {"GRANT ALL ON SCHEMA s TO GROUP g GRANTED BY chief", "g|chief"},
    {"REVOKE ALL ON SCHEMA public FROM PUBLIC", ""},
    {"REVOKE GRANT OPTION FOR ALL ON TABLE t FROM a CASCADE", "a"},
    {"CREATE POLICY p ON t FOR SELECT TO a, b USING ((x IN (SELECT 1)))", "a|b"},
    {"CREATE POLICY p ON t USING ((owner = CURRENT_USER))", ""},
    {"ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO b", "a|b"},
    {"ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE ALL ON TABLES FROM b", "a|b"},
    {"SET ROLE 'it''s'", "it's"},
    {"SET SESSION AUTHORIZATION bob", "bob"},
    {"SET SESSION AUTHORIZATION DEFAULT", ""},
    {"SET ROLE NONE", ""},
    {"SET row_security = off", ""},
    {"CREATE SCHEMA s AUTHORIZATION bob", "bob"},
    {"CREATE SCHEMA s", ""},
    {"CREATE TABLESPACE x OWNER \"A b\" LOCATION '/OWNER c'", "A b"},
    {"CREATE USER MAPPING FOR bob SERVER x", "bob"},
    {"CREATE USER MAPPING FOR PUBLIC SERVER x", ""},
    {"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$GRANT x TO y$$", ""},
    {"INSERT INTO t VALUES ('OWNER TO x')", ""},
};

START_TEST(test_roles_of_each_kind_of_statement_are_found)
{
    struct arena *a = arena_new();
    struct vec names = vec_new(a, sizeof(const char *));
    const char *got = "";
    roles_of_statement(slice_of(cases[_i].sql), &names);
    VEC_EACH (const char *const, name, &names)
        got = arena_printf(a, "%s%s%s", got, *got == '\0' ? "" : "|", *name);
    ck_assert_msg(str_eq(got, cases[_i].roles), "%s: %s", cases[_i].sql, got);
    arena_free(a);
}
END_TEST

Suite *suite_restore_roles(void);
Suite *suite_restore_roles(void)
{
    Suite *s = suite_create("restore/roles");
    TCase *t = tcase_create("roles");
    tcase_add_loop_test(t, test_roles_of_each_kind_of_statement_are_found, 0, (int)COUNT_OF(cases));
    suite_add_tcase(s, t);
    return s;
}
