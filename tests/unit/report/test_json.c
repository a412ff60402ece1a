/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "report/json.h"
#include "report/report.h"
#include "unit/report/sample.h"

#include <check.h>
#include <cjson/cJSON.h>

#include <math.h>
#include <string.h>

Suite *suite_report_json(void);

static const char *json_of(struct arena *a, const struct record *r)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    report_json(r, &out);
    return arena_strdup(a, buf_text(&out));
}

START_TEST(test_a_string_is_escaped_whatever_its_bytes)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"", "\"\""},
        {"say \"a\\b\"", "\"say \\\"a\\\\b\\\"\""},
        {"a\nb\tc\rd\be\ff", "\"a\\nb\\tc\\rd\\be\\ff\""},
        {"\x1b[2J\x7f", "\"\\u001b[2J\\u007f\""},
        {"Stra\xc3\x9f\x65", "\"Stra\xc3\x9f\x65\""},
        {"\xdf", "\"\\\\xdf\""},
        {"a\xe2\x80", "\"a\\\\xe2\\\\x80\""},
        {"\xc0\xaf\xed\xa0\x80", "\"\\\\xc0\\\\xaf\\\\xed\\\\xa0\\\\x80\""},
        {"x\xe2\x80\xaey", "\"x\\u202ey\""},
        {"\xf0\x9f\x90\x98", "\"\xf0\x9f\x90\x98\""},
        {"\xf3\xa0\x80\x81", "\"\\udb40\\udc01\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        json_string(&out, cases[i].text);
        ck_assert_str_eq(buf_text(&out), cases[i].json);
    }
}
END_TEST

START_TEST(test_a_string_of_any_bytes_is_valid_json)
{
    for (int c = 1; c < 256; c++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        const char text[] = {'a', (char)c, 'b', '\0'};
        json_string(&out, text);
        cJSON *json = cJSON_ParseWithOpts(buf_text(&out), NULL, true);
        ck_assert_ptr_nonnull(json);
        if (c < 0x80)
            ck_assert_str_eq(json->valuestring, text);
        cJSON_Delete(json);
    }
}
END_TEST

START_TEST(test_integers_keep_all_64_bits)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->load.seed = INT64_MIN;
    r->backup.size_bytes = INT64_C(9007199254740993);
    r->source.size_bytes = KNOWN(INT64_MAX);
    const char *json = json_of(a, r);
    ck_assert_ptr_nonnull(strstr(json, "\"seed\": -9223372036854775808"));
    ck_assert_ptr_nonnull(strstr(json, "\"size_bytes\": 9007199254740993"));
    ck_assert_ptr_nonnull(strstr(json, "\"size_bytes\": 9223372036854775807"));
}
END_TEST

START_TEST(test_a_real_is_written_as_short_as_it_reads_back)
{
    static const struct {
        double x;
        const char *json;
    } cases[] = {{0, "0"},          {0.1, "0.1"},
                 {1412, "1412"},    {1.0 / 3, "0.333333333333333"},
                 {1e300, "1e+300"}, {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        struct record *r = record_new(a);
        r->load.tps = cases[i].x;
        const char *json = strstr(json_of(a, r), "\"tps\": ");
        ck_assert_ptr_nonnull(json);
        ck_assert_msg(str_starts(json + 7, cases[i].json), "%.40s", json);
    }
}
END_TEST

START_TEST(test_what_is_not_known_is_left_out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->load.tps = (double)NAN;
    const char *json = json_of(a, r);
    ck_assert_ptr_null(strstr(json, "\"tps\""));
    ck_assert_ptr_null(strstr(json, "\"conclusion\""));
    ck_assert_ptr_null(strstr(json, "\"began\""));
    ck_assert_ptr_null(strstr(json, "\"age_us\""));
    ck_assert_ptr_null(strstr(json, "null"));
    ck_assert_ptr_nonnull(strstr(json, "\"users\": 0"));
    ck_assert_ptr_nonnull(strstr(json, "\"findings\": []"));
}
END_TEST

START_TEST(test_a_known_zero_is_written)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = record_new(a);
    r->backup.age_us = KNOWN(0);
    ck_assert_ptr_nonnull(strstr(json_of(a, r), "\"age_us\": 0"));
}
END_TEST

START_TEST(test_every_member_is_written_in_the_order_of_the_tables)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *at = sample_json(a);
    for (size_t i = 0; i < record_shape.n_fields; i++) {
        at = strstr(at, arena_printf(a, "\n  \"%s\": ", record_shape.fields[i].name));
        ck_assert_msg(at != NULL, "%s", record_shape.fields[i].name);
    }
}
END_TEST

/* Follows a shape through the schema: each member is described and, when always there, required;
 * nothing else is permitted. Except in what lasts. */
static void check_definition(const cJSON *defs, const struct json_kind *kind,
                             const struct shape *shape)
{
    const cJSON *def = cJSON_GetObjectItemCaseSensitive(defs, shape->name);
    ck_assert_msg(def != NULL, "%s", shape->name);
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(def, "properties");
    const cJSON *required = cJSON_GetObjectItemCaseSensitive(def, "required");
    ck_assert_int_eq(cJSON_GetArraySize(properties), (int)shape->n_fields);
    const cJSON *others = cJSON_GetObjectItemCaseSensitive(def, "additionalProperties");
    ck_assert(cJSON_IsBool(others) && cJSON_IsTrue(others) == kind->lasting);
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct field *f = &shape->fields[i];
        ck_assert(cJSON_HasObjectItem(properties, f->name));
        bool is_required = false;
        const cJSON *name;
        cJSON_ArrayForEach (name, required)
            is_required |= strcmp(name->valuestring, f->name) == 0;
        bool is_version = shape == kind->shape && strcmp(f->name, "schema") == 0;
        bool always = json_is_always(f->kind) && !kind->lasting;
        ck_assert_int_eq(is_required, always || is_version);
        if (f->shape != NULL)
            check_definition(defs, kind, f->shape);
    }
}

START_TEST(test_the_schemas_describe_every_member)
{
    static const struct json_kind *const kinds[] = {&json_of_report, &json_of_manifest};
    CLEANUP(buf_cleanup) struct buf out = {0};
    json_schema(kinds[_i], &out);
    cJSON *schema = cJSON_ParseWithOpts(buf_text(&out), NULL, true);
    ck_assert_ptr_nonnull(schema);
    check_definition(cJSON_GetObjectItemCaseSensitive(schema, "$defs"), kinds[_i],
                     kinds[_i]->shape);
    cJSON_Delete(schema);
}
END_TEST

Suite *suite_report_json(void)
{
    Suite *s = suite_create("report_json");
    TCase *t = tcase_create("json");
    tcase_add_test(t, test_a_string_is_escaped_whatever_its_bytes);
    tcase_add_test(t, test_a_string_of_any_bytes_is_valid_json);
    tcase_add_test(t, test_integers_keep_all_64_bits);
    tcase_add_test(t, test_a_real_is_written_as_short_as_it_reads_back);
    tcase_add_test(t, test_what_is_not_known_is_left_out);
    tcase_add_test(t, test_a_known_zero_is_written);
    tcase_add_test(t, test_every_member_is_written_in_the_order_of_the_tables);
    tcase_add_loop_test(t, test_the_schemas_describe_every_member, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
