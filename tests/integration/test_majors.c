/* SPDX-License-Identifier: PostgreSQL */
/*
 * Other majors of PostgreSQL, with their own servers and tools: what their pg_dump writes is found
 * sound, whatever the form, and reads as their pg_restore reads it; what is cut is found broken;
 * and their databases are rehearsed, on their own major and on others. Skipped where
 * tests/servers/majors could not fetch them.
 */
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "lib/majors.h"
#include "lib/nasty.h"
#include "lib/program.h"
#include "lib/restored.h"
#include "lib/runner.h"
#include "pg/pg.h"

#include <check.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_majors(void);

enum { WORDS_MAX = 3, FILE_MAX = 16 * 1024 * 1024 };

/* Made once, before the tests fork; bindir is NULL when the major was not fetched. */
static struct side {
    int64_t major;
    const char *bindir;
    const char *admin_dsn, *kinds_dsn, *rows_dsn;
} sides[MAJORS];

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

static const char *database_of(const struct side *side, const char *script)
{
    const char *dsn = test_cluster_database_of(side->admin_dsn);
    test_cluster_sql(dsn, major_script(room.a, script, side->major));
    return dsn;
}

static void once(void)
{
    set_up();
    for (size_t i = 0; i < MAJORS; i++) {
        struct side *side = &sides[i];
        *side = (struct side){majors[i], major_bindir(room.a, majors[i]), NULL, NULL, NULL};
        if (side->bindir == NULL)
            continue;
        side->admin_dsn = test_cluster_start_other(side->bindir);
        side->kinds_dsn = database_of(side, "tests/integration/kinds.sql");
        side->rows_dsn = database_of(side, "tests/integration/rows.sql");
    }
}

/* False: it is not there, and the test is marked as skipped. */
static bool has(const struct side *side)
{
    if (side->bindir == NULL)
        runner_skip(arena_printf(room.a, "no PostgreSQL %lld (tests/servers/majors)",
                                 (long long)side->major));
    return side->bindir != NULL;
}

static const struct side *side_of(int64_t major)
{
    for (size_t i = 0; i < MAJORS; i++)
        if (sides[i].major == major)
            return &sides[i];
    ck_abort_msg("no major %lld", (long long)major);
    return NULL;
}

static void must_end(const struct told *told, int status, const char *what)
{
    ck_assert_msg(told->status == status, "%s: exit status %d\n%s%s", what, told->status, told->out,
                  told->err);
}

/* ---- dumps ------------------------------------------------------------------------------------
 */

/* As pg_dump is told them, and the first major that knows such words. */
static const struct form {
    int64_t since;
    bool is_archive;
    const char *words[WORDS_MAX];
} forms[] = {
    {13, false, {"-Fp"}},
    {13, false, {"--inserts"}},
    {13, false, {"--column-inserts", "--rows-per-insert=7", "--on-conflict-do-nothing"}},
    {13, false, {"--clean", "--if-exists", "--create"}},
    {13, false, {"--quote-all-identifiers", "--disable-dollar-quoting", "--no-owner"}},
    {13, false, {"-Fp", "-Z6"}},
    {16, false, {"-Fp", "-Zlz4"}},
    {16, false, {"-Fp", "-Zzstd"}},
    {18, false, {"-Fp", "--statistics"}},
    {13, true, {"-Fc"}},
    {13, true, {"-Fc", "-Z0"}},
    {13, true, {"-Fc", "--inserts"}},
    {16, true, {"-Fc", "-Zlz4"}},
    {16, true, {"-Fc", "-Zzstd:3"}},
    {18, true, {"-Fc", "--statistics"}},
    {13, true, {"-Fd", "-j2"}},
    {16, true, {"-Fd", "-Zlz4"}},
    {16, true, {"-Fd", "-Zzstd:long"}},
    {13, true, {"-Ft"}},
};
enum { FORMS = COUNT_OF(forms), FORM_PLAIN = 0, FORM_CUSTOM = 9, FORM_FOLDER = 15, FORM_TAR = 18 };

