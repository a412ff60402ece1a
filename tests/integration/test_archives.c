/* SPDX-License-Identifier: PostgreSQL */
/* Archives that the installed pg_dump writes: the text is that of its pg_restore, and they are
 * verified and rehearsed as plain dumps are. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/majors.h"
#include "lib/nasty.h"
#include "lib/program.h"
#include "lib/restored.h"

#include <check.h>

#include <string.h>

Suite *suite_archives(void);

enum { FILE_MAX = 16 * 1024 * 1024, WORDS_MAX = 3 };

/* As pg_dump is told them. */
static const struct {
    const char *name, *format, *compression;
    const char *words[WORDS_MAX];
} forms[] = {
    {"custom.dump", "custom", "gzip", {"-Fc"}},
    {"custom-0.dump", "custom", "none", {"-Fc", "-Z0"}},
    {"folder", "directory", "gzip", {"-Fd", "-j2"}},
    {"folder-0", "directory", "none", {"-Fd", "-Z0"}},
    {"backup.tar", "tar", "none", {"-Ft"}},
    {"inserts.dump", "custom", "gzip", {"-Fc", "--inserts"}},
    {"data.dump", "custom", "gzip", {"-Fc", "--section=data"}},
    {"schema.tar", "tar", "none", {"-Ft", "--schema-only"}},
};
enum { FORMS_WHOLE = 5 }; /* the first ones hold rows in COPY blocks, and what they belong to */

static const char *odd_dsn, *nasty_dsn, *kinds_dsn; /* made once, before the tests fork */

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

static const char *database_of(const char *path)
{
    int64_t major = test_cluster_facts()->version_num / 10000;
    const char *dsn = test_cluster_database();
    test_cluster_sql(dsn, major_script(room.a, path, major));
    return dsn;
}

static void once(void)
{
    set_up();
    odd_dsn = database_of("tests/integration/odd.sql");
    /* It lies in the server's own folder. */
    test_cluster_sql(
        arena_printf(room.a, "%s options='-c allow_in_place_tablespaces=on'", test_cluster_dsn()),
        "CREATE TABLESPACE \"k space\" LOCATION ''");
    kinds_dsn = database_of("tests/integration/kinds.sql");
    test_cluster_sql(kinds_dsn, "ALTER TABLE app.\"order\" SET TABLESPACE \"k space\";"
                                "ALTER INDEX app.child_n_idx SET TABLESPACE \"k space\"");
    nasty_dsn = test_cluster_database();
    nasty_fill(nasty_dsn);
}

/* Other suites of the program make the same roles. */
static void at_last(void)
{
    const char *const all[] = {odd_dsn, nasty_dsn, kinds_dsn};
    test_cluster_sql(kinds_dsn, "DROP SUBSCRIPTION sub");
    test_cluster_sql(kinds_dsn, "DROP SUBSCRIPTION sub_off");
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const char *name =
            test_cluster_text(room.a, all[i], "SELECT pg_catalog.current_database()");
        test_cluster_sql(test_cluster_dsn(), arena_printf(room.a, "DROP DATABASE \"%s\"", name));
    }
    nasty_drop_roles(test_cluster_dsn());
    test_cluster_sql(test_cluster_dsn(), "DROP TABLESPACE \"k space\"");
    test_cluster_sql(
        test_cluster_dsn(),
        "DROP ROLE \"e2e owner\", e2e_reader, \"e2e \"\"quoted\"\"\", k_user, \"k Odd\"");
}

static const char *tool(const char *name)
{
    return fs_join(room.a, test_cluster_installation()->bindir, name);
}

/* The database in that form. */
static const char *dump_as(size_t form, const char *dsn)
{
    const char *const *w = forms[form].words;
    const char *path = fs_join(room.a, room.dir, forms[form].name);
    MUST_RUN(&room, tool("pg_dump"), "-d", dsn, "-f", path, w[0], w[1] == NULL ? "-v" : w[1],
             w[2] == NULL ? "-v" : w[2]);
    return path;
}

/* ---- the text ----------------------------------------------------------------------------------
 */

static void expect_text_of_pg_restore(const char *path)
{
    restored_must_equal(&room, test_cluster_installation()->bindir, path);
}

START_TEST(test_the_text_is_that_of_pg_restore)
{
    expect_text_of_pg_restore(dump_as((size_t)_i, nasty_dsn));
}
END_TEST

