/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "dump/open.h"
#include "dump/sniff.h"
#include "io/sha256.h"
#include "lib/bytes.h"
#include "lib/packed.h"

#include <check.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

Suite *suite_dump_open(void);

static const char dump[] = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n"
                           "CREATE TABLE t (a int);\n";

static struct arena *a;
static const char *dir;
static const struct dump_open_options limits = {.max_expansion = 1000};

static void set_up(void)
{
    struct err e = {0};
    a = arena_new();
    dir = fs_make_temp_dir(a, "/tmp", "open-test-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
}

static void tear_down(void)
{
    struct err e = {0};
    ck_assert_msg(fs_remove_tree(dir, &e), "%s", e.text);
    arena_free(a);
}

static const char *put(struct slice bytes)
{
    struct err e = {0};
    const char *path = fs_join(a, dir, "backup");
    ck_assert_msg(fs_write_file(a, path, 0600, bytes, &e), "%s", e.text);
    return path;
}

/* The dump and some thousand rows behind it. */
static struct slice long_dump(void)
{
    enum { ROWS = 20000 };
    return bytes_join(a, slice_of(dump), bytes_rows(a, ROWS));
}

static const char *sha256_of(struct slice bytes)
{
    struct sha256 d;
    char *hex = arena_alloc(a, SHA256_HEX_BYTES);
    sha256_begin(&d);
    sha256_add(&d, bytes.p, bytes.n);
    sha256_end(&d, hex);
    return hex;
}

/* Opens `file`, which must hold the SQL text `sql`, and reads it to its end. */
static struct dump_stream read_all(struct slice file, struct slice sql)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct dump_stream st;
    struct err e = {0};
    ck_assert_msg(dump_open(a, put(file), &limits, &st, &e), "%s", e.text);
    ck_assert_str_eq(st.format, "plain");
    ck_assert_ptr_nonnull(st.sql);
    ck_assert_msg(bytes_slurp(st.sql, 0, &out, &e), "%s", e.text);
    ck_assert(out.n == sql.n && memcmp(out.p, sql.p, sql.n) == 0);
    ck_assert_str_eq(st.sha256, sha256_of(file));
    ck_assert_uint_eq(st.file_bytes, file.n);
    dump_stream_cleanup(&st);
    ck_assert_ptr_null(st.sql);
    return st;
}

static struct err refusal(struct slice file)
{
    struct dump_stream st;
    struct err e = {0};
    ck_assert(!dump_open(a, put(file), &limits, &st, &e));
    ck_assert_ptr_null(st.sql);
    dump_stream_cleanup(&st);
    return e;
}

START_TEST(test_plain_text_is_given_whole)
{
    struct dump_stream st = read_all(slice_of(dump), slice_of(dump));
    ck_assert_str_eq(st.compression, "none");
    ck_assert_str_eq(st.protection, "none");
    ck_assert_uint_eq(st.members, 0);
    ck_assert_ptr_null(st.note);
    struct slice sql = long_dump();
    (void)read_all(sql, sql);
}
END_TEST

