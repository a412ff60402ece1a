/* SPDX-License-Identifier: PostgreSQL */
/* Manifests: whole or changed, and those that programs of other versions wrote. */
#include "base/str.h"
#include "io/sha256.h"
#include "report/manifest.h"

#include <check.h>

#include <string.h>

Suite *suite_report_manifest(void);

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static struct arena *a;
static struct err e;
static bool intact;

static void set_up(void)
{
    a = arena_new();
    e = (struct err){0};
    intact = false;
}

static void tear_down(void)
{
    arena_cleanup(&a);
}

static const char *written(void)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct manifest *m = manifest_new(a);
    *(struct manifest_table *)vec_push(&m->tables) =
        (struct manifest_table){.schema = "public", .name = "orders", .rows = KNOWN(3)};
    *(struct manifest_table *)vec_push(&m->tables) =
        (struct manifest_table){.schema = "app", .name = "notes", .digest = ZEROS};
    manifest_write(a, m, &out);
    return arena_strndup(a, out.p, out.n);
}

static const struct manifest *read(const char *text)
{
    struct manifest *m = NULL;
    ck_assert_msg(manifest_read(a, (struct slice){text, strlen(text)}, &m, &intact, &e), "%s",
                  e.text);
    return m;
}

/* The text with its digest in the place of the first zeros. */
static const char *sealed(const char *text)
{
    char hex[SHA256_HEX_BYTES];
    struct sha256 sha = {0};
    sha256_begin(&sha);
    sha256_add(&sha, text, strlen(text));
    sha256_end(&sha, hex);
    const char *at = strstr(text, ZEROS);
    ck_assert_ptr_nonnull(at);
    return arena_printf(a, "%.*s%s%s", (int)(at - text), text, hex, at + strlen(ZEROS));
}

START_TEST(test_what_is_written_is_read_again)
{
    const struct manifest *m = read(written());
    const struct manifest_table *first = vec_at(&m->tables, 0), *second = vec_at(&m->tables, 1);
    ck_assert(intact);
    ck_assert_uint_eq(m->tables.n, 2);
    ck_assert_str_eq(first->name, "notes");
    ck_assert_str_eq(first->digest, ZEROS);
    ck_assert_str_eq(second->name, "orders");
    ck_assert_int_eq(second->rows.value, 3);
}
END_TEST

/* Also by a program that knows nothing of ours: sha256sum after a replacement. */
START_TEST(test_the_digest_is_that_of_the_bytes)
{
    const char *text = written(), *digest = strstr(text, "\"digest\": \"");
    ck_assert_ptr_nonnull(digest);
    digest += strlen("\"digest\": \"");
    const char *blanked =
        arena_printf(a, "%.*s%s%s", (int)(digest - text), text, ZEROS, digest + strlen(ZEROS));
    ck_assert_str_eq(sealed(blanked), text);
}
END_TEST

static const struct {
    const char *from, *to;
} changes[] = {
    {"\"rows\": 3", "\"rows\": 4"},
    {"\"rows\": 3", "\"rows\":  3"},
    {"\"orders\"", "\"orders2\""},
    {"}\n", "}\n\n"},
    {"\"digest\": \"", "\"added\": \""},
    {"\"digest\": \"", "\"digest\": \"0"},
    {"\"schema\": \"app\"", "\"schema\": \"App\""},
};

START_TEST(test_every_change_is_seen)
{
    const char *text = written(), *at = text, *found = NULL;
    while ((at = strstr(at, changes[_i].from)) != NULL)
        found = at++;
    ck_assert_ptr_nonnull(found);
    (void)read(arena_printf(a, "%.*s%s%s", (int)(found - text), text, changes[_i].to,
                            found + strlen(changes[_i].from)));
    ck_assert(!intact);
}
END_TEST

START_TEST(test_one_of_an_older_program_lacks_members_and_is_whole)
{
    const struct manifest *m =
        read(sealed("{\"schema\": \"pg_rehearse.manifest/v1\", \"digest\": \"" ZEROS "\","
                    "\"tables\": [{\"schema\": \"public\", \"name\": \"t\", \"rows\": 7}]}\n"));
    const struct manifest_table *t = vec_at(&m->tables, 0);
    ck_assert(intact);
    ck_assert_int_eq(t->rows.value, 7);
    ck_assert(!t->bytes.known);
    ck_assert_uint_eq(m->sequences.n, 0);
    ck_assert_uint_eq(m->source.facts.n, 0);
    ck_assert_ptr_null(m->backup.sha256);
}
END_TEST

START_TEST(test_one_of_a_newer_program_has_more_members_and_is_whole)
{
    const struct manifest *m = read(sealed(
        "{\"schema\": \"pg_rehearse.manifest/v1\", \"digest\": \"" ZEROS
        "\", \"moon\": {\"x\": []},"
        "\"tables\": [{\"schema\": \"public\", \"name\": \"t\", \"rows\": 7, \"phase\": 1}]}\n"));
    ck_assert(intact);
    ck_assert_uint_eq(m->tables.n, 1);
}
END_TEST

static const struct {
    const char *members, *problem;
} bad[] = {
    {"\"tables\": [{\"name\": \"t\"}]", "tables[0]"},
    {"\"tables\": [{\"schema\": \"s\", \"name\": \"t\"}, {\"schema\": \"s\"}]", "tables[1]"},
    {"\"sequences\": [{\"schema\": \"s\", \"value\": 1}]", "sequences[0]"},
    {"\"source\": {\"facts\": [{\"name\": \"TimeZone\", \"value\": \"UTC\"}]}", "source.facts[0]"},
    {"\"source\": {\"facts\": [{\"kind\": \"setting\", \"name\": \"x\"}]}", "source.facts[0]"},
    {"\"tables\": {}", "tables: must be a list"},
    {"\"made\": 3", "made: must be a time"},
    {"\"made\": null", "made: must be a time"},
    {"\"schema\": \"pg_rehearse.manifest/v1\"", "schema: is there twice"},
};

START_TEST(test_one_that_makes_no_sense_is_refused)
{
    struct manifest *m = NULL;
    const char *text =
        arena_printf(a, "{\"schema\": \"pg_rehearse.manifest/v1\", %s}", bad[_i].members);
    ck_assert(!manifest_read(a, (struct slice){text, strlen(text)}, &m, &intact, &e));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_msg(strstr(e.text, bad[_i].problem) != NULL, "%s", e.text);
    ck_assert_ptr_null(m);
}
END_TEST

Suite *suite_report_manifest(void)
{
    Suite *s = suite_create("report_manifest");
    TCase *tc = tcase_create("manifest");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test_what_is_written_is_read_again);
    tcase_add_test(tc, test_the_digest_is_that_of_the_bytes);
    tcase_add_loop_test(tc, test_every_change_is_seen, 0, COUNT_OF(changes));
    tcase_add_test(tc, test_one_of_an_older_program_lacks_members_and_is_whole);
    tcase_add_test(tc, test_one_of_a_newer_program_has_more_members_and_is_whole);
    tcase_add_loop_test(tc, test_one_that_makes_no_sense_is_refused, 0, COUNT_OF(bad));
    suite_add_tcase(s, tc);
    return s;
}
