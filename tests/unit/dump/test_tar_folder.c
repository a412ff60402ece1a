/* SPDX-License-Identifier: PostgreSQL */
/* Directory archives of pg_dump inside of tar archives. */
#include "base/fs.h"
#include "dump/open.h"
#include "io/sha256.h"
#include "lib/archives.h"
#include "lib/bytes.h"
#include "lib/packed.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_tar_folder(void);

enum { BLOCK = 512 };

static struct arena *a;
static const char *dir, *scratch_dir;
static struct dump_stream st;
static struct err e;
static unsigned asked; /* for scratch */

static const char *give_scratch(void *context, struct err *why)
{
    (void)context;
    (void)why;
    asked++;
    return scratch_dir;
}

static const struct scratch scratch = {.folder = give_scratch};

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
    asked = 0;
    dir = fs_make_temp_dir(a, "/tmp", "tar-folder-", &e);
    scratch_dir = fs_join(a, dir, "scratch");
    ck_assert_msg(fs_make_dirs(scratch_dir, 0700, &e), "%s", e.text);
}

static void tear_down(void)
{
    struct err ignored;
    dump_stream_cleanup(&st);
    ck_assert(fs_remove_tree(dir, &ignored));
    arena_free(a);
}

static void sha256_of(const char *bytes, size_t n, char hex[SHA256_HEX_BYTES])
{
    struct sha256 sum;
    sha256_begin(&sum);
    sha256_add(&sum, bytes, n);
    sha256_end(&sum, hex);
}

/* The fixture as a directory archive, in a folder. */
static const char *folder(void)
{
    struct model *m = archives_model(a);
    const char *path = fs_join(a, dir, "made");
    m->packing = PACKING_GZIP;
    ck_assert(fs_make_dirs(path, 0700, &e));
    archives_directory(m, path);
    return path;
}

static bool read_all(struct slice file, struct dump_open_options options, struct buf *out)
{
    struct source *in = source_mem(a, file.p, file.n);
    options.name = "x.tar";
    e = (struct err){0};
    return dump_open_source(a, in, &options, &st, &e) && st.sql != NULL &&
           bytes_slurp(st.sql, 0, out, &e);
}

static const struct dump_open_options usual = {.max_expansion = 1000, .scratch = &scratch};

static void nothing_is_left(void)
{
    struct vec names;
    struct err ignored;
    dump_stream_cleanup(&st);
    ck_assert(fs_list(a, scratch_dir, &names, &ignored));
    ck_assert_uint_eq(names.n, 0);
}

static void gives(struct slice file, const char *member)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct dump_open_options options = usual;
    struct slice want = archives_fixture_text(a);
    options.member = member;
    ck_assert_msg(read_all(file, options, &out), "%s", e.text);
    ck_assert_uint_eq(out.n, want.n);
    ck_assert(memcmp(out.p, want.p, want.n) == 0);
    ck_assert_str_eq(st.format, "directory");
    ck_assert_uint_eq(st.file_bytes, file.n);
    ck_assert_uint_eq(strlen(st.sha256), 64);
    ck_assert_uint_eq(st.archive->n_problems, 0);
    nothing_is_left();
}

static void fails(struct slice file, enum err_code code, const char *words)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert(!read_all(file, usual, &out));
    ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
    ck_assert_msg(e.code == code, "%s: %s", err_name(e.code), e.text);
    nothing_is_left();
}

#define TAR(...)                                                                                   \
    packed_tar(a, (const struct packed_member[]){__VA_ARGS__},                                     \
               COUNT_OF(((const struct packed_member[]){__VA_ARGS__})))

/* Without its end mark, so that more may follow. */
static struct slice open_ended(struct slice tar)
{
    while (tar.n > 0 && tar.p[tar.n - 1] == '\0')
        tar.n--;
    return (struct slice){tar.p, (tar.n + BLOCK - 1) / BLOCK * BLOCK};
}

