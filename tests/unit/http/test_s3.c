/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "http/s3.h"
#include "http/s3_request.h"
#include "http/sigv4.h"
#include "http/xml.h"
#include "lib/answers.h"
#include "lib/bytes.h"

#include <check.h>
#include <curl/curl.h>

#include <string.h>

Suite *suite_http_s3(void);

static struct arena *a;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
}

static void tear_down(void)
{
    arena_free(a);
}

/* ---- signatures: the examples of the Amazon S3 API Reference -----------------------------------
 */

START_TEST(test_published_examples_are_signed_alike)
{
    static const struct {
        const char *path, *query, *signature;
        bool range;
    } rows[] = {
        {"/test.txt", "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", true},
        {"/", "lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
         false},
        {"/", "max-keys=2&prefix=J",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", false},
    };
    const struct sigv4_keys keys = {"AKIAIOSFODNN7EXAMPLE",
                                    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
    const struct sigv4_header with_range[] = {{"host", "examplebucket.s3.amazonaws.com"},
                                              {"range", "bytes=0-9"},
                                              {"x-amz-content-sha256", sigv4_no_payload},
                                              {"x-amz-date", "20130524T000000Z"}};
    const struct sigv4_header without[] = {with_range[0], with_range[2], with_range[3]};
    struct sigv4_request r = {rows[_i].path, rows[_i].query, rows[_i].range ? with_range : without,
                              rows[_i].range ? 4 : 3, sigv4_no_payload};
    const char *value = sigv4_authorization(a, &keys, &r, "20130524T000000Z");
    ck_assert_msg(str_ends(value, rows[_i].signature), "%s", value);
    ck_assert(str_starts(value, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/"
                                "us-east-1/s3/aws4_request,SignedHeaders=host;"));
}
END_TEST

/* ---- signatures: what libcurl signs for the same request ---------------------------------------
 */

static const struct witness {
    const char *key, *query, *token;
} witnesses[] = {
    {"shop.dump", "", NULL},
    {"a b/c  d.sql.gz", "", NULL},
    {"\xc3\xbc\xce\xa9/\xf0\x9f\x92\xbe.dump", "", NULL},
    {"a+b=c&d;e,f:g@h", "", NULL},
    {"(x)!*'[1]$#?", "", NULL},
    {"100%25/%2F", "", NULL},
    {"-._~/\\^`{|}\"<>", "", NULL},
    {"a//b/./c", "", NULL},
    {"", "list-type=2&prefix=a%20b%2F%C3%BC", NULL},
    {"", "continuation-token=1%2Bx%3D&list-type=2&prefix=", NULL},
    {"shop.dump", "", "Fwo/GXIv+Yb3//token=="},
};

static size_t drop_bytes(char *bytes, size_t one, size_t n, void *context)
{
    (void)bytes;
    (void)context;
    return one * n;
}

/* Sends what `r` is about with libcurl's signature. */
static void ask_signed(const struct http_request *r, const char *token)
{
    CURL *easy = curl_easy_init();
    struct curl_slist *lines = curl_slist_append(NULL, "x-amz-checksum-mode: ENABLED");
    lines = curl_slist_append(lines, arena_printf(a, "x-amz-content-sha256: %s", sigv4_no_payload));
    if (token != NULL)
        lines = curl_slist_append(lines, arena_printf(a, "x-amz-security-token: %s", token));
    ck_assert(curl_easy_setopt(easy, CURLOPT_URL, r->url) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_USERPWD, "AKID:secret/key") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, "aws:amz:eu-west-1:s3") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_bytes) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK);
    ck_assert_int_eq(curl_easy_perform(easy), CURLE_OK);
    curl_easy_cleanup(easy);
    curl_slist_free_all(lines);
}

/* What stands between two texts. */
static const char *between(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from), *end = at == NULL ? NULL : strstr(at + strlen(from), to);
    ck_assert_msg(end != NULL, "no \"%s\" in: %s", from, text);
    at += strlen(from);
    return arena_strndup(a, at, (size_t)(end - at));
}

/* Our own headers at the second of that stamp, "20261123T162528Z". */
static const char *our_authorization(const struct http_request *r, const char *stamp)
{
    int64_t us;
    struct vec lines = vec_new(a, sizeof(const char *));
    const char *iso = arena_printf(a, "%.4s-%.2s-%.5s:%.2s:%.2sZ", stamp, stamp + 4, stamp + 6,
                                   stamp + 11, stamp + 13);
    ck_assert_msg(clock_parse_iso(iso, &us), "%s", iso);
    clock_fake(us);
    r->headers(r->context, a, &lines);
    clock_fake(0);
    return *(const char **)vec_at(&lines, lines.n - 1);
}