START_TEST(test_beginnings_of_sql_are_taken)
{
    static const char *const texts[] = {"\\restrict abc\nSELECT 1;\n",
                                        "\\connect x\n",
                                        "/* a /* nested */ one */ copy t from stdin;\n",
                                        "-- comments only\n",
                                        "BEGIN;",
                                        "\r\n\t insert into t values (1);"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        (void)read_all(slice_of(texts[i]), slice_of(texts[i]));
}
END_TEST

/* Wherever the end of the peeked bytes cuts the first statement. */
START_TEST(test_long_comments_in_front_are_taken)
{
    enum { FROM = 480, TO = 520 };
    for (int n = FROM; n < TO; n++) {
        struct slice sql = slice_of(arena_printf(a, "-- %*s\n--\n\n/**/\\connect x\n", n, "x"));
        (void)read_all(sql, sql);
        sql = slice_of(arena_printf(a, "-- %*s\n--\n\n/**/CREATE TABLE t();\n", n, "x"));
        (void)read_all(sql, sql);
    }
}
END_TEST

START_TEST(test_a_byte_order_mark_is_skipped_and_told)
{
    struct slice file = bytes_join(a, slice_of("\xef\xbb\xbf"), slice_of(dump));
    struct dump_stream st = read_all(file, slice_of(dump));
    ck_assert_ptr_nonnull(strstr(st.note, "byte order mark"));
}
END_TEST

START_TEST(test_gzip_members_are_all_read)
{
    struct slice sql = long_dump();
    struct slice two = bytes_join(a, bytes_gzip(a, sql), bytes_gzip(a, slice_of("SELECT 2;\n")));
    struct dump_stream st = read_all(two, bytes_join(a, sql, slice_of("SELECT 2;\n")));
    ck_assert_str_eq(st.compression, "gzip");
    ck_assert_str_eq(st.protection, "crc32");
    ck_assert_uint_eq(st.members, 2);
    ck_assert_ptr_null(st.note);
}
END_TEST

START_TEST(test_zstd_tells_its_checksum)
{
    struct slice sql = long_dump();
    struct dump_stream st = read_all(bytes_zstd(a, sql), sql);
    ck_assert_str_eq(st.compression, "zstd");
    ck_assert_str_eq(st.protection, "xxh64");
    ck_assert_uint_eq(st.members, 1);
}
END_TEST

/* One raw block, the last one, with neither size nor checksum of the content. */
/* A sound frame behind five bytes that begin another one, which wants a dictionary: `zstd -t`
 * refuses it, and so do we. */
START_TEST(test_what_stands_behind_half_a_header_is_no_frame)
{
    struct slice file =
        bytes_join(a, slice_of("\x28\xb5\x2f\xfd\x23"), bytes_zstd(a, slice_of(dump)));
    struct dump_stream st;
    struct err e = {0};
    ck_assert(!dump_open(a, put(file), &limits, &st, &e));
    ck_assert_msg(strstr(e.text, "dictionary") != NULL, "%s", e.text);
}
END_TEST

START_TEST(test_zstd_without_checksum_is_not_protected)
{
    static const char head[] = "\x28\xb5\x2f\xfd\x00\x58\x51\x00";
    struct slice text = slice_of("SELECT 22;");
    struct slice frame = bytes_join(a, (struct slice){head, sizeof head}, text);
    struct dump_stream st = read_all(frame, text);
    ck_assert_str_eq(st.protection, "none");
}
END_TEST

START_TEST(test_layers_are_named_from_the_outside_in)
{
    struct slice sql = long_dump();
    struct dump_stream st = read_all(bytes_gzip(a, bytes_zstd(a, sql)), sql);
    ck_assert_str_eq(st.compression, "gzip, zstd");
    ck_assert_str_eq(st.protection, "crc32");
    struct slice deep = sql;
    for (int i = 0; i < 5; i++)
        deep = bytes_gzip(a, deep);
    ck_assert_int_eq(refusal(deep).code, ERR_LIMIT);
}
END_TEST

START_TEST(test_what_follows_the_members_is_told)
{
    struct slice gz = bytes_gzip(a, slice_of(dump));
    struct slice zeros = {arena_alloc(a, 1000), 1000};
    struct dump_stream st = read_all(bytes_join(a, gz, zeros), slice_of(dump));
    const char *at = arena_printf(a, "1000 zero bytes follow the last member at byte %zu", gz.n);
    ck_assert_ptr_nonnull(strstr(st.note, at));
    st = read_all(bytes_join(a, gz, slice_of("rubbish")), slice_of(dump));
    at = arena_printf(a, "something else follows the last member at byte %zu", gz.n);
    ck_assert_ptr_nonnull(strstr(st.note, at));
}
END_TEST

START_TEST(test_truncated_gzip_fails_when_read)
{
    struct slice gz = bytes_gzip(a, long_dump());
    for (size_t n = gz.n / 2; n < gz.n; n += gz.n / 20) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct dump_stream st;
        struct err e = {0};
        ck_assert_msg(dump_open(a, put((struct slice){gz.p, n}), &limits, &st, &e), "%s", e.text);
        ck_assert(!bytes_slurp(st.sql, 0, &out, &e));
        ck_assert_int_eq(e.code, ERR_FORMAT);
        ck_assert_ptr_nonnull(strstr(e.text, "the input ends inside"));
        ck_assert_str_eq(st.sha256, sha256_of((struct slice){gz.p, n})); /* its end was read */
        ck_assert_uint_eq(st.file_bytes, n);
        dump_stream_cleanup(&st);
    }
}
END_TEST

