/* SPDX-License-Identifier: PostgreSQL */
/* What the scan says of hand-written lines: where, how bad, and what it leaves alone. */
#include "dump/scan.h"

#include <check.h>

#include <string.h>

Suite *suite_dump_scan_judgement(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

static struct dump_facts scan_most(struct slice sql, uint64_t max_bytes)
{
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql.p, sql.n);
    struct dump_facts facts;
    struct err e = {0};
    ck_assert_msg(
        dump_scan(&(struct scan){.arena = a, .in = in, .max_bytes = max_bytes}, &facts, &e), "%s",
        e.text);
    return facts;
}

static struct dump_facts scan(const char *sql)
{
    return scan_most(slice_of(sql), 0);
}

/* Exactly one problem, with this code and grade; NULL: none at all. */
static struct dump_facts expect(const char *sql, const char *code, enum problem_grade grade)
{
    struct dump_facts f = scan(sql);
    const struct problem *p = f.problems.n == 0 ? NULL : vec_at(&f.problems, 0);
    if (code == NULL) {
        ck_assert_msg(p == NULL, "%s: %s", sql, p == NULL ? "" : p->text);
        return f;
    }
    ck_assert_msg(f.n_problems == 1 && p != NULL, "%s: %zu problems", sql, f.problems.n);
    ck_assert_str_eq(p->code, code);
    ck_assert_int_eq(p->grade, grade);
    return f;
}

#define HEADER "--\n-- PostgreSQL database dump\n--\n"
#define TRAILER "--\n-- PostgreSQL database dump complete\n--\n"
#define CLUSTER "--\n-- PostgreSQL database cluster dump\n--\n"
#define CLUSTER_END "--\n-- PostgreSQL database cluster dump complete\n--\n"

/* ---- sections ----------------------------------------------------------------------------------
 */

static const struct {
    const char *sql, *code;
} sections[] = {
    {HEADER "SELECT 1;\n" TRAILER, NULL},
    {HEADER TRAILER HEADER TRAILER, NULL},
    {CLUSTER HEADER TRAILER HEADER TRAILER CLUSTER_END, NULL},
    {CLUSTER HEADER TRAILER CLUSTER_END CLUSTER HEADER TRAILER CLUSTER_END HEADER TRAILER, NULL},
    {HEADER HEADER TRAILER, "TRAILER_MISSING"},
    {HEADER TRAILER TRAILER, "HEADER_MISSING"},
    {TRAILER, "HEADER_MISSING"},
    {CLUSTER HEADER CLUSTER_END, "TRAILER_MISSING"},
    {HEADER TRAILER CLUSTER_END, "HEADER_MISSING"},
    {CLUSTER CLUSTER CLUSTER_END, "TRAILER_MISSING"},
};

START_TEST(test_headers_and_completion_lines_must_pair)
{
    (void)expect(sections[_i].sql, sections[_i].code, PROBLEM_FATAL);
}
END_TEST

/* The numbers agree, the order does not. */
START_TEST(test_a_lost_end_and_a_lost_beginning_do_not_make_a_whole)
{
    struct dump_facts f = scan(HEADER HEADER TRAILER TRAILER);
    ck_assert_uint_eq(f.n_problems, 2);
    ck_assert(!scan(HEADER "SELECT 1;\n").complete);
    ck_assert(scan(HEADER TRAILER).complete);
}
END_TEST

/* ---- where -------------------------------------------------------------------------------------
 */

static void expect_at(const char *sql, const char *code, uint64_t line, uint64_t offset)
{
    struct dump_facts f = scan(sql);
    VEC_EACH (const struct problem, p, &f.problems)
        if (str_eq(p->code, code)) {
            ck_assert_msg(p->line == line && p->offset == offset, "%s: line %llu, byte %llu", sql,
                          (unsigned long long)p->line, (unsigned long long)p->offset);
            return;
        }
    ck_abort_msg("%s: no %s", sql, code);
}