START_TEST(test_a_folder_in_a_tar_gives_what_the_folder_gives)
{
    struct slice tar = packed_tar_of(a, folder(), "backup/shop");
    gives(tar, NULL);
    ck_assert_str_eq(st.member, "backup/shop");
    ck_assert_str_eq(st.compression, "tar, gzip");
    gives(bytes_gzip(a, tar), NULL);
    ck_assert_str_eq(st.compression, "gzip, tar, gzip");
    gives(packed_tar_of(a, folder(), "./"), NULL);
    ck_assert_str_eq(st.member, ".");
    ck_assert_uint_eq(asked, 3);
}
END_TEST

/* "HEX  NAME" of each file, sorted by name, is what the folder's digest is of. */
START_TEST(test_the_digest_of_a_folder_is_that_of_its_list)
{
    CLEANUP(buf_cleanup) struct buf list = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    const char *path = folder();
    char want[SHA256_HEX_BYTES];
    struct vec names;
    ck_assert(fs_list(a, path, &names, &e));
    VEC_EACH (const char *const, name, &names) {
        struct slice bytes;
        char hex[SHA256_HEX_BYTES];
        ck_assert(fs_read_file(a, fs_join(a, path, *name), 1 << 20, &bytes, &e));
        sha256_of(bytes.p, bytes.n, hex);
        buf_printf(&list, "%s  %s\n", hex, *name);
    }
    sha256_of(list.p, list.n, want);
    ck_assert(fs_write_file(a, fs_join(a, path, "README"), 0600, slice_of("Hello"), &e));
    ck_assert_msg(dump_open(a, path, &usual, &st, &e), "%s", e.text);
    ck_assert_msg(bytes_slurp(st.sql, 0, &out, &e), "%s", e.text);
    ck_assert_str_eq(st.sha256, want);
    ck_assert_uint_eq(st.archive->digests.n, names.n);
}
END_TEST

START_TEST(test_the_folder_may_be_named)
{
    struct slice folder_tar = packed_tar_of(a, folder(), "shop");
    struct slice tar =
        bytes_join(a, open_ended(TAR({"globals.sql", slice_of("SELECT 1;\n")})), folder_tar);
    static const char *const names[] = {"shop", "shop/", "./shop", "shop/toc.dat"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        gives(tar, names[i]);
    fails(tar, ERR_REFUSED, "it holds 2 dumps: globals.sql (10 B), shop/ (");
}
END_TEST

START_TEST(test_other_files_beside_and_in_the_folder_are_no_matter)
{
    struct slice tar = packed_tar_of(a, folder(), "shop");
    tar = bytes_join(a, open_ended(packed_tar_link(a, "latest", "shop")), tar);
    tar = bytes_join(
        a,
        open_ended(TAR({"README", slice_of("Hello")}, {"shop/._toc.dat", {"\0\x05\x16\x07", 4}},
                       {"shop/dump.sha256", slice_of("select")})),
        tar);
    gives(tar, NULL);
}
END_TEST

START_TEST(test_without_room_to_unpack_nothing_is_judged)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct dump_open_options options = usual;
    options.scratch = NULL;
    ck_assert(!read_all(packed_tar_of(a, folder(), "shop"), options, &out));
    ck_assert_int_eq(e.code, ERR_REFUSED);
    ck_assert_msg(strstr(e.text, "directory archive") != NULL, "%s", e.text);
}
END_TEST

/* The size of the first member, with the header's checksum (POSIX.1-2017, pax). */
static struct slice claim_size(struct slice tar, const char octal[12])
{
    enum { SIZE_AT = 124, SUM_AT = 148, SUM_BYTES = 8 };
    char *bytes = arena_alloc(a, tar.n);
    unsigned sum = 0;
    memcpy(bytes, tar.p, tar.n);
    memcpy(bytes + SIZE_AT, octal, 12);
    memset(bytes + SUM_AT, ' ', SUM_BYTES);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)bytes[i];
    memcpy(bytes + SUM_AT, arena_printf(a, "%06o", sum), 7);
    return (struct slice){bytes, tar.n};
}

/* The room is asked for before the first byte is written: 2^60 bytes, as GNU tar writes them. */
START_TEST(test_a_member_that_does_not_fit_is_told_with_the_figures)
{
    struct slice tar = TAR({"shop/1.dat", slice_of("1\n")});
    fails(claim_size(tar, "\x80\0\0\0\x10\0\0\0\0\0\0"), ERR_SPACE, "needs 1153 PB more, and only");
    ck_assert_ptr_nonnull(strstr(e.text, "set work_dir"));
}
END_TEST

