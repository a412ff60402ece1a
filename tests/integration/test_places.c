/* SPDX-License-Identifier: PostgreSQL */
/* Backups from web and S3 servers and from standard input, by the whole program. */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "io/filter.h"
#include "io/sha256.h"
#include "lib/bytes.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "lib/runner.h"
#include "lib/servers.h"
#include "report/report.h"

#include <check.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_places(void);

enum { SMALL_ROWS = 100, LARGE_ROWS = 100000, CUT_BYTES = 700000, DAY_S = 86400 };

static struct room room;
static struct server web;
static struct err e;

static void set_up(void)
{
    static const char *const env[] = {"AWS_ACCESS_KEY_ID=S3RVER", "AWS_SECRET_ACCESS_KEY=S3RVER",
                                      "AWS_REGION=us-east-1", NULL};
    room_open(&room, NULL);
    room.env = env;
    web = (struct server){0};
    e = (struct err){0};
}

static void tear_down(void)
{
    server_stop(&web);
}

/* A sound dump of one table; its rows begin with `mark`. */
static const char *dump_file(const char *name, int rows, const char *mark)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    buf_printf(&text, "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
                      "CREATE TABLE public.t (id integer, x text);\n\n"
                      "COPY public.t (id, x) FROM stdin;\n");
    for (int i = 0; i < rows; i++)
        buf_printf(&text, "%d\t%s %d\n", i, mark, i);
    buf_printf(&text, "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    return room_file(&room, name, buf_text(&text));
}

static const char *sha256_of(const char *path)
{
    CLEANUP(buf_cleanup) struct buf ignored = {0};
    char *hex = arena_alloc(room.a, SHA256_HEX_BYTES);
    CLEANUP(source_cleanup)
    struct source *in = filter_digest(room.a, source_file(room.a, path, &e), hex);
    ck_assert_msg(in != NULL && bytes_slurp(in, 0, &ignored, &e), "%s", e.text);
    return hex;
}

static void ended(const struct told *told, int status, const char *words)
{
    ck_assert_msg(told->status == status, "exit status %d:\n%.20000s%.1000s", told->status,
                  told->out, told->err);
    bool said = strstr(told->out, words) != NULL || strstr(told->err, words) != NULL;
    ck_assert_msg(said, "no \"%s\" in:\n%.3000s%.1000s", words, told->out, told->err);
    room_must_be_clean(&room);
}

#define VERIFY(...) PROGRAM(&room, "verify", "--json", __VA_ARGS__)

static const struct record *is_whole(const struct told *told, const char *path)
{
    struct record *r;
    ended(told, 0, "");
    ck_assert_msg(report_read_json(room.a, slice_of(told->out), &r, &e), "%s", e.text);
    ck_assert_str_eq(r->backup.sha256, sha256_of(path));
    return r;
}

/* ---- the web -----------------------------------------------------------------------------------
 */

static const char more[] =
    "location /moved { return 302 /shop.sql; } location /secret { return 403; }"
    "location /round { return 302 /round; } location /broken { return 500; }";

static const char *at(const char *base, const char *path)
{
    return arena_printf(room.a, "%s%s", base, path);
}

START_TEST(test_a_file_on_a_web_server_is_verified)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    const char *path = dump_file("www/shop.sql", SMALL_ROWS, "row");
    struct told told = VERIFY(at(web.url, "/shop.sql"));
    (void)is_whole(&told, path);
    must_contain(told.out, "unverified: no sidecar");
    told = VERIFY(at(web.url, "/moved"));
    (void)is_whole(&told, path);
}
END_TEST

START_TEST(test_what_a_web_server_refuses_could_not_be_verified)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    struct told told = PROGRAM(&room, "verify", at(web.url, "/missing.sql"));
    ended(&told, 3, "404, not found");
    told = PROGRAM(&room, "verify", at(web.url, "/secret"));
    ended(&told, 3, "403, forbidden");
    told = PROGRAM(&room, "verify", at(web.url, "/round"));
    ended(&told, 3, "Maximum (5) redirects followed");
    told = PROGRAM(&room, "verify", "http://127.0.0.1:1/x.sql");
    ended(&told, 3, "Couldn't connect to server");
    told = PROGRAM(&room, "run", "--users", "0", "--backup", at(web.url, "/missing.sql"));
    ended(&told, 3, "404, not found");
}
END_TEST

