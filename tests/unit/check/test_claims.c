/* SPDX-License-Identifier: PostgreSQL */
/* Checks of what a dump claims to contain, on statements made for them. The faults have the rest.
 */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

#include <check.h>

#include <string.h>

Suite *suite_check_claims(void);

static struct arena *a;
static struct record *rec;
static struct config config;
static struct dump_facts facts;
static struct inventory inv;

/* A whole dump of pg_dump 15. */
static void before(void)
{
    a = arena_new();
    rec = record_new(a);
    config = (struct config){0};
    facts = (struct dump_facts){.is_dump = true,
                                .has_header = true,
                                .complete = true,
                                .dump_version = "15.18 (Debian 15.18-0+deb12u1)",
                                .server_version = "15.17",
                                .tables = vec_new(a, sizeof(struct dump_table)),
                                .problems = vec_new(a, sizeof(struct problem))};
    inventory_begin(&inv, a);
    rec->backup.size_bytes = 1000;
}

static void after(void)
{
    inventory_cleanup(&inv);
    arena_free(a);
}

static void hear(const char *text)
{
    struct statement s = {.text = slice_of(text)};
    facts.n_create_table += str_starts(text, "CREATE TABLE");
    facts.n_insert += str_starts(text, "INSERT");
    inventory_statement(&inv, &s);
}

static void hear_copy(const char *text)
{
    struct copy_head head = {.statement = {.text = slice_of(text)}};
    facts.copies++;
    inventory_copy(&inv, &head);
}

static struct answer ask(const struct check *check)
{
    struct evidence ev = {
        .arena = a, .config = &config, .record = rec, .facts = &facts, .inventory = &inv};
    return check->ask(&ev);
}

#define EXPECT(check, wanted)                                                                      \
    do {                                                                                           \
        struct answer answer_ = ask(&check);                                                       \
        ck_assert_msg(answer_.outcome == OUTCOME_##wanted, "%s: %s (%s)", check.name,              \
                      outcome_words[answer_.outcome], answer_.detail);                             \
    } while (0)

static const struct finding *found(const char *code)
{
    VEC_EACH (const struct finding, f, &rec->findings)
        if (str_eq(f->code, code))
            return f;
    return NULL;
}

START_TEST(test_lists_name_the_first_and_count_the_rest)
{
    struct listing list = {.arena = a};
    ck_assert_str_eq(listing_text(&list), "");
    listing_add(&list, "", "a");
    listing_add(&list, "s", "b");
    ck_assert_str_eq(listing_text(&list), "a, s.b");
    for (int i = 0; i < 10; i++)
        listing_add(&list, "", "x");
    ck_assert_str_eq(listing_text(&list), "a, s.b, x, x, x, x, x, x and 4 more");
    ck_assert_str_eq(listing_names(&list), "a, s.b, x, x, x, x, x, x, x, x, x, x");
    for (int i = 0; i < LISTING_NAMES_MAX; i++)
        listing_add(&list, "", "y");
    ck_assert_ptr_nonnull(strstr(listing_names(&list), "y and 12 more"));
}
END_TEST