START_TEST(test_a_bomb_is_refused_while_it_is_unpacked)
{
    enum { ZEROS = 80 << 20 };
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct slice zeros = {arena_alloc(a, ZEROS), ZEROS};
    struct dump_open_options options = usual;
    memset((char *)(uintptr_t)zeros.p, 0, ZEROS);
    options.max_expansion = 100;
    ck_assert(!read_all(bytes_gzip(a, TAR({"shop/1.dat", zeros})), options, &out));
    ck_assert_msg(e.code == ERR_LIMIT, "%s", e.text);
    nothing_is_left();
}
END_TEST

START_TEST(test_links_and_names_that_lead_out_are_refused)
{
    struct slice tar = packed_tar_of(a, folder(), "shop");
    fails(bytes_join(a, open_ended(packed_tar_link(a, "shop/1.dat", "/etc/passwd")), tar),
          ERR_REFUSED, "shop/1.dat in its directory archive is a symbolic link");
    fails(packed_tar_of(a, folder(), "shop/../../../tmp"), ERR_REFUSED, "leads out of it");
    fails(bytes_join(a, open_ended(tar), tar), ERR_REFUSED, "two members called shop/");
    ck_assert(!fs_exists("/tmp/toc.dat"));
}
END_TEST

START_TEST(test_a_folder_without_its_table_of_contents_is_broken)
{
    fails(TAR({"shop/1.dat", slice_of("1\n")}, {"shop/2.dat.gz", bytes_gzip(a, slice_of("2\n"))}),
          ERR_FORMAT, "shop holds data of a directory archive of pg_dump, and no toc.dat");
    ck_assert(st.broken);
}
END_TEST

START_TEST(test_a_member_that_is_lost_is_missed)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    const char *path = folder();
    struct vec names;
    ck_assert(fs_list(a, path, &names, &e));
    const char *first = *(const char **)vec_at(&names, 0);
    ck_assert(fs_remove_tree(fs_join(a, path, first), &e));
    ck_assert_msg(read_all(packed_tar_of(a, path, "shop"), usual, &out), "%s", e.text);
    ck_assert_uint_eq(st.archive->n_problems, 1);
}
END_TEST

START_TEST(test_every_truncation_is_an_error)
{
    enum { STEP = 1999 };
    struct slice tar = packed_tar_of(a, folder(), "shop");
    size_t end = open_ended(tar).n + (size_t)2 * BLOCK;
    for (size_t n = 1; n < end; n += n + STEP < end ? STEP : 1) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        ck_assert_msg(!read_all((struct slice){tar.p, n}, usual, &out), "whole after %zu of %zu", n,
                      end);
        ck_assert(e.code == ERR_FORMAT && e.text[0] != '\0');
        nothing_is_left();
    }
}
END_TEST

Suite *suite_dump_tar_folder(void)
{
    Suite *s = suite_create("dump_tar_folder");
    TCase *t = tcase_create("tar_folder");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, test_a_folder_in_a_tar_gives_what_the_folder_gives);
    tcase_add_test(t, test_the_digest_of_a_folder_is_that_of_its_list);
    tcase_add_test(t, test_the_folder_may_be_named);
    tcase_add_test(t, test_other_files_beside_and_in_the_folder_are_no_matter);
    tcase_add_test(t, test_without_room_to_unpack_nothing_is_judged);
    tcase_add_test(t, test_a_member_that_does_not_fit_is_told_with_the_figures);
    tcase_add_test(t, test_a_bomb_is_refused_while_it_is_unpacked);
    tcase_add_test(t, test_links_and_names_that_lead_out_are_refused);
    tcase_add_test(t, test_a_folder_without_its_table_of_contents_is_broken);
    tcase_add_test(t, test_a_member_that_is_lost_is_missed);
    tcase_add_test(t, test_every_truncation_is_an_error);
    suite_add_tcase(s, t);
    return s;
}
