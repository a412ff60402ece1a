/* SPDX-License-Identifier: PostgreSQL */
/* Dumps as people ship them: folders in tar archives, several dumps in one, sealed files. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/answers.h"
#include "lib/cluster.h"
#include "lib/program.h"

#include <check.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

Suite *suite_packed(void);

enum { ROWS = 3000, FILE_MAX = 16 * 1024 * 1024 };

static const char *dsn; /* made once, before the tests fork */
static struct room room;
static struct answers server;
static struct err e;

static void once(void)
{
    room_open(&room, NULL);
    dsn = test_cluster_database();
    test_cluster_sql(dsn, arena_printf(room.a,
                                       "CREATE TABLE a (i int PRIMARY KEY, t text);"
                                       "INSERT INTO a SELECT g, 'row ' || g FROM "
                                       "pg_catalog.generate_series(1, %d) g;"
                                       "CREATE TABLE b (x int REFERENCES a);"
                                       "INSERT INTO b SELECT i FROM a;"
                                       "SELECT pg_catalog.lo_from_bytea(0, 'object')",
                                       ROWS));
}

static void at_last(void)
{
    const char *name = test_cluster_text(room.a, dsn, "SELECT pg_catalog.current_database()");
    test_cluster_sql(test_cluster_dsn(), arena_printf(room.a, "DROP DATABASE \"%s\"", name));
}

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

static const char *tool(const char *name)
{
    return fs_join(room.a, test_cluster_installation()->bindir, name);
}

static const char *in_room(const char *name)
{
    return fs_join(room.a, room.dir, name);
}

static void make_folder(const char *packing)
{
    MUST_RUN(&room, tool("pg_dump"), "-d", dsn, "-Fd", packing, "-f", in_room("shop"));
}

/* ---- a folder in a tar archive -----------------------------------------------------------------
 */

static void expect_whole(const char *backup)
{
    struct told told = PROGRAM(&room, "verify", "--json", backup);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "\"rows\": 6000");
    must_contain(told.out, "\"format\": \"directory\"");
    room_must_be_clean(&room);
}

START_TEST(test_a_packed_folder_is_verified)
{
    const char *tgz = in_room("shop.tgz"), *tar = in_room("shop.tar");
    make_folder("-Z6");
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-czf", tgz, "shop");
    expect_whole(tgz);
    MUST_RUN(&room, "/bin/tar", "-C", in_room("shop"), "-cf", tar, ".");
    expect_whole(tar);
}
END_TEST

START_TEST(test_a_packed_folder_is_rehearsed)
{
    const char *tgz = in_room("shop.tgz");
    make_folder("-Z0");
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-czf", tgz, "shop");
    struct told told = PROGRAM(&room, "run", "--backup", tgz, "--users", "0");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    const struct record *r = room_report(&room);
    ck_assert_str_eq(r->backup.member, "shop");
    ck_assert_int_eq(r->restore.rows, (int64_t)2 * ROWS);
    ck_assert_int_eq(r->restore.n_errors, 0);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_a_packed_folder_that_is_damaged_fails)
{
    const char *tgz = in_room("shop.tgz");
    struct slice bytes;
    make_folder("-Z6");
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-czf", tgz, "shop");
    ck_assert(fs_read_file(room.a, tgz, FILE_MAX, &bytes, &e));
    ck_assert(fs_write_file(room.a, tgz, 0600, (struct slice){bytes.p, bytes.n / 2}, &e));
    struct told told = PROGRAM(&room, "verify", tgz);
    ck_assert_msg(told.status == 1, "%s%s", told.out, told.err);
    must_contain(told.out, "STREAM_BROKEN");
    room_must_be_clean(&room);
}
END_TEST

/* One letter of a row: nothing in the files shows it. */
START_TEST(test_a_folder_is_held_against_its_list_of_digests)
{
    const char *change = "cd \"$0\"/shop && file=$(grep -l 'row 1500' *.dat) && "
                         "sed -i 's/row 1500/row 1600/' \"$file\"";
    make_folder("-Z0");
    MUST_RUN(&room, "/bin/sh", "-c", "cd \"$0\" && sha256sum shop/* > SHA256SUMS", room.dir);
    struct told told = PROGRAM(&room, "verify", in_room("shop"));
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "SHA256SUMS says");
    MUST_RUN(&room, "/bin/sh", "-c", change, room.dir);
    told = PROGRAM(&room, "verify", in_room("shop"));
    ck_assert_msg(told.status == 1, "%s%s", told.out, told.err);
    must_contain(told.out, "DIGEST_MISMATCH");
    MUST_RUN(&room, "/bin/rm", in_room("SHA256SUMS"));
    told = PROGRAM(&room, "verify", in_room("shop"));
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    must_contain(told.out, "unverified: no sidecar");
}
END_TEST

/* ---- what is killed while it unpacks -----------------------------------------------------------
 */

/* A server that gives half of the archive and then nothing more. Waits until that half lies in the
 * work folder. */