/* The beginning of a packed dump, and then bytes that are none. */
struct long_source {
    struct source base;
    struct slice head;
    uint64_t left;
    uint32_t noise; /* a stretch of one byte could be decoded for long */
};

static bool long_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct long_source *l = (struct long_source *)s;
    (void)e;
    *got = n < l->left ? n : (size_t)l->left;
    for (size_t i = 0; i < *got; i++) {
        l->noise = l->noise * 1103515245 + 12345;
        ((uint8_t *)bytes)[i] = (uint8_t)(l->noise >> 16U);
    }
    if (s->offset == 0)
        memcpy(bytes, l->head.p, l->head.n < *got ? l->head.n : *got);
    l->left -= *got;
    return true;
}

/* Behind a broken place the rest of the file is read for its digest; not after a signal. */
START_TEST(test_a_signal_ends_the_reading_of_the_rest)
{
    enum { BYTES = 64 << 20, READ_AHEAD_BYTES = 8 << 20 };
    static const struct source_ops ops = {.name = "long", .read = long_read};
    struct slice gz = bytes_gzip(a, long_dump());
    struct long_source in = {.base = {.ops = &ops}, .head = {gz.p, gz.n / 2}, .left = BYTES};
    CLEANUP(interrupt_cleanup) struct interrupt intr = {.fd = -1};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct dump_open_options options = {.name = "x", .intr = &intr};
    struct dump_stream st;
    struct err e = {0};
    ck_assert_msg(interrupt_open(&intr, &e), "%s", e.text);
    ck_assert_msg(dump_open_source(a, &in.base, &options, &st, &e), "%s", e.text);
    if (_i == 1)
        ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert(!bytes_slurp(st.sql, 0, &out, &e));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    if (_i == 1)
        ck_assert_uint_ge(in.left, BYTES - READ_AHEAD_BYTES);
    else
        ck_assert_uint_eq(in.left, 0);
    ck_assert_uint_eq(strlen(st.sha256), _i == 1 ? 0 : 64);
    dump_stream_cleanup(&st);
}
END_TEST

START_TEST(test_every_truncation_of_a_small_gzip_is_an_error)
{
    struct slice gz = bytes_gzip(a, slice_of(dump));
    for (size_t n = 0; n < gz.n; n++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct dump_stream st;
        struct err e = {0};
        bool ok = dump_open(a, put((struct slice){gz.p, n}), &limits, &st, &e);
        ck_assert(!ok || !bytes_slurp(st.sql, 0, &out, &e));
        ck_assert_int_eq(e.code, ERR_FORMAT);
        dump_stream_cleanup(&st);
    }
}
END_TEST

START_TEST(test_progress_follows_the_file)
{
    struct slice sql = long_dump();
    struct dump_stream st;
    struct err e = {0};
    char some[1000];
    ck_assert(dump_open(a, put(sql), &limits, &st, &e));
    uint64_t before = st.file_bytes;
    for (int i = 0; i < 10; i++) {
        size_t got;
        ck_assert(source_read_full(st.sql, some, sizeof some, &got, &e));
    }
    ck_assert_uint_gt(st.file_bytes, before);
    ck_assert_uint_lt(st.file_bytes, sql.n);
    dump_stream_cleanup(&st);
}
END_TEST

