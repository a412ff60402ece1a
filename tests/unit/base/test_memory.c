/* SPDX-License-Identifier: PostgreSQL */
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

#include <check.h>

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(test_arena_memory_is_zeroed_aligned_and_apart)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    unsigned char *before = NULL;
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            ck_assert_uint_eq(p[i], 0);
        memset(p, 0xff, n);
        ck_assert_ptr_ne(p, before);
        before = p;
    }
}
END_TEST

START_TEST(test_arena_serves_more_than_a_block)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char *big = arena_alloc(a, 10 << 20);
    big[(10 << 20) - 1] = 'x';
    char *small = arena_strdup(a, "behind a large one");
    ck_assert_str_eq(small, "behind a large one");
    ck_assert_uint_ge(arena_used_bytes(a), 10 << 20);
}
END_TEST

START_TEST(test_arena_texts)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    ck_assert_str_eq(arena_printf(a, "%d %s", 7, "seven"), "7 seven");
    ck_assert_str_eq(arena_strndup(a, "abcdef", 3), "abc");
}
END_TEST

START_TEST(test_arena_free_takes_null)
{
    arena_free(NULL);
}
END_TEST

START_TEST(test_vec_keeps_elements_while_it_grows)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec v = vec_new(a, sizeof(int));
    for (int i = 0; i < 1000; i++)
        *(int *)vec_push(&v) = i;
    int sum = 0, n = 0;
    VEC_EACH (int, i, &v) {
        ck_assert_int_eq(*i, n++);
        sum += *i;
    }
    ck_assert_int_eq(sum, 499500);
    ck_assert_int_eq(*(int *)vec_at(&v, 999), 999);
}
END_TEST

START_TEST(test_zeroed_vec_is_empty)
{
    struct vec v = {0};
    VEC_EACH (char *, c, &v)
        ck_abort_msg("an element in %p", (void *)c);
}
END_TEST

START_TEST(test_vec_index_out_of_range_aborts)
{
    struct vec v = {0};
    (void)vec_at(&v, 0);
}
END_TEST

START_TEST(test_buf_grows_and_stays_a_string)
{
    CLEANUP(buf_cleanup) struct buf b = {0};
    ck_assert_str_eq(buf_text(&b), "");
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "%d,", i);
    buf_putc(&b, 'x');
    buf_append(&b, "", 0);
    ck_assert_uint_eq(strlen(buf_text(&b)), b.n);
    ck_assert_str_eq(b.p + b.n - 5, "499,x");
    buf_clear(&b);
    ck_assert_str_eq(buf_text(&b), "");
    memcpy(buf_reserve(&b, 3), "abc", 3);
    b.n += 3;
    buf_puts(&b, "d");
    ck_assert_str_eq(buf_text(&b), "abcd");
}
END_TEST

Suite *suite_base_memory(void);
Suite *suite_base_memory(void)
{
    Suite *s = suite_create("base/memory");
    TCase *t = tcase_create("memory");
    tcase_add_test(t, test_arena_memory_is_zeroed_aligned_and_apart);
    tcase_add_test(t, test_arena_serves_more_than_a_block);
    tcase_add_test(t, test_arena_texts);
    tcase_add_test(t, test_arena_free_takes_null);
    tcase_add_test(t, test_vec_keeps_elements_while_it_grows);
    tcase_add_test(t, test_zeroed_vec_is_empty);
    tcase_add_test_raise_signal(t, test_vec_index_out_of_range_aborts, 6);
    tcase_add_test(t, test_buf_grows_and_stays_a_string);
    suite_add_tcase(s, t);
    return s;
}
