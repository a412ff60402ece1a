/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "dump/open.h"
#include "lib/archives.h"
#include "lib/bytes.h"
#include "lib/source_fault.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_archive(void);

static struct arena *a;
static const char *dir;

static void set_up(void)
{
    struct err e = {0};
    a = arena_new();
    dir = fs_make_temp_dir(a, "/tmp", "archive-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
}

static void tear_down(void)
{
    struct err e = {0};
    ck_assert_msg(fs_remove_tree(dir, &e), "%s", e.text);
    arena_free(a);
}

enum form { FORM_CUSTOM, FORM_TAR, FORM_DIRECTORY, FORMS };

/* Reads an archive in memory through links that mistreat it. */
struct trial {
    enum form form;
    struct slice bytes;
    struct fault fault;
    size_t read_bytes;
};

static bool decode(const struct trial *t, struct buf *out, struct archive_facts *facts,
                   struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *own = arena_new();
    struct archive_facts found = {0};
    struct source *below = source_fault(own, source_mem(own, t->bytes.p, t->bytes.n), t->fault);
    CLEANUP(source_cleanup)
    struct source *in = t->form == FORM_CUSTOM ? archive_custom(own, below, &found, e)
                                               : archive_tar(own, below, &found, e);
    if (in == NULL && found.unknown != NULL)
        err_set(e, ERR_MISSING, "%s", found.unknown);
    bool ok = in != NULL && bytes_slurp(in, t->read_bytes, out, e);
    facts->n_problems = found.n_problems;
    facts->members = found.members;
    facts->checked = found.checked;
    facts->entries = found.entries;
    return ok;
}

static void expect_text(const struct buf *got, struct slice want, const char *what)
{
    size_t same = 0;
    while (same < got->n && same < want.n && got->p[same] == want.p[same])
        same++;
    size_t from = same < 60 ? 0 : same - 60;
    ck_assert_msg(got->n == want.n && same == want.n, "%s: other from byte %zu of %zu, %zu: %.120s",
                  what, same, got->n, want.n, buf_text(got) + from);
}

/* ---- the same text as pg_restore ---------------------------------------------------------------
 */

START_TEST(test_the_text_is_that_of_pg_restore_byte_by_byte)
{
    struct trial t = {.bytes = archives_fixture(a)};
    for (size_t piece = 0; piece < 6; piece++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct archive_facts facts = {0};
        struct err e = {0};
        t.fault.piece_bytes = piece;
        t.read_bytes = piece == 0 ? 0 : 1000 / piece;
        ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
        expect_text(&out, archives_fixture_text(a), "the fixture");
        ck_assert_uint_eq(facts.n_problems, 0);
        ck_assert_uint_eq(facts.members, 11);
        ck_assert_uint_eq(facts.checked, 11);
    }
}
END_TEST

static struct slice fixture(const char *name)
{
    struct err e = {0};
    struct slice bytes;
    const char *path = fs_join(a, "tests/fixtures", name);
    ck_assert_msg(fs_read_file(a, path, 1 << 20, &bytes, &e), "%s", e.text);
    return bytes;
}

/* tests/fixtures/few.sql: packed by zstd and by lz4; that of 18 has its table of contents twice. */
START_TEST(test_archives_of_newer_majors_read_as_their_pg_restore_reads_them)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    struct trial t = {.bytes = fixture(arena_printf(a, "few-%d.dump", _i))};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    expect_text(&out, fixture(arena_printf(a, "few-%d.restored.sql", _i)), "the fixture");
    ck_assert_uint_eq(facts.n_problems, 0);
    ck_assert_uint_eq(facts.members, 5);
}
END_TEST

/* A file or folder with the model in that form, opened as a user's. */
static void open_form(struct model *m, enum form form, struct dump_stream *st, struct err *e)
{
    const struct dump_open_options options = {.max_expansion = 1000};
    const char *path = fs_join(a, dir, "backup");
    struct err ignored = {0};
    ck_assert(fs_remove_tree(path, &ignored) && fs_remove_tree(path, &ignored));
    if (form == FORM_DIRECTORY) {
        ck_assert(fs_make_dirs(path, 0700, &ignored));
        archives_directory(m, path);
    } else {
        struct slice bytes = form == FORM_CUSTOM ? archives_custom(m) : archives_tar(m);
        ck_assert(fs_write_file(a, path, 0600, bytes, &ignored));
    }
    ck_assert_msg(dump_open(a, path, &options, st, e), "%s", e->text);
}