static void start_unpacking(struct running *r)
{
    static struct answer_line half[1];
    const char *tar = in_room("shop.tar");
    struct slice bytes;
    make_folder("-Z0");
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-cf", tar, "shop");
    ck_assert(fs_read_file(room.a, tar, FILE_MAX, &bytes, &e));
    half[0] = (struct answer_line){
        .head = arena_printf(room.a, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n", bytes.n),
        .body = {bytes.p, bytes.n / 2},
        .stall = true};
    answers_start(&server, half, 1);
    program_start(
        &room,
        (const char *const[]){"verify", arena_printf(room.a, "%s/shop.tar", server.url), NULL}, r);
    for (int tries = 0; room_left(&room).work == 0; tries++) {
        ck_assert_int_lt(tries, 1000);
        (void)usleep(10000);
    }
}

START_TEST(test_a_signal_while_it_unpacks_leaves_nothing)
{
    CLEANUP(running_cleanup) struct running r = {0};
    start_unpacking(&r);
    struct told told = program_end(&r, SIGTERM);
    answers_stop(&server);
    ck_assert_int_eq(told.status, 128 + SIGTERM);
    room_must_be_clean(&room);
}
END_TEST

START_TEST(test_what_a_killed_unpacking_left_is_reaped)
{
    CLEANUP(running_cleanup) struct running r = {0};
    start_unpacking(&r);
    (void)program_end(&r, SIGKILL);
    answers_stop(&server);
    ck_assert_uint_eq(room_left(&room).work, 1);
    struct told told = PROGRAM(&room, "reap");
    ck_assert_int_eq(told.status, 0);
    room_must_be_clean(&room);
}
END_TEST

/* ---- what is whole in a dump that is cut --------------------------------------------------------
 */

START_TEST(test_a_dump_that_is_cut_says_how_many_tables_are_whole)
{
    static const char *const forms[] = {"-Fp", "-Fc"}, row[] = "2990";
    const char *path = in_room("cut");
    struct slice bytes;
    MUST_RUN(&room, tool("pg_dump"), "-d", dsn, forms[_i], "-Z0", "-f", path);
    ck_assert(fs_read_file(room.a, path, FILE_MAX, &bytes, &e));
    size_t at = bytes.n - strlen(row);
    while (at > 0 && memcmp(bytes.p + at, row, strlen(row)) != 0) /* the last is of table b */
        at--;
    ck_assert(fs_write_file(room.a, path, 0600, (struct slice){bytes.p, at}, &e));
    struct told told = PROGRAM(&room, "verify", "--quiet", path);
    ck_assert_int_eq(told.status, 1);
    must_contain(told.out, "1 of 2");
}
END_TEST

/* ---- which one ---------------------------------------------------------------------------------
 */

START_TEST(test_a_dump_beside_its_globals_must_be_named)
{
    const char *tar = in_room("all.tar");
    MUST_RUN(&room, tool("pg_dumpall"), "-d", test_cluster_dsn(), "--globals-only", "-f",
             in_room("globals.sql"));
    MUST_RUN(&room, tool("pg_dump"), "-d", dsn, "-Fc", "-f", in_room("shop.dump"));
    (void)room_file(&room, "README", "Hello");
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-cf", tar, "README", "globals.sql", "shop.dump");
    struct told told = PROGRAM(&room, "verify", "--json", tar);
    ck_assert_int_eq(told.status, 3);
    must_contain(told.out, "it holds 2 dumps: globals.sql (");
    must_contain(told.out, "BACKUP#shop.dump proves that one");
    told = PROGRAM(&room, "verify", arena_printf(room.a, "%s#shop.dump", tar));
    ck_assert_msg(told.status == 0, "%s", told.out);
    MUST_RUN(&room, "/bin/tar", "-C", room.dir, "-cf", tar, "README", "shop.dump");
    told = PROGRAM(&room, "verify", tar);
    ck_assert_msg(told.status == 0, "%s", told.out);
}
END_TEST

START_TEST(test_a_sealed_backup_is_unknown_and_says_what_to_do)
{
    const char *path = room_file(&room, "shop.age", "age-encryption.org/v1\n-> X25519 abc\n");
    struct told told = PROGRAM(&room, "verify", path);
    ck_assert_int_eq(told.status, 3);
    must_contain(told.out, "encrypted with age; decrypt it first");
    ck_assert(strstr(told.out, "FAIL") == NULL);
}
END_TEST

Suite *suite_packed(void)
{
    Suite *s = suite_create("packed");
    TCase *tc = tcase_create("packed");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, once, at_last);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, test_a_packed_folder_is_verified);
    tcase_add_test(tc, test_a_packed_folder_is_rehearsed);
    tcase_add_test(tc, test_a_packed_folder_that_is_damaged_fails);
    tcase_add_test(tc, test_a_folder_is_held_against_its_list_of_digests);
    tcase_add_test(tc, test_a_signal_while_it_unpacks_leaves_nothing);
    tcase_add_test(tc, test_what_a_killed_unpacking_left_is_reaped);
    tcase_add_loop_test(tc, test_a_dump_that_is_cut_says_how_many_tables_are_whole, 0, 2);
    tcase_add_test(tc, test_a_dump_beside_its_globals_must_be_named);
    tcase_add_test(tc, test_a_sealed_backup_is_unknown_and_says_what_to_do);
    suite_add_tcase(s, tc);
    return s;
}
