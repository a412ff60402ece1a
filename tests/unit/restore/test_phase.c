/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "restore/phase.h"

#include <check.h>

static struct arena *a;

static void setup(void)
{
    a = arena_new();
}

static void teardown(void)
{
    arena_free(a);
}

static struct statement of(const char *sql, const char *object, const char *type)
{
    return (struct statement){.text = slice_of(sql), .object = object, .object_type = type};
}

START_TEST(test_the_type_of_the_object_tells_the_phase)
{
    struct statement table = of("CREATE TABLE t ()", "t", "TABLE");
    struct statement index = of("CREATE INDEX i ON t (x)", "i", "INDEX");
    struct statement grant = of("GRANT x", "t", "ACL");
    ck_assert_int_eq(phase_of(&table, PHASE_PRE_DATA), PHASE_PRE_DATA);
    ck_assert_int_eq(phase_of(&index, PHASE_DATA), PHASE_POST_DATA);
    ck_assert_int_eq(phase_of(&grant, PHASE_POST_DATA), PHASE_POST_DATA);
    ck_assert_int_eq(phase_of(&grant, PHASE_PRE_DATA), PHASE_PRE_DATA);
}
END_TEST

START_TEST(test_keywords_tell_the_phase_of_a_dump_without_comments)
{
    struct statement insert = of("insert into t values (1)", NULL, NULL);
    struct statement index = of("CREATE UNIQUE INDEX i ON t (x)", NULL, NULL);
    ck_assert_int_eq(phase_of(&insert, PHASE_PRE_DATA), PHASE_DATA);
    ck_assert_int_eq(phase_of(&index, PHASE_DATA), PHASE_POST_DATA);
}
END_TEST

START_TEST(test_only_the_slowest_are_kept_slowest_first)
{
    struct record *r = record_new(a);
    struct stopwatch w = {.arena = a};
    for (int i = 0; i < 100; i++) {
        const char *name = arena_printf(a, "t%d", i);
        struct statement s = of("CREATE TABLE t ()", name, "TABLE");
        stopwatch_add(&w, &s, (i * 37) % 100);
    }
    stopwatch_finish(&w, &r->restore);
    ck_assert_uint_eq(r->restore.slowest.n, SLOWEST_KEPT);
    for (size_t i = 0; i < SLOWEST_KEPT; i++)
        ck_assert_int_eq(((struct timing *)vec_at(&r->restore.slowest, i))->took_us,
                         99 - (int64_t)i);
    const struct timing *pre = vec_at(&r->restore.phases, 0);
    ck_assert_str_eq(pre->name, "pre-data");
    ck_assert_int_eq(pre->took_us, 4950);
}
END_TEST

START_TEST(test_jobs_side_by_side_take_less_time_than_they_work)
{
    struct record *r = record_new(a);
    struct stopwatch w = {.arena = a};
    struct statement one = of("CREATE INDEX i ON t (x)", "i", "INDEX");
    clock_fake(1000);
    stopwatch_add(&w, &one, 300);
    clock_fake(1100);
    stopwatch_add(&w, &one, 500); /* began first, ended last */
    clock_fake(0);
    stopwatch_finish(&w, &r->restore);
    const struct timing *post = vec_at(&r->restore.phases, PHASE_POST_DATA);
    ck_assert_int_eq(post->took_us, 800);
    ck_assert_int_eq(post->elapsed_us.value, 500);
    ck_assert(!((struct timing *)vec_at(&r->restore.phases, PHASE_DATA))->elapsed_us.known);
}
END_TEST

START_TEST(test_a_copy_counts_as_data_with_rows_and_bytes)
{
    struct record *r = record_new(a);
    struct stopwatch w = {.arena = a};
    const struct dump_table t = {.schema = "s", .name = "t", .rows = 3, .bytes = 30};
    stopwatch_add_copy(&w, &t, 5);
    stopwatch_add_copy(&w, &t, 6);
    stopwatch_finish(&w, &r->restore);
    const struct timing *data = vec_at(&r->restore.phases, 1);
    const struct timing *slowest = vec_at(&r->restore.slowest, 0);
    ck_assert_int_eq(data->took_us, 11);
    ck_assert_int_eq(data->rows.value, 6);
    ck_assert_int_eq(data->bytes.value, 60);
    ck_assert_str_eq(slowest->name, "COPY s.t");
}
END_TEST

Suite *suite_restore_phase(void);
Suite *suite_restore_phase(void)
{
    Suite *s = suite_create("restore/phase");
    TCase *t = tcase_create("phase");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_the_type_of_the_object_tells_the_phase);
    tcase_add_test(t, test_keywords_tell_the_phase_of_a_dump_without_comments);
    tcase_add_test(t, test_only_the_slowest_are_kept_slowest_first);
    tcase_add_test(t, test_jobs_side_by_side_take_less_time_than_they_work);
    tcase_add_test(t, test_a_copy_counts_as_data_with_rows_and_bytes);
    suite_add_tcase(s, t);
    return s;
}