START_TEST(test_secrets_of_an_address_are_not_written_out)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    (void)dump_file("www/shop.sql", SMALL_ROWS, "row");
    const char *url =
        arena_printf(room.a, "http://me:battery@127.0.0.1:%d/shop.sql?sig=staple", web.port);
    struct told told = VERIFY(url);
    ended(&told, 0, "/shop.sql");
    told = PROGRAM(&room, "run", "--users", "0", "--backup", url);
    ended(&told, 0, "PASSED");
    MUST_RUN(&room, "sh", "-c", "! grep -rE 'battery|staple' reports state work");
    ck_assert(strstr(told.out, "battery") == NULL && strstr(told.err, "battery") == NULL);
    ck_assert(strstr(told.out, "staple") == NULL && strstr(told.err, "staple") == NULL);
}
END_TEST

START_TEST(test_a_certificate_is_checked)
{
    if (access("/usr/bin/openssl", X_OK) != 0) {
        runner_skip("openssl is not installed");
        return;
    }
    MUST_RUN(&room, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=127.0.0.1", "-addext",
             "subjectAltName=IP:127.0.0.1");
    const char *tls = arena_printf(room.a,
                                   "ssl on; ssl_certificate %s/cert.pem; "
                                   "ssl_certificate_key %s/key.pem;",
                                   room.dir, room.dir);
    if (!server_nginx(&web, &room, "www", tls))
        return;
    const char *path = dump_file("www/shop.sql", SMALL_ROWS, "row");
    const char *url = arena_printf(room.a, "https://127.0.0.1:%d/shop.sql", web.port);
    struct told told = PROGRAM(&room, "verify", url);
    ended(&told, 3, "certificate");
    told = VERIFY("--backup-ca-file", fs_join(room.a, room.dir, "cert.pem"), url);
    (void)is_whole(&told, path);
}
END_TEST

START_TEST(test_a_cut_connection_gives_the_same_bytes)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    const char *path = dump_file("www/shop.sql", LARGE_ROWS, "row");
    struct cutter c = {.ports = {web.port, web.port}, .cut_bytes = CUT_BYTES, .n_cuts = 5};
    cutter_start(&c, &room);
    struct told told = VERIFY(at(c.url, "/shop.sql"));
    cutter_stop(&c);
    (void)is_whole(&told, path);
    ck_assert_uint_ge(c.n_cut, 2);
}
END_TEST

START_TEST(test_a_file_that_changes_while_it_is_read_is_not_mixed)
{
    struct server other;
    if (!server_nginx(&web, &room, "www", more) || !server_nginx(&other, &room, "www2", more))
        return;
    (void)dump_file("www/shop.sql", LARGE_ROWS, "row");
    (void)dump_file("www2/shop.sql", LARGE_ROWS, "raw");
    MUST_RUN(&room, "touch", "-d", "2026-01-01", "www2/shop.sql");
    struct cutter c = {.ports = {web.port, other.port}, .cut_bytes = CUT_BYTES, .n_cuts = 1};
    cutter_start(&c, &room);
    struct told told = PROGRAM(&room, "verify", at(c.url, "/shop.sql"));
    cutter_stop(&c);
    server_stop(&other);
    ended(&told, 3, "has changed");
    ck_assert_ptr_null(strstr(told.out, "PASSED"));
}
END_TEST

START_TEST(test_a_digest_beside_it_is_compared)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    const char *path = dump_file("www/shop.sql", SMALL_ROWS, "row");
    (void)room_file(&room, "www/shop.sql.sha256", sha256_of(path));
    struct told told = VERIFY(at(web.url, "/shop.sql"));
    ended(&told, 0, "the file is what ");
    (void)dump_file("www/shop.sql", SMALL_ROWS, "raw");
    told = VERIFY(at(web.url, "/shop.sql"));
    ended(&told, 1, "DIGEST_MISMATCH");
    (void)room_file(&room, "www/shop.sql.sha256", "what?");
    told = VERIFY(at(web.url, "/shop.sql"));
    ended(&told, 0, "DIGEST_UNREADABLE");
}
END_TEST