/* Another implementation than ours, which signs path and query as they are sent. */
START_TEST(test_libcurl_signs_odd_names_alike)
{
    static const struct answer_line script[] = {{.head = "HTTP/1.1 200 OK\r\n"}};
    static struct answers recorder;
    const struct witness *w = &witnesses[_i];
    answers_start(&recorder, script, 1);
    struct s3 s3 = {.endpoint = recorder.url,
                    .region = "eu-west-1",
                    .access_key = "AKID",
                    .secret_key = "secret/key",
                    .session_token = w->token,
                    .path_style = true};
    struct s3_name name = {"bucket", w->key};
    struct http_request r = s3_request(a, &s3, &name, w->query);
    ask_signed(&r, w->token);
    answers_stop(&recorder);
    const char *sent = recorder.requests[0];
    const char *line = arena_printf(a, "%s ", r.url + strlen(recorder.url));
    ck_assert_msg(strncmp(sent + strlen("GET "), line, strlen(line)) == 0, "%s", sent);
    const char *ours = our_authorization(&r, between(sent, "X-Amz-Date: ", "\r\n"));
    ck_assert_str_eq(between(ours, "SignedHeaders=", ","), between(sent, "SignedHeaders=", ","));
    ck_assert_str_eq(strstr(ours, "Signature=") + strlen("Signature="),
                     between(sent, "Signature=", "\r\n"));
}
END_TEST

START_TEST(test_names_are_encoded_byte_by_byte)
{
    ck_assert_str_eq(sigv4_encode(a, "a/b c+d~é=&", true), "a/b%20c%2Bd~%C3%A9%3D%26");
    ck_assert_str_eq(sigv4_encode(a, "a/b", false), "a%2Fb");
}
END_TEST

/* ---- addresses ---------------------------------------------------------------------------------
 */

