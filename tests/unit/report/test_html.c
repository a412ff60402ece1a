/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "report/formats.h"
#include "unit/report/sample.h"

#include <check.h>

#include <string.h>

Suite *suite_report_html(void);

static const char *page_of(struct arena *a, const struct record *r)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_html(r, &out);
    return arena_strdup(a, buf_text(&out));
}

static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

START_TEST(test_every_part_stands_once_in_the_template)
{
    static const char *const parts[] = {
#define PART(name) "{{" #name "}}",
#include "report/html_parts.def"
#undef PART
    };
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice text;
    struct err e = {0};
    ck_assert_msg(fs_read_file(a, "reports/template.html", 1 << 20, &text, &e), "%s", e.text);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        ck_assert_msg(occurrences(text.p, parts[i]) == 1, "%s", parts[i]);
    ck_assert_uint_eq(occurrences(text.p, "{{"), COUNT_OF(parts));
}
END_TEST

START_TEST(test_the_page_needs_nothing_from_outside)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *page = page_of(a, sample_full(a));
    static const char *const refused[] = {
        "<script", "<link", "<iframe", "src=", "http:", "https:", "url(", "@import", "{{", "}}<"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        ck_assert_msg(strstr(page, refused[i]) == NULL, "%s", refused[i]);
    ck_assert_ptr_nonnull(strstr(page, "default-src 'none'"));
}
END_TEST

/* Puts the hostile text into every text of the record, by the tables. */
static void poison(void *object, const struct shape *shape, const char *text)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        void *member = (char *)object + f->offset;
        if (f->kind == FIELD_TEXT)
            *(const char **)member = text;
        else if (f->kind == FIELD_PART)
            poison(member, f->shape, text);
        if (f->kind != FIELD_LIST && f->kind != FIELD_TEXTS)
            continue;
        struct vec *list = member;
        for (size_t k = 0; k < list->n; k++) {
            if (f->kind == FIELD_LIST)
                poison(vec_at(list, k), f->shape, text);
            else
                *(const char **)vec_at(list, k) = text;
        }
    }
}

START_TEST(test_no_text_of_the_record_becomes_markup)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = sample_full(a);
    poison(r, &record_shape, "<b x='\"&\n\033[31m\xe2\x80\xae");
    const char *page = page_of(a, r);
    ck_assert_uint_gt(occurrences(page, "&lt;b x=&#39;&quot;&amp;"), 50);
    ck_assert_uint_eq(occurrences(page, "<b x"), 0);
    ck_assert_uint_eq(occurrences(page, "x='"), 0);
    ck_assert_uint_eq(occurrences(page, "\033"), 0);
    ck_assert_uint_eq(occurrences(page, "\xe2\x80\xae"), 0);
}
END_TEST

START_TEST(test_tags_are_balanced)
{
    static const char *const tags[] = {"div", "section", "table", "tr", "td", "th",  "p",      "dl",
                                       "dt",  "dd",      "span",  "ul", "li", "svg", "figure", "h1",
                                       "h2",  "h3",      "g",     "i",  "a",  "rect"};
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct record *records[] = {record_new(a), sample_full(a)};
    for (size_t r = 0; r < COUNT_OF(records); r++) {
        const char *page = page_of(a, records[r]);
        for (size_t i = 0; i < COUNT_OF(tags); i++) {
            size_t opened = occurrences(page, arena_printf(a, "<%s>", tags[i])) +
                            occurrences(page, arena_printf(a, "<%s ", tags[i]));
            ck_assert_msg(opened == occurrences(page, arena_printf(a, "</%s>", tags[i])), "%s",
                          tags[i]);
        }
    }
}
END_TEST

START_TEST(test_a_stage_that_did_not_run_leaves_its_reason_not_zeros)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    struct stage_facts *load = record_stage(r, STAGE_load);
    load->outcome = OUTCOME_UNKNOWN;
    load->reason = "no server was restored";
    const char *section = strstr(page_of(a, r), "<h2>Load</h2>");
    ck_assert_ptr_nonnull(section);
    const char *reason = strstr(section, "no server was restored");
    ck_assert_ptr_nonnull(reason);
    ck_assert(reason < strstr(section, "</section>"));
    ck_assert_ptr_null(strstr(section, "0 transactions"));
}
END_TEST

Suite *suite_report_html(void)
{
    Suite *s = suite_create("report_html");
    TCase *t = tcase_create("html");
    tcase_add_test(t, test_every_part_stands_once_in_the_template);
    tcase_add_test(t, test_the_page_needs_nothing_from_outside);
    tcase_add_test(t, test_no_text_of_the_record_becomes_markup);
    tcase_add_test(t, test_tags_are_balanced);
    tcase_add_test(t, test_a_stage_that_did_not_run_leaves_its_reason_not_zeros);
    suite_add_tcase(s, t);
    return s;
}