START_TEST(test_a_file_on_a_web_server_is_rehearsed)
{
    if (!server_nginx(&web, &room, "www", more))
        return;
    const char *path = dump_file("www/shop.sql", SMALL_ROWS, "row");
    struct told told = PROGRAM(&room, "run", "--users", "0", "--backup", at(web.url, "/shop.sql"));
    ended(&told, 0, "PASSED");
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->backup.origin, "http");
    ck_assert_str_eq(r->backup.path, at(web.url, "/shop.sql"));
    ck_assert_str_eq(r->backup.sha256, sha256_of(path));
    ck_assert_str_eq(r->backup.taken_from, "server");
    ck_assert_int_eq(report_table(r, "public", "t")->restored_rows.value, SMALL_ROWS);
}
END_TEST

/* A signal that comes while bytes are awaited ends everything, and leaves nothing. */
static void is_interruptible(const char *const *words, const char *until)
{
    struct running run;
    program_start(&room, words, &run);
    if (until != NULL)
        program_wait_for(&run, until);
    (void)poll(NULL, 0, 500);
    struct told told = program_end(&run, SIGTERM);
    ck_assert_msg(told.status == 128 + SIGTERM, "exit status %d:\n%s%s", told.status, told.out,
                  told.err);
    room_must_be_clean(&room);
    running_cleanup(&run);
}

START_TEST(test_waiting_for_a_slow_server_can_be_interrupted)
{
    if (!server_nginx(&web, &room, "www", "limit_rate 2k;"))
        return;
    (void)dump_file("www/shop.sql", LARGE_ROWS, "row");
    const char *url = at(web.url, "/shop.sql");
    is_interruptible((const char *const[]){"verify", url, NULL}, NULL);
    is_interruptible((const char *const[]){"run", "--users", "0", "--backup", url, NULL},
                     "preflight");
}
END_TEST

/* ---- S3 ----------------------------------------------------------------------------------------
 */

START_TEST(test_the_newest_object_that_matches_is_verified)
{
    if (!server_s3(&web, &room))
        return;
    const char *older = dump_file("older.sql", SMALL_ROWS, "old");
    const char *newer = dump_file("newer.sql", SMALL_ROWS, "new");
    server_s3_put(&web, &room, "db/shop 1+\xc3\xa9.sql", newer, DAY_S);
    server_s3_put(&web, &room, "db/shop-2.sql", older, DAY_S + DAY_S);
    server_s3_put(&web, &room, "db/crm.sql", older, 0);
    static const char *const ways[] = {
        "s3://backups/db/shop*.sql",
        "s3://backups/db/shop 1+\xc3\xa9.sql",
    };
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct told told = VERIFY("--backup-s3-endpoint", web.url, ways[i]);
        ck_assert_str_eq(is_whole(&told, newer)->backup.taken_from, "server");
        must_contain(told.out, "the file is what the server's ETag says");
    }
    struct told told = PROGRAM(&room, "verify", "--backup-s3-endpoint", web.url, ways[0]);
    ended(&told, 0, "newest of 2 that match s3://backups/db/shop*.sql, of 20");
    told = VERIFY("--backup-s3-endpoint", web.url, "s3://backups/");
    (void)is_whole(&told, older);
    must_contain(told.out, "s3://backups/db/crm.sql");
}
END_TEST

