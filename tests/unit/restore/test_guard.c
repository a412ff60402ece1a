/* SPDX-License-Identifier: PostgreSQL */
#include "restore/guard.h"

#include <check.h>

#include <string.h>

/* Words of the reason, NULL when the statement may be executed. */
static const struct {
    const char *sql, *why;
} refusals[] = {
    {"COPY t FROM PROGRAM 'id'", "program"},
    {"copy public.\"T\" (a, \"from\") from program 'id'", "program"},
    {"COPY t TO PROGRAM 'id'", "program"},
    {"COPY (SELECT 1 FROM x) TO PROGRAM 'id'", "program"},
    {"COPY t /* FROM stdin */ FROM '/etc/passwd'", "file"},
    {"COPY t TO '/tmp/x' WITH (FORMAT csv)", "file"},
    {"COPY t FROM E'/etc/passwd'", "file"},
    {"COPY t TO STDOUT", "no need"},
    {"COPY t", "no need"},
    {"ALTER SYSTEM SET archive_command = 'x'", "settings"},
    {"alter /**/ system reset all", "settings"},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=prod' PUBLICATION p", "connects"},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=prod connect = false' PUBLICATION p", "connects"},
    {"ALTER SUBSCRIPTION s ENABLE", "connect"},
    {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", "connect"},
    {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, slot_name = 's')",
     NULL},
    {"ALTER SUBSCRIPTION s OWNER TO bob", NULL},
    {"COPY t (a, b) FROM stdin", NULL},
    {"ALTER TABLE system ADD COLUMN copy text", NULL},
    {"INSERT INTO t VALUES ('COPY t FROM PROGRAM ''id''')", NULL},
};

START_TEST(test_what_reaches_out_of_the_database_is_refused)
{
    const char *why = guard_refusal(slice_of(refusals[_i].sql));
    if (refusals[_i].why == NULL)
        ck_assert_msg(why == NULL, "%s: %s", refusals[_i].sql, why);
    else
        ck_assert_msg(why != NULL && strstr(why, refusals[_i].why) != NULL, "%s: %s",
                      refusals[_i].sql, why == NULL ? "(allowed)" : why);
}
END_TEST

static const struct {
    const char *sql;
    bool yes;
} databases[] = {
    {"CREATE DATABASE shop WITH TEMPLATE = template0", true},
    {"ALTER DATABASE shop OWNER TO bob", true},
    {"DROP DATABASE shop", true},
    {"COMMENT ON DATABASE shop IS 'x'", true},
    {"GRANT CONNECT ON DATABASE shop TO bob", true},
    {"REVOKE ALL ON DATABASE shop FROM PUBLIC", true},
    {"ALTER ROLE bob IN DATABASE shop SET work_mem = '1GB'", true},
    {"SECURITY LABEL FOR x ON DATABASE shop IS 'y'", true},
    {"GRANT SELECT ON TABLE database TO bob", false},
    {"COMMENT ON TABLE database IS 'x'", false},
    {"ALTER ROLE bob SET work_mem = '1GB'", false},
    {"CREATE TABLE database (id integer)", false},
};

START_TEST(test_statements_about_the_database_itself_are_told_apart)
{
    ck_assert_msg(guard_is_about_database(slice_of(databases[_i].sql)) == databases[_i].yes, "%s",
                  databases[_i].sql);
}
END_TEST

START_TEST(test_the_name_of_a_created_database_is_known)
{
    struct arena *a = arena_new();
    ck_assert_str_eq(guard_created_database(a, slice_of("CREATE DATABASE \"Shop 1\" WITH x")),
                     "Shop 1");
    ck_assert_ptr_null(guard_created_database(a, slice_of("CREATE TABLE t ()")));
    arena_free(a);
}
END_TEST

Suite *suite_restore_guard(void);
Suite *suite_restore_guard(void)
{
    Suite *s = suite_create("restore/guard");
    TCase *t = tcase_create("guard");
    tcase_add_loop_test(t, test_what_reaches_out_of_the_database_is_refused, 0,
                        (int)COUNT_OF(refusals));
    tcase_add_loop_test(t, test_statements_about_the_database_itself_are_told_apart, 0,
                        (int)COUNT_OF(databases));
    tcase_add_test(t, test_the_name_of_a_created_database_is_known);
    suite_add_tcase(s, t);
    return s;
}