START_TEST(test_bombs_are_refused)
{
    enum { BOMB_BYTES = 80 * 1024 * 1024 };
    struct slice zeros = {arena_alloc(a, BOMB_BYTES), BOMB_BYTES};
    struct slice gz = bytes_gzip(a, bytes_join(a, long_dump(), zeros));
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct dump_stream st;
    struct err e = {0};
    const struct dump_open_options low = {.max_expansion = 100};
    ck_assert(dump_open(a, put(gz), &low, &st, &e));
    ck_assert(!bytes_slurp(st.sql, 0, &out, &e));
    ck_assert_int_eq(e.code, ERR_LIMIT);
    dump_stream_cleanup(&st);
}
END_TEST

static void check_not_read_yet(struct slice file, const char *format, const char *compression)
{
    struct dump_stream st;
    struct err e = {0};
    ck_assert_msg(dump_open(a, put(file), &limits, &st, &e), "%s", e.text);
    ck_assert_str_eq(st.format, format);
    ck_assert_str_eq(st.compression, compression);
    ck_assert_ptr_null(st.sql);
    dump_stream_cleanup(&st);
}

START_TEST(test_what_is_known_but_not_read_is_named)
{
    static const char newer[] = "PGDMP\x01\x11\x00\x04\x08\x01\x01"; /* version 1.17 */
    struct slice custom = {newer, sizeof newer - 1};
    check_not_read_yet(custom, "custom", "none");
    check_not_read_yet(bytes_gzip(a, custom), "custom", "gzip");
    check_not_read_yet(slice_of("PK\x03\x04 and more"), "zip", "none");
    check_not_read_yet(bytes_gzip(a, slice_of("7z\xbc\xaf and more")), "7z", "gzip");
}
END_TEST

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* As gpg 2.2, openssl 3.0 and PostgreSQL 15 wrote them; age by age-encryption.org/v1. */
static const struct {
    struct slice file;
    const char *format, *says;
} sealed[] = {
    {BYTES("\x8c\x0d\x04\x09\x03\x02\x40\x3e\xa3\xd6"), "openpgp", "encrypted with OpenPGP"},
    {BYTES("\x8c\x0d\x04\x0a\x03\x02\x9f\x8d\x12\xf0"), "openpgp", "encrypted with OpenPGP"},
    {BYTES("\xc3\x2e\x05\x09\x02\x03\x08"), "openpgp", "encrypted with OpenPGP"},
    {BYTES("\x85\x01\x0c\x03\xde\x4e\x70\x61\x57\x0c\x8d\x9c\x01\x08"), "openpgp", "decrypt it"},
    {BYTES("\x84\x5e\x03\x6e\xdd\x15\xda\xe3\x4b\xea\xc7\x12\x01"), "openpgp", "decrypt it"},
    {BYTES("-----BEGIN PGP MESSAGE-----\n\njA0E"), "openpgp", "decrypt it first"},
    {BYTES("-----BEGIN PGP SIGNED MESSAGE-----\n"), "openpgp", "signed text"},
    {BYTES("age-encryption.org/v1\n-> X25519 "), "age", "encrypted with age; decrypt it first"},
    {BYTES("-----BEGIN AGE ENCRYPTED FILE-----\n"), "age", "encrypted with age"},
    {BYTES("Salted__\x17\x80\xf1\0\0\0"), "openssl", "encrypted with openssl enc"},
    {BYTES("U2FsdGVkX1+HV0C7qheenDuf"), "openssl", "openssl enc -a"},
    {BYTES("\x30\x82\x01\x98\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), "cms", "openssl cms"},
    {BYTES("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0"), "cms", "openssl cms"},
    {BYTES("MIME-Version: 1.0\nContent-Disposition: attachment"), "cms", "openssl smime"},
    {BYTES("PK\x03\x04 and more"), "zip", "is a zip archive; unpack it first"},
    {BYTES("Rar!\x1a\x07\x01\0"), "rar", "RAR"},
    {BYTES("\x1f\x9d\x90"), "compress", "compress"},
    {BYTES("START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n"), "pg_basebackup",
     "physical backup"},
    {BYTES("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n"), "pg_basebackup", "physical backup"},
    {BYTES("[backrest]\nbackrest-format=5\n"), "pgbackrest", "pgBackRest"},
    {BYTES("\x10\xd1\x02\0\x01\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\xc2\x28\xaa\x0f"
           "\xf2\xe0\x0d\x6a\0\0\0\x01\0\x20\0\0"),
     "wal", "write-ahead log"},
};

START_TEST(test_what_is_sealed_or_physical_is_neither_a_dump_nor_broken)
{
    struct dump_stream st;
    struct err e = {0};
    ck_assert_msg(dump_open(a, put(sealed[_i].file), &limits, &st, &e), "%s", e.text);
    ck_assert_ptr_null(st.sql);
    ck_assert_str_eq(st.format, sealed[_i].format);
    ck_assert_msg(strstr(st.note, sealed[_i].says) != NULL, "%s", st.note);
    dump_stream_cleanup(&st);
    check_not_read_yet(bytes_gzip(a, sealed[_i].file), sealed[_i].format, "gzip");
}
END_TEST

/* Damage never makes a dump look sealed, which would keep it from being called broken. */
START_TEST(test_no_flipped_bit_makes_a_dump_look_sealed)
{
    enum { HEAD_BYTES = 64 };
    struct slice sql = slice_of(dump);
    const struct packed_member member = {"dump.sql", sql};
    struct slice forms[] = {
        sql,
        bytes_gzip(a, sql),
        bytes_zstd(a, sql),
        bytes_lz4(a, sql, true),
        packed_xz(a, sql, LZMA_CHECK_CRC64),
        packed_bzip2(a, sql),
        packed_tar(a, &member, 1),
        slice_of("PGDMP\x01\x0e\x01\x04\x08\x01\x01"),
    };
    struct slice form = forms[_i];
    size_t n = form.n < HEAD_BYTES ? form.n : HEAD_BYTES;
    ck_assert_int_eq(_i < (int)COUNT_OF(forms), 1);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        char *bytes = arena_alloc(a, form.n);
        memcpy(bytes, form.p, form.n);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        const struct sniff_head head = {{bytes, form.n < SNIFF_BYTES ? form.n : SNIFF_BYTES}, true};
        ck_assert_msg(sniff(&head)->kind != SNIFF_KNOWN, "bit %zu: %s", bit, sniff(&head)->name);
    }
}
END_TEST

START_TEST(test_folders_need_a_table_of_contents)
{
    struct dump_stream st;
    struct err e = {0};
    ck_assert(!dump_open(a, dir, &limits, &st, &e));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(e.text, "toc.dat"));
    struct slice newer = {"PGDMP\x01\x11\0", 8};
    ck_assert(fs_write_file(a, fs_join(a, dir, "toc.dat"), 0600, newer, &e));
    ck_assert(dump_open(a, dir, &limits, &st, &e));
    ck_assert_str_eq(st.format, "directory");
    ck_assert_ptr_null(st.sql);
    dump_stream_cleanup(&st);
}
END_TEST