START_TEST(test_problems_name_line_and_byte)
{
    expect_at("SELECT 1;\n\nwhat is this\n", "STRAY_TEXT", 3, 11);
    expect_at("COPY t (a) FROM stdin;\n1\n2\n\\.\nnoise\n", "STRAY_TEXT", 5, 30);
    expect_at("COPY t (a) FROM stdin;\n1\\\n2\n\\.\nnoise\n", "STRAY_TEXT", 5, 31);
    expect_at("SELECT 'a\nb';\nCOPY t (a, b) FROM stdin;\n1\t2\n3\n\\.\n", "COPY_COLUMNS", 5, 44);
    expect_at("SELECT 1;\nSELECT '\n", "STATEMENT_UNFINISHED", 2, 10);
    expect_at("SET client_encoding = 'UTF8';\n\n-- \xe9\n", "ENCODING_INVALID", 3, 35);
    expect_at("SELECT 1\n;\n\\! id\n", "META_COMMAND", 3, 11);
}
END_TEST

START_TEST(test_noise_is_named)
{
    struct dump_facts f = scan("pg_dump: error: x\nSELECT 1;\n");
    const struct problem *p = vec_at(&f.problems, 0);
    ck_assert_msg(strstr(p->text, "a message of pg_dump") != NULL, "%s", p->text);
    ck_assert_uint_eq(f.statements, 1);
}
END_TEST

START_TEST(test_a_limit_on_bytes_is_exact)
{
    static const char sql[] = "SELECT 1;\n";
    struct slice text = {sql, sizeof sql - 1};
    ck_assert_uint_eq(scan_most(text, text.n).n_problems, 0);
    struct dump_facts f = scan_most(text, text.n - 1);
    ck_assert_uint_eq(f.n_problems, 0 + 1);
    ck_assert_str_eq(((const struct problem *)vec_at(&f.problems, 0))->code, "DUMP_TOO_LARGE");
    ck_assert_uint_eq(f.bytes, text.n - 1);
    f = scan_most(text, 4);
    ck_assert_uint_eq(f.n_problems, 1);
    ck_assert_uint_eq(f.bytes, 4);
}
END_TEST

/* ---- the last statement ------------------------------------------------------------------------
 */

static bool count(void *context, const struct statement *s, struct err *e)
{
    (void)s;
    (void)e;
    ++*(int *)context;
    return true;
}