/* Before 1.14 no entry had an access method. */
static struct slice without_method(struct slice text)
{
    static const char line[] = "SET default_table_access_method = heap;\n\n";
    CLEANUP(buf_cleanup) struct buf out = {0};
    const char *at = memmem(text.p, text.n, line, sizeof line - 1);
    ck_assert(at != NULL);
    buf_append(&out, text.p, (size_t)(at - text.p));
    buf_append(&out, at + sizeof line - 1, text.n - (size_t)(at - text.p) - (sizeof line - 1));
    return (struct slice){arena_strndup(a, out.p, out.n), out.n};
}

/* Versions since 1.15 name the packing; before, only gzip can be told. */
START_TEST(test_every_version_form_and_packing_gives_the_same_text)
{
    static const char *const forms[FORMS] = {"custom", "tar", "directory"};
    struct slice text = archives_fixture_text(a);
    struct slice want = _i < 14 ? without_method(text) : text;
    for (enum form form = 0; form < FORMS; form++)
        for (unsigned packing = 0; packing < PACKINGS; packing++) {
            struct model *m = archives_model(a);
            CLEANUP(dump_stream_cleanup) struct dump_stream st = {0};
            CLEANUP(buf_cleanup) struct buf out = {0};
            struct err e = {0};
            m->minor = (unsigned)_i;
            m->packing = packing;
            if ((form == FORM_TAR && packing != PACKING_NONE) ||
                (_i < 15 && packing > PACKING_GZIP))
                continue;
            open_form(m, form, &st, &e);
            ck_assert_str_eq(st.format, forms[form]);
            ck_assert_str_eq(st.compression, archive_packing_words[packing]);
            ck_assert_msg(st.sql != NULL, "%s", st.note);
            ck_assert_msg(bytes_slurp(st.sql, 0, &out, &e), "%s", e.text);
            expect_text(&out, want, forms[form]);
            ck_assert_uint_eq(st.archive->n_problems, 0);
            ck_assert_uint_eq(st.members, 11);
            ck_assert_int_eq(str_eq(st.protection, "none"), packing == PACKING_NONE);
        }
}
END_TEST

START_TEST(test_offsets_that_a_pipe_could_not_get_are_no_problem)
{
    struct model *m = archives_model(a);
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    m->hide_offsets = true;
    struct trial t = {.bytes = archives_custom(m)};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    expect_text(&out, archives_fixture_text(a), "without offsets");
    ck_assert_uint_eq(facts.n_problems, 0);
}
END_TEST

/* The bytes of the table of contents of a custom archive. */
static struct slice toc_of(struct slice archive)
{
    struct err e = {0};
    const char *unknown = NULL;
    struct archive_toc toc = {0};
    struct archive_in in = {.in = intake_new(a, source_mem(a, archive.p, archive.n)),
                            .format = ARCHIVE_CUSTOM};
    ck_assert_msg(archive_read_head(a, &in, &toc, &unknown, &e), "%s", e.text);
    size_t from = (size_t)intake_offset(&in.in);
    ck_assert_msg(archive_read_toc(a, &in, &toc, &e), "%s", e.text);
    size_t to = (size_t)intake_offset(&in.in);
    archive_in_cleanup(&in);
    return (struct slice){archive.p + from, to - from};
}

static uint64_t problems_of(struct slice first, struct slice behind)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    struct trial t = {.bytes = bytes_join(a, first, behind)};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    expect_text(&out, archives_fixture_text(a), "with something behind the data");
    return facts.n_problems;
}

