/* SPDX-License-Identifier: PostgreSQL */
#include "backup/claims.h"

#include <check.h>

#include <string.h>

Suite *suite_backup_claims(void);

#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "22222222222222222222222222222222222222222222222222222222222222aB"

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

struct listed {
    const char *list, *name, *hex; /* hex NULL: not found */
    bool only;
    const char *problem; /* NULL: none */
};

static const struct listed rows[] = {
    {ONE "  a.sql\n" TWO "  b.sql\n", "b.sql",
     "22222222222222222222222222222222222222222222222222222222222222ab", false, NULL},
    {ONE " *a.sql\r\n", "a.sql", ONE, false, NULL},
    {ONE "  ./a.sql", "a.sql", ONE, false, NULL},
    {ONE "  /var/backups/a.sql\n", "a.sql", ONE, false, NULL},
    {ONE "  old/a.sql\n", "a.sql", NULL, false, NULL},
    {"SHA256 (a (1).sql) = " ONE "\n", "a (1).sql", ONE, false, NULL},
    {"\\" ONE "  a\\\\b\\nc.sql\n", "a\\b\nc.sql", ONE, false, NULL},
    {"\\SHA256 (a\\nc.sql) = " ONE "\n", "a\nc.sql", ONE, false, NULL},
    {"# made by hand\n\n" ONE "\n", "a.sql", ONE, true, NULL},
    {ONE "\n", "a.sql", NULL, false, NULL},
    {ONE "  other.sql\n", "a.sql", ONE, true, NULL},
    {ONE "  b.sql\n" TWO "  c.sql\n", "a.sql", NULL, true, NULL},
    {ONE "  a.sql\n" ONE "  a.sql\n", "a.sql", ONE, false, NULL},
    {ONE "  a.sql\n" TWO "  a.sql\n", "a.sql", NULL, false, "two digests"},
    {"", "a.sql", NULL, true, "empty"},
    {"11112222  a.sql\n", "a.sql", NULL, true, "entry 1 is no line"},
    {ONE "  a.sql\nhello\n", "a.sql", NULL, false, "entry 2 is no line"},
    {"SHA512 (a.sql) = " ONE "\n", "a.sql", NULL, false, "no line"},
    {ONE "1  a.sql\n", "a.sql", NULL, false, "no line"},
    {ONE " a.sql\n", "a.sql", NULL, false, "no line"},
};

START_TEST(test_lists_of_digests_are_read)
{
    const struct listed *row = &rows[_i];
    struct digest_list list = {slice_of(row->list), row->name, row->only, NULL, NULL};
    bool found = claims_lookup(a, &list);
    const char *problem = list.problem;
    ck_assert_int_eq(found, row->hex != NULL);
    if (found)
        ck_assert_str_eq(list.hex, row->hex);
    ck_assert_msg((problem == NULL) == (row->problem == NULL), "%s", problem);
    if (problem != NULL)
        ck_assert_msg(strstr(problem, row->problem) != NULL, "%s", problem);
}
END_TEST

static struct vec claims_of(struct http_facts facts)
{
    struct record *r = record_new(a);
    claims_of_server(a, &facts, true, &r->backup);
    return r->backup.digests;
}

#define MD5 "0123456789abcdef0123456789abcdef"

START_TEST(test_only_what_is_a_digest_of_the_object_counts)
{
    static const struct http_facts none[] = {
        {.etag = "\"" MD5 "-3\""},                        /* of several parts */
        {.etag = "W/\"" MD5 "\""},                        /* weak */
        {.etag = "\"" MD5 "\"", .encryption = "aws:kms"}, /* of what is stored, not of what came */
        {.etag = "\"" MD5 "\"", .customer_key = "AES256"},
        {.etag = "\"65f-1b3\""},
        {.sha256 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-2"},
        {.sha256 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", .checksum_type = "COMPOSITE"},
        {.sha256 = "short="},
        {.length = 0},
    };
    for (size_t i = 0; i < COUNT_OF(none); i++)
        ck_assert_msg(claims_of(none[i]).n == 0, "row %zu", i);
    struct vec both = claims_of((struct http_facts){
        .etag = "\"" MD5 "\"", .sha256 = "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP8="});
    ck_assert_uint_eq(both.n, 2);
    const struct digest_claim *c = both.items;
    ck_assert_str_eq(c[0].digest, MD5);
    ck_assert_str_eq(c[1].digest,
                     "01020300000000000000000000000000000000000000000000000000000000ff");
    ck_assert(c[1].sure);
}
END_TEST

Suite *suite_backup_claims(void)
{
    Suite *s = suite_create("backup_claims");
    TCase *t = tcase_create("claims");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, test_lists_of_digests_are_read, 0, COUNT_OF(rows));
    tcase_add_test(t, test_only_what_is_a_digest_of_the_object_counts);
    suite_add_tcase(s, t);
    return s;
}
