/* SPDX-License-Identifier: PostgreSQL */
#include "backup/place.h"
#include "base/clock.h"
#include "base/fs.h"
#include "lib/answers.h"
#include "lib/bytes.h"

#include <check.h>

#include <stdlib.h>
#include <string.h>

Suite *suite_backup_place(void);

static struct arena *a;
static const char *dir;
static struct config config;
static struct record *r;
static struct place place;
static struct answers server;
static struct err e;

static void set_up(void)
{
    static const char *const variables[] = {
        "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",  "AWS_REGION",
        "AWS_DEFAULT_REGION",  "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "http_proxy",          "all_proxy",         "AWS_SESSION_TOKEN",
    };
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        (void)unsetenv(variables[i]);
    a = arena_new();
    e = (struct err){0};
    dir = fs_make_temp_dir(a, "/tmp", "place-test-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
    config = (struct config){.backup_s3_path_style = "auto"};
    r = record_new(a);
    place = (struct place){.arena = a, .config = &config, .record = r};
}

static void tear_down(void)
{
    ck_assert(fs_remove_tree(dir, &e));
    arena_free(a);
}

static void finds(const char *text)
{
    ck_assert_msg(place_find(&place, text, &e), "%s", e.text);
}

static void refuses(const char *text, enum err_code code, const char *words)
{
    ck_assert(!place_find(&place, text, &e));
    ck_assert_msg(e.code == code && strstr(e.text, words) != NULL, "%s", e.text);
}

START_TEST(test_a_member_is_split_off_unless_a_file_is_called_so)
{
    const char *odd = fs_join(a, dir, "odd#1.tar"), *plain = fs_join(a, dir, "odd");
    ck_assert(fs_write_file(a, odd, 0600, slice_of("x"), &e));
    ck_assert(fs_write_file(a, plain, 0600, slice_of("y"), &e));
    finds(odd);
    ck_assert_ptr_null(place.member);
    finds(arena_printf(a, "%s#a/b.sql", odd));
    ck_assert_str_eq(place.member, "a/b.sql");
    ck_assert_str_eq(place.path, odd);
    ck_assert_str_eq(r->backup.member, "a/b.sql");
    ck_assert_str_eq(r->backup.origin, "file");
}
END_TEST

START_TEST(test_what_is_no_place_is_a_wrong_argument)
{
    refuses("s3://", ERR_USAGE, "no address like s3://BUCKET/KEY");
    config.backup_s3_access_key = "only";
    refuses("s3://bucket/key", ERR_USAGE, "there is only one");
    refuses("ftp://host/x", ERR_MISSING, "does not exist");
}
END_TEST

START_TEST(test_options_come_before_variables)
{
    ck_assert_int_eq(setenv("AWS_ENDPOINT_URL", "http://general", 1), 0);
    ck_assert_int_eq(setenv("AWS_DEFAULT_REGION", "eu-north-1", 1), 0);
    finds("s3://bucket/key");
    ck_assert_str_eq(place.s3.endpoint, "http://general");
    ck_assert_str_eq(place.s3.region, "eu-north-1");
    ck_assert(place.s3.path_style && place.s3.access_key == NULL);
    ck_assert_int_eq(setenv("AWS_ENDPOINT_URL_S3", "http://special", 1), 0);
    finds("s3://bucket/key");
    ck_assert_str_eq(place.s3.endpoint, "http://special");
    config.backup_s3_endpoint = "http://option";
    config.backup_s3_path_style = "no";
    finds("s3://bucket/key");
    ck_assert_str_eq(place.s3.endpoint, "http://option");
    ck_assert(!place.s3.path_style);
}
END_TEST

START_TEST(test_amazon_is_addressed_by_host_unless_the_name_has_dots)
{
    finds("s3://bucket/key");
    ck_assert(place.s3.endpoint == NULL && !place.s3.path_style);
    ck_assert_str_eq(place.s3.region, "us-east-1");
    finds("s3://my.bucket/key");
    ck_assert(place.s3.path_style);
}
END_TEST

#define SERVE(...)                                                                                 \
    do {                                                                                           \
        static struct answer_line script[] = {__VA_ARGS__};                                        \
        answers_start(&server, script, COUNT_OF(script));                                          \
    } while (0)

START_TEST(test_a_copy_has_the_bytes_and_their_digest)
{
    struct slice text;
    SERVE({.head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                   "Last-Modified: Mon, 23 Nov 2026 02:00:01 GMT\r\n",
           .body = {"hello", 5}});
    const char *copy = fs_join(a, dir, "copy");
    finds(arena_printf(a, "%s/x?secret=1#m", server.url));
    ck_assert_msg(place_spool(&place, copy, &e), "%s", e.text);
    answers_stop(&server);
    ck_assert(fs_read_file(a, copy, 100, &text, &e));
    ck_assert_str_eq(text.p, "hello");
    ck_assert_str_eq(r->backup.sha256,
                     "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    ck_assert_int_eq(r->backup.size_bytes, 5);
    ck_assert_int_eq(r->backup.taken, INT64_C(1795399201) * CLOCK_SECOND_US);
    ck_assert_str_eq(r->backup.taken_from, "server");
    ck_assert_str_eq(r->backup.path, arena_printf(a, "%s/x", server.url));
    ck_assert_uint_eq(r->coverage.n, 0);
}
END_TEST

START_TEST(test_a_copy_that_cannot_fit_is_not_begun)
{
    SERVE({.head = "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n",
           .body = {"h", 1},
           .stall = true});
    const char *copy = fs_join(a, dir, "copy");
    finds(arena_printf(a, "%s/x", server.url));
    ck_assert(!place_spool(&place, copy, &e));
    answers_stop(&server);
    ck_assert_int_eq(e.code, ERR_SPACE);
    ck_assert_msg(strstr(e.text, "are free for a copy; set work_dir") != NULL, "%s", e.text);
    ck_assert(!fs_exists(copy));
}
END_TEST

START_TEST(test_a_copy_that_breaks_off_leaves_no_file)
{
    SERVE({.head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", .body = {"hello", 5}});
    const char *copy = fs_join(a, dir, "copy");
    finds(arena_printf(a, "%s/x", server.url));
    ck_assert(!place_spool(&place, copy, &e));
    answers_stop(&server);
    ck_assert_int_eq(err_exit_status(e.code), 3);
    ck_assert(!fs_exists(copy));
}
END_TEST

START_TEST(test_an_end_that_proves_nothing_is_told)
{
    SERVE({.head = "HTTP/1.0 200 OK\r\n", .body = {"hello", 5}});
    finds(arena_printf(a, "%s/x", server.url));
    ck_assert(place_spool(&place, fs_join(a, dir, "copy"), &e));
    answers_stop(&server);
    ck_assert_uint_eq(r->coverage.n, 1);
}
END_TEST

START_TEST(test_the_md5_of_an_object_is_taken_where_its_etag_is_one)
{
    SERVE({.head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                   "ETag: \"5d41402abc4b2a76b9719d911017c592\"\r\n",
           .body = {"hello", 5}});
    config.backup_s3_endpoint = server.url;
    finds("s3://bucket/a b");
    ck_assert(place_spool(&place, fs_join(a, dir, "copy"), &e));
    answers_stop(&server);
    ck_assert_str_eq(r->backup.md5, "5d41402abc4b2a76b9719d911017c592");
    ck_assert_uint_eq(r->backup.digests.n, 1);
    ck_assert(strstr(server.requests[0], "GET /bucket/a%20b HTTP/1.1\r\n") != NULL);
}
END_TEST

Suite *suite_backup_place(void)
{
    Suite *s = suite_create("backup_place");
    TCase *t = tcase_create("place");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 20);
    tcase_add_test(t, test_a_member_is_split_off_unless_a_file_is_called_so);
    tcase_add_test(t, test_what_is_no_place_is_a_wrong_argument);
    tcase_add_test(t, test_options_come_before_variables);
    tcase_add_test(t, test_amazon_is_addressed_by_host_unless_the_name_has_dots);
    tcase_add_test(t, test_a_copy_has_the_bytes_and_their_digest);
    tcase_add_test(t, test_a_copy_that_cannot_fit_is_not_begun);
    tcase_add_test(t, test_a_copy_that_breaks_off_leaves_no_file);
    tcase_add_test(t, test_an_end_that_proves_nothing_is_told);
    tcase_add_test(t, test_the_md5_of_an_object_is_taken_where_its_etag_is_one);
    suite_add_tcase(s, t);
    return s;
}
