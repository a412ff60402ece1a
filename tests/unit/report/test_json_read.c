/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "report/json.h"
#include "report/report.h"
#include "unit/report/sample.h"

#include <check.h>
#include <cjson/cJSON.h>

#include <string.h>

Suite *suite_report_json_read(void);

/* Reads `text`; NULL with a message in *e when it is refused. */
static struct record *read_text(struct arena *a, const char *text, size_t n, struct err *e)
{
    struct record *r = NULL;
    *e = (struct err){0};
    /* Exactly as many bytes as given, so that a sanitizer sees any read beyond. */
    char *exact = arena_alloc(a, n == 0 ? 1 : n);
    memcpy(exact, text, n);
    bool ok = report_read_json(a, (struct slice){exact, n}, &r, e);
    ck_assert(ok == (r != NULL));
    ck_assert(ok || e->text[0] != '\0');
    return r;
}

/* The text with the first `old` replaced. */
static const char *replaced(struct arena *a, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    ck_assert_msg(at != NULL, "%s", old);
    return arena_printf(a, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

START_TEST(test_reading_gives_back_what_was_written)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = sample_json(a);
    struct err e;
    struct record *r = read_text(a, text, strlen(text), &e);
    ck_assert_msg(r != NULL, "%s", e.text);
    CLEANUP(buf_cleanup) struct buf again = {0};
    report_json(r, &again);
    ck_assert_str_eq(buf_text(&again), text);
    ck_assert_int_eq(r->source.size_bytes.value, INT64_MAX);
    ck_assert_int_eq(r->run.began, INT64_C(1795399201000001));
    ck_assert_str_eq(((struct script_facts *)vec_at(&r->load.scripts, 1))->name, "a name");
}
END_TEST

static const struct {
    const char *old, *new, *message;
} refusals[] = {
    {"report/v1", "report/v2",
     "schema: is not \"pg_rehearse.report/v1\", which this program reads"},
    {"\"verdict\": \"passed\"", "\"verdict\": \"fine\"", "verdict: unknown word \"fine\""},
    {"\"severity\": \"warning\"", "\"severity\": \"bad\"",
     "findings[0].severity: unknown word \"bad\""},
    {"\"severity\": \"warning\"", "\"severity\": 3", "findings[0].severity: must be a word"},
    {"\"exit_code\": 12345", "\"exit_code\": \"0\"", "exit_code: must be a whole number"},
    {"\"exit_code\": 12345", "\"exit_code\": 0.5", "exit_code: must be a whole number"},
    {"\"exit_code\": 12345", "\"exit_code\": null", "exit_code: must be a whole number"},
    {"\"exit_code\": 12345", "\"exit_code\": 1e300",
     "exit_code: must be written with all its digits"},
    {"\"exit_code\": 12345", "\"exit_code\": 9223372036854775808",
     "exit_code: does not fit 64 bits"},
    {"\"exit_code\": 12345", "\"exit_code\": 1, \"exit_code\": 1", "exit_code: is there twice"},
    {"\"exit_code\": 12345", "\"exit_status\": 1", "exit_status: unknown member"},
    {"\"exit_code\": 12345,", "", "exit_code: is missing"},
    {"\"kept\": true", "\"kept\": 1", "backup.kept: must be true or false"},
    {"\"sha256\": \"a sha256\"", "\"sha256\": 5", "backup.sha256: must be a text"},
    {"\"sha256\": \"a sha256\"", "\"sha256\": 12345678901234567890",
     "backup.sha256: must be a text"},
    {"\"tps\": 0.1", "\"tps\": \"0.1\"", "load.tps: must be a finite number"},
    {"\"tps\": 0.1", "\"tps\": 1e999", "load.tps: must be a finite number"},
    {"\"text 1\"", "7", "source.settings[1]: must be a text"},
    {"2026-11-23T02:00:01.000001Z", "yesterday", "run.began: must be a time like"},
    {"2026-11-23T02:00:01.000001Z", "2026-11-23T02:00:01Z", "run.began: must be a time like"},
    {"2026-11-23T02:00:01.000001Z", "2026-13-23T02:00:01.000001Z",
     "run.began: must be a time like"},
    {"\"name\": \"backup\"", "\"name\": \"restore\"", "stages[1]: must be backup, not restore"},
    {"\"tool\": {", "\"tool\": [], \"x\": {", "tool: must be an object"},
    {"\"coverage\": [", "\"coverage\": {}, \"x\": [", "coverage: must be a list"},
    {"\"a sha256\"", "\"\\u0000\"", "no report: a NUL character at byte"},
    {"\"a sha256\"", "\"\\x41\"", "no report: an unknown escape at byte"},
    {"\"a sha256\"", "\"\\u12g4\"", "no report: an unknown escape at byte"},
    {"\"a sha256\"", "\"\\ud800\"", "no report: not JSON in line"},
    {"\"a sha256\"", "\"a\tb\"", "no report: a raw control character at byte"},
    {"\"a sha256\"", "\"\xff\"", "no report: malformed UTF-8 at byte"},
    {"\"a sha256\"", "\xff", "no report: an unexpected character at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": 012", "no report: no number at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": 1.", "no report: no number at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": 1e", "no report: no number at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": -", "no report: no number at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": +1", "no report: an unexpected character at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": NaN", "no report: an unexpected character at byte"},
    {"\"exit_code\": 12345", "\"exit_code\": 1,,", "no report: not JSON in line"},
    {"\"exit_code\": 12345", "\"exit_code\": [[[[[[[[[[[[[[[[[1",
     "no report: too deep a nesting at byte"},
};

START_TEST(test_what_the_schema_forbids_is_refused_with_its_path)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = replaced(a, sample_json(a), refusals[_i].old, refusals[_i].new);
    struct err e;
    ck_assert_msg(read_text(a, text, strlen(text), &e) == NULL, "%s", refusals[_i].new);
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_msg(str_starts(e.text, refusals[_i].message), "%s", e.text);
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = sample_json(a);
    size_t whole = strlen(text) - 1; /* the line feed at the end may be missing */
    struct err e;
    ck_assert_ptr_nonnull(read_text(a, text, whole, &e));
    for (size_t n = 0; n < whole; n += 7) {
        CLEANUP(arena_cleanup) struct arena *each = arena_new();
        ck_assert_msg(read_text(each, text, n, &e) == NULL, "%zu bytes", n);
    }
}
END_TEST