START_TEST(test_a_last_statement_without_semicolon_is_one_outside_of_pg_dump)
{
    int n = 0;
    struct dump_listener listener = {.context = &n, .statement = count};
    static const char sql[] = "SELECT 1;\nSELECT 2 -- end";
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql, sizeof sql - 1);
    struct dump_facts f;
    struct err e = {0};
    ck_assert(dump_scan(&(struct scan){.arena = a, .in = in, .listener = &listener}, &f, &e));
    ck_assert_int_eq(n, 2);
    (void)expect(sql, "NO_SEMICOLON", PROBLEM_REMARK);
    (void)expect(HEADER TRAILER "SELECT 1", "NO_SEMICOLON", PROBLEM_REMARK);
    (void)expect(HEADER "SELECT 1", "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    (void)expect("SELECT (1", "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    (void)expect("SELECT 'x", "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    (void)expect("SELECT 1 /* x", "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    (void)expect("/* x", "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    (void)expect("SELECT 1; -- x", NULL, PROBLEM_FATAL);
}
END_TEST

START_TEST(test_an_object_never_begins_inside_a_statement)
{
    struct dump_facts f = expect("ALTER TABLE x\n--\n-- Name: t; Type: TABLE; Schema: public; "
                                 "Owner: o\n--\n\nCREATE TABLE t ();\n",
                                 "STATEMENT_UNFINISHED", PROBLEM_FATAL);
    ck_assert_uint_eq(f.n_create_table, 1);
    ck_assert_str_eq(f.last_object, "public.t");
    (void)expect("COMMENT ON TABLE t IS 'x\n-- Name: t; Type: ' -- y\n;\n", NULL, PROBLEM_FATAL);
    (void)expect("SELECT 1 -- Name: t; Type: x\n;\n", NULL, PROBLEM_FATAL);
}
END_TEST

/* ---- encodings ---------------------------------------------------------------------------------
 */

static const struct {
    const char *sql, *code;
    enum problem_grade grade;
} encoded[] = {
    {"SET client_encoding = 'LATIN1';\n-- \xe9\n", NULL, PROBLEM_FATAL},
    {"SET NAMES 'latin1';\n-- \xe9\n", NULL, PROBLEM_FATAL},
    {"SET SESSION client_encoding TO 'UTF8';\n-- \xe9\n", "ENCODING_INVALID", PROBLEM_FATAL},
    {"SET client_encoding = 'UTF8';\n-- \xe9\nSET client_encoding = 'LATIN1';\n-- \xe9\n",
     "ENCODING_INVALID", PROBLEM_FATAL},
    {"SET client_encoding = 'LATIN1';\nRESET client_encoding;\n-- \xe9\n", "ENCODING_UNDECLARED",
     PROBLEM_DOUBT},
    {"SET client_encoding = 'LATIN1';\n\\connect x\n-- \xe9\n", "ENCODING_UNDECLARED",
     PROBLEM_DOUBT},
    {"SET client_encoding = 'SQL_ASCII';\n-- \xe9\n", "SQL_ASCII_NOT_UTF8", PROBLEM_DOUBT},
    {"SET client_encoding = 'SQL_ASCII';\n-- \xc3\xa9\n", NULL, PROBLEM_FATAL},
    {"SET client_encoding = 'EBCDIC';\n-- \xe9\n", NULL, PROBLEM_FATAL},
    {"SET client_encoding = 'SJIS';\nCOPY t (a, b) FROM stdin;\n\x83\x5c\tx\n\x95\x5c\ty\n\\.\n",
     NULL, PROBLEM_FATAL},
    {"SET client_encoding = 'SJIS';\nSELECT E'\x83\x5c', E'\x95\x5c\\'';\nSELECT 2;\n", NULL,
     PROBLEM_FATAL},
    {"SET client_encoding = 'BIG5';\nCOPY \"\xa4\x5c\" (\"\xa4\x5c\", b) FROM stdin;\n\xa4\x5c\t"
     "\xa4\x5c\\\\.\n\\.\n",
     NULL, PROBLEM_FATAL},
    {"SET client_encoding = 'GBK';\nCOPY t (a) FROM stdin;\n\x81\n\\.\n", "ENCODING_INVALID",
     PROBLEM_FATAL},
    {"COPY t (a) FROM stdin ENCODING 'LATIN1';\n\xe9\n\\.\n-- \xc3\xa9\n", NULL, PROBLEM_FATAL},
    {"\\encoding SQL_ASCII\n\\connect -reuse-previous=on \"dbname='\xe9'\"\n", NULL, PROBLEM_FATAL},
};

START_TEST(test_every_stretch_is_judged_in_its_own_encoding)
{
    (void)expect(encoded[_i].sql, encoded[_i].code, encoded[_i].grade);
}
END_TEST

START_TEST(test_names_are_utf8_and_the_listener_hears_the_dump_as_it_is)
{
    struct dump_facts f =
        expect("SET client_encoding = 'SJIS';\nCOPY \"\x95\x5c\" (a) FROM stdin;\n"
               "\x95\x5c\n\\.\n",
               NULL, PROBLEM_FATAL);
    const struct dump_table *t = vec_at(&f.tables, 0);
    ck_assert_str_eq(t->name, "\xe8\xa1\xa8");
    ck_assert_uint_eq(t->rows, 1);
    ck_assert_uint_eq(t->bytes, 3);
    ck_assert_str_eq(f.encodings, "SJIS");
}
END_TEST

/* ---- copy --------------------------------------------------------------------------------------
 */

static const struct {
    const char *head;
    bool counted;
    size_t n_columns;
} heads[] = {
    {"COPY t (a, b) FROM stdin", true, 2},
    {"COPY t (a, b) FROM stdin WITH (FORMAT text, NULL 'x', FREEZE)", true, 2},
    {"COPY t (a, b) FROM stdin (FORMAT 'text', DELIMITER E'\\t')", true, 2},
    {"COPY t (a, b) FROM stdin WITH (DELIMITER ',')", true, 0},
    {"COPY t (a, b) FROM stdin USING DELIMITERS ','", true, 0},
    {"COPY t (a, b) FROM stdin WITH DELIMITER AS '|' NULL AS 'csv'", true, 0},
    {"COPY t (a, b) FROM stdin CSV HEADER", false, 2},
    {"COPY t (a, b) FROM stdin WITH (FORMAT csv)", false, 2},
    {"COPY t (a, b) FROM stdin WITH (HEADER)", false, 2},
    {"COPY t (a, b) FROM stdin WITH (HEADER false)", true, 2},
    {"COPY t FROM stdin BINARY", false, 0},
    {"COPY BINARY t FROM stdin", false, 0},
    {"COPY binary FROM stdin", true, 0},
    {"COPY t (a, b) WITH OIDS FROM stdin", true, 0},
};

START_TEST(test_options_of_copy_tell_what_can_be_counted)
{
    struct dump_facts f =
        scan(arena_printf(a, "%s;\n1\t2\n3\t4\n\\.\nSELECT 1;\n", heads[_i].head));
    ck_assert_uint_eq(f.n_problems, 0);
    ck_assert_uint_eq(f.statements, 2);
    const struct dump_table *t = vec_at(&f.tables, 0);
    ck_assert_int_eq(t->is_counted, heads[_i].counted);
    ck_assert_uint_eq(t->n_columns, heads[_i].n_columns);
    ck_assert_uint_eq(f.rows, heads[_i].counted ? 2 : 0);
    ck_assert_uint_eq(f.n_uncounted, !heads[_i].counted);
}
END_TEST

static const struct {
    const char *sql, *code;
    enum problem_grade grade;
} lines[] = {
    {"SELECT a::int, b[1:n], c := 1, '::x' FROM t;\n", NULL, PROBLEM_FATAL},
    {"SELECT :x;\n", "PSQL_VARIABLE", PROBLEM_DOUBT},
    {"SELECT :'x', 1;\n", "PSQL_VARIABLE", PROBLEM_DOUBT},
    {"SELECT ' :x';\n", NULL, PROBLEM_FATAL},
    {HEADER "SELECT b[1 :n];\n" TRAILER, NULL, PROBLEM_FATAL},
    {"\\echo hello\n", "META_COMMAND_HARMLESS", PROBLEM_DOUBT},
    {"\\set ON_ERROR_STOP on\n", "META_COMMAND_HARMLESS", PROBLEM_DOUBT},
    {"\\set x `id`\n", "META_COMMAND", PROBLEM_FATAL},
    {"\\echo x \\! id\n", "META_COMMAND", PROBLEM_FATAL},
    {"\\encoding LATIN1\n-- \xe9\n", "META_COMMAND_HARMLESS", PROBLEM_DOUBT},
    {"\\q\nSELECT 1;\n", "META_COMMAND", PROBLEM_FATAL},
    {"COPY t TO stdout;\n", NULL, PROBLEM_FATAL},
    {"COPY t FROM PROGRAM 'id';\n", "COPY_PROGRAM", PROBLEM_FATAL},
    {"COPY (SELECT program FROM t) TO PROGRAM E'id';\n", "COPY_PROGRAM", PROBLEM_FATAL},
    {"COPY t TO E'/tmp/x';\n", "COPY_FILE", PROBLEM_DOUBT},
    {"-- x\r\\! id\n", "META_COMMAND", PROBLEM_FATAL},
    {"SELECT 1 -- x\r\\! id\n;\n", "META_COMMAND", PROBLEM_FATAL},
    {"SELECT E'a'\n'\\'; \\! id -- ';\n", "STRING_AMBIGUOUS", PROBLEM_FATAL},
    {"SELECT E'a'\n'b', E'\\'';\n", NULL, PROBLEM_FATAL},
    {"COPY t (a) FROM stdin; -- here\n1\n\\.\n", NULL, PROBLEM_FATAL},
    {"COPY t (a) FROM stdin; SELECT 1;\n1\n\\.\n", "STRAY_TEXT", PROBLEM_FATAL},
    {"COPY t (a) FROM stdin;\n1\n\\.\r\n", "COPY_LINE_ENDINGS", PROBLEM_FATAL},
    {"COPY t (a) FROM stdin;\n1\r\n\\.\n", "COPY_LINE_ENDINGS", PROBLEM_FATAL},
    {"COPY t (a) FROM stdin;\r\n1\r\n\\.\r\n", NULL, PROBLEM_FATAL},
    {"COPY t (a) FROM stdin;\r\n\\.\r\n", NULL, PROBLEM_FATAL},
    {"-- x\r\n-- y\r\nSELECT 1;\r\n", "LINE_ENDINGS_CRLF", PROBLEM_REMARK},
    {"-- x\r\n-- y\nSELECT 1;\n", "LINE_ENDINGS_MIXED", PROBLEM_DOUBT},
    {"-- Name: whatever\nSELECT 1;\n", NULL, PROBLEM_FATAL},
    {HEADER "-- Name: x\n" TRAILER, "NAME_BREAKS_OUT", PROBLEM_FATAL},
    {"SET standard_conforming_strings = off;\nSELECT 'a\\'; ';\n\\connect x\nSELECT 'a\\';\n", NULL,
     PROBLEM_FATAL},
};

START_TEST(test_lines_are_judged_by_what_psql_and_the_server_do)
{
    (void)expect(lines[_i].sql, lines[_i].code, lines[_i].grade);
}
END_TEST

START_TEST(test_statistics_of_newer_dumps_belong_to_their_table)
{
    struct dump_facts f =
        expect(HEADER "-- Statistics for Name: t; Type: STATISTICS DATA; Schema: public; Owner: -\n"
                      "SELECT * FROM pg_catalog.pg_restore_relation_stats('version', "
                      "'180000'::integer);\n" TRAILER,
               NULL, PROBLEM_FATAL);
    ck_assert_str_eq(f.whole_object, "public.t");
    ck_assert_str_eq(f.whole_type, "STATISTICS DATA");
}
END_TEST

START_TEST(test_what_is_whole_is_named_wherever_the_dump_is_cut)
{
    static const char sql[] =
        HEADER "-- Name: a; Type: TABLE; Schema: s; Owner: o\nCREATE TABLE s.a ();\n"
               "-- Data for Name: a; Type: TABLE DATA; Schema: s; Owner: o\n"
               "COPY s.a FROM stdin;\n1\n2\n";
    struct dump_facts f = scan(sql);
    ck_assert_str_eq(f.whole_object, "s.a");
    ck_assert_str_eq(f.whole_type, "TABLE");
    ck_assert_uint_eq(f.whole_until, sizeof sql - 1);
    f = scan(arena_printf(a, "%s\\.\nALTER TABLE", sql));
    ck_assert_str_eq(f.whole_type, "TABLE DATA");
    ck_assert_uint_eq(f.whole_until, sizeof sql - 1 + 3);
}
END_TEST

Suite *suite_dump_scan_judgement(void)
{
    Suite *s = suite_create("dump_scan_judgement");
    TCase *t = tcase_create("judgement");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, test_headers_and_completion_lines_must_pair, 0, (int)COUNT_OF(sections));
    tcase_add_test(t, test_a_lost_end_and_a_lost_beginning_do_not_make_a_whole);
    tcase_add_test(t, test_problems_name_line_and_byte);
    tcase_add_test(t, test_noise_is_named);
    tcase_add_test(t, test_a_limit_on_bytes_is_exact);
    tcase_add_test(t, test_a_last_statement_without_semicolon_is_one_outside_of_pg_dump);
    tcase_add_test(t, test_an_object_never_begins_inside_a_statement);
    tcase_add_loop_test(t, test_every_stretch_is_judged_in_its_own_encoding, 0,
                        (int)COUNT_OF(encoded));
    tcase_add_test(t, test_names_are_utf8_and_the_listener_hears_the_dump_as_it_is);
    tcase_add_loop_test(t, test_options_of_copy_tell_what_can_be_counted, 0, (int)COUNT_OF(heads));
    tcase_add_loop_test(t, test_lines_are_judged_by_what_psql_and_the_server_do, 0,
                        (int)COUNT_OF(lines));
    tcase_add_test(t, test_statistics_of_newer_dumps_belong_to_their_table);
    tcase_add_test(t, test_what_is_whole_is_named_wherever_the_dump_is_cut);
    suite_add_tcase(s, t);
    return s;
}
