/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "http/http.h"
#include "http/transfer.h"
#include "lib/answers.h"
#include "lib/bytes.h"

#include <check.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_http_get(void);

static struct arena *a;
static struct answers server;
static struct http_facts facts;
static struct err e;
static struct http_options options;

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
    options = (struct http_options){.backoff_us = 1000, .stall_us = 300000};
    for (const char *const *name =
             (const char *const[]){"http_proxy", "all_proxy", "no_proxy", NULL};
         *name != NULL; name++)
        (void)unsetenv(*name);
}

static void tear_down(void)
{
    answers_stop(&server);
    arena_free(a);
}

#define SERVE(...)                                                                                 \
    do {                                                                                           \
        static struct answer_line script[] = {__VA_ARGS__};                                        \
        answers_start(&server, script, COUNT_OF(script));                                          \
    } while (0)

static bool fetch(const char *path, struct buf *out)
{
    const char *url = arena_printf(a, "%s%s", server.url, path);
    struct http_request r = {
        .url = url, .shown = http_redact(a, url), .redirects = true, .options = options};
    CLEANUP(source_cleanup) struct source *in = http_get(a, &r, &facts, &e);
    return in != NULL && bytes_slurp(in, 0, out, &e);
}

static void gives(const char *text)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert_msg(fetch("/x", &out), "%s", e.text);
    ck_assert_str_eq(buf_text(&out), text);
}

static void fails(enum err_code code, const char *words)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert(!fetch("/x", &out));
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
    ck_assert_msg(e.code == code, "%s: %s", err_name(e.code), e.text);
}

#define OK_HEAD(n, more) "HTTP/1.1 200 OK\r\nContent-Length: " #n "\r\n" more
#define PART_HEAD(range, n, more)                                                                  \
    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " range "\r\nContent-Length: " #n        \
    "\r\n" more
#define TAG "ETag: \"one\"\r\n"

START_TEST(test_a_body_is_read_to_its_end)
{
    SERVE({.head = OK_HEAD(5, TAG "Last-Modified: Mon, 23 Nov 2026 02:00:01 GMT\r\n"),
           .body = {"hello", 5}});
    gives("hello");
    ck_assert(facts.length_known && facts.length == 5 && facts.framed);
    ck_assert_str_eq(facts.etag, "\"one\"");
    ck_assert_int_eq(http_date_us(facts.last_modified), INT64_C(1795399201) * CLOCK_SECOND_US);
}
END_TEST

START_TEST(test_a_dropped_connection_is_taken_up_where_it_broke_off)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = PART_HEAD("4-9/10", 6, TAG), .body = {"45", 2}}, {.head = ""},
          {.head = PART_HEAD("6-9/10", 4, TAG), .body = {"6789", 4}});
    gives("0123456789");
    ck_assert_uint_eq(facts.resumed, 2);
    ck_assert(strstr(server.requests[0], "Range") == NULL);
    ck_assert(strstr(server.requests[1], "Range: bytes=4-\r\n") != NULL);
    ck_assert(strstr(server.requests[1], "If-Range: \"one\"\r\n") != NULL);
    ck_assert(strstr(server.requests[3], "Range: bytes=6-\r\n") != NULL);
}
END_TEST

START_TEST(test_a_chunked_body_without_its_end_is_a_drop)
{
    SERVE({.head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" TAG,
           .body = {"4\r\n0123\r\n", 9}},
          {.head = PART_HEAD("4-5/6", 2, TAG), .body = {"45", 2}});
    gives("012345");
}
END_TEST

START_TEST(test_an_object_that_changed_meanwhile_is_never_mixed)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = OK_HEAD(10, "ETag: \"two\"\r\n"), .body = {"abcdefghij", 10}});
    fails(ERR_CONNECT, "broke off at byte 4, and the object has changed since");
}
END_TEST

/* A server that does not know If-Range gives a part of the new object. */
START_TEST(test_a_part_of_another_object_is_never_mixed)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = PART_HEAD("4-9/10", 6, "ETag: \"two\"\r\n"), .body = {"efghij", 6}});
    fails(ERR_CONNECT, "has changed since");
}
END_TEST

START_TEST(test_a_part_of_unknown_origin_is_never_mixed)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = PART_HEAD("4-9/10", 6, ""), .body = {"efghij", 6}});
    fails(ERR_CONNECT, "has changed since");
}
END_TEST

START_TEST(test_another_part_than_asked_for_is_refused)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = PART_HEAD("3-9/10", 7, TAG), .body = {"3456789", 7}});
    fails(ERR_CONNECT, "gives another part");
}
END_TEST