START_TEST(test_anything_behind_the_report_is_an_error)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = arena_printf(a, "%s{}", sample_json(a));
    struct err e;
    ck_assert_ptr_null(read_text(a, text, strlen(text), &e));
    ck_assert_ptr_null(read_text(a, text, strlen(text) - 1, &e));
}
END_TEST

/* Takes each member of one object away in turn; the reader must miss exactly those that are always
 * there. */
static void miss_members(struct arena *a, cJSON *report, cJSON *object, const struct shape *shape)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        cJSON *child = cJSON_GetObjectItemCaseSensitive(object, f->name);
        ck_assert_ptr_nonnull(child);
        if (f->shape != NULL)
            miss_members(a, report, f->kind == FIELD_LIST ? child->child : child, f->shape);
        cJSON *taken = cJSON_DetachItemViaPointer(object, child);
        char *text = cJSON_Print(report);
        struct err e;
        struct record *r = read_text(a, text, strlen(text), &e);
        bool is_version = shape == &record_shape && strcmp(f->name, "schema") == 0;
        bool needed = json_is_always(f->kind) || is_version;
        ck_assert_msg((r == NULL) == needed, "%s.%s", shape->name, f->name);
        cJSON_free(text);
        cJSON_AddItemToObject(object, f->name, taken);
    }
}

START_TEST(test_every_member_that_is_always_there_is_missed)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    /* cJSON prints figures beyond 2^53 as doubles, so the largest figure is made smaller. */
    struct record *r = record_new(a);
    struct err e;
    CLEANUP(buf_cleanup) struct buf plain = {0};
    const char *text = sample_json(a);
    for (const char *at = text; *at != '\0';) {
        bool large = str_starts(at, "9223372036854775807");
        buf_append(&plain, large ? "5" : at, 1);
        at += large ? strlen("9223372036854775807") : 1;
    }
    r = read_text(a, buf_text(&plain), plain.n, &e);
    ck_assert_msg(r != NULL, "%s", e.text);
    cJSON *report = cJSON_Parse(buf_text(&plain));
    miss_members(a, report, report, &record_shape);
    cJSON_Delete(report);
}
END_TEST

START_TEST(test_a_report_beyond_the_limit_is_refused)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = NULL;
    struct err e = {0};
    char *blanks = arena_alloc(a, (size_t)JSON_BYTES_MAX + 1);
    ck_assert(!report_read_json(a, (struct slice){blanks, (size_t)JSON_BYTES_MAX + 1}, &r, &e));
    ck_assert_int_eq(e.code, ERR_LIMIT);
}
END_TEST

START_TEST(test_a_hostile_member_name_is_shown_safely)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *text = replaced(a, sample_json(a), "\"exit_code\"", "\"\\u001b[2J\"");
    struct err e;
    ck_assert_ptr_null(read_text(a, text, strlen(text), &e));
    ck_assert_str_eq(e.text, "\\x1b[2J: unknown member");
}
END_TEST

Suite *suite_report_json_read(void)
{
    Suite *s = suite_create("report_json_read");
    TCase *t = tcase_create("read");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_reading_gives_back_what_was_written);
    tcase_add_loop_test(t, test_what_the_schema_forbids_is_refused_with_its_path, 0,
                        (int)COUNT_OF(refusals));
    tcase_add_test(t, test_every_truncation_is_an_error);
    tcase_add_test(t, test_anything_behind_the_report_is_an_error);
    tcase_add_test(t, test_every_member_that_is_always_there_is_missed);
    tcase_add_test(t, test_a_report_beyond_the_limit_is_refused);
    tcase_add_test(t, test_a_hostile_member_name_is_shown_safely);
    suite_add_tcase(s, t);
    return s;
}
