/* SPDX-License-Identifier: PostgreSQL */
/* The fault matrix: the sound dump is found sound, and each fault makes its check speak. */
#include "base/fs.h"
#include "check/check.h"
#include "faults/base.h"
#include "faults/edit.h"
#include "faults/faults.h"
#include "lib/bytes.h"

#include <check.h>

#include <string.h>

Suite *suite_matrix(void);

enum { ALL_VARIANTS = (1 << VARIANTS) - 1 };

struct fault_row {
    const char *name;
    struct slice (*make)(struct arena *a, struct slice in);
    enum { OF_SQL, OF_FILE, OF_SIDECAR } of; /* what it is made of: SQL, packed bytes, a digest */
    unsigned variants;
    const char *check;
    enum outcome outcome;
    const char *code; /* NULL: any */
};

static const struct fault_row faults[] = {
#define SQL_FAULT(name, check, outcome, code)                                                      \
    {#name, fault_##name, OF_SQL, ALL_VARIANTS, #check, OUTCOME_##outcome, code},
#define FILE_FAULT(name, variant, check, outcome, code)                                            \
    {#name, fault_file_##name, OF_FILE, 1U << VARIANT_##variant, #check, OUTCOME_##outcome, code},
#define SIDE_FAULT(name, check, outcome, code)                                                     \
    {#name, fault_side_##name, OF_SIDECAR, 1U << VARIANT_gzip, #check, OUTCOME_##outcome, code},
#include "faults/faults.def"
#undef SQL_FAULT
#undef FILE_FAULT
#undef SIDE_FAULT
};

/* Checks of the stage that judge no bytes: tests/unit/check has them; the one that archives.def
 * has; and the one that tests/integration/test_manifest.c has. */
static const char *const without_fault[] = {"backup_age", "backup_size", "archive", "manifest"};

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static void expect_sound(struct slice file, const char *what)
{
    struct config config = base_config();
    const struct record *r = base_verify(a, file, &config);
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(c->outcome == OUTCOME_PASSED || c->outcome == OUTCOME_SKIPPED,
                      "%s: %s is %s (%s)", what, c->name, outcome_words[c->outcome], c->detail);
    VEC_EACH (const struct finding, f, &r->findings)
        ck_assert_msg(f->severity == SEVERITY_NOTE, "%s: %s (%s)", what, f->code, f->text);
}

START_TEST(test_sound_dump_is_sound_in_every_packing)
{
    struct slice sql = base_dump(a);
    expect_sound(base_packed(a, sql, (enum variant)_i), variant_words[_i]);
}
END_TEST

START_TEST(test_sound_dump_has_no_finding_but_the_names_of_roles)
{
    struct config config = base_config();
    const struct record *r =
        base_verify(a, base_packed(a, base_dump(a), (enum variant)_i), &config);
    ck_assert_uint_eq(r->findings.n, 1);
    ck_assert(base_has_finding(r, "roles_known", "ROLE_MISSING", SEVERITY_NOTE));
    ck_assert_int_eq(r->backup.tables, 9);
    ck_assert_int_eq(r->backup.rows, 240);
    ck_assert_str_eq(r->backup.compression, variant_words[_i]);
}
END_TEST

/* tests/fixtures holds only sound dumps: of real servers, in several encodings and forms, of old
 * tools, of other people. */
START_TEST(test_every_fixture_is_sound_in_every_packing)
{
    struct err e = {0};
    struct vec names;
    size_t n = 0;
    ck_assert_msg(fs_list(a, "tests/fixtures", &names, &e), "%s", e.text);
    VEC_EACH (const char *const, name, &names) {
        if (!str_ends(*name, ".sql"))
            continue;
        n++;
        for (int v = 0; v < VARIANTS; v++)
            expect_sound(base_packed(a, base_fixture(a, *name), (enum variant)v), *name);
    }
    ck_assert_uint_ge(n, 13);
}
END_TEST

/* Else a whole copy would look as if it had rows too many. */
START_TEST(test_rows_are_not_claimed_where_inserts_add_to_them)
{
    struct config config = base_config();
    const struct record *r = base_verify(a, base_fixture(a, "handwritten.sql"), &config);
    ck_assert_uint_gt(r->tables.n, 0);
    VEC_EACH (const struct table_facts, t, &r->tables)
        ck_assert(!t->dump_rows.known);
}
END_TEST

START_TEST(test_unusual_but_sound_files_are_not_called_broken)
{
    static const char zeros[512];
    struct slice sql = base_dump(a), packed = bytes_gzip(a, sql);
    size_t half = sql.n / 2;
    struct slice first = bytes_gzip(a, edit_cut(sql, half));
    struct slice second = bytes_gzip(a, (struct slice){sql.p + half, sql.n - half});
    expect_sound(bytes_join(a, first, second), "two members");
    expect_sound(bytes_join(a, packed, (struct slice){zeros, sizeof zeros}), "zero padding");
    expect_sound(bytes_gzip(a, packed), "packed twice");
    expect_sound(bytes_join(a, sql, sql), "two dumps joined");
    expect_sound(bytes_join(a, slice_of("\xef\xbb\xbf"), sql), "byte order mark");
    expect_sound(edit_cut(sql, sql.n - 2), "no newline at the end");
    struct slice cluster = base_fixture(a, "cluster-15.sql");
    struct slice others = bytes_join(a, base_fixture(a, "sjis-15.sql"), cluster);
    expect_sound(bytes_join(a, bytes_join(a, cluster, sql), others), "clusters and dumps joined");
}
END_TEST

/* As sha256sum writes it. */
static const char *sha256_line(struct slice file)
{
    char hex[SHA256_HEX_BYTES];
    struct sha256 digest;
    sha256_begin(&digest);
    sha256_add(&digest, file.p, file.n);
    sha256_end(&digest, hex);
    return arena_printf(a, "%s  backup\n", hex);
}

START_TEST(test_a_digest_that_fits_is_said)
{
    struct config config = base_config();
    struct slice file = bytes_gzip(a, base_dump(a));
    const struct record *r = base_verify_beside(a, file, sha256_line(file), &config);
    ck_assert_int_eq(base_check(r, "digest")->outcome, OUTCOME_PASSED);
    ck_assert_uint_eq(record_count_findings(r, SEVERITY_WARNING), 0);
}
END_TEST

static void expect_fault(const struct fault_row *row, enum variant variant)
{
    struct config config = base_config();
    struct slice sql = base_dump(a);
    struct slice sound = base_packed(a, sql, variant);
    struct slice file = row->of == OF_FILE  ? row->make(a, sound)
                        : row->of == OF_SQL ? base_packed(a, row->make(a, sql), variant)
                                            : sound;
    const struct record *r =
        row->of == OF_SIDECAR
            ? base_verify_beside(a, file, row->make(a, slice_of(sha256_line(sound))).p, &config)
            : base_verify(a, file, &config);
    const struct check_facts *c = base_check(r, row->check);
    ck_assert_msg(c != NULL, "%s: there is no check %s", row->name, row->check);
    ck_assert_msg(c->outcome == row->outcome, "%s, %s: %s is %s (%s)", row->name,
                  variant_words[variant], row->check, outcome_words[c->outcome], c->detail);
    ck_assert_msg(row->outcome == OUTCOME_UNKNOWN || row->code != NULL || r->findings.n > 0,
                  "%s: nothing is said", row->name);
    enum severity least = row->outcome == OUTCOME_FAILED   ? SEVERITY_CRITICAL
                          : row->outcome == OUTCOME_PASSED ? SEVERITY_NOTE
                                                           : SEVERITY_WARNING;
    if (row->code != NULL)
        ck_assert_msg(base_has_finding(r, row->check, row->code, least), "%s, %s: no finding %s",
                      row->name, variant_words[variant], row->code);
}

START_TEST(test_each_fault_makes_its_check_speak)
{
    const struct fault_row *row = &faults[_i];
    for (unsigned v = 0; v < VARIANTS; v++)
        if ((row->variants & 1U << v) != 0)
            expect_fault(row, (enum variant)v);
}
END_TEST

/* What lies beyond a limit is not known; what the limits leave is never called broken. */
START_TEST(test_too_many_bytes_are_unknown)
{
    enum { BLANK_BYTES = 3 << 20 };
    struct config config = base_config();
    config.verify_max_bytes_bytes = 1 << 20;
    char *blanks = arena_alloc(a, BLANK_BYTES);
    memset(blanks, '\n', BLANK_BYTES);
    struct slice file = bytes_join(a, (struct slice){blanks, BLANK_BYTES}, base_dump(a));
    const struct record *r = base_verify(a, file, &config);
    ck_assert_int_eq(base_check(r, "limits")->outcome, OUTCOME_UNKNOWN);
    ck_assert(base_has_finding(r, "limits", "DUMP_TOO_LARGE", SEVERITY_WARNING));
    VEC_EACH (const struct check_facts, c, &r->checks)
        ck_assert_msg(c->outcome != OUTCOME_FAILED, "%s (%s)", c->name, c->detail);
}
END_TEST

static bool has_fault(const char *check)
{
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        if (str_eq(faults[i].check, check))
            return true;
    return false;
}

START_TEST(test_every_check_of_the_stage_has_a_fault)
{
    for (const struct check *const *c = check_all; *c != NULL; c++) {
        bool listed = false;
        for (size_t i = 0; i < COUNT_OF(without_fault); i++)
            listed = listed || str_eq(without_fault[i], (*c)->name);
        if ((*c)->stage == STAGE_verify)
            ck_assert_msg(listed != has_fault((*c)->name), "%s", (*c)->name);
    }
}
END_TEST

Suite *suite_matrix(void)
{
    Suite *s = suite_create("matrix");
    TCase *tc = tcase_create("matrix");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_sound_dump_is_sound_in_every_packing, 0, VARIANTS);
    tcase_add_test(tc, test_every_fixture_is_sound_in_every_packing);
    tcase_add_loop_test(tc, test_sound_dump_has_no_finding_but_the_names_of_roles, 0, VARIANTS);
    tcase_add_test(tc, test_rows_are_not_claimed_where_inserts_add_to_them);
    tcase_add_test(tc, test_unusual_but_sound_files_are_not_called_broken);
    tcase_add_loop_test(tc, test_each_fault_makes_its_check_speak, 0, (int)COUNT_OF(faults));
    tcase_add_test(tc, test_a_digest_that_fits_is_said);
    tcase_add_test(tc, test_too_many_bytes_are_unknown);
    tcase_add_test(tc, test_every_check_of_the_stage_has_a_fault);
    suite_add_tcase(s, tc);
    return s;
}