START_TEST(test_tables_that_hold_no_rows_need_no_data)
{
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE TABLE public.parent (a integer) PARTITION BY RANGE (a)");
    hear("CREATE TEMP TABLE x (a integer)");
    hear("CREATE TABLE public.made AS SELECT 1 AS a");
    hear("CREATE FOREIGN TABLE public.far (a integer) SERVER s");
    EXPECT(check_data_present, PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_partitions_may_be_filled_through_their_root)
{
    hear("CREATE TABLE public.root (a integer) PARTITION BY RANGE (a)");
    hear("CREATE TABLE public.leaf (a integer)");
    hear("ALTER TABLE ONLY public.root ATTACH PARTITION public.leaf DEFAULT");
    hear_copy("COPY public.root (a) FROM stdin");
    EXPECT(check_data_present, PASSED);
}
END_TEST

START_TEST(test_one_of_two_databases_without_its_data_is_seen)
{
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE TABLE public.t (a integer)");
    EXPECT(check_data_present, WARNED);
    ck_assert_str_eq(found("TABLE_WITHOUT_DATA")->subject, "public.t");
}
END_TEST

START_TEST(test_missing_data_is_no_warning_where_it_may_be_meant)
{
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE UNLOGGED TABLE public.u (a integer)");
    EXPECT(check_data_present, PASSED); /* --no-unlogged-table-data */
    ck_assert_int_eq(found("UNLOGGED_WITHOUT_DATA")->severity, SEVERITY_NOTE);
    facts.dump_version = NULL;
    hear("CREATE TABLE public.v (a integer)");
    EXPECT(check_data_present, PASSED); /* written by hand */
    ck_assert_int_eq(found("TABLE_WITHOUT_DATA")->severity, SEVERITY_NOTE);
}
END_TEST

START_TEST(test_materialized_views_without_rows_are_noted)
{
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS a WITH NO DATA");
    hear("CREATE MATERIALIZED VIEW public.n AS SELECT 1 AS a WITH NO DATA");
    hear("REFRESH MATERIALIZED VIEW public.n");
    EXPECT(check_data_present, PASSED);
    ck_assert_str_eq(found("MATVIEW_NOT_REFRESHED")->subject, "public.m");
}
END_TEST

START_TEST(test_inserts_do_not_tell_empty_tables_from_lost_ones)
{
    hear("CREATE TABLE public.t (a integer)");
    hear("CREATE TABLE public.empty (a integer)");
    hear("INSERT INTO public.t VALUES (1)");
    EXPECT(check_data_present, PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
    ck_assert_uint_eq(rec->coverage.n, 1);
}
END_TEST

START_TEST(test_rows_alone_are_not_nothing)
{
    EXPECT(check_not_empty, FAILED);
    hear("INSERT INTO public.t VALUES (1)");
    EXPECT(check_not_empty, PASSED);
    EXPECT(check_data_present, WARNED);
    ck_assert_ptr_nonnull(found("DATA_ONLY"));
}
END_TEST

START_TEST(test_what_is_cut_off_is_not_called_left_out)
{
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE TABLE public.u (a integer)");
    hear("CREATE SEQUENCE public.s");
    facts.complete = false;
    EXPECT(check_data_present, UNKNOWN);
    EXPECT(check_sequences, UNKNOWN);
    EXPECT(check_roles_known, UNKNOWN);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_sequences_need_a_position_only_where_there_is_data)
{
    EXPECT(check_sequences, SKIPPED);
    hear("CREATE SEQUENCE public.s");
    EXPECT(check_sequences, SKIPPED);
    hear_copy("COPY public.t (a) FROM stdin");
    EXPECT(check_sequences, WARNED);
    ck_assert_str_eq(found("SEQUENCE_WITHOUT_POSITION")->subject, "public.s");
    facts.dump_version = NULL;
    EXPECT(check_sequences, SKIPPED);
    facts.dump_version = "15.1";
    hear("SELECT pg_catalog.setval('public.s', 1, false)");
    EXPECT(check_sequences, PASSED);
}
END_TEST

START_TEST(test_row_security_matters_only_where_a_table_has_it)
{
    hear("SET row_security = on");
    EXPECT(check_row_security, SKIPPED);
    hear_copy("COPY public.t (a) FROM stdin");
    EXPECT(check_row_security, UNKNOWN); /* the table's own definition is not there */
    hear("CREATE TABLE public.t (a integer)");
    EXPECT(check_row_security, PASSED);
    hear("ALTER TABLE public.t ENABLE ROW LEVEL SECURITY");
    EXPECT(check_row_security, UNKNOWN);
}
END_TEST

START_TEST(test_another_database_than_expected_fails)
{
    EXPECT(check_identity, PASSED);
    config.verify_expect_database = "shop";
    EXPECT(check_identity, UNKNOWN); /* a plain dump does not name it */
    facts.database = "shop";
    EXPECT(check_identity, PASSED);
    facts.database = "test";
    EXPECT(check_identity, FAILED);
    ck_assert_int_eq(found("DATABASE_UNEXPECTED")->severity, SEVERITY_CRITICAL);
    facts.is_cluster_dump = true;
    facts.complete = false;
    EXPECT(check_identity, UNKNOWN); /* it may come behind */
    facts.complete = true;
    EXPECT(check_identity, FAILED);
    hear("CREATE DATABASE shop WITH TEMPLATE = template0");
    EXPECT(check_identity, PASSED);
}
END_TEST

START_TEST(test_another_server_than_expected_fails)
{
    config.is_set[OPT_ID_verify_expect_server_major] = true;
    config.verify_expect_server_major = 15;
    EXPECT(check_identity, PASSED);
    config.verify_expect_server_major = 16;
    EXPECT(check_identity, FAILED);
    facts.server_version = NULL;
    EXPECT(check_identity, UNKNOWN);
}
END_TEST

START_TEST(test_majors_are_read_from_versions)
{
    ck_assert_int_eq(ask_major("15.18 (Debian 15.18-0+deb12u1)"), 15);
    ck_assert_int_eq(ask_major("9.6.24"), 9);
    ck_assert_int_eq(ask_major("19devel"), 19);
    ck_assert_int_eq(ask_major("?"), 0);
    ck_assert_int_eq(ask_major(NULL), 0);
}
END_TEST

START_TEST(test_missing_roles_are_one_note_with_their_names)
{
    hear("ALTER TABLE t OWNER TO shop");
    hear("GRANT SELECT ON TABLE t TO pg_monitor, postgres, \"Reader\"");
    EXPECT(check_roles_known, PASSED);
    ck_assert_uint_eq(rec->findings.n, 1);
    ck_assert_str_eq(found("ROLE_MISSING")->subject, "shop, Reader");
    ck_assert_int_eq(found("ROLE_MISSING")->severity, SEVERITY_NOTE);
}
END_TEST

START_TEST(test_roles_and_tablespaces_that_are_created_are_not_missing)
{
    hear("CREATE ROLE shop");
    hear("CREATE TABLESPACE fast LOCATION '/x'");
    hear("ALTER TABLE t OWNER TO shop");
    hear("SET default_tablespace = fast");
    hear("CREATE INDEX i ON t (a) TABLESPACE pg_default");
    EXPECT(check_roles_known, PASSED);
    EXPECT(check_tablespaces, PASSED);
    ck_assert_uint_eq(rec->findings.n, 0);
}
END_TEST

START_TEST(test_words_of_future_versions_are_not_called_unknown)
{
    hear("CREATE PROPERTY GRAPH g");
    EXPECT(check_parses, WARNED);
    facts.dump_version = "19.0";
    EXPECT(check_parses, UNKNOWN); /* nothing was parsed */
    hear("CREATE SCHEMA s");
    EXPECT(check_parses, PASSED);
}
END_TEST

START_TEST(test_two_settings_of_old_and_new_tools)
{
    hear("SET default_with_oids = false");
    EXPECT(check_settings, PASSED);
    ck_assert_int_eq(found("SETTING_GONE")->severity, SEVERITY_NOTE);
    hear("SET statement_timeout = '0ms'");
    hear("SET lock_timeout TO DEFAULT");
    EXPECT(check_settings, PASSED);
    hear("SET transaction_timeout = 0");
    EXPECT(check_settings, WARNED);
    facts.server_version = "17.2";
    EXPECT(check_settings, PASSED);
}
END_TEST

START_TEST(test_shrinking_since_the_previous_run_warns)
{
    EXPECT(check_backup_size, SKIPPED);
    config.is_set[OPT_ID_objective_backup_shrink] = true;
    config.objective_backup_shrink_percent = 20.0;
    EXPECT(check_backup_size, SKIPPED); /* no previous run */
    rec->backup.rows = 80;
    rec->backup.compression = "gzip";
    rec->backup.previous = (struct previous_facts){
        .run = "01J", .compression = "gzip", .size_bytes = KNOWN(1250), .rows = KNOWN(100)};
    EXPECT(check_backup_size, PASSED); /* by 20 %, not more */
    rec->backup.rows = 79;
    EXPECT(check_backup_size, WARNED);
    ck_assert_str_eq(found("BACKUP_SHRUNK")->subject, "rows");
    rec->backup.rows = 200;
    rec->backup.previous.size_bytes = KNOWN(1251);
    EXPECT(check_backup_size, WARNED);
    rec->backup.compression = "zstd"; /* says nothing about the size then */
    EXPECT(check_backup_size, PASSED);
}
END_TEST

START_TEST(test_nothing_is_passed_of_which_only_a_part_was_read)
{
    static const struct check *const checks[] = {
        &check_parses,       &check_data_present, &check_sequences,
        &check_row_security, &check_settings,     &check_roles_known,
        &check_tablespaces,  &check_extensions,   &check_outward};
    hear("CREATE TABLE public.t (a integer)");
    hear_copy("COPY public.t (a) FROM stdin");
    hear("CREATE SEQUENCE public.s");
    hear("SELECT pg_catalog.setval('public.s', 1, false)");
    struct problem limit = {.kind = PROBLEM_LIMIT, .code = "DUMP_TOO_LARGE", .text = "x"};
    *(struct problem *)vec_push(&facts.problems) = limit;
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        ck_assert_msg(ask(checks[i]).outcome == OUTCOME_UNKNOWN, "%s", checks[i]->name);
}
END_TEST

START_TEST(test_nothing_is_passed_that_was_not_read)
{
    static const struct check *const checks[] = {
        &check_parses,     &check_data_present, &check_sequences,   &check_row_security,
        &check_identity,   &check_settings,     &check_roles_known, &check_tablespaces,
        &check_extensions, &check_outward};
    struct evidence ev = {.arena = a, .config = &config, .record = rec};
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        ck_assert_msg(checks[i]->ask(&ev).outcome == OUTCOME_UNKNOWN, "%s", checks[i]->name);
}
END_TEST

Suite *suite_check_claims(void)
{
    Suite *s = suite_create("check_claims");
    TCase *tc = tcase_create("claims");
    tcase_add_checked_fixture(tc, before, after);
    tcase_add_test(tc, test_lists_name_the_first_and_count_the_rest);
    tcase_add_test(tc, test_tables_that_hold_no_rows_need_no_data);
    tcase_add_test(tc, test_partitions_may_be_filled_through_their_root);
    tcase_add_test(tc, test_one_of_two_databases_without_its_data_is_seen);
    tcase_add_test(tc, test_missing_data_is_no_warning_where_it_may_be_meant);
    tcase_add_test(tc, test_materialized_views_without_rows_are_noted);
    tcase_add_test(tc, test_inserts_do_not_tell_empty_tables_from_lost_ones);
    tcase_add_test(tc, test_rows_alone_are_not_nothing);
    tcase_add_test(tc, test_what_is_cut_off_is_not_called_left_out);
    tcase_add_test(tc, test_sequences_need_a_position_only_where_there_is_data);
    tcase_add_test(tc, test_row_security_matters_only_where_a_table_has_it);
    tcase_add_test(tc, test_another_database_than_expected_fails);
    tcase_add_test(tc, test_another_server_than_expected_fails);
    tcase_add_test(tc, test_majors_are_read_from_versions);
    tcase_add_test(tc, test_missing_roles_are_one_note_with_their_names);
    tcase_add_test(tc, test_roles_and_tablespaces_that_are_created_are_not_missing);
    tcase_add_test(tc, test_words_of_future_versions_are_not_called_unknown);
    tcase_add_test(tc, test_two_settings_of_old_and_new_tools);
    tcase_add_test(tc, test_shrinking_since_the_previous_run_warns);
    tcase_add_test(tc, test_nothing_is_passed_of_which_only_a_part_was_read);
    tcase_add_test(tc, test_nothing_is_passed_that_was_not_read);
    suite_add_tcase(s, tc);
    return s;
}
