/* SPDX-License-Identifier: PostgreSQL */
#include "restore/prepare.h"

#include <check.h>

#include <string.h>

/* Words of what to install for an extension on PostgreSQL 15. */
static const struct {
    const char *extension, *words;
} cases[] = {
    {"postgis", "the Debian package postgresql-15-postgis-3 "},
    {"vector", "the Debian package postgresql-15-pgvector "},
    {"hstore", "the Debian package postgresql-15 "},
    {"plpython3u", "the Debian package postgresql-plpython3-15 "},
    {"timescaledb", "the Debian package timescaledb-2-postgresql-15 "},
    {"pg_net", "Debian has no package of it (Supabase"},
    {"my_own_ext", "perhaps postgresql-15-my-own-ext"},
};

START_TEST(test_the_package_of_an_extension_is_named)
{
    struct arena *a = arena_new();
    const char *text = prepare_package(a, cases[_i].extension, 15);
    ck_assert_msg(strstr(text, cases[_i].words) != NULL, "%s: %s", cases[_i].extension, text);
    arena_free(a);
}
END_TEST

Suite *suite_restore_prepare_extensions(void);
Suite *suite_restore_prepare_extensions(void)
{
    Suite *s = suite_create("restore/prepare_extensions");
    TCase *t = tcase_create("packages");
    tcase_add_loop_test(t, test_the_package_of_an_extension_is_named, 0, (int)COUNT_OF(cases));
    suite_add_tcase(s, t);
    return s;
}