/* What pg_dump 16 to 18 write with -Fc > FILE. */
START_TEST(test_the_table_of_contents_again_behind_the_data_is_no_problem)
{
    struct model *told = archives_model(a), *hidden = archives_model(a);
    hidden->hide_offsets = true;
    struct slice first = archives_custom(hidden), again = toc_of(archives_custom(told));
    ck_assert_uint_eq(problems_of(first, again), 0);
    ck_assert_uint_eq(problems_of(first, (struct slice){again.p, again.n - 1}), 1);
    ck_assert_uint_eq(problems_of(first, bytes_join(a, again, slice_of("x"))), 1);
    told->offset_error = 1;
    ck_assert_uint_eq(problems_of(first, toc_of(archives_custom(told))), 1);
    told->offset_error = 0;
    archives_entry(told, "TABLE", "Table; DROP")->owner = "somebody";
    ck_assert_uint_eq(problems_of(first, toc_of(archives_custom(told))), 1);
}
END_TEST

/* Somebody packed the archive once more, or packed its table of contents. */
START_TEST(test_archives_are_read_through_other_packing)
{
    const struct dump_open_options options = {0};
    const char *path = fs_join(a, dir, "packed");
    CLEANUP(dump_stream_cleanup) struct dump_stream st = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct err e = {0};
    ck_assert(fs_write_file(a, path, 0600, bytes_gzip(a, archives_fixture(a)), &e));
    ck_assert_msg(dump_open(a, path, &options, &st, &e), "%s", e.text);
    ck_assert_str_eq(st.compression, "gzip, gzip");
    ck_assert_str_eq(st.protection, "crc32");
    ck_assert_msg(bytes_slurp(st.sql, 0, &out, &e), "%s", e.text);
    expect_text(&out, archives_fixture_text(a), "packed again");
}
END_TEST

/* ---- what newer versions add -------------------------------------------------------------------
 */

static struct archive_entry *add_entry(struct model *m, struct archive_entry t)
{
    struct archive_entry *new = vec_push(&m->toc.entries);
    *new = t;
    return new;
}

static void expect_in(struct model *m, const char *text)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    struct trial t = {.bytes = archives_custom(m)};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    ck_assert_msg(strstr(buf_text(&out), text) != NULL, "no \"%s\"", text);
}

START_TEST(test_large_objects_in_groups)
{
    struct model *m = archives_model(a);
    m->minor = 16;
    struct archive_entry blobs = {.id = 90001,
                                  .section = SECTION_DATA,
                                  .tag = "LARGE OBJECTS 7..8",
                                  .type = "BLOB METADATA",
                                  .definition = "7\n8\n",
                                  .drop = "SELECT pg_catalog.lo_unlink('7');\n",
                                  .owner = "order"};
    blobs.place = PLACE_NO_DATA;
    add_entry(m, blobs);
    struct archive_entry rights = {.id = 90002,
                                   .section = SECTION_NONE,
                                   .tag = "LARGE OBJECTS 7..8",
                                   .type = "ACL",
                                   .definition = "GRANT ALL ON LARGE OBJECT 7 TO \"a;b\";\n",
                                   .first_dependency = 90001,
                                   .place = PLACE_NO_DATA};
    add_entry(m, rights);
    expect_in(m, "SELECT pg_catalog.lo_create('7');\nSELECT pg_catalog.lo_create('8');\n\n"
                 "ALTER LARGE OBJECT 7 OWNER TO \"order\";\n"
                 "ALTER LARGE OBJECT 8 OWNER TO \"order\";\n\n");
    expect_in(m, "GRANT ALL ON LARGE OBJECT 7 TO \"a;b\";\nGRANT ALL ON LARGE OBJECT 8 TO "
                 "\"a;b\";\n\n");
}
END_TEST

START_TEST(test_a_partitioned_table_gets_its_method_behind_its_definition)
{
    struct model *m = archives_model(a);
    m->minor = 16;
    struct archive_entry *t = archives_entry(m, "TABLE", "events");
    t->relkind = 'p';
    t->method = "columnar";
    expect_in(m, "ALTER TABLE public.events SET ACCESS METHOD columnar;\n\n");
}
END_TEST

START_TEST(test_statistics_say_so)
{
    struct model *m = archives_model(a);
    m->minor = 16;
    struct archive_entry stats = {.id = 90001,
                                  .section = SECTION_POST_DATA,
                                  .tag = "child",
                                  .type = "STATISTICS DATA",
                                  .schema = "public",
                                  .definition = "SELECT 1;\n",
                                  .place = PLACE_NO_DATA};
    add_entry(m, stats);
    expect_in(m, "-- Statistics for Name: child; Type: STATISTICS DATA; Schema: public; Owner: -\n"
                 "--\n\nSELECT 1;\n");
}
END_TEST