START_TEST(test_addresses_are_split)
{
    struct s3_name n;
    ck_assert(s3_split(a, "s3://bucket/a/b.dump", &n, &e));
    ck_assert_str_eq(n.bucket, "bucket");
    ck_assert_str_eq(n.key, "a/b.dump");
    ck_assert(s3_split(a, "s3://bucket", &n, &e));
    ck_assert_str_eq(n.key, "");
    static const char *const wrong[] = {"s3://", "s3:///key", "s3://buc ket/x", "s3://b@h/x",
                                        "http://x/y"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!s3_split(a, wrong[i], &n, &e), "%s", wrong[i]);
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

START_TEST(test_patterns_are_told_from_keys)
{
    ck_assert(s3_is_pattern("a/") && s3_is_pattern("") && s3_is_pattern("a*b"));
    ck_assert(!s3_is_pattern("a/b.dump") && !s3_is_pattern("a\\*b"));
    ck_assert_str_eq(s3_plain_key(a, "a\\*b\\\\c"), "a*b\\c");
}
END_TEST

static const char *url_of(struct s3 s3)
{
    return s3_request(a, &s3, &(struct s3_name){"bucket", "a b//../c"}, "x=1").url;
}

START_TEST(test_buckets_stand_in_the_host_or_in_the_path)
{
    ck_assert_str_eq(url_of((struct s3){.region = "eu-west-1"}),
                     "https://bucket.s3.eu-west-1.amazonaws.com/a%20b//../c?x=1");
    ck_assert_str_eq(url_of((struct s3){.endpoint = "http://127.0.0.1:99/", .path_style = true}),
                     "http://127.0.0.1:99/bucket/a%20b//../c?x=1");
}
END_TEST

/* ---- XML ---------------------------------------------------------------------------------------
 */

static bool walk(struct slice text, struct buf *told)
{
    struct xml_event event = {0};
    CLEANUP(xml_cleanup) struct xml x = xml_new(text);
    do {
        if (!xml_next(&x, &event, &e))
            return false;
        if (event.kind == XML_OPEN)
            buf_printf(told, "<%.*s>", (int)event.name.n, event.name.p);
        if (event.kind == XML_CLOSE)
            buf_printf(told, "%s</%.*s>", event.text, (int)event.name.n, event.name.p);
    } while (event.kind != XML_END);
    return true;
}

static const char whole[] = "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a > b --><a x='>' y=\"/\">"
                            "<b/><c >1 &amp;&lt;&#x263A;&#65;</c\n><!----><d></d></a>\n";

START_TEST(test_elements_and_their_texts_are_read)
{
    CLEANUP(buf_cleanup) struct buf told = {0};
    ck_assert_msg(walk(slice_of(whole), &told), "%s", e.text);
    ck_assert_str_eq(buf_text(&told), "<a><b></b><c>1 &<\xe2\x98\xba"
                                      "A</c><d></d></a>");
}
END_TEST

START_TEST(test_every_truncation_of_xml_is_an_error)
{
    for (size_t n = 0; n < sizeof whole - 2; n++) {
        CLEANUP(buf_cleanup) struct buf told = {0};
        ck_assert_msg(!walk((struct slice){whole, n}, &told), "whole after %zu bytes", n);
        ck_assert_int_eq(e.code, ERR_FORMAT);
    }
}
END_TEST

START_TEST(test_what_is_no_sound_xml_is_refused)
{
    static const char *const bad[] = {
        "<!DOCTYPE a><a/>",
        "<a>&b;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a></b>",
        "<a/><a/>",
        "x<a/>",
        "<a><![CDATA[x]]></a>",
        "<a><?x?></a>",
        "</a>",
        "<a",
        "< a/>",
        "<a>&#x;</a>",
        "<a><b></a></b>",
        "<a x=\"<a/>",
        "",
        "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></a>",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CLEANUP(buf_cleanup) struct buf told = {0};
        ck_assert_msg(!walk(slice_of(bad[i]), &told), "%s", bad[i]);
        ck_assert(e.text[0] != '\0');
    }
}
END_TEST

/* ---- listings ----------------------------------------------------------------------------------
 */

#define PAGE(more, objects)                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3\">" more        \
        objects "</ListBucketResult>"
#define OBJECT(key, time, size)                                                                    \
    "<Contents><Key>" key "</Key><LastModified>2026-11-" time ":00.000Z</LastModified><Size>" size \
    "</Size><Owner><ID>1</ID></Owner></Contents>"

static struct s3_found newest(const char *page, const char *pattern)
{
    struct s3_listing l = {.pattern = pattern, .token = "x"};
    ck_assert_msg(s3_take_page(a, slice_of(page), &l, &e), "%s", e.text);
    ck_assert_ptr_null(l.token);
    return l.found;
}

static const char page[] = PAGE(
    "<Prefix>db/</Prefix><IsTruncated>false</IsTruncated>",
    OBJECT("db/shop-1.dump", "21T02:00", "10") OBJECT("db/shop-2.dump", "22T02:00", "20")
        OBJECT("db/shop-3.dump", "22T02:00", "30") OBJECT("db/shop-3.dump.sha256", "22T03:00", "1")
            OBJECT("db/old/shop-9.dump", "22T04:00", "9") OBJECT("db/", "23T00:00", "0")
                OBJECT("db/crm.dump", "22T02:01", "0"));

START_TEST(test_the_newest_that_matches_is_chosen)
{
    struct s3_found f = newest(page, "db/shop-*.dump");
    ck_assert_str_eq(f.key, "db/shop-3.dump"); /* as old as shop-2: the last by name */
    ck_assert_uint_eq(f.size_bytes, 30);
    ck_assert_uint_eq(f.n_match, 3);
    ck_assert_str_eq(newest(page, "db/shop-[12].dump").key, "db/shop-2.dump");
    ck_assert_str_eq(newest(page, "db/").key, "db/old/shop-9.dump");
    ck_assert_str_eq(newest(page, "db/c*").key, "db/crm.dump"); /* although it is empty */
    ck_assert_ptr_null(newest(page, "db/x*").key);
}
END_TEST

START_TEST(test_encoded_keys_are_decoded)
{
    static const char encoded[] =
        PAGE("<EncodingType>url</EncodingType>", OBJECT("a%2Bb+%C3%A9.dump", "21T02:00", "10"));
    ck_assert_str_eq(newest(encoded, "a*").key, "a+b é.dump");
}
END_TEST

START_TEST(test_pages_that_say_too_little_are_refused)
{
    static const char *const bad[] = {
        PAGE("<IsTruncated>true</IsTruncated>", ""),
        PAGE("", "<Contents><Key>a</Key></Contents>"),
        PAGE("", OBJECT("a", "xx", "10")),
        PAGE("", OBJECT("a", "21T02:00", "-1")),
        "<html></html>",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct s3_listing l = {.pattern = ""};
        ck_assert(!s3_take_page(a, slice_of(bad[i]), &l, &e));
        ck_assert_int_eq(e.code, ERR_FORMAT);
    }
}
END_TEST

static struct answers server;

static struct answer_line xml_answer(const char *text)
{
    const char *head = arena_printf(a, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n", strlen(text));
    return (struct answer_line){.head = head, .body = slice_of(text)};
}

START_TEST(test_pages_are_followed_to_the_last)
{
    static const char first[] = PAGE("<IsTruncated>true</IsTruncated>"
                                     "<NextContinuationToken>a+b/=</NextContinuationToken>",
                                     OBJECT("db/1.dump", "23T02:00", "10"));
    static const char second[] =
        PAGE("<IsTruncated>false</IsTruncated>", OBJECT("db/2.dump", "21T02:00", "10"));
    struct answer_line script[] = {xml_answer(first), xml_answer(second)};
    answers_start(&server, script, COUNT_OF(script));
    struct s3 s3 = {.endpoint = server.url, .region = "r", .path_style = true};
    struct s3_found found;
    ck_assert_msg(s3_newest(a, &s3, &(struct s3_name){"bucket", "db/"}, &found, &e), "%s", e.text);
    answers_stop(&server);
    ck_assert_str_eq(found.key, "db/1.dump");
    ck_assert_uint_eq(found.n_match, 2);
    const char *asked = server.requests[1];
    ck_assert_msg(strstr(asked, "GET /bucket/?continuation-token=a%2Bb%2F%3D&encoding-type=url&"
                                "list-type=2&prefix=db%2F HTTP/1.1") != NULL,
                  "%s", asked);
    ck_assert(strstr(asked, "Authorization") == NULL); /* there are no keys */
}
END_TEST

/* A listing that cannot be read says nothing about the backup. */
START_TEST(test_a_broken_listing_is_no_broken_backup)
{
    struct answer_line script[] = {xml_answer("<html></html>")};
    answers_start(&server, script, 1);
    struct s3 s3 = {.endpoint = server.url, .region = "r", .path_style = true};
    struct s3_found found;
    ck_assert(!s3_newest(a, &s3, &(struct s3_name){"bucket", "db/"}, &found, &e));
    answers_stop(&server);
    ck_assert_int_eq(err_exit_status(e.code), 3);
}
END_TEST

START_TEST(test_errors_say_what_the_server_says_and_no_secret)
{
    struct answer_line script[] = {
        {.head = "HTTP/1.1 403 Forbidden\r\n",
         .body =
             slice_of("<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")}};
    answers_start(&server, script, 1);
    struct s3 s3 = {.endpoint = server.url,
                    .region = "r",
                    .access_key = "me",
                    .secret_key = "battery",
                    .session_token = "staple",
                    .path_style = true};
    struct http_facts facts;
    ck_assert_ptr_null(s3_get(a, &s3, &(struct s3_name){"bucket", "k"}, &facts, &e));
    answers_stop(&server);
    ck_assert_str_eq(e.text, "s3://bucket/k: the server answers 403, forbidden: "
                             "SignatureDoesNotMatch: no");
    ck_assert(strstr(server.requests[0], "x-amz-security-token: staple\r\n") != NULL);
    ck_assert(strstr(server.requests[0], "Authorization: AWS4-HMAC-SHA256 Credential=me/") != NULL);
    ck_assert(strstr(server.requests[0], "battery") == NULL);
}
END_TEST

Suite *suite_http_s3(void)
{
    Suite *s = suite_create("http_s3");
    TCase *t = tcase_create("s3");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, test_published_examples_are_signed_alike, 0, 3);
    tcase_add_loop_test(t, test_libcurl_signs_odd_names_alike, 0, COUNT_OF(witnesses));
    tcase_add_test(t, test_names_are_encoded_byte_by_byte);
    tcase_add_test(t, test_addresses_are_split);
    tcase_add_test(t, test_patterns_are_told_from_keys);
    tcase_add_test(t, test_buckets_stand_in_the_host_or_in_the_path);
    tcase_add_test(t, test_elements_and_their_texts_are_read);
    tcase_add_test(t, test_every_truncation_of_xml_is_an_error);
    tcase_add_test(t, test_what_is_no_sound_xml_is_refused);
    tcase_add_test(t, test_the_newest_that_matches_is_chosen);
    tcase_add_test(t, test_encoded_keys_are_decoded);
    tcase_add_test(t, test_pages_that_say_too_little_are_refused);
    tcase_add_test(t, test_pages_are_followed_to_the_last);
    tcase_add_test(t, test_a_broken_listing_is_no_broken_backup);
    tcase_add_test(t, test_errors_say_what_the_server_says_and_no_secret);
    suite_add_tcase(s, t);
    return s;
}