static const char *dump_as(const struct side *side, const char *dsn, const struct form *form)
{
    const char *const *w = form->words;
    const char *path = fs_join(room.a, room.dir, "dump");
    ck_assert_msg(fs_remove_tree(path, &e), "%s", e.text);
    MUST_RUN(&room, fs_join(room.a, side->bindir, "pg_dump"), "-d", dsn, "-f", path, w[0],
             w[1] == NULL ? "-v" : w[1], w[2] == NULL ? "-v" : w[2]);
    return path;
}

/* Since 17 the kind of a relation is in the archive; before 15 there is no compression but gzip. */
static const char *archive_version(int64_t major)
{
    return major >= 17 ? "1.16" : "1.14";
}

static void must_be_sound(const char *path, const char *what)
{
    struct told told = PROGRAM(&room, "verify", "--strict", path);
    must_end(&told, 0, what);
    must_contain(told.out, "PASSED.");
}

/* The pair of that number of majors and forms that they know; gives how many pairs there are. */
static int pair_of(int number, const struct side **side, const struct form **form)
{
    int n = 0;
    for (size_t i = 0; i < MAJORS; i++)
        for (size_t j = 0; j < FORMS; j++) {
            if (forms[j].since > majors[i])
                continue;
            if (n++ == number) {
                *side = &sides[i];
                *form = &forms[j];
            }
        }
    return n;
}

START_TEST(test_every_kind_of_object_is_sound_in_every_form)
{
    const struct side *side = NULL;
    const struct form *form = NULL;
    ck_assert_int_lt(_i, pair_of(_i, &side, &form));
    if (!has(side))
        return;
    const char *path = dump_as(side, side->kinds_dsn, form);
    must_be_sound(path, form->words[0]);
    if (form->is_archive)
        ck_assert_str_eq(restored_must_equal(&room, side->bindir, path),
                         archive_version(side->major));
}
END_TEST

/* From 16 on it says two tables of contents: what is written to standard output is appended. */
START_TEST(test_archives_on_standard_output_are_sound)
{
    static const char *const formats[] = {"-Fp", "-Fc", "-Ft"};
    const struct side *side = &sides[_i];
    if (!has(side))
        return;
    const char *pg_dump = fs_join(room.a, side->bindir, "pg_dump");
    const char *path = fs_join(room.a, room.dir, "redirected");
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        MUST_RUN(&room, "sh", "-c", "exec \"$0\" \"$1\" -d \"$2\" > \"$3\"", pg_dump, formats[i],
                 side->kinds_dsn, path);
        must_be_sound(path, formats[i]);
    }
}
END_TEST

START_TEST(test_dumps_of_all_databases_are_sound)
{
    const struct side *side = &sides[_i];
    if (!has(side))
        return;
    const char *path = fs_join(room.a, room.dir, "all.sql");
    MUST_RUN(&room, fs_join(room.a, side->bindir, "pg_dumpall"), "-d", side->admin_dsn, "-f", path);
    must_be_sound(path, "pg_dumpall");
}
END_TEST

/* ---- what is cut -------------------------------------------------------------------------------
 */

