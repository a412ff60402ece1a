/* SPDX-License-Identifier: PostgreSQL */
#include "base/attr.h"
#include "io/ahead.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_io_ahead(void);

enum { LENGTH = 3 * 1024 * 1024 + 77 };

/* A source of bytes that count up, in reads of `most`, which fails behind `fails_at`. */
struct counting {
    struct source base;
    uint64_t fails_at;
    size_t most;
    uint64_t figure;
    unsigned reads;
};

static bool counting_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct counting *c = (struct counting *)s;
    uint64_t end = c->fails_at < LENGTH ? c->fails_at : LENGTH;
    c->reads++;
    if (s->offset == c->fails_at)
        return err_set(e, ERR_FORMAT, "broken on purpose");
    *got = n < c->most ? n : c->most;
    if (*got > end - s->offset)
        *got = (size_t)(end - s->offset);
    for (size_t i = 0; i < *got; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)((s->offset + i) * 7 % 251);
    c->figure = s->offset + *got;
    return true;
}

static const struct source_ops counting_ops = {.name = "counting", .read = counting_read};

static struct counting counting(size_t most, uint64_t fails_at)
{
    return (struct counting){.base = {.ops = &counting_ops}, .most = most, .fails_at = fails_at};
}

/* Reads all in pieces, checks each byte; gives how many there were. */
static uint64_t read_all(struct source *in, size_t piece, bool *ok)
{
    static uint8_t bytes[1048576];
    struct err e;
    size_t got = 1;
    uint64_t at = 0;
    for (*ok = true; *ok && got > 0;) {
        got = 0;
        *ok = source_read(in, bytes, piece, &got, &e);
        size_t same = 0;
        while (same < got && bytes[same] == (at + same) * 7 % 251)
            same++;
        ck_assert_uint_eq(same, got);
        at += got;
    }
    return at;
}

START_TEST(test_bytes_are_the_same_in_reads_of_every_size)
{
    const size_t sizes[] = {1000, AHEAD_CHUNK_BYTES - 1, AHEAD_CHUNK_BYTES, 1048576};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            CLEANUP(arena_cleanup) struct arena *a = arena_new();
            struct counting c = counting(sizes[i], UINT64_MAX);
            CLEANUP(source_cleanup) struct source *in = source_ahead(a, &c.base, &c.figure);
            bool ok;
            ck_assert_uint_eq(read_all(in, sizes[k], &ok), LENGTH);
            ck_assert(ok);
            ck_assert_uint_eq(source_ahead_watched(in), LENGTH);
            ck_assert(c.base.ended);
        }
}
END_TEST

START_TEST(test_failure_comes_behind_all_bytes_before_it)
{
    const uint64_t places[] = {0, 1, AHEAD_CHUNK_BYTES, 1500000};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        struct counting c = counting(100000, places[i]);
        CLEANUP(source_cleanup) struct source *in = source_ahead(a, &c.base, NULL);
        bool ok;
        ck_assert_uint_eq(read_all(in, 4096, &ok), places[i]);
        ck_assert(!ok);
        ck_assert_str_eq(in->why.text, "broken on purpose");
        ck_assert_uint_eq(read_all(in, 4096, &ok), 0);
        ck_assert(!ok);
    }
}
END_TEST

START_TEST(test_figure_is_that_of_the_bytes_given)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct counting c = counting(1000, UINT64_MAX);
    CLEANUP(source_cleanup) struct source *in = source_ahead(a, &c.base, &c.figure);
    uint8_t bytes[100];
    struct err e;
    for (size_t n = 0, got; n < 100 * sizeof bytes; n += got) {
        ck_assert(source_read(in, bytes, sizeof bytes, &got, &e));
        ck_assert_uint_eq(source_ahead_watched(in), (n / 1000 + 1) * 1000);
    }
}
END_TEST

START_TEST(test_it_runs_no_further_ahead_than_its_chunks)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct counting c = counting(1000, UINT64_MAX);
    struct source *in = source_ahead(a, &c.base, NULL);
    uint8_t byte;
    size_t got;
    struct err e;
    ck_assert(source_read(in, &byte, 1, &got, &e));
    (void)usleep(20 * 1000);
    source_close(in); /* before the end: the thread is waited for */
    ck_assert_uint_le(c.reads, AHEAD_CHUNKS);
}
END_TEST

START_TEST(test_nothing_below_is_nothing_and_unread_is_closed)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct counting c = counting(1000, UINT64_MAX);
    ck_assert_ptr_null(source_ahead(a, NULL, NULL));
    source_close(source_ahead(a, &c.base, NULL));
    ck_assert_uint_eq(c.reads, 0);
}
END_TEST

Suite *suite_io_ahead(void)
{
    Suite *suite = suite_create("io_ahead");
    TCase *tc = tcase_create("ahead");
    tcase_add_test(tc, test_bytes_are_the_same_in_reads_of_every_size);
    tcase_add_test(tc, test_failure_comes_behind_all_bytes_before_it);
    tcase_add_test(tc, test_figure_is_that_of_the_bytes_given);
    tcase_add_test(tc, test_it_runs_no_further_ahead_than_its_chunks);
    tcase_add_test(tc, test_nothing_below_is_nothing_and_unread_is_closed);
    suite_add_tcase(suite, tc);
    return suite;
}