START_TEST(test_the_text_of_an_odd_database_is_that_of_pg_restore)
{
    expect_text_of_pg_restore(dump_as((size_t)_i, odd_dsn));
}
END_TEST

START_TEST(test_the_text_of_every_kind_of_object_is_that_of_pg_restore)
{
    expect_text_of_pg_restore(dump_as((size_t)_i, kinds_dsn));
}
END_TEST

/* ---- the program -------------------------------------------------------------------------------
 */

static void ended(const struct told *told, int status)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%s%s", told->status, told->out,
                  told->err);
    room_must_be_clean(&room);
}

START_TEST(test_an_archive_is_verified)
{
    const char *path = dump_as((size_t)_i, odd_dsn);
    struct told told = PROGRAM(&room, "verify", path);
    ended(&told, 0);
    must_contain(told.out, forms[_i].format);
    must_contain(told.out, "every one has its data");
    must_contain(told.out, "PASSED");
}
END_TEST

START_TEST(test_an_archive_is_rehearsed_and_its_rows_are_equal)
{
    const char *path = dump_as((size_t)_i, odd_dsn);
    struct told told = PROGRAM(&room, "run", "--backup", path, "--users", "0");
    ended(&told, 0);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->backup.format, forms[_i].format);
    ck_assert_str_eq(r->backup.compression, forms[_i].compression);
    ck_assert_int_eq(r->restore.n_errors, 0);
    ck_assert_int_eq(report_check(r, "row_counts")->outcome, OUTCOME_PASSED);
    ck_assert_int_eq(report_check(r, "archive")->outcome, OUTCOME_PASSED);
    size_t equal = 0;
    VEC_EACH (const struct table_facts, t, &r->tables) {
        if (!t->dump_rows.known)
            continue;
        ck_assert_msg(t->restored_rows.known && t->restored_rows.value == t->dump_rows.value,
                      "rows of %s", t->name);
        equal++;
    }
    ck_assert_uint_gt(equal, 20);
}
END_TEST

/* What is in the folder goes between pg_dump and the rehearsal. */
START_TEST(test_a_file_lost_from_a_folder_is_a_defective_backup)
{
    enum { FOLDER = 2 };
    struct vec names;
    const char *path = dump_as(FOLDER, odd_dsn);
    ck_assert(fs_list(room.a, path, &names, &e));
    const char *lost = *(const char *const *)vec_at(&names, 0);
    ck_assert(fs_remove_tree(fs_join(room.a, path, lost), &e));
    struct told told = PROGRAM(&room, "run", "--backup", path, "--users", "0");
    ended(&told, 1);
    must_contain(told.out, "ARCHIVE_DATA_MISSING");
}
END_TEST

/* Neither passed nor failed: exit status 3, with the reason. */
START_TEST(test_an_archive_of_a_newer_version_could_not_be_verified)
{
    struct slice bytes;
    const char *path = dump_as(0, odd_dsn);
    ck_assert(fs_read_file(room.a, path, FILE_MAX, &bytes, &e));
    char *copy = arena_strndup(room.a, bytes.p, bytes.n);
    copy[6] = 17; /* the minor version */
    ck_assert(fs_write_file(room.a, path, 0644, (struct slice){copy, bytes.n}, &e));
    struct told told = PROGRAM(&room, "verify", path);
    ended(&told, 3);
    must_contain(told.out, "1.10 to 1.16 are known");
}
END_TEST

Suite *suite_archives(void)
{
    Suite *s = suite_create("archives");
    TCase *t = tcase_create("archives");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_unchecked_fixture(t, once, at_last);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, test_the_text_is_that_of_pg_restore, 0, (int)COUNT_OF(forms));
    tcase_add_loop_test(t, test_the_text_of_an_odd_database_is_that_of_pg_restore, 0,
                        (int)COUNT_OF(forms));
    tcase_add_loop_test(t, test_the_text_of_every_kind_of_object_is_that_of_pg_restore, 0,
                        (int)COUNT_OF(forms));
    tcase_add_loop_test(t, test_an_archive_is_verified, 0, FORMS_WHOLE);
    tcase_add_loop_test(t, test_an_archive_is_rehearsed_and_its_rows_are_equal, 0, FORMS_WHOLE);
    tcase_add_test(t, test_a_file_lost_from_a_folder_is_a_defective_backup);
    tcase_add_test(t, test_an_archive_of_a_newer_version_could_not_be_verified);
    suite_add_tcase(s, t);
    return s;
}
