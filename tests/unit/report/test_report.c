/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "lib/cluster.h"
#include "report/report.h"
#include "unit/report/sample.h"

#include <check.h>

#include <string.h>

Suite *suite_report_report(void);

static const char *dir; /* goes when the test program ends, however the tests end */

static void make_folder(void)
{
    dir = test_cluster_folder();
}

START_TEST(test_every_format_writes_its_file)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    const struct record *r = sample_full(a);
    for (const struct report_format *f = report_formats; f->name != NULL; f++) {
        const char *path = NULL;
        struct slice text;
        ck_assert_msg((path = report_write(a, r, f, dir, &e)) != NULL, "%s", e.text);
        ck_assert_str_eq(path, fs_join(a, dir, arena_printf(a, "report.%s", f->suffix)));
        ck_assert_msg(fs_read_file(a, path, 1 << 20, &text, &e), "%s", e.text);
        CLEANUP(buf_cleanup) struct buf expected = {0};
        f->render(r, &expected);
        ck_assert_str_eq(text.p, buf_text(&expected));
    }
}
END_TEST

START_TEST(test_a_folder_that_is_not_there_is_an_error_that_names_the_format)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    const char *path = NULL;
    ck_assert((path = report_write(a, record_new(a), &report_formats[0], "/nowhere/at/all", &e)) ==
              NULL);
    ck_assert_ptr_null(path);
    ck_assert_msg(strncmp(e.text, "json report: ", 13) == 0, "%s", e.text);
}
END_TEST

START_TEST(test_every_format_renders_an_empty_and_a_full_record)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct record *records[] = {record_new(a), sample_full(a)};
    for (const struct report_format *f = report_formats; f->name != NULL; f++)
        for (size_t i = 0; i < COUNT_OF(records); i++) {
            CLEANUP(buf_cleanup) struct buf out = {0};
            f->render(records[i], &out);
            ck_assert_uint_gt(out.n, 0);
            ck_assert_int_eq(out.p[out.n - 1], '\n');
            ck_assert_ptr_null(strstr(out.p, "(null)"));
        }
}
END_TEST

Suite *suite_report_report(void)
{
    Suite *s = suite_create("report_report");
    TCase *t = tcase_create("report");
    tcase_add_unchecked_fixture(t, make_folder, NULL);
    tcase_add_test(t, test_every_format_writes_its_file);
    tcase_add_test(t, test_a_folder_that_is_not_there_is_an_error_that_names_the_format);
    tcase_add_test(t, test_every_format_renders_an_empty_and_a_full_record);
    suite_add_tcase(s, t);
    return s;
}