START_TEST(test_a_missing_file_is_missing)
{
    struct dump_stream st;
    struct err e = {0};
    const char *path = fs_join(a, dir, "not-there");
    ck_assert(!dump_open(a, path, &limits, &st, &e));
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, path));
}
END_TEST

static const struct {
    struct slice file;
    const char *says;
} foreigners[] = {
    {BYTES(""), "the file is empty"},
    {BYTES("\0\0\0\0\0\0"), "zero bytes"},
    {BYTES(" \n\n"), "nothing but blanks"},
    {BYTES("\xef\xbb\xbf\n"), "nothing but blanks"},
    {BYTES("<!DOCTYPE html>\n<html>"), "HTML"},
    {BYTES("\n{\"error\": 403}"), "JSON"},
    {BYTES("\xff\xfe-\0-\0 \0P\0o\0s\0t\0g\0r\0e\0"), "PowerShell"},
    {BYTES("\xfe\xff\0-\0-\0 \0P\0o\0s\0t\0g\0r\0e"), "UTF-16"},
    {BYTES("-\0-\0 \0P\0o\0s\0t\0g\0r\0e\0"), "UTF-16"},
    {BYTES("\x7f"
           "ELF\x02\x01\x01"),
     "ELF"},
    {BYTES("\x89PNG\r\n\x1a\n\0\0"), "PNG"},
    {BYTES("%PDF-1.7\n"), "PDF"},
    {BYTES("SET x = 1;\0\0\0\0"), "binary"},
    {BYTES("word\x01\x02"), "binary"},
    {BYTES("SQLite format 3\0"), "a database of SQLite"},
    {BYTES("-----BEGIN PGP SIGNATURE-----\n"), "a key or a signature"},
    {BYTES("\x89\x01\x3a\x04\0\x01\x0a\0"), "binary"},
    {BYTES("-- MySQL dump 10.13\nCREATE TABLE t();"), "MySQL"},
    {BYTES("pg_dump: error: no connection\n"), "does not begin like SQL but with \"pg_dump:\""},
    {BYTES("Selected rows"), "does not begin like SQL"},
    {BYTES("sel"), "does not begin like SQL"},
};

