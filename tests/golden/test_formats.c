/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "golden/render.h"
#include "report/report.h"

#include <check.h>

#include <string.h>

Suite *suite_formats(void);

static size_t first_difference(const struct buf *made, struct slice expected)
{
    size_t i = 0;
    while (i < made->n && i < expected.n && made->p[i] == expected.p[i])
        i++;
    return i;
}

START_TEST(test_every_format_renders_every_record_as_committed)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct rendering all[RENDERINGS_MAX];
    struct slice expected = {0};
    struct err e = {0};
    ck_assert_uint_lt((size_t)_i, golden_renderings(a, all));
    golden_render(&all[_i], &out);
    ck_assert_msg(fs_read_file(a, all[_i].path, 16 << 20, &expected, &e), "%s", e.text);
    size_t at = first_difference(&out, expected);
    ck_assert_msg(at == out.n && at == expected.n,
                  "%s differs at byte %zu; `make golden` rewrites it", all[_i].path, at);
}
END_TEST

START_TEST(test_reading_what_was_written_gives_the_same_record)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf first = {0}, second = {0};
    struct record *read = NULL;
    struct err e = {0};
    report_json(golden_records[_i].make(a), &first);
    ck_assert_msg(report_read_json(a, (struct slice){first.p, first.n}, &read, &e), "%s", e.text);
    report_json(read, &second);
    ck_assert_str_eq(first.p, second.p);
}
END_TEST

/* Formats for people, by their suffix in golden_renderings(). */
static bool is_for_people(const char *path)
{
    return !str_ends(path, ".json");
}

START_TEST(test_no_name_acts_on_a_terminal_or_a_page)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct rendering all[RENDERINGS_MAX];
    size_t n = golden_renderings(a, all);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        golden_render(&all[i], &out);
        ck_assert_msg(strstr(out.p, "\033[2J") == NULL, "%s", all[i].path);
        ck_assert_msg(strstr(out.p, "\033]") == NULL, "%s", all[i].path);
        ck_assert_msg(strstr(out.p, "\xe2\x80\xae") == NULL, "%s", all[i].path);
        ck_assert_msg(strstr(out.p, "Stra\xdf") == NULL, "%s", all[i].path);
        if (is_for_people(all[i].path) && str_ends(all[i].path, ".html"))
            ck_assert_msg(strstr(out.p, "<img") == NULL, "%s", all[i].path);
    }
}
END_TEST

Suite *suite_formats(void)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct rendering all[RENDERINGS_MAX];
    int n = (int)golden_renderings(a, all);
    Suite *s = suite_create("formats");
    TCase *t = tcase_create("golden");
    tcase_add_loop_test(t, test_every_format_renders_every_record_as_committed, 0, n);
    tcase_add_loop_test(t, test_reading_what_was_written_gives_the_same_record, 0, 3);
    tcase_add_test(t, test_no_name_acts_on_a_terminal_or_a_page);
    suite_add_tcase(s, t);
    return s;
}