/* Before 10.3 no entry set the search path: each object's schema is selected. */
START_TEST(test_old_archives_select_the_schema)
{
    struct model *m = archives_model(a);
    m->minor = 12;
    archives_entry(m, "SEARCHPATH", "SEARCHPATH")->type = "COMMENT";
    expect_in(m, "SET search_path = public, pg_catalog;\n\n");
}
END_TEST

/* Before 9.0 (1.12) nothing but their data made large objects, and entries had no section. */
START_TEST(test_older_archives_make_large_objects_with_their_data)
{
    struct model *m = archives_model(a);
    m->minor = 10;
    expect_in(m, "SELECT pg_catalog.lo_open(pg_catalog.lo_create('4711'), 131072);\n");
}
END_TEST

/* ---- versions that are not known, and other headers --------------------------------------------
 */

START_TEST(test_a_version_that_is_not_known_is_neither_passed_nor_failed)
{
    static const unsigned minors[] = {9, 17, 99};
    for (size_t i = 0; i < COUNT_OF(minors); i++)
        for (enum form form = 0; form < FORMS; form++) {
            struct model *m = archives_model(a);
            CLEANUP(dump_stream_cleanup) struct dump_stream st = {0};
            struct err e = {0};
            m->minor = minors[i];
            open_form(m, form, &st, &e);
            ck_assert(st.sql == NULL);
            ck_assert_msg(strstr(st.note, "1.10 to 1.16 are known") != NULL, "%s", st.note);
        }
}
END_TEST

START_TEST(test_a_header_after_a_terminal_is_told)
{
    CLEANUP(buf_cleanup) struct buf spoilt = {0};
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct slice whole = archives_fixture(a);
    struct archive_facts facts = {0};
    struct err e = {0};
    for (size_t i = 0; i < whole.n; i++)
        buf_append(&spoilt, whole.p[i] == '\n' ? "\r\n" : whole.p + i, whole.p[i] == '\n' ? 2 : 1);
    struct trial t = {.bytes = {spoilt.p, spoilt.n}};
    ck_assert(!decode(&t, &out, &facts, &e));
    ck_assert_int_eq(e.code, ERR_FORMAT);
    ck_assert_msg(strstr(e.text, "its month of creation is") != NULL, "%s", e.text);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------
 */

/* Whole, or told: an error, a problem, or no completion line. */
static bool is_told(const struct trial *t, bool *same, struct slice want)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    bool ok = decode(t, &out, &facts, &e);
    ck_assert(ok || e.text[0] != '\0');
    *same = out.n == want.n && memcmp(buf_text(&out), want.p, want.n) == 0;
    return !ok || facts.n_problems > 0;
}

/* A few entries: a table, a large object, and what belongs to them. */
static struct model *small_model(void)
{
    static const char *const tags[] = {"ENCODING", "STDSTRINGS", "SEARCHPATH", "nothing",
                                       "4711",     "4712",       "BLOBS",      NULL};
    struct model *m = archives_model(a);
    struct vec entries = m->toc.entries, members = m->members;
    m->toc.entries = vec_new(a, entries.item_bytes);
    m->members = vec_new(a, members.item_bytes);
    VEC_EACH (const struct archive_entry, t, &entries)
        for (size_t i = 0; tags[i] != NULL; i++)
            if (str_eq(t->tag, tags[i]))
                *(struct archive_entry *)vec_push(&m->toc.entries) = *t;
    VEC_EACH (const struct member, x, &members)
        VEC_EACH (const struct archive_entry, t, &m->toc.entries)
            if (t->id == x->id)
                *(struct member *)vec_push(&m->members) = *x;
    ck_assert_uint_eq(m->members.n, 3);
    return m;
}

static const enum archive_packing small_packings[] = {PACKING_NONE, PACKING_GZIP, PACKING_LZ4,
                                                      PACKING_ZSTD};