START_TEST(test_a_part_of_another_length_is_refused)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = PART_HEAD("4-10/11", 7, TAG), .body = {"456789a", 7}});
    fails(ERR_CONNECT, "gives another part");
}
END_TEST

/* Of an object of unknown length: its first byte would be the fifth of four. */
START_TEST(test_a_part_behind_the_end_is_refused)
{
    SERVE({.head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" TAG,
           .body = {"4\r\n0123\r\n", 9}},
          {.head = PART_HEAD("4-3/4", 1, TAG), .body = {"4", 1}});
    fails(ERR_CONNECT, "gives another part");
}
END_TEST

START_TEST(test_dates_no_calendar_has_are_none)
{
    ck_assert_int_eq(http_date_us("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777000000);
    ck_assert_int_eq(http_date_us("Sun, 06 Nov 19919900"), 0);
    ck_assert_int_eq(http_date_us("yesterday"), 0);
}
END_TEST

START_TEST(test_a_server_that_cannot_go_on_is_said)
{
    SERVE({.head = OK_HEAD(10, TAG), .body = {"0123", 4}},
          {.head = OK_HEAD(10, TAG), .body = {"0123456789", 10}});
    fails(ERR_CONNECT, "the server cannot go on from there");
}
END_TEST

START_TEST(test_without_a_validator_nothing_is_taken_up)
{
    SERVE({.head = OK_HEAD(10, "ETag: W/\"weak\"\r\n"), .body = {"0123", 4}});
    fails(ERR_CONNECT, "neither ETag nor Last-Modified");
    ck_assert_uint_eq(server.asked, 1);
}
END_TEST

START_TEST(test_retries_are_bounded)
{
    static struct answer_line script[ANSWERS_MAX];
    script[0] = (struct answer_line){.head = OK_HEAD(10, TAG), .body = {"0123", 4}};
    for (size_t i = 1; i < ANSWERS_MAX; i++)
        script[i] = (struct answer_line){.head = ""};
    answers_start(&server, script, ANSWERS_MAX);
    fails(ERR_CONNECT, "127.0.0.1");
    ck_assert_uint_le(server.asked, 2 + HTTP_RETRIES_MAX);
    ck_assert_uint_ge(server.asked, HTTP_RETRIES_MAX);
}
END_TEST

START_TEST(test_a_server_error_is_tried_again)
{
    SERVE({.head = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n", .body = {"busy", 4}},
          {.head = OK_HEAD(2, TAG), .body = {"ok", 2}});
    gives("ok");
}
END_TEST

START_TEST(test_answers_become_words)
{
    static const struct {
        const char *head;
        enum err_code code;
        const char *words;
    } rows[] = {
        {"HTTP/1.1 404 Not Found\r\n", ERR_MISSING, "the server answers 404, not found"},
        {"HTTP/1.1 403 Forbidden\r\n", ERR_REFUSED, "the server answers 403, forbidden"},
        {"HTTP/1.1 401 Unauthorized\r\n", ERR_REFUSED, "401, not authorized"},
        {"HTTP/1.1 418 Teapot\r\n", ERR_CONNECT, "418, the request is refused"},
        {"HTTP/1.1 206 Part\r\n", ERR_CONNECT, "206 to a plain request"},
        {"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n", ERR_CONNECT, "ftp"},
    };
    struct answer_line line = {.head = rows[_i].head, .body = {"x", 1}};
    answers_start(&server, &line, 1);
    fails(rows[_i].code, rows[_i].words);
    ck_assert_int_eq(err_exit_status(e.code), 3);
}
END_TEST

START_TEST(test_a_server_that_says_nothing_more_is_left)
{
    static struct answer_line script[ANSWERS_MAX];
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        script[i] = (struct answer_line){.head = OK_HEAD(10, TAG), .stall = true};
    options.stall_us = 50000;
    answers_start(&server, script, ANSWERS_MAX);
    fails(ERR_TIMEOUT, "no byte came for too long");
}
END_TEST

START_TEST(test_an_end_that_cannot_be_told_from_a_drop_is_known_as_such)
{
    SERVE({.head = "HTTP/1.0 200 OK\r\n", .body = {"0123", 4}});
    gives("0123");
    ck_assert(!facts.framed);
}
END_TEST

START_TEST(test_what_is_not_there_is_said)
{
    SERVE({.head = ""});
    struct http_request r = {.url = "http://127.0.0.1:1/x", .shown = "there"};
    ck_assert_ptr_null(http_get(a, &r, &facts, &e));
    ck_assert_int_eq(e.code, ERR_CONNECT);
    r.url = "http://does.not.exist.invalid/x";
    ck_assert_ptr_null(http_get(a, &r, &facts, &e));
    ck_assert_msg(strstr(e.text, "esolve host") != NULL, "%s", e.text);
}
END_TEST

START_TEST(test_secrets_are_cut_out_of_addresses)
{
    SERVE({.head = "HTTP/1.1 404 Not Found\r\n"});
    ck_assert_str_eq(http_redact(a, "https://me:secret@host:8443/a%20b/c?X-Amz-Signature=1#f"),
                     "https://host:8443/a%20b/c");
    ck_assert_str_eq(http_redact(a, "http://[::1"), "(no URL)");
    struct http_request r = {
        .url = arena_printf(a, "http://me:battery@%s/x?sig=staple", server.url + 7),
        .shown =
            http_redact(a, arena_printf(a, "http://me:battery@%s/x?sig=staple", server.url + 7))};
    ck_assert_ptr_null(http_get(a, &r, &facts, &e));
    ck_assert(strstr(e.text, "battery") == NULL && strstr(e.text, "staple") == NULL);
    ck_assert(strstr(server.requests[0], "sig=staple") != NULL);
    ck_assert(strstr(server.requests[0], "Authorization: Basic ") != NULL);
}
END_TEST

START_TEST(test_a_small_body_is_bounded)
{
    SERVE({.head = OK_HEAD(5, TAG), .body = {"hello", 5}},
          {.head = OK_HEAD(5, TAG), .body = {"hello", 5}});
    struct http_request r = {.url = server.url, .shown = "there"};
    struct slice body;
    ck_assert(http_get_small(a, &r, 5, &body, &e));
    ck_assert_str_eq(body.p, "hello");
    ck_assert(!http_get_small(a, &r, 4, &body, &e));
    ck_assert_int_eq(e.code, ERR_LIMIT);
}
END_TEST

START_TEST(test_a_large_body_is_held_back_and_not_lost)
{
    enum { BYTES = 5 << 20 };
    char *bytes = arena_alloc(a, BYTES);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)('a' + i * 7919 % 26);
    static struct answer_line line;
    line = (struct answer_line){.head = OK_HEAD(5242880, TAG), .body = {bytes, BYTES}};
    answers_start(&server, &line, 1);
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert_msg(fetch("/x", &out), "%s", e.text);
    ck_assert(out.n == BYTES && memcmp(out.p, bytes, BYTES) == 0);
}
END_TEST

static void add_failures(TCase *t)
{
    tcase_add_test(t, test_an_object_that_changed_meanwhile_is_never_mixed);
    tcase_add_test(t, test_a_part_of_another_object_is_never_mixed);
    tcase_add_test(t, test_a_part_of_unknown_origin_is_never_mixed);
    tcase_add_test(t, test_another_part_than_asked_for_is_refused);
    tcase_add_test(t, test_a_part_of_another_length_is_refused);
    tcase_add_test(t, test_a_part_behind_the_end_is_refused);
    tcase_add_test(t, test_a_server_that_cannot_go_on_is_said);
    tcase_add_test(t, test_without_a_validator_nothing_is_taken_up);
    tcase_add_test(t, test_retries_are_bounded);
    tcase_add_test(t, test_a_server_that_says_nothing_more_is_left);
    tcase_add_loop_test(t, test_answers_become_words, 0, 6);
    tcase_add_test(t, test_what_is_not_there_is_said);
}

Suite *suite_http_get(void)
{
    Suite *s = suite_create("http_get");
    TCase *t = tcase_create("get");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 20);
    tcase_add_test(t, test_a_body_is_read_to_its_end);
    tcase_add_test(t, test_a_dropped_connection_is_taken_up_where_it_broke_off);
    tcase_add_test(t, test_a_chunked_body_without_its_end_is_a_drop);
    add_failures(t);
    tcase_add_test(t, test_a_server_error_is_tried_again);
    tcase_add_test(t, test_an_end_that_cannot_be_told_from_a_drop_is_known_as_such);
    tcase_add_test(t, test_secrets_are_cut_out_of_addresses);
    tcase_add_test(t, test_a_small_body_is_bounded);
    tcase_add_test(t, test_a_large_body_is_held_back_and_not_lost);
    suite_add_tcase(s, t);
    TCase *alone = tcase_create("without a server");
    tcase_add_test(alone, test_dates_no_calendar_has_are_none);
    suite_add_tcase(s, alone);
    return s;
}
