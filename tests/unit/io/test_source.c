/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "io/filter.h"
#include "io/source.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_io_source(void);

#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

START_TEST(test_the_clean_end_stays)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(source_cleanup) struct source *in = source_mem(a, "abc", 3);
    char bytes[8];
    size_t got;
    struct err e;
    ck_assert(source_read_full(in, bytes, sizeof bytes, &got, &e) && got == 3);
    ck_assert(source_read(in, bytes, sizeof bytes, &got, &e) && got == 0);
    ck_assert(source_read(in, bytes, sizeof bytes, &got, &e) && got == 0);
    ck_assert_uint_eq(in->offset, 3);
}
END_TEST

START_TEST(test_a_failure_stays)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(source_cleanup)
    struct source *in = source_fault(a, source_mem(a, "abc", 3), (struct fault){.fail_at = 2});
    char bytes[8];
    size_t got;
    struct err e = {0}, again = {0};
    ck_assert(!source_read_full(in, bytes, sizeof bytes, &got, &e));
    ck_assert(!source_read(in, bytes, sizeof bytes, &got, &again));
    ck_assert_str_eq(e.text, again.text);
}
END_TEST

START_TEST(test_a_file_is_read)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    CLEANUP(source_cleanup) struct source *in = source_file(a, "src/io/source.h", &e);
    ck_assert_msg(in != NULL, "%s", e.text);
    ck_assert(bytes_slurp(in, 0, &out, &e));
    ck_assert(strstr(buf_text(&out), "source_read_full") != NULL);
    ck_assert_uint_eq(in->offset, out.n);
}
END_TEST

START_TEST(test_what_is_no_file_is_refused_by_name)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    ck_assert_ptr_null(source_file(a, "/nonexistent/dump.sql", &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert(strstr(e.text, "/nonexistent/dump.sql") != NULL);
    ck_assert_ptr_null(source_file(a, "/tmp", &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert(strstr(e.text, "folder") != NULL);
    ck_assert_ptr_null(source_file(a, "/dev/null", &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
}
END_TEST

START_TEST(test_a_pipe_without_a_writer_is_not_waited_for)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    char *dir = fs_make_temp_dir(a, "/tmp", "pgr-test-", &e);
    ck_assert_ptr_nonnull(dir);
    char *path = fs_join(a, dir, "pipe");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_ptr_null(source_file(a, path, &e));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert(fs_remove_tree(dir, &e));
}
END_TEST

START_TEST(test_a_pipe_is_read_to_its_end)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "hello", 5), 5);
    ck_assert_int_eq(close(ends[1]), 0);
    CLEANUP(source_cleanup)
    struct source *in = source_fd(a, &(struct source_fd){.fd = ends[0], .name = "pg_dump"});
    ck_assert(bytes_slurp(in, 2, &out, &e));
    ck_assert_str_eq(buf_text(&out), "hello");
    (void)close(ends[0]);
}
END_TEST

START_TEST(test_a_silent_pipe_ends_at_the_deadline)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e = {0};
    int ends[2];
    char byte;
    size_t got;
    ck_assert_int_eq(pipe(ends), 0);
    struct source_fd how = {
        .fd = ends[0], .name = "pg_dump", .deadline_us = clock_mono_us() + 20000};
    CLEANUP(source_cleanup) struct source *in = source_fd(a, &how);
    ck_assert(!source_read(in, &byte, 1, &got, &e));
    ck_assert_int_eq(e.code, ERR_TIMEOUT);
    ck_assert(strstr(e.text, "pg_dump") != NULL);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

START_TEST(test_a_signal_interrupts_the_wait)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(interrupt_cleanup) struct interrupt intr = {0};
    struct err e = {0};
    int ends[2];
    char byte;
    size_t got;
    ck_assert(interrupt_open(&intr, &e));
    ck_assert_int_eq(pipe(ends), 0);
    CLEANUP(source_cleanup)
    struct source *in =
        source_fd(a, &(struct source_fd){.fd = ends[0], .name = "pg_dump", .intr = &intr});
    ck_assert_int_eq(kill(getpid(), SIGTERM), 0);
    ck_assert(!source_read(in, &byte, 1, &got, &e));
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

START_TEST(test_the_digest_is_that_of_all_bytes)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    char hex[65] = "?";
    CLEANUP(source_cleanup) struct source *in = filter_digest(a, source_mem(a, "abc", 3), hex);
    ck_assert_str_eq(hex, "");
    ck_assert(bytes_slurp(in, 2, &out, &e));
    ck_assert_str_eq(hex, ABC_SHA256);
}
END_TEST