START_TEST(test_what_an_s3_server_refuses_could_not_be_verified)
{
    if (!server_s3(&web, &room))
        return;
    const char *const option = "--backup-s3-endpoint";
    struct told told = PROGRAM(&room, "verify", option, web.url, "s3://backups/none.sql");
    ended(&told, 3, "NoSuchKey");
    told = PROGRAM(&room, "verify", option, web.url, "s3://none/x.sql");
    ended(&told, 3, "NoSuchBucket");
    told = PROGRAM(&room, "verify", option, web.url, "s3://backups/db/");
    ended(&told, 3, "s3://backups/db/: no backup matches");
    static const char *const env[] = {"AWS_ACCESS_KEY_ID=unknown", "AWS_SECRET_ACCESS_KEY=battery",
                                      NULL};
    room.env = env;
    told = PROGRAM(&room, "verify", option, web.url, "s3://backups/x.sql");
    ended(&told, 3, "InvalidAccessKeyId");
    ck_assert(strstr(told.out, "battery") == NULL && strstr(told.err, "battery") == NULL);
    told = PROGRAM(&room, "verify", option, web.url, "--backup-s3-secret-key", "battery",
                   "s3://backups/x.sql");
    ended(&told, 2, "is not env:NAME or file:PATH");
    ck_assert(strstr(told.out, "battery") == NULL && strstr(told.err, "battery") == NULL);
}
END_TEST

/* The ETag of the upload is still there; of a server that is not Amazon's it is a warning. */
START_TEST(test_an_object_that_rotted_is_told_by_its_etag)
{
    if (!server_s3(&web, &room))
        return;
    server_s3_put(&web, &room, "shop.sql", dump_file("shop.sql", SMALL_ROWS, "row"), DAY_S);
    const char *rotten = dump_file("s3/backups/shop.sql._S3rver_object", SMALL_ROWS, "raw");
    ck_assert(fs_exists(rotten));
    MUST_RUN(&room, "touch", "-r", "s3/backups/shop.sql._S3rver_object.md5", rotten);
    struct told told = VERIFY("--backup-s3-endpoint", web.url, "s3://backups/shop.sql");
    ended(&told, 0, "DIGEST_MISMATCH");
    told = VERIFY("--backup-s3-endpoint", web.url, "--strict", "s3://backups/shop.sql");
    ended(&told, 1, "DIGEST_MISMATCH");
}
END_TEST

START_TEST(test_a_cut_connection_to_an_s3_server_gives_the_same_bytes)
{
    if (!server_s3(&web, &room))
        return;
    const char *path = dump_file("shop.sql", LARGE_ROWS, "row");
    server_s3_put(&web, &room, "shop.sql", path, DAY_S);
    struct cutter c = {.ports = {web.port, web.port}, .cut_bytes = CUT_BYTES, .n_cuts = 3};
    cutter_start(&c, &room);
    struct told told = VERIFY("--backup-s3-endpoint", c.url, "s3://backups/shop.sql");
    cutter_stop(&c);
    (void)is_whole(&told, path);
    ck_assert_uint_ge(c.n_cut, 1);
}
END_TEST

START_TEST(test_an_object_is_rehearsed)
{
    if (!server_s3(&web, &room))
        return;
    const char *path = dump_file("shop.sql", SMALL_ROWS, "row");
    MUST_RUN(&room, "gzip", "-k", path);
    const char *packed = arena_printf(room.a, "%s.gz", path);
    server_s3_put(&web, &room, "db/shop.sql.gz", packed, DAY_S);
    struct told told = PROGRAM(&room, "run", "--users", "0", "--backup-s3-endpoint", web.url,
                               "--backup", "s3://backups/db/");
    ended(&told, 0, "PASSED");
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->backup.origin, "s3");
    ck_assert_str_eq(r->backup.path, "s3://backups/db/shop.sql.gz");
    ck_assert_str_eq(r->backup.sha256, sha256_of(packed));
    ck_assert(r->backup.age_us.known && r->backup.age_us.value >= DAY_S * CLOCK_SECOND_US);
    must_contain(r->backup.chosen, "newest of 1 that match s3://backups/db/");
}
END_TEST

/* ---- standard input ----------------------------------------------------------------------------
 */

/* The program with this file as its standard input. */
static void feed(const char *path)
{
    const char *text =
        arena_printf(room.a, "#!/bin/sh\nexec '%s' \"$@\" < '%s'\n", room.program, path);
    room.program = room_file(&room, "fed", text);
    ck_assert_int_eq(chmod(room.program, 0755), 0);
}

START_TEST(test_standard_input_is_verified)
{
    const char *path = dump_file("shop.sql", LARGE_ROWS, "row");
    feed(path);
    struct told told = VERIFY("-");
    ck_assert_str_eq(is_whole(&told, path)->backup.origin, "stdin");
}
END_TEST