START_TEST(test_what_is_no_dump_is_named)
{
    struct err e = refusal(foreigners[_i].file);
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_msg(strstr(e.text, foreigners[_i].says) != NULL, "%d: %s", _i, e.text);
    ck_assert_msg(strstr(e.text, dir) != NULL, "%s", e.text);
}
END_TEST

START_TEST(test_what_is_packed_is_named)
{
    struct err e = refusal(bytes_gzip(a, slice_of("<html>")));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(e.text, "what is packed in it (gzip) looks like HTML"));
    e = refusal(bytes_gzip(a, slice_of("")));
    ck_assert_ptr_nonnull(strstr(e.text, "what is packed in it (gzip) is empty"));
}
END_TEST

START_TEST(test_a_zeroed_stream_can_be_cleaned_up)
{
    struct dump_stream st = {0};
    dump_stream_cleanup(&st);
    dump_stream_cleanup(&st);
}
END_TEST

Suite *suite_dump_open(void)
{
    TCase *t = tcase_create("open");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_plain_text_is_given_whole);
    tcase_add_test(t, test_beginnings_of_sql_are_taken);
    tcase_add_test(t, test_long_comments_in_front_are_taken);
    tcase_add_test(t, test_a_byte_order_mark_is_skipped_and_told);
    tcase_add_test(t, test_gzip_members_are_all_read);
    tcase_add_test(t, test_zstd_tells_its_checksum);
    tcase_add_test(t, test_what_stands_behind_half_a_header_is_no_frame);
    tcase_add_test(t, test_zstd_without_checksum_is_not_protected);
    tcase_add_test(t, test_layers_are_named_from_the_outside_in);
    tcase_add_test(t, test_what_follows_the_members_is_told);
    tcase_add_test(t, test_truncated_gzip_fails_when_read);
    tcase_add_loop_test(t, test_a_signal_ends_the_reading_of_the_rest, 0, 2);
    tcase_add_test(t, test_every_truncation_of_a_small_gzip_is_an_error);
    tcase_add_test(t, test_progress_follows_the_file);
    tcase_add_test(t, test_bombs_are_refused);
    tcase_add_test(t, test_what_is_known_but_not_read_is_named);
    tcase_add_loop_test(t, test_what_is_sealed_or_physical_is_neither_a_dump_nor_broken, 0,
                        COUNT_OF(sealed));
    tcase_add_loop_test(t, test_no_flipped_bit_makes_a_dump_look_sealed, 0, 8);
    tcase_add_test(t, test_folders_need_a_table_of_contents);
    tcase_add_test(t, test_a_missing_file_is_missing);
    tcase_add_loop_test(t, test_what_is_no_dump_is_named, 0, COUNT_OF(foreigners));
    tcase_add_test(t, test_what_is_packed_is_named);
    tcase_add_test(t, test_a_zeroed_stream_can_be_cleaned_up);
    Suite *s = suite_create("dump_open");
    suite_add_tcase(s, t);
    return s;
}