static void must_be_broken(const char *path, const char *what, uint64_t bytes)
{
    struct told told = PROGRAM(&room, "verify", path);
    must_end(&told, 1,
             arena_printf(room.a, "%s cut to %llu bytes", what, (unsigned long long)bytes));
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

static void cut(const char *path, uint64_t bytes)
{
    ck_assert_int_eq(truncate(path, (off_t)bytes), 0);
}

START_TEST(test_a_file_that_is_cut_is_broken)
{
    static const size_t cut_forms[] = {FORM_PLAIN, 5, FORM_CUSTOM, FORM_TAR};
    enum { CUTS = 5 };
    const struct side *side = &sides[_i];
    if (!has(side))
        return;
    for (size_t i = 0; i < COUNT_OF(cut_forms); i++) {
        const struct form *form = &forms[cut_forms[i]];
        const char *path = dump_as(side, side->kinds_dsn, form);
        uint64_t size = size_of(path);
        for (uint64_t n = CUTS; n > 0; n--) {
            cut(path, size * n / (CUTS + 1));
            must_be_broken(path, form->words[0], size * n / (CUTS + 1));
        }
    }
}
END_TEST

START_TEST(test_a_folder_with_a_file_that_is_cut_is_broken)
{
    const struct side *side = &sides[_i];
    struct vec names;
    if (!has(side))
        return;
    const char *path = dump_as(side, side->kinds_dsn, &forms[FORM_FOLDER]);
    ck_assert(fs_list(room.a, path, &names, &e));
    ck_assert_uint_gt(names.n, 10);
    VEC_EACH (const char *const, name, &names) {
        struct slice whole;
        const char *file = fs_join(room.a, path, *name);
        ck_assert(fs_read_file(room.a, file, FILE_MAX, &whole, &e));
        cut(file, whole.n / 2);
        must_be_broken(path, *name, whole.n / 2);
        ck_assert(fs_write_file(room.a, file, 0644, whole, &e));
    }
    must_be_sound(path, "put together again");
}
END_TEST

/* ---- rehearsals -------------------------------------------------------------------------------
 */

static void must_have_proven(int64_t major, const char *what)
{
    const struct record *r = room_report(&room);
    ck_assert_msg(r->target.version_num / 10000 == major, "%s: target %s", what, r->target.version);
    ck_assert_int_eq(r->restore.n_errors, 0);
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(c->outcome != OUTCOME_FAILED, "%s: %s: %s", what, c->name, c->detail);
}

/* Statements were rejected, and the target is to blame for each. */
static void must_blame_the_target(void)
{
    size_t n = 0;
    VEC_EACH (const struct finding, f, &room_report(&room)->findings) {
        n += str_eq(f->code, "RESTORE_ERROR");
        ck_assert_msg(!str_eq(f->code, "RESTORE_ERROR") || f->blame == BLAME_ENVIRONMENT, "%s: %s",
                      f->subject, f->text);
    }
    ck_assert_uint_gt(n, 0);
}

/* What only some majors know is asked of them, and told of the others. */
static void must_know_its_limits(int64_t major)
{
    const struct record *r = room_report(&room);
    bool later = false, heaps = false;
    VEC_EACH (const struct finding, f, &r->findings)
        later = later ||
                (str_eq(f->code, "CONSTRAINT_NOT_VALID") && str_eq(f->subject, "kinds.refers_18"));
    VEC_EACH (const struct gap, g, &r->coverage)
        heaps = heaps || str_eq(g->what, "pages of heaps of the restored copy");
    ck_assert_int_eq(later, major >= 18); /* NOT NULL NOT VALID */
    ck_assert_int_eq(heaps, major < 14);  /* amcheck's verify_heapam */
}

/* Its own major from a source: catalogue, backup, load and every check of the restored server. */
START_TEST(test_a_server_is_rehearsed_on_its_own_major)
{
    const struct side *side = &sides[_i];
    if (!has(side))
        return;
    struct told told = PROGRAM(&room, "run", "--source", side->rows_dsn, "--target-bindir",
                               side->bindir, "--users", "3", "--duration", "1s");
    must_end(&told, 0, "rows");
    room_must_be_clean(&room);
    must_have_proven(side->major, "rows");
    told = PROGRAM(&room, "run", "--source", side->kinds_dsn, "--target-bindir", side->bindir,
                   "--users", "0");
    must_end(&told, 0, "kinds");
    must_have_proven(side->major, "kinds");
    must_know_its_limits(side->major);
}
END_TEST

/* Locales that libc knows nothing of. */
static const struct locale {
    int64_t major;
    const char *provider, *options;
} locales[] = {
    {17, "builtin", "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"},
    {18, "builtin", "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"},
    {18, "icu", "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C'"},
};

START_TEST(test_the_copy_sorts_as_a_source_without_libc)
{
    const struct locale *l = &locales[_i];
    const struct side *side = side_of(l->major);
    if (!has(side))
        return;
    const char *name = arena_printf(room.a, "sorted_%d", _i);
    test_cluster_sql(
        side->admin_dsn,
        arena_printf(room.a, "CREATE DATABASE %s TEMPLATE template0 %s", name, l->options));
    const char *dsn = pg_dsn_with(room.a, side->admin_dsn, "dbname", name, &e);
    ck_assert_msg(dsn != NULL, "%s", e.text);
    test_cluster_sql(dsn, major_script(room.a, "tests/integration/rows.sql", side->major));
    struct told told = PROGRAM(&room, "run", "--source", dsn, "--target-bindir", side->bindir,
                               "--users", "0", "--strict");
    must_end(&told, 0, l->options);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->target.locale_provider, l->provider);
    ck_assert_int_eq(report_check(r, "collation_versions")->outcome, OUTCOME_PASSED);
}
END_TEST

