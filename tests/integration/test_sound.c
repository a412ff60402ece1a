/* SPDX-License-Identifier: PostgreSQL */
/* Sound dumps are found sound: every kind of object, every encoding, odd rows, empty databases, in
 * every way that pg_dump writes them. Not even a warning (--strict). */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/majors.h"
#include "lib/nasty.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "pg/pg.h"

#include <check.h>

#include <string.h>

Suite *suite_sound(void);

enum { ENCODINGS = 42, SERVER_ENCODINGS = 35, LONG_ROW_BYTES = 24 << 20 };

static const char *kinds_dsn, *nasty_dsn, *unicode_dsn; /* filled once, before the tests fork */

static struct room room;

static void set_up(void)
{
    room_open(&room, NULL);
}

/* pg_dump reads the names of all roles, in the encoding of the dump: what other suites have made in
 * the same server must not keep it from that. */
static void rename_odd_roles(void)
{
    test_cluster_sql(test_cluster_dsn(),
                     "DO $$ DECLARE r record; BEGIN FOR r IN SELECT oid, rolname FROM pg_roles "
                     "WHERE rolname ~ '[^[:ascii:]]' LOOP EXECUTE format('ALTER ROLE %I RENAME TO "
                     "%I', r.rolname, 'renamed_' || r.oid); END LOOP; END $$");
}

static void once(void)
{
    set_up();
    rename_odd_roles();
    int64_t major = test_cluster_facts()->version_num / 10000;
    kinds_dsn = test_cluster_database();
    test_cluster_sql(kinds_dsn, major_script(room.a, "tests/integration/kinds.sql", major));
    nasty_dsn = test_cluster_database();
    nasty_fill(nasty_dsn);
    unicode_dsn = test_cluster_database();
    test_cluster_sql(unicode_dsn, major_script(room.a, "tests/integration/samples.sql", major));
}

/* ---- dumps ------------------------------------------------------------------------------------
 */

/* Dumps with the options (words, NULL-terminated, at most 4) and verifies the file or folder. */
static struct told verify_dump(const char *dsn, const char *const *options)
{
    const char *argv[12] = {fs_join(room.a, test_cluster_installation()->bindir, "pg_dump"),
                            "--dbname", dsn, "--file", fs_join(room.a, room.dir, "sound.dump")};
    for (size_t n = 5; *options != NULL; n++)
        argv[n] = *options++;
    struct err e = {0};
    ck_assert_msg(fs_remove_tree(argv[4], &e), "%s", e.text);
    room_must_run(&room, argv);
    return PROGRAM(&room, "verify", "--strict", argv[4]);
}

static void must_be_sound(const struct told *told, const char *what)
{
    ck_assert_msg(told->status == 0, "%s: exit status %d\n%s%s", what, told->status, told->out,
                  told->err);
    must_contain(told->out, "PASSED.");
}

/* The data is whole in each; --schema-only and --data-only are warned of, and rightly so. */
static const char *const forms[][4] = {
    {"-Fp", NULL},
    {"--inserts", NULL},
    {"--column-inserts", "--rows-per-insert=7", "--on-conflict-do-nothing", NULL},
    {"--clean", "--if-exists", "--create", NULL},
    {"--quote-all-identifiers", "--disable-dollar-quoting", "--no-owner", NULL},
    {"-Fp", "-Z6", NULL},
    {"-Fc", NULL},
    {"-Fc", "-Z0", NULL},
    {"-Fd", NULL},
    {"-Ft", NULL},
};

START_TEST(test_every_kind_of_object_is_sound_in_every_form)
{
    struct told told = verify_dump(kinds_dsn, forms[_i]);
    must_be_sound(&told, forms[_i][0]);
}
END_TEST

START_TEST(test_odd_names_and_rows_are_sound_in_every_form)
{
    struct told told = verify_dump(nasty_dsn, forms[_i]);
    must_be_sound(&told, forms[_i][0]);
}
END_TEST

/* ---- encodings --------------------------------------------------------------------------------
 */

/* A connection string with one setting more. */
static const char *with(const char *dsn, const char *keyword, const char *value)
{
    struct err e = {0};
    const char *changed = pg_dsn_with(room.a, dsn, keyword, value, &e);
    ck_assert_msg(changed != NULL, "%s", e.text);
    return changed;
}

/* A new database; `which` keeps the names of the tests apart. */
static const char *database_in(const char *encoding, int which)
{
    const char *name = arena_printf(room.a, "in_%s_%d", encoding, which);
    test_cluster_sql(test_cluster_dsn(),
                     arena_printf(room.a,
                                  "CREATE DATABASE \"%s\" TEMPLATE template0 ENCODING '%s' "
                                  "LC_COLLATE 'C' LC_CTYPE 'C'",
                                  name, encoding));
    return with(test_cluster_dsn(), "dbname", name);
}

/* A table whose name and rows are made of the encoding's own characters. Its sample has no quote
 * and no backslash as characters, but bytes that look so in the encodings of clients. */
