/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "dump/open.h"
#include "lib/bytes.h"
#include "lib/packed.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_tar(void);

static struct arena *a;
static struct dump_stream st;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
}

static void tear_down(void)
{
    dump_stream_cleanup(&st);
    arena_free(a);
}

static struct slice dump(void)
{
    return bytes_join(a, slice_of("--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n"),
                      bytes_rows(a, 5000));
}

static bool read_all(struct slice file, const char *member, struct buf *out)
{
    struct dump_open_options options = {.max_expansion = 1000, .member = member, .name = "x.tar"};
    struct source *in = source_mem(a, file.p, file.n);
    return dump_open_source(a, in, &options, &st, &e) && st.sql != NULL &&
           bytes_slurp(st.sql, 0, out, &e);
}

static void gives(struct slice file, const char *member, struct slice sql)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert_msg(read_all(file, member, &out), "%s", e.text);
    ck_assert(out.n == sql.n && memcmp(out.p, sql.p, sql.n) == 0);
    ck_assert_uint_eq(st.file_bytes, file.n);
    ck_assert_uint_eq(strlen(st.sha256), 64);
}

static void fails(struct slice file, const char *member, enum err_code code, const char *words)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert(!read_all(file, member, &out));
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
    ck_assert_msg(e.code == code, "%s: %s", err_name(e.code), e.text);
}

#define TAR(...)                                                                                   \
    packed_tar(a, (const struct packed_member[]){__VA_ARGS__},                                     \
               COUNT_OF(((const struct packed_member[]){__VA_ARGS__})))

START_TEST(test_the_only_dump_is_found_among_other_members)
{
    struct slice sql = dump();
    struct slice tar = TAR({"README", slice_of("Hello, this is a backup")}, {"db/empty", {"", 0}},
                           {"db/shop.sql.gz", bytes_gzip(a, sql)},
                           {"db/shop.sql.gz.sha256", slice_of("select")}, {"logo", {"\x89PNG", 4}});
    gives(tar, NULL, sql);
    ck_assert_str_eq(st.member, "db/shop.sql.gz");
    ck_assert_str_eq(st.compression, "tar, gzip");
    ck_assert_str_eq(st.protection, "crc32");
    dump_stream_cleanup(&st);
    gives(bytes_zstd(a, tar), NULL, sql);
    ck_assert_str_eq(st.compression, "zstd, tar, gzip");
}
END_TEST

START_TEST(test_of_several_dumps_one_must_be_named)
{
    struct slice sql = dump();
    struct slice tar = TAR({"./a.sql", slice_of("SELECT 1;\n")}, {"b.sql", sql});
    const char *both = arena_printf(a, "it holds 2 dumps: a.sql (10 B), b.sql (%s); say which one",
                                    str_bytes(a, sql.n));
    fails(tar, NULL, ERR_REFUSED, both);
    dump_stream_cleanup(&st);
    gives(tar, "b.sql", sql);
    dump_stream_cleanup(&st);
    gives(tar, "a.sql", slice_of("SELECT 1;\n"));
    dump_stream_cleanup(&st);
    fails(tar, "c.sql", ERR_USAGE, "there is no member \"c.sql\"");
}
END_TEST

START_TEST(test_a_member_of_what_is_no_archive_is_a_wrong_argument)
{
    fails(dump(), "a.sql", ERR_USAGE, "there is no member \"a.sql\", since the file is no tar");
}
END_TEST

START_TEST(test_an_archive_without_dump_is_named_so)
{
    fails(TAR({"README", slice_of("Hello, this is nothing")}), NULL, ERR_FORMAT,
          "no member of it is a dump");
}
END_TEST

START_TEST(test_what_a_cluster_keeps_beside_its_database_is_said)
{
    static const char globals[] = "--\n-- PostgreSQL database cluster dump\n--\n\nSELECT 1;\n";
    fails(TAR({"shop.sql", dump()}, {"globals.sql", slice_of(globals)}), NULL, ERR_REFUSED,
          "globals.sql is of pg_dumpall, as roles and tablespaces are kept, and shop.sql the "
          "database: BACKUP#shop.sql proves that one");
}
END_TEST