/* A dump of the one, rehearsed on the other: an upgrade, or a target that is too old. */
static const struct move {
    int64_t from, to;
    int status;
} moves[] = {{13, 18, 0}, {17, 18, 0}, {17, 13, 3}, {18, 17, 3}};

START_TEST(test_a_dump_is_rehearsed_on_another_major)
{
    const struct move *m = &moves[_i];
    const struct side *from = side_of(m->from), *to = side_of(m->to);
    if (!has(from) || !has(to))
        return;
    const char *path = dump_as(from, from->kinds_dsn, &forms[FORM_CUSTOM]);
    struct told told =
        PROGRAM(&room, "run", "--backup", path, "--target-bindir", to->bindir, "--users", "0");
    must_end(&told, m->status,
             arena_printf(room.a, "%lld to %lld", (long long)m->from, (long long)m->to));
    room_must_be_clean(&room);
    if (m->status == 0)
        must_have_proven(m->to, "upgrade");
    else
        must_blame_the_target();
}
END_TEST

/* transaction_timeout is not known before 17: nobody's fault, and no row depends on it. */
START_TEST(test_a_setting_that_an_older_server_does_not_know_fails_nothing)
{
    const struct side *from = &sides[_i];
    int64_t here = test_cluster_installation()->major;
    if (from->major <= here)
        return;
    if (!has(from))
        return;
    const char *path = dump_as(from, from->rows_dsn, &forms[FORM_PLAIN]);
    struct slice sql;
    ck_assert(fs_read_file(room.a, path, FILE_MAX, &sql, &e));
    must_contain(sql.p, "SET transaction_timeout = 0;");
    const char *bindir = test_cluster_installation()->bindir;
    struct told told =
        PROGRAM(&room, "run", "--backup", path, "--target-bindir", bindir, "--users", "0");
    must_end(&told, 0, "rows");
    must_have_proven(here, "rows");
}
END_TEST

Suite *suite_majors(void)
{
    Suite *s = suite_create("majors");
    TCase *t = tcase_create("majors");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, once, NULL);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, test_every_kind_of_object_is_sound_in_every_form, 0,
                        pair_of(-1, NULL, NULL));
    tcase_add_loop_test(t, test_archives_on_standard_output_are_sound, 0, MAJORS);
    tcase_add_loop_test(t, test_dumps_of_all_databases_are_sound, 0, MAJORS);
    tcase_add_loop_test(t, test_a_file_that_is_cut_is_broken, 0, MAJORS);
    tcase_add_loop_test(t, test_a_folder_with_a_file_that_is_cut_is_broken, 0, MAJORS);
    tcase_add_loop_test(t, test_a_server_is_rehearsed_on_its_own_major, 0, MAJORS);
    tcase_add_loop_test(t, test_the_copy_sorts_as_a_source_without_libc, 0, (int)COUNT_OF(locales));
    tcase_add_loop_test(t, test_a_dump_is_rehearsed_on_another_major, 0, (int)COUNT_OF(moves));
    tcase_add_loop_test(t, test_a_setting_that_an_older_server_does_not_know_fails_nothing, 0,
                        MAJORS);
    suite_add_tcase(s, t);
    return s;
}
