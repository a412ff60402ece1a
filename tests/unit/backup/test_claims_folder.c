/* SPDX-License-Identifier: PostgreSQL */
/* Lists of the digests of a directory archive's files. */
#include "backup/claims.h"
#include "base/fs.h"
#include "dump/archive.h"

#include <check.h>

#include <string.h>

Suite *suite_backup_claims_folder(void);

#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222222222222222222222222222"
#define TOC "3333333333333333333333333333333333333333333333333333333333333333"
#define ALL "4444444444444444444444444444444444444444444444444444444444444444"

static struct arena *a;
static const char *dir;
static struct err e;
static struct record *r;

static void set_up(void)
{
    a = arena_new();
    r = record_new(a);
    dir = fs_make_temp_dir(a, "/tmp", "claims-", &e);
    ck_assert_msg(fs_make_dirs(fs_join(a, dir, "shop"), 0700, &e), "%s", e.text);
}

static void tear_down(void)
{
    ck_assert(fs_remove_tree(dir, &e));
    arena_free(a);
}

/* The claims for a folder "shop" of three files, with a list of that name and text. */
static const struct vec *claims(const char *list, const char *text)
{
    static const struct file_digest files[] = {
        {"1.dat.gz", ONE}, {"2.dat.gz", TWO}, {"toc.dat", TOC}};
    struct vec all = vec_new(a, sizeof(struct file_digest));
    struct place place = {.arena = a, .record = r};
    ck_assert(fs_write_file(a, fs_join(a, dir, list), 0600, slice_of(text), &e));
    for (size_t i = 0; i < COUNT_OF(files); i++)
        *(struct file_digest *)vec_push(&all) = files[i];
    place.path = place.shown = fs_join(a, dir, "shop");
    r->backup.sha256 = ALL;
    claims_of_folder(&place, &all);
    claims_beside(&place);
    return &r->backup.digests;
}

static const struct listed {
    const char *list, *text;
    size_t n;
    const char *source, *digest, *found, *problem; /* of the first claim */
} rows[] = {
    {"shop/SHA256SUMS", ONE "  1.dat.gz\n" TWO "  2.dat.gz\n" TOC "  ./toc.dat\n" TWO "  README\n",
     1, "shop/SHA256SUMS", ALL, NULL, NULL},
    {"SHA256SUMS", ONE "  shop/1.dat.gz\n" TWO " */b/shop/2.dat.gz\n" TOC "  ./shop/toc.dat\n", 1,
     "SHA256SUMS", ALL, NULL, NULL},
    {"shop.sha256", ONE "  1.dat.gz\n" TWO "  2.dat.gz\n" TOC "  toc.dat\n", 1, "shop.sha256", ALL,
     NULL, NULL},
    {"shop/SHA256SUMS", ONE "  1.dat.gz\n" ONE "  2.dat.gz\n" TOC "  toc.dat\n", 1,
     "shop/SHA256SUMS, 2.dat.gz", ONE, TWO, NULL},
    {"SHA256SUMS",
     ONE "  shop/1.dat.gz\n" TWO "  shop/2.dat.gz\n" TOC "  shop/toc.dat\n" ONE "  shop/3.dat.gz\n",
     1, "SHA256SUMS, 3.dat.gz", ONE, "not there", NULL},
    {"shop/SHA256SUMS", ONE "  1.dat.gz\n" TOC "  toc.dat\n", 1, "shop/SHA256SUMS", NULL, NULL,
     "it does not name 2.dat.gz"},
    {"shop/SHA256SUMS", ONE "  1.dat.gz\nhello\n", 1, "shop/SHA256SUMS", NULL, NULL,
     "entry 2 is no line of sha256sum"},
    {"shop/SHA256SUMS", ONE "  README\n", 1, "shop/SHA256SUMS", NULL, NULL,
     "it names no file of the archive"},
    {"shop.sha256", TWO "  shop\n", 1, "shop.sha256", TWO, NULL, NULL}, /* of the folder */
    {"SHA256SUMS", ONE "  other/1.dat.gz\n" TWO "  2.dat.gz\n", 0, NULL, NULL, NULL, NULL},
};

START_TEST(test_each_file_of_a_folder_may_be_listed)
{
    const struct listed *row = &rows[_i];
    const struct vec *all = claims(row->list, row->text);
    ck_assert_uint_eq(all->n, row->n);
    if (row->n == 0)
        return;
    const struct digest_claim *c = vec_at(all, 0);
    ck_assert_msg(str_ends(c->source, row->source), "%s", c->source);
    ck_assert(str_eq(c->digest, row->digest));
    ck_assert(str_eq(c->found, row->found));
    ck_assert(str_eq(c->problem, row->problem));
    ck_assert_int_eq(c->sure, row->digest != NULL);
}
END_TEST

Suite *suite_backup_claims_folder(void)
{
    Suite *s = suite_create("backup_claims_folder");
    TCase *t = tcase_create("claims_folder");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, test_each_file_of_a_folder_may_be_listed, 0, COUNT_OF(rows));
    suite_add_tcase(s, t);
    return s;
}
