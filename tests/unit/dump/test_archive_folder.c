/* SPDX-License-Identifier: PostgreSQL */
/* Every prefix and every flipped bit of every file of a small directory archive, and of the same in
 * a packed tar archive: always an answer, and never in silence where there is a checksum. */
#include "base/fs.h"
#include "dump/open.h"
#include "lib/archives.h"
#include "lib/bytes.h"
#include "lib/packed.h"

#include <check.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

Suite *suite_dump_archive_folder(void);

static struct arena *a;
static const char *dir, *folder;
static struct slice want; /* the text of the sound one */
static struct err e;

static bool keeps(const char *tag)
{
    static const char *const tags[] = {"ENCODING", "STDSTRINGS", "SEARCHPATH", "nothing",
                                       "4711",     "4712",       "BLOBS"};
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (str_eq(tag, tags[i]))
            return true;
    return false;
}

/* A table and two large objects. */
static struct model *small_model(void)
{
    struct model *m = archives_model(a);
    struct vec entries = m->toc.entries, members = m->members;
    m->packing = PACKING_GZIP;
    m->toc.entries = vec_new(a, entries.item_bytes);
    m->members = vec_new(a, members.item_bytes);
    VEC_EACH (const struct archive_entry, t, &entries) {
        if (!keeps(t->tag))
            continue;
        *(struct archive_entry *)vec_push(&m->toc.entries) = *t;
        VEC_EACH (const struct member, x, &members)
            if (x->id == t->id)
                *(struct member *)vec_push(&m->members) = *x;
    }
    return m;
}

/* Reads a file or folder to its end. Is it told that something is wrong? */
static bool is_told(const char *path, bool *same)
{
    CLEANUP(arena_cleanup) struct arena *own = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err why = {0};
    CLEANUP(source_cleanup) struct source *in = archive_directory(own, path, &facts, &why);
    bool ok = in != NULL && bytes_slurp(in, 0, &out, &why);
    ck_assert(ok || why.text[0] != '\0' || facts.unknown != NULL);
    *same = out.n == want.n && memcmp(buf_text(&out), want.p, want.n) == 0;
    return !ok || facts.n_problems > 0;
}

static void set_up(void)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    a = arena_new();
    e = (struct err){0};
    dir = fs_make_temp_dir(a, "/tmp", "archive-folder-", &e);
    folder = fs_join(a, dir, "shop");
    ck_assert_msg(fs_make_dirs(folder, 0700, &e), "%s", e.text);
    archives_directory(small_model(), folder);
    CLEANUP(source_cleanup) struct source *in = archive_directory(a, folder, &facts, &e);
    ck_assert_msg(in != NULL && bytes_slurp(in, 0, &out, &e), "%s", e.text);
    ck_assert_uint_eq(facts.n_problems, 0);
    ck_assert_uint_eq(facts.members, 3);
    want = (struct slice){arena_strndup(a, out.p, out.n), out.n};
}

static void tear_down(void)
{
    ck_assert_msg(fs_remove_tree(dir, &e), "%s", e.text);
    arena_free(a);
}

static void put(const char *path, struct slice bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_msg(fs_write_all(fd, bytes.p, bytes.n, &e), "%s", e.text);
    ck_assert_int_eq(close(fd), 0);
}

/* Calls `each` with every file of the folder. */
static void for_each_file(void (*each)(const char *name, const char *path, struct slice whole))
{
    struct vec names;
    ck_assert(fs_list(a, folder, &names, &e));
    ck_assert_uint_eq(names.n, 5);
    VEC_EACH (const char *const, name, &names) {
        const char *path = fs_join(a, folder, *name);
        struct slice whole;
        ck_assert(fs_read_file(a, path, 1 << 20, &whole, &e));
        each(*name, path, whole);
        put(path, whole);
    }
}

/* The last newline of a list of large objects may be missing: nothing is lost with it. */
static void cut(const char *name, const char *path, struct slice whole)
{
    for (size_t n = 0; n < whole.n; n++) {
        bool same;
        put(path, (struct slice){whole.p, n});
        bool told = is_told(folder, &same);
        ck_assert_msg(told || (same && str_eq(name, "blobs.toc") && n == whole.n - 1),
                      "%s: whole after %zu of %zu bytes", name, n, whole.n);
    }
}

START_TEST(test_every_truncation_of_every_file_is_told)
{
    for_each_file(cut);
}
END_TEST

/* The table of contents has no checksum: there the promise is an answer. */
static void flip(const char *name, const char *path, struct slice whole)
{
    char *bytes = arena_alloc(a, whole.n);
    memcpy(bytes, whole.p, whole.n);
    for (size_t bit = 0; bit < 8 * whole.n; bit++) {
        bool same;
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        put(path, (struct slice){bytes, whole.n});
        bytes[bit / 8] = whole.p[bit / 8];
        bool told = is_told(folder, &same);
        ck_assert_msg(told || same || str_eq(name, "toc.dat"), "%s: bit %zu", name, bit);
    }
}

START_TEST(test_every_flipped_bit_of_every_file_is_told_or_changes_nothing)
{
    for_each_file(flip);
}
END_TEST

/* ---- in a packed tar archive -------------------------------------------------------------------
 */

static const char *give_scratch(void *context, struct err *why)
{
    (void)context;
    (void)why;
    return dir;
}

/* gzip's checksum is of everything. */
static void expect_told(struct slice file)
{
    static const struct scratch scratch = {.folder = give_scratch};
    static const struct dump_open_options options = {.scratch = &scratch, .name = "shop.tgz"};
    CLEANUP(arena_cleanup) struct arena *own = arena_new();
    CLEANUP(buf_cleanup) struct buf out = {0};
    CLEANUP(dump_stream_cleanup) struct dump_stream st = {0};
    struct err why = {0};
    bool ok = dump_open_source(own, source_mem(own, file.p, file.n), &options, &st, &why) &&
              st.sql != NULL && bytes_slurp(st.sql, 0, &out, &why);
    bool same = ok && out.n == want.n && memcmp(out.p, want.p, want.n) == 0;
    ck_assert(ok || why.text[0] != '\0');
    ck_assert(!ok || st.note != NULL || (same && file.n > 0));
}

START_TEST(test_damage_of_a_packed_folder_is_told_or_changes_nothing)
{
    struct slice tgz = bytes_gzip(a, packed_tar_of(a, folder, "shop"));
    char *bytes = arena_alloc(a, tgz.n);
    memcpy(bytes, tgz.p, tgz.n);
    for (size_t n = 0; n < tgz.n; n++)
        expect_told((struct slice){tgz.p, n});
    for (size_t bit = 0; bit < 8 * tgz.n; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        expect_told((struct slice){bytes, tgz.n});
        bytes[bit / 8] = tgz.p[bit / 8];
    }
}
END_TEST

Suite *suite_dump_archive_folder(void)
{
    Suite *s = suite_create("dump_archive_folder");
    TCase *t = tcase_create("archive_folder");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_every_truncation_of_every_file_is_told);
    tcase_add_test(t, test_every_flipped_bit_of_every_file_is_told_or_changes_nothing);
    tcase_add_test(t, test_damage_of_a_packed_folder_is_told_or_changes_nothing);
    suite_add_tcase(s, t);
    return s;
}
