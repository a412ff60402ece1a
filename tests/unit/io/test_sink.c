/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "io/filter.h"
#include "io/sink.h"
#include "lib/bytes.h"

#include <check.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

Suite *suite_io_sink(void);

START_TEST(test_the_digest_is_that_of_what_reaches_the_file)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct sink_digest digest;
    struct err e = {0};
    struct sink *bottom = sink_digest(a, bytes_sink(a, &out), &digest);
    CLEANUP(sink_cleanup) struct sink *s = sink_gzip(a, bottom, 6);
    ck_assert(sink_write(s, "abc", 3, &e));
    ck_assert_str_eq(digest.sha256, "");
    ck_assert(sink_finish(s, &e));
    ck_assert_uint_eq(digest.bytes, out.n);
    char again[65];
    CLEANUP(buf_cleanup) struct buf copy = {0};
    CLEANUP(source_cleanup)
    struct source *in = filter_digest(a, source_mem(a, out.p, out.n), again);
    ck_assert(bytes_slurp(in, 0, &copy, &e));
    ck_assert_str_eq(digest.sha256, again);
}
END_TEST

START_TEST(test_zstd_frames_carry_a_checksum)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct slice plain = bytes_rows(a, 30000);
    struct slice written = bytes_zstd(a, plain);
    struct filter_facts facts;
    struct err e = {0};
    CLEANUP(source_cleanup)
    struct source *in = filter_zstd(a, source_mem(a, written.p, written.n), &facts, &e);
    ck_assert(bytes_slurp(in, 0, &out, &e));
    ck_assert(out.n == plain.n && memcmp(out.p, plain.p, plain.n) == 0);
    ck_assert_uint_eq(facts.checked, 1);
}
END_TEST

START_TEST(test_an_empty_stream_is_whole)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice gz = bytes_gzip(a, slice_of("")), zst = bytes_zstd(a, slice_of(""));
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    CLEANUP(source_cleanup) struct source *g = filter_gzip(a, source_mem(a, gz.p, gz.n), NULL);
    ck_assert(bytes_slurp(g, 0, &out, &e));
    CLEANUP(source_cleanup)
    struct source *z = filter_zstd(a, source_mem(a, zst.p, zst.n), NULL, &e);
    ck_assert(bytes_slurp(z, 0, &out, &e));
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(test_a_full_disk_is_an_error_that_stays)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice plain = bytes_rows(a, 30000);
    struct err e = {0}, again = {0};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    CLEANUP(sink_cleanup) struct sink *s = sink_zstd(a, sink_fd(a, fd, "shop.sql.zst"), 3, &e);
    bool ok = true;
    for (int i = 0; ok && i < 100; i++)
        ok = sink_write(s, plain.p, plain.n, &e);
    ok = ok && sink_finish(s, &e);
    ck_assert(!ok);
    ck_assert_int_eq(e.code, ERR_SPACE);
    ck_assert(strstr(e.text, "shop.sql.zst") != NULL);
    ck_assert(!sink_finish(s, &again));
    ck_assert_str_eq(e.text, again.text);
    (void)close(fd);
}
END_TEST

START_TEST(test_no_link_below_gives_no_link)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct sink_digest digest;
    struct err e;
    ck_assert_ptr_null(sink_gzip(a, NULL, 6));
    ck_assert_ptr_null(sink_zstd(a, NULL, 3, &e));
    ck_assert_ptr_null(sink_digest(a, NULL, &digest));
    sink_close(NULL);
}
END_TEST

Suite *suite_io_sink(void)
{
    Suite *s = suite_create("io_sink");
    TCase *t = tcase_create("sink");
    tcase_add_test(t, test_the_digest_is_that_of_what_reaches_the_file);
    tcase_add_test(t, test_zstd_frames_carry_a_checksum);
    tcase_add_test(t, test_an_empty_stream_is_whole);
    tcase_add_test(t, test_a_full_disk_is_an_error_that_stays);
    tcase_add_test(t, test_no_link_below_gives_no_link);
    suite_add_tcase(s, t);
    return s;
}
