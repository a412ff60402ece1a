/* SPDX-License-Identifier: PostgreSQL */
/* Sound archives are found sound in every form, and each fault makes its check speak. */
#include "base/fs.h"
#include "faults/archives.h"
#include "faults/base.h"

#include <check.h>

#include <string.h>

Suite *suite_archives(void);

enum form { FORM_custom, FORM_tar, FORM_directory, FORMS };

struct fault_row {
    const char *name;
    enum form form;
    void (*change)(struct model *m);                            /* or NULL */
    struct slice (*spoil)(struct arena *a, struct slice bytes); /* or NULL */
    const char *check;
    enum outcome outcome;
    const char *code;
};

static const struct fault_row faults[] = {
#define MODEL_FAULT(name, form, check, outcome, code)                                              \
    {#name, FORM_##form, fault_model_##name, NULL, #check, OUTCOME_##outcome, code},
#define BYTES_FAULT(name, form, check, outcome, code)                                              \
    {#name, FORM_##form, NULL, fault_bytes_##name, #check, OUTCOME_##outcome, code},
#include "faults/archives.def"
#undef MODEL_FAULT
#undef BYTES_FAULT
};

static struct arena *a;
static const char *dir, *path;

static void set_up(void)
{
    struct err e = {0};
    a = arena_new();
    dir = fs_make_temp_dir(a, "/tmp", "faults-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
    path = fs_join(a, dir, "backup");
}

static void tear_down(void)
{
    struct err e = {0};
    ck_assert_msg(fs_remove_tree(dir, &e), "%s", e.text);
    arena_free(a);
}

/* Writes the archive to `path` and asks every check of the stage. */
static const struct record *verify(struct model *m, const struct fault_row *row)
{
    struct config config = base_config();
    struct err e = {0};
    if (row->form == FORM_directory) {
        ck_assert_msg(fs_make_dirs(path, 0700, &e), "%s", e.text);
        archives_directory(m, path);
    } else {
        struct slice bytes = row->form == FORM_custom ? archives_custom(m) : archives_tar(m);
        if (row->spoil != NULL)
            bytes = row->spoil(a, bytes);
        ck_assert_msg(fs_write_file(a, path, 0600, bytes, &e), "%s", e.text);
    }
    return base_verify_path(a, path, &config);
}

static void expect_sound(const struct record *r)
{
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(c->outcome == OUTCOME_PASSED || c->outcome == OUTCOME_SKIPPED,
                      "%s is %s (%s)", c->name, outcome_words[c->outcome], c->detail);
    ck_assert_int_eq(base_check(r, "archive")->outcome, OUTCOME_PASSED);
    ck_assert_uint_eq(record_count_findings(r, SEVERITY_WARNING), 0);
    ck_assert_int_eq(r->backup.tables, 9);
    ck_assert_int_eq(r->backup.rows, 240);
}

START_TEST(test_the_archive_that_pg_dump_wrote_has_no_finding)
{
    struct config config = base_config();
    expect_sound(base_verify_path(a, "tests/fixtures/nasty-15.dump", &config));
}
END_TEST

START_TEST(test_sound_archives_have_no_finding)
{
    struct model *m = archives_model(a);
    m->packing = (unsigned)_i % PACKINGS;
    m->minor = m->packing > PACKING_GZIP ? 16 : 14;
    struct fault_row none = {.form = (unsigned)_i / PACKINGS};
    if (none.form != FORM_tar || m->packing == PACKING_NONE)
        expect_sound(verify(m, &none));
}
END_TEST

/* What somebody keeps beside the files of pg_dump is not its. */
START_TEST(test_other_files_in_the_folder_are_no_finding)
{
    struct config config = base_config();
    struct err e = {0};
    struct fault_row none = {.form = FORM_directory};
    (void)verify(archives_model(a), &none);
    ck_assert(fs_write_file(a, fs_join(a, path, "SHA256SUMS"), 0600, slice_of("x"), &e));
    ck_assert(fs_write_file(a, fs_join(a, path, "README.toc"), 0600, slice_of("x"), &e));
    expect_sound(base_verify_path(a, path, &config));
}
END_TEST

START_TEST(test_each_fault_makes_its_check_speak)
{
    const struct fault_row *row = &faults[_i];
    struct model *m = archives_model(a);
    m->as_files = row->form != FORM_custom;
    if (row->change != NULL)
        row->change(m);
    const struct record *r = verify(m, row);
    const struct check_facts *c = base_check(r, row->check);
    ck_assert_msg(c != NULL, "%s: there is no check %s", row->name, row->check);
    ck_assert_msg(c->outcome == row->outcome, "%s: %s is %s (%s)", row->name, row->check,
                  outcome_words[c->outcome], c->detail);
    enum severity least = row->outcome == OUTCOME_FAILED ? SEVERITY_CRITICAL : SEVERITY_WARNING;
    ck_assert_msg(base_has_finding(r, row->check, row->code, least), "%s: no finding %s", row->name,
                  row->code);
}
END_TEST

/* Where in the SQL: behind what comes before it, of which there is a whole table. */
START_TEST(test_a_lost_member_is_missed_where_its_data_belong)
{
    struct model *m = archives_model(a);
    struct fault_row none = {.form = (unsigned)_i};
    size_t n = 0;
    fault_model_data_lost(m);
    VEC_EACH (const struct finding, f, &verify(m, &none)->findings)
        if (str_eq(f->code, "ARCHIVE_DATA_MISSING")) {
            n++;
            ck_assert(f->offset.known);
            ck_assert_int_gt(f->offset.value, 10000);
        }
    ck_assert_uint_eq(n, 1);
}
END_TEST

Suite *suite_archives(void)
{
    Suite *s = suite_create("archives");
    TCase *tc = tcase_create("archives");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_the_archive_that_pg_dump_wrote_has_no_finding);
    tcase_add_loop_test(tc, test_sound_archives_have_no_finding, 0, FORMS * PACKINGS);
    tcase_add_test(tc, test_other_files_in_the_folder_are_no_finding);
    tcase_add_loop_test(tc, test_a_lost_member_is_missed_where_its_data_belong, 0, FORMS);
    tcase_add_loop_test(tc, test_each_fault_makes_its_check_speak, 0, (int)COUNT_OF(faults));
    suite_add_tcase(s, tc);
    return s;
}