static void fill(const char *dsn, const char *encoding)
{
    const char *ask = arena_printf(room.a, "SELECT public.sample('%s')", encoding);
    const char *sample = test_cluster_text(room.a, unicode_dsn, ask), *client = "UTF8";
    const char *name = "name";
    if (*sample == '\0') { /* no conversion from UTF8: MULE_INTERNAL */
        client = "LATIN1";
        name = sample = "\xe9\xdf\xff";
    }
    /* SQL_ASCII knows no characters but bytes. */
    const char *single = str_eq(encoding, "SQL_ASCII") ? "0" : "pg_catalog.length(t)";
    test_cluster_sql(
        with(dsn, "client_encoding", client),
        arena_printf(room.a,
                     "CREATE TABLE public.\"%s\" (c text); INSERT INTO public.\"%s\" SELECT "
                     "pg_catalog.substr(t, i, 1) || E'\\\\\\t' FROM (VALUES ('%s')) v(t), "
                     "pg_catalog.generate_series(1, %s) i; "
                     "INSERT INTO public.\"%s\" VALUES ('%s')",
                     name, name, sample, single, name, sample));
}

START_TEST(test_every_encoding_is_sound)
{
    const char *encoding = test_cluster_text(
        room.a, unicode_dsn, arena_printf(room.a, "SELECT pg_catalog.pg_encoding_to_char(%d)", _i));
    bool of_server = _i < SERVER_ENCODINGS;
    const char *dsn = database_in(of_server ? encoding : "UTF8", _i);
    fill(dsn, encoding);
    struct told told = verify_dump(dsn, (const char *const[]){"--encoding", encoding, NULL});
    must_be_sound(&told, encoding);
    told = verify_dump(dsn, (const char *const[]){"--encoding", encoding, "--inserts", NULL});
    must_be_sound(&told, encoding);
}
END_TEST

/* ---- what else is legal -----------------------------------------------------------------------
 */

START_TEST(test_backslashes_without_standard_strings_are_sound)
{
    const char *dsn = database_in("UTF8", ENCODINGS);
    test_cluster_sql(dsn, "ALTER DATABASE \"in_UTF8_42\" SET standard_conforming_strings = off");
    test_cluster_sql(dsn, "CREATE TABLE t (c text DEFAULT E'\\\\''; '); INSERT INTO t VALUES "
                          "(E'\\\\'), (E'a\\\\''b'), (E'\\\\\\\\');"
                          "COMMENT ON TABLE t IS E'\\\\''\\n\\\\'");
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct told told = verify_dump(dsn, forms[i]);
        must_be_sound(&told, forms[i][0]);
    }
}
END_TEST

START_TEST(test_rows_without_end_are_sound)
{
    const char *dsn = test_cluster_database();
    test_cluster_sql(dsn, arena_printf(room.a,
                                       "CREATE TABLE t (a text, b text); INSERT INTO t SELECT "
                                       "repeat(E'\\t\\\\\\n', %d), 'b' FROM generate_series(1, 2)",
                                       LONG_ROW_BYTES / 6));
    struct told told = verify_dump(dsn, (const char *const[]){"-Fp", NULL});
    must_be_sound(&told, "a long row");
    must_contain(told.out, "2 rows");
}
END_TEST

START_TEST(test_tables_without_rows_are_sound)
{
    const char *dsn = test_cluster_database();
    test_cluster_sql(dsn, "CREATE TABLE t (a text); CREATE TABLE u ()");
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct told told = verify_dump(dsn, forms[i]);
        must_be_sound(&told, forms[i][0]);
    }
}
END_TEST

START_TEST(test_a_database_without_tables_is_sound_when_that_was_said)
{
    const char *dsn = test_cluster_database();
    struct told told = verify_dump(dsn, (const char *const[]){"-Fp", NULL});
    ck_assert_int_eq(told.status, 1);
    must_contain(told.out, "DUMP_EMPTY");
    const char *file = fs_join(room.a, room.dir, "sound.dump");
    told = PROGRAM(&room, "verify", "--strict", "--verify-allow-empty", file);
    must_be_sound(&told, "no table");
}
END_TEST

Suite *suite_sound(void)
{
    Suite *s = suite_create("sound");
    TCase *tc = tcase_create("dumps");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, once, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_loop_test(tc, test_every_kind_of_object_is_sound_in_every_form, 0,
                        (int)COUNT_OF(forms));
    tcase_add_loop_test(tc, test_odd_names_and_rows_are_sound_in_every_form, 0,
                        (int)COUNT_OF(forms));
    tcase_add_loop_test(tc, test_every_encoding_is_sound, 0, ENCODINGS);
    tcase_add_test(tc, test_backslashes_without_standard_strings_are_sound);
    tcase_add_test(tc, test_rows_without_end_are_sound);
    tcase_add_test(tc, test_tables_without_rows_are_sound);
    tcase_add_test(tc, test_a_database_without_tables_is_sound_when_that_was_said);
    suite_add_tcase(s, tc);
    return s;
}