START_TEST(test_too_many_bytes_are_refused)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    for (uint64_t max = 2; max <= 3; max++) {
        CLEANUP(source_cleanup)
        struct source *in =
            filter_limit(a, source_mem(a, "abc", 3), &(struct filter_limit){.max_bytes = max});
        ck_assert_int_eq(bytes_slurp(in, 0, &out, &e), max == 3);
    }
    ck_assert_int_eq(e.code, ERR_LIMIT);
}
END_TEST

/* Gives zeros without end, and counts one byte in for each thousand out. */
struct bomb {
    struct source base, counted;
};

static bool bomb_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    (void)e;
    memset(bytes, 0, n);
    *got = n;
    ((struct bomb *)s)->counted.offset = (s->offset + n) / 1000;
    return true;
}

START_TEST(test_expansion_is_limited_behind_the_free_bytes)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    static const struct source_ops ops = {.name = "bomb", .read = bomb_read};
    static char bytes[1 << 20];
    for (uint64_t max = 990; max <= 1010; max += 20) {
        struct bomb b = {.base = {.ops = &ops}};
        struct filter_limit limit = {.max_expansion = max, .counted = &b.counted};
        struct source *in = filter_limit(a, &b.base, &limit);
        struct err e = {0};
        size_t got;
        bool ok = true;
        while (ok && in->offset < 2 * (uint64_t)FILTER_LIMIT_FREE_BYTES)
            ok = source_read(in, bytes, sizeof bytes, &got, &e);
        ck_assert_int_eq(ok, max == 1010);
        ck_assert_int_eq(e.code, ok ? ERR_NONE : ERR_LIMIT);
        ck_assert_uint_ge(in->offset, FILTER_LIMIT_FREE_BYTES);
    }
}
END_TEST

START_TEST(test_no_link_below_gives_no_link)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct err e;
    char hex[65];
    ck_assert_ptr_null(filter_gzip(a, NULL, NULL));
    ck_assert_ptr_null(filter_zstd(a, NULL, NULL, &e));
    ck_assert_ptr_null(filter_digest(a, NULL, hex));
    ck_assert_ptr_null(filter_limit(a, NULL, &(struct filter_limit){0}));
    source_close(NULL);
}
END_TEST

Suite *suite_io_source(void)
{
    Suite *s = suite_create("io_source");
    TCase *t = tcase_create("source");
    tcase_add_test(t, test_the_clean_end_stays);
    tcase_add_test(t, test_a_failure_stays);
    tcase_add_test(t, test_a_file_is_read);
    tcase_add_test(t, test_what_is_no_file_is_refused_by_name);
    tcase_add_test(t, test_a_pipe_without_a_writer_is_not_waited_for);
    tcase_add_test(t, test_a_pipe_is_read_to_its_end);
    tcase_add_test(t, test_a_silent_pipe_ends_at_the_deadline);
    tcase_add_test(t, test_a_signal_interrupts_the_wait);
    tcase_add_test(t, test_the_digest_is_that_of_all_bytes);
    tcase_add_test(t, test_too_many_bytes_are_refused);
    tcase_add_test(t, test_expansion_is_limited_behind_the_free_bytes);
    tcase_add_test(t, test_no_link_below_gives_no_link);
    suite_add_tcase(s, t);
    return s;
}