START_TEST(test_many_dumps_are_counted_and_some_named)
{
    enum { MANY = 30 };
    struct packed_member members[MANY];
    for (size_t i = 0; i < MANY; i++)
        members[i] = (struct packed_member){arena_printf(a, "%02zu.sql", i), slice_of("BEGIN;\n")};
    fails(packed_tar(a, members, MANY), NULL, ERR_REFUSED, "it holds 30 dumps: 00.sql (7 B), ");
    ck_assert_ptr_nonnull(strstr(e.text, "19.sql (7 B) and 10 more; say which"));
}
END_TEST

START_TEST(test_two_members_of_one_name_are_refused)
{
    struct slice tar = TAR({"a.sql", dump()}, {"a.sql", slice_of("SELECT 1;\n")});
    fails(tar, NULL, ERR_REFUSED, "two members called a.sql");
    dump_stream_cleanup(&st);
    fails(tar, "a.sql", ERR_REFUSED, "two members called a.sql");
}
END_TEST

START_TEST(test_a_physical_backup_is_not_judged)
{
    fails(TAR({"backup_label", slice_of("START WAL LOCATION: 0/2000028\n")}), NULL, ERR_REFUSED,
          "it holds a physical backup (backup_label)");
    dump_stream_cleanup(&st);
    fails(TAR({"main/PG_VERSION", slice_of("15\n")}), NULL, ERR_REFUSED, "pg_verifybackup");
}
END_TEST

/* The member's data, the headers, and the end mark: nothing may be missing. */
START_TEST(test_every_truncation_is_an_error)
{
    enum { STEP = 101, BLOCK = 512 };
    struct slice tar = TAR({"a.sql", slice_of("SELECT 1;\n")}, {"b.txt", slice_of("Hello")});
    size_t end = tar.n;
    while (end > 0 && tar.p[end - 1] == '\0')
        end--;
    end = (end + BLOCK - 1) / BLOCK * BLOCK + (size_t)2 * BLOCK;
    ck_assert_uint_le(end, tar.n);
    for (size_t n = 1; n < end; n += n + STEP < end ? STEP : 1) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        e = (struct err){0};
        ck_assert_msg(!read_all((struct slice){tar.p, n}, NULL, &out), "whole after %zu of %zu", n,
                      end);
        ck_assert(e.text[0] != '\0');
        dump_stream_cleanup(&st);
    }
}
END_TEST

START_TEST(test_names_are_never_followed)
{
    struct slice sql = dump();
    gives(TAR({"../../../../tmp/tar-test-evil.sql", sql}), NULL, sql);
    ck_assert(!fs_exists("/tmp/tar-test-evil.sql"));
}
END_TEST

START_TEST(test_layers_are_bounded)
{
    struct slice deep = slice_of("SELECT 1;\n");
    for (int i = 0; i < 5; i++)
        deep = TAR({"x.tar", deep});
    fails(deep, NULL, ERR_LIMIT, "packed more than");
}
END_TEST

Suite *suite_dump_tar(void)
{
    Suite *s = suite_create("dump_tar");
    TCase *t = tcase_create("tar");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_the_only_dump_is_found_among_other_members);
    tcase_add_test(t, test_of_several_dumps_one_must_be_named);
    tcase_add_test(t, test_a_member_of_what_is_no_archive_is_a_wrong_argument);
    tcase_add_test(t, test_an_archive_without_dump_is_named_so);
    tcase_add_test(t, test_what_a_cluster_keeps_beside_its_database_is_said);
    tcase_add_test(t, test_many_dumps_are_counted_and_some_named);
    tcase_add_test(t, test_two_members_of_one_name_are_refused);
    tcase_add_test(t, test_a_physical_backup_is_not_judged);
    tcase_add_test(t, test_every_truncation_is_an_error);
    tcase_add_test(t, test_names_are_never_followed);
    tcase_add_test(t, test_layers_are_bounded);
    suite_add_tcase(s, t);
    return s;
}
