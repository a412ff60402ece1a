/* SPDX-License-Identifier: PostgreSQL */
/* Every encoding that the server has: its verdict on bytes is ours, and what pg_dump writes in it
 * is sound. */
#include "base/embed.h"
#include "base/fs.h"
#include "dump/charset.h"
#include "lib/cluster.h"
#include "lib/program.h"

#include <check.h>

#include <string.h>

Suite *suite_encodings(void);

EMBED(encodings_sql, "tests/integration/encodings.sql");

static const char *const server_encodings[] = {
    "EUC_JP",  "EUC_CN",  "EUC_KR",     "EUC_TW",     "EUC_JIS_2004", "MULE_INTERNAL", "LATIN1",
    "LATIN2",  "LATIN3",  "LATIN4",     "LATIN5",     "LATIN6",       "LATIN7",        "LATIN8",
    "LATIN9",  "LATIN10", "WIN1256",    "WIN1258",    "WIN866",       "WIN874",        "KOI8R",
    "WIN1251", "WIN1252", "ISO_8859_5", "ISO_8859_6", "ISO_8859_7",   "ISO_8859_8",    "WIN1250",
    "WIN1253", "WIN1254", "WIN1255",    "WIN1257",    "KOI8U",        "UTF8",
};

static const char *const client_encodings[] = {"SJIS",    "BIG5",  "GBK",           "UHC",
                                               "GB18030", "JOHAB", "SHIFT_JIS_2004"};

/* Those with characters of more than one byte. */
static const char *const wide_encodings[] = {
    "EUC_JP", "EUC_CN", "EUC_KR", "EUC_TW",  "EUC_JIS_2004", "MULE_INTERNAL", "SJIS",
    "BIG5",   "GBK",    "UHC",    "GB18030", "JOHAB",        "SHIFT_JIS_2004"};

static struct room room;

static void set_up(void)
{
    room_open(&room, NULL);
}

/* A new database in this encoding, with the functions in it. */
static const char *database(const char *encoding)
{
    const char *admin = test_cluster_dsn();
    const char *name = arena_printf(room.a, "enc_%s", encoding);
    test_cluster_sql(admin, arena_printf(room.a, "DROP DATABASE IF EXISTS \"%s\"", name));
    test_cluster_sql(admin, arena_printf(room.a,
                                         "CREATE DATABASE \"%s\" ENCODING '%s' TEMPLATE template0 "
                                         "LC_COLLATE 'C' LC_CTYPE 'C'",
                                         name, encoding));
    const char *dsn = arena_printf(room.a, "%s dbname=%s", admin, name);
    test_cluster_sql(dsn, encodings_sql);
    return dsn;
}

/* ---- bytes -------------------------------------------------------------------------------------
 */

static bool is_text(const struct charset *set, char x, char y)
{
    char pair[2] = {x, y};
    struct charset_reader r = {.set = set};
    size_t bad = 0;
    charset_add(&r, pair, sizeof pair, &bad);
    return charset_end(&r) && r.n_bad == 0;
}

/* The verifiers of encodings of clients let second bytes pass that no character has: such a text
 * never becomes one of a database, so that we may call it none. */
static bool may_differ(const struct charset *set, char said, int y)
{
    return set->embeds_ascii && said == '2' && y < '0';
}

START_TEST(test_every_pair_of_bytes_is_judged_as_the_server_does)
{
    const struct charset *set = charset_find(wide_encodings[_i]);
    const char *said = test_cluster_text(
        room.a, database("UTF8"), arena_printf(room.a, "SELECT probe('%s')", wide_encodings[_i]));
    ck_assert_uint_eq(strlen(said), (size_t)128 * 255);
    for (int x = 128; x < 256; x++)
        for (int y = 1; y < 256; y++, said++)
            if (is_text(set, (char)x, (char)y) != (*said != '0'))
                ck_assert_msg(may_differ(set, *said, y), "%s: %02x %02x: the server says %c",
                              set->name, (unsigned)x, (unsigned)y, *said);
}
END_TEST

/* ---- dumps -------------------------------------------------------------------------------------
 */

static void dump(const char *dsn, const char *encoding, const char *option, const char *path)
{
    const char *tool = fs_join(room.a, test_cluster_installation()->bindir, "pg_dump");
    MUST_RUN(&room, tool, "-d", dsn, "-E", encoding, option, "-f", path);
}

static void expect_sound(const char *path, const char *encoding)
{
    struct told told = PROGRAM(&room, "verify", path);
    ck_assert_msg(told.status == 0, "%s:\n%s%s", encoding, told.out, told.err);
    ck_assert_msg(strstr(told.out, "WARN") == NULL, "%s:\n%s", encoding, told.out);
    must_contain(told.out, arena_printf(room.a, "all of it is valid %s", encoding));
}

/* `in`: what the database is in. */
static void expect_sound_dumps(const char *in, const char *encoding)
{
    const char *dsn = database(in), *path = fs_join(room.a, room.dir, "dump.sql");
    test_cluster_sql(dsn, arena_printf(room.a, "SELECT fill('%s')", encoding));
    ck_assert_int_gt(test_cluster_int(dsn, "SELECT count(*) FROM t"), 50);
    dump(dsn, encoding, "--no-sync", path);
    expect_sound(path, encoding);
    dump(dsn, encoding, "--inserts", path);
    expect_sound(path, encoding);
}

START_TEST(test_dumps_in_every_encoding_of_the_server_are_sound)
{
    expect_sound_dumps(server_encodings[_i], server_encodings[_i]);
}
END_TEST

START_TEST(test_dumps_in_every_encoding_of_clients_are_sound)
{
    expect_sound_dumps("UTF8", client_encodings[_i]);
}
END_TEST

static const struct {
    const char *in, *encoding;
} restored[] = {{"LATIN1", "LATIN1"}, {"EUC_JP", "EUC_JP"}, {"UTF8", "SJIS"}, {"UTF8", "GB18030"}};

/* Names and rows of the copy are found under the names in the dump. */
START_TEST(test_dumps_in_other_encodings_restore_whole)
{
    const char *dsn = database(restored[_i].in), *path = fs_join(room.a, room.dir, "dump.sql");
    test_cluster_sql(dsn, arena_printf(room.a, "SELECT fill('%s')", restored[_i].encoding));
    dump(dsn, restored[_i].encoding, "--no-sync", path);
    struct told told = PROGRAM(&room, "run", "--users", "0", "--backup", path);
    ck_assert_msg(told.status == 0, "%s:\n%s%s", restored[_i].encoding, told.out, told.err);
    room_must_be_clean(&room);
}
END_TEST

Suite *suite_encodings(void)
{
    Suite *s = suite_create("encodings");
    TCase *t = tcase_create("encodings");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, test_every_pair_of_bytes_is_judged_as_the_server_does, 0,
                        (int)COUNT_OF(wide_encodings));
    tcase_add_loop_test(t, test_dumps_in_every_encoding_of_the_server_are_sound, 0,
                        (int)COUNT_OF(server_encodings));
    tcase_add_loop_test(t, test_dumps_in_every_encoding_of_clients_are_sound, 0,
                        (int)COUNT_OF(client_encodings));
    tcase_add_loop_test(t, test_dumps_in_other_encodings_restore_whole, 0, (int)COUNT_OF(restored));
    suite_add_tcase(s, t);
    return s;
}