/* Custom archives of every packing, and a tar, which can have none. */
static struct slice small_archive(int i, enum form *form)
{
    struct model *m = small_model();
    *form = (size_t)i < COUNT_OF(small_packings) ? FORM_CUSTOM : FORM_TAR;
    m->packing = *form == FORM_CUSTOM ? small_packings[i] : PACKING_NONE;
    m->minor = m->packing > PACKING_GZIP ? 16 : 14;
    return *form == FORM_CUSTOM ? archives_custom(m) : archives_tar(m);
}

static struct slice text_of(enum form form, struct slice bytes)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    struct archive_facts facts = {0};
    struct err e = {0};
    struct trial t = {.form = form, .bytes = bytes};
    ck_assert_msg(decode(&t, &out, &facts, &e), "%s", e.text);
    ck_assert_uint_eq(facts.n_problems, 0);
    return (struct slice){arena_strndup(a, out.p, out.n), out.n};
}

START_TEST(test_every_truncation_is_told)
{
    enum form form;
    struct slice whole = small_archive(_i, &form), want = text_of(form, whole);
    for (size_t n = 0; n < whole.n; n++) {
        bool same;
        struct trial t = {.form = form, .bytes = {whole.p, n}};
        ck_assert_msg(is_told(&t, &same, want), "whole after %zu of %zu bytes", n, whole.n);
    }
}
END_TEST

/* It is read to its end or told. In silence only texts of the table of contents can change, which
 * has no checksum, and data that are not packed; and what no text is made of. */
START_TEST(test_every_flipped_bit_is_read_to_the_end)
{
    enum form form;
    struct slice whole = small_archive(_i, &form), want = text_of(form, whole);
    for (uint64_t bit = 1; bit <= whole.n * 8; bit++) {
        bool same;
        struct trial t = {.form = form, .bytes = whole, .fault = {.flip_bit = bit}};
        (void)is_told(&t, &same, want);
    }
}
END_TEST

/* Behind the table of contents everything that is packed with a checksum is told. */
START_TEST(test_every_flipped_bit_of_packed_data_is_told_or_changes_nothing)
{
    enum form form;
    struct slice whole = small_archive(1 + _i, &form), want = text_of(form, whole);
    size_t from = whole.n - 100;
    for (uint64_t bit = from * 8 + 1; bit <= whole.n * 8; bit++) {
        bool same;
        struct trial t = {.form = form, .bytes = whole, .fault = {.flip_bit = bit}};
        bool told = is_told(&t, &same, want);
        ck_assert_msg(told || same, "bit %llu of byte %llu changes the text in silence",
                      (unsigned long long)bit % 8, (unsigned long long)bit / 8);
    }
}
END_TEST

Suite *suite_dump_archive(void)
{
    Suite *s = suite_create("dump_archive");
    TCase *t = tcase_create("archive");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_the_text_is_that_of_pg_restore_byte_by_byte);
    tcase_add_loop_test(t, test_archives_of_newer_majors_read_as_their_pg_restore_reads_them, 17,
                        19);
    tcase_add_loop_test(t, test_every_version_form_and_packing_gives_the_same_text, 12, 17);
    tcase_add_test(t, test_offsets_that_a_pipe_could_not_get_are_no_problem);
    tcase_add_test(t, test_the_table_of_contents_again_behind_the_data_is_no_problem);
    tcase_add_test(t, test_archives_are_read_through_other_packing);
    tcase_add_test(t, test_large_objects_in_groups);
    tcase_add_test(t, test_a_partitioned_table_gets_its_method_behind_its_definition);
    tcase_add_test(t, test_statistics_say_so);
    tcase_add_test(t, test_old_archives_select_the_schema);
    tcase_add_test(t, test_older_archives_make_large_objects_with_their_data);
    tcase_add_test(t, test_a_version_that_is_not_known_is_neither_passed_nor_failed);
    tcase_add_test(t, test_a_header_after_a_terminal_is_told);
    tcase_add_loop_test(t, test_every_truncation_is_told, 0, 1 + (int)COUNT_OF(small_packings));
    tcase_add_loop_test(t, test_every_flipped_bit_is_read_to_the_end, 0,
                        1 + (int)COUNT_OF(small_packings));
    tcase_add_loop_test(t, test_every_flipped_bit_of_packed_data_is_told_or_changes_nothing, 0, 3);
    suite_add_tcase(s, t);
    return s;
}