START_TEST(test_standard_input_is_rehearsed)
{
    const char *path = dump_file("shop.sql", SMALL_ROWS, "row");
    feed(path);
    struct told told = PROGRAM(&room, "run", "--users", "0", "--backup", "-");
    ended(&told, 0, "PASSED");
    ck_assert_str_eq(room_report(&room)->backup.sha256, sha256_of(path));
    ck_assert(!room_report(&room)->backup.kept);
}
END_TEST

START_TEST(test_empty_standard_input_is_a_defective_backup)
{
    feed("/dev/null");
    struct told told = PROGRAM(&room, "verify", "-");
    ended(&told, 1, "is empty");
    told = PROGRAM(&room, "run", "--users", "0", "--backup", "-");
    ended(&told, 1, "is empty");
}
END_TEST

START_TEST(test_a_cut_in_standard_input_is_a_defective_backup)
{
    const char *path = dump_file("shop.sql", LARGE_ROWS, "row");
    ck_assert_int_eq(truncate(path, CUT_BYTES), 0);
    feed(path);
    struct told told = PROGRAM(&room, "verify", "-");
    ended(&told, 1, "TRAILER_MISSING");
}
END_TEST

/* ---- archives ----------------------------------------------------------------------------------
 */

START_TEST(test_a_dump_in_a_tar_archive_is_rehearsed)
{
    (void)dump_file("shop.sql", SMALL_ROWS, "row");
    (void)dump_file("crm.sql", SMALL_ROWS / 2, "row");
    MUST_RUN(&room, "tar", "czf", "both.tar.gz", "shop.sql", "crm.sql");
    const char *path = fs_join(room.a, room.dir, "both.tar.gz");
    struct told told = PROGRAM(&room, "verify", path);
    ended(&told, 3, "it holds 2 dumps: shop.sql (");
    told =
        PROGRAM(&room, "run", "--users", "0", "--backup", arena_printf(room.a, "%s#crm.sql", path));
    ended(&told, 0, "PASSED");
    ck_assert_str_eq(room_report(&room)->backup.member, "crm.sql");
    ck_assert_int_eq(report_table(room_report(&room), "public", "t")->restored_rows.value,
                     SMALL_ROWS / 2);
}
END_TEST

static void add_web(TCase *t)
{
    tcase_add_test(t, test_a_file_on_a_web_server_is_verified);
    tcase_add_test(t, test_what_a_web_server_refuses_could_not_be_verified);
    tcase_add_test(t, test_secrets_of_an_address_are_not_written_out);
    tcase_add_test(t, test_a_certificate_is_checked);
    tcase_add_test(t, test_a_cut_connection_gives_the_same_bytes);
    tcase_add_test(t, test_a_file_that_changes_while_it_is_read_is_not_mixed);
    tcase_add_test(t, test_a_digest_beside_it_is_compared);
    tcase_add_test(t, test_a_file_on_a_web_server_is_rehearsed);
    tcase_add_test(t, test_waiting_for_a_slow_server_can_be_interrupted);
}

Suite *suite_places(void)
{
    Suite *s = suite_create("places");
    TCase *t = tcase_create("places");
    tcase_set_timeout(t, 90);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    add_web(t);
    tcase_add_test(t, test_the_newest_object_that_matches_is_verified);
    tcase_add_test(t, test_what_an_s3_server_refuses_could_not_be_verified);
    tcase_add_test(t, test_an_object_that_rotted_is_told_by_its_etag);
    tcase_add_test(t, test_a_cut_connection_to_an_s3_server_gives_the_same_bytes);
    tcase_add_test(t, test_an_object_is_rehearsed);
    tcase_add_test(t, test_standard_input_is_verified);
    tcase_add_test(t, test_standard_input_is_rehearsed);
    tcase_add_test(t, test_empty_standard_input_is_a_defective_backup);
    tcase_add_test(t, test_a_cut_in_standard_input_is_a_defective_backup);
    tcase_add_test(t, test_a_dump_in_a_tar_archive_is_rehearsed);
    suite_add_tcase(s, t);
    return s;
}
