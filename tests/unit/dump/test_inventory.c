/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "dump/inventory.h"
#include "lib/source_fault.h"

#include <check.h>

#include <stdio.h>
#include <string.h>

Suite *suite_dump_inventory(void);

static struct arena *a;
static struct inventory inv;

static void set_up(void)
{
    a = arena_new();
    inventory_begin(&inv, a);
}

static void tear_down(void)
{
    inventory_cleanup(&inv);
    arena_free(a);
}

static bool hear(void *context, const struct statement *s, struct err *e)
{
    (void)e;
    inventory_statement(context, s);
    return true;
}

static bool hear_copy(void *context, const struct copy_head *head, struct err *e)
{
    (void)e;
    inventory_copy(context, head);
    return true;
}

static void take(struct inventory *into, struct source *in)
{
    struct dump_facts facts;
    struct err e = {0};
    struct dump_listener listener = {.context = into, .statement = hear, .copy_begin = hear_copy};
    struct scan how = {.arena = a, .in = in, .listener = &listener};
    ck_assert_msg(dump_scan(&how, &facts, &e), "%s", e.text);
}

static void take_text(const char *sql)
{
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql, strlen(sql));
    take(&inv, in);
}

static struct slice file(const char *path)
{
    enum { BYTES_MAX = 1 << 20 };
    struct slice text;
    struct err e = {0};
    ck_assert_msg(fs_read_file(a, path, BYTES_MAX, &text, &e), "%s", e.text);
    return text;
}

/* Everything that an inventory knows, in one text. */
static const char *told(const struct inventory *of)
{
    struct buf out = {0};
    VEC_EACH (struct item *const, i, &of->items)
        buf_printf(&out, "%d %s.%s %s %x %llu %llu %lld %s\n", (int)(*i)->kind, (*i)->scope,
                   (*i)->name, (*i)->detail == NULL ? "-" : (*i)->detail, (*i)->flags,
                   (unsigned long long)(*i)->n * 1000 + (*i)->n_filled,
                   (unsigned long long)(*i)->offset, (long long)(*i)->value,
                   (*i)->of == NULL ? "-" : (*i)->of->name);
    for (size_t kind = 0; kind < ITEM_KINDS; kind++)
        buf_printf(&out, "%llu ", (unsigned long long)of->n[kind]);
    buf_printf(&out, "%llu %llu %llu", (unsigned long long)of->grammar.n_parsed,
               (unsigned long long)of->grammar.n_refused,
               (unsigned long long)of->grammar.n_passed_over);
    const char *text = arena_strdup(a, buf_text(&out));
    buf_cleanup(&out);
    return text;
}

struct expected {
    enum item_kind kind;
    const char *scope, *name;
    unsigned flags;
    const char *detail;
};

static void expect(const struct expected *row)
{
    const struct item *item = inventory_find(&inv, row->kind, row->scope, row->name);
    ck_assert_msg(item != NULL && item->n > 0, "%d %s.%s is not there", (int)row->kind, row->scope,
                  row->name);
    ck_assert_msg(item->flags == row->flags, "%s: flags %x", row->name, item->flags);
    ck_assert_pstr_eq(item->detail, row->detail);
}

/* What tests/lib/kinds.sql makes, as pg_dump 15 writes it. */
static const struct expected kinds[] = {
    {ITEM_SCHEMA, "", "app", 0, NULL},
    {ITEM_DATABASE, "", "kinds", 0, NULL},
    {ITEM_TABLE, "app", "people", 0, NULL},
    {ITEM_TABLE, "app", "cache", ITEM_UNLOGGED, NULL},
    {ITEM_TABLE, "app", "log", ITEM_PARTITIONED, NULL},
    {ITEM_TABLE, "app", "log_old", ITEM_PARTITIONED | ITEM_PARTITION, NULL},
    {ITEM_TABLE, "app", "log_old_rest", ITEM_PARTITION, NULL},
    {ITEM_FOREIGN_TABLE, "app", "far", 0, "elsewhere"},
    {ITEM_VIEW, "app", "names", 0, NULL},
    {ITEM_VIEW, "app", "counting", 0, NULL},
    {ITEM_MATVIEW, "app", "unfilled", 0, NULL},
    {ITEM_SEQUENCE, "app", "people_id_seq", ITEM_IDENTITY, NULL},
    {ITEM_SEQUENCE, "app", "fast", ITEM_NOT_CALLED, NULL},
    {ITEM_INDEX, "app", "visits_at", 0, NULL},
    {ITEM_CONSTRAINT, "app.visits", "visits_person_fkey", 0, NULL},
    {ITEM_FUNCTION, "app", "add(a integer, b integer DEFAULT 1)", ITEM_DEFINER | ITEM_PATH_SET,
     "sql"},
    {ITEM_FUNCTION, "app", "careless()", ITEM_DEFINER, "plpgsql"},
    {ITEM_FUNCTION, "app", "native(internal)", 0, "c"},
    {ITEM_PROCEDURE, "app", "tidy()", 0, "plpgsql"},
    {ITEM_AGGREGATE, "app", "total", 0, NULL},
    {ITEM_TRIGGER, "app.people", "touch", 0, NULL},
    {ITEM_TRIGGER, "app.visits", "later", 0, NULL},
    {ITEM_EVENT_TRIGGER, "", "watching", 0, NULL},
    {ITEM_POLICY, "app.people", "own", 0, NULL},
    {ITEM_ROW_SECURITY, "app", "people", 0, NULL},
    {ITEM_RULE, "", "no_delete", 0, NULL},
    {ITEM_TYPE, "app", "mood", 0, NULL},
    {ITEM_DOMAIN, "app", "mail", 0, NULL},
    {ITEM_EXTENSION, "", "hstore", 0, "app"},
    {ITEM_WRAPPER, "", "bare", 0, NULL},
    {ITEM_SERVER, "", "elsewhere", 0, "postgres_fdw"},
    {ITEM_USER_MAPPING, "kinds_reader", "elsewhere", ITEM_PASSWORD, NULL},
    {ITEM_USER_MAPPING, "public", "elsewhere", 0, NULL},
    {ITEM_SUBSCRIPTION, "", "sub", ITEM_PASSWORD | ITEM_NO_CONNECT, NULL},
    {ITEM_PUBLICATION, "", "pub", 0, NULL},
    {ITEM_LARGE_OBJECT, "", "", 0, NULL}, /* all of them */
    {ITEM_ROLE_REF, "", "kinds_owner", 0, NULL},
    {ITEM_ROLE_REF, "", "kinds_reader", 0, NULL},
    {ITEM_SETTING, "off", "row_security", 0, NULL},
    {ITEM_SETTING_KEPT, "1min", "statement_timeout", 0, "kinds"},
    {ITEM_SETTING_KEPT, "'app', 'public'", "search_path", 0, "kinds_reader"},
    {ITEM_REACH, "careless()", "network", 0, NULL},
};

static uint64_t n_filled(enum item_kind kind, const char *scope, const char *name)
{
    const struct item *item = inventory_find(&inv, kind, scope, name);
    return item == NULL ? 0 : item->n_filled;
}

static void take_file(const char *path)
{
    struct slice sql = file(path);
    CLEANUP(source_cleanup) struct source *in = source_mem(a, sql.p, sql.n);
    take(&inv, in);
}

START_TEST(test_every_kind_of_object_is_found)
{
    take_file("tests/fixtures/kinds-15.sql");
    expect(&kinds[_i]);
}
END_TEST

START_TEST(test_what_fills_them_is_counted_with_them)
{
    take_file("tests/fixtures/kinds-15.sql");
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "app", "people"), 1);
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "app", "log"), 0);
    ck_assert_uint_eq(n_filled(ITEM_SEQUENCE, "app", "down"), 1);
    ck_assert_uint_eq(n_filled(ITEM_SEQUENCE, "app", "fast"), 1);
    ck_assert_uint_eq(n_filled(ITEM_MATVIEW, "app", "per_day"), 1);
    ck_assert_uint_eq(n_filled(ITEM_MATVIEW, "app", "unfilled"), 0);
}
END_TEST

START_TEST(test_counts_are_those_of_the_catalogue)
{
    static const struct {
        enum item_kind kind;
        uint64_t n;
    } counts[] = {
        {ITEM_TABLE, 11},   {ITEM_FOREIGN_TABLE, 1}, {ITEM_VIEW, 2},      {ITEM_MATVIEW, 2},
        {ITEM_SEQUENCE, 4}, {ITEM_SETVAL, 4},        {ITEM_INDEX, 5},     {ITEM_CONSTRAINT, 4},
        {ITEM_FUNCTION, 6}, {ITEM_TRIGGER, 2},       {ITEM_EXTENSION, 3}, {ITEM_DATA, 9},
        {ITEM_OTHER, 13},   {ITEM_LARGE_OBJECT, 1},  {ITEM_TYPE, 3},      {ITEM_UNKNOWN, 0},
    };
    take_file("tests/fixtures/kinds-15.sql");
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        ck_assert_msg(inv.n[counts[i].kind] == counts[i].n, "%s: %llu", item_words[counts[i].kind],
                      (unsigned long long)inv.n[counts[i].kind]);
        if (counts[i].kind != ITEM_OTHER) /* those have no names */
            ck_assert_uint_eq(inventory_count(&inv, counts[i].kind), counts[i].n);
    }
    ck_assert_uint_eq(inv.grammar.n_refused + inv.grammar.n_passed_over, 0);
}
END_TEST

START_TEST(test_partition_knows_its_parent)
{
    take_file("tests/fixtures/kinds-15.sql");
    const struct item *leaf = inventory_find(&inv, ITEM_TABLE, "app", "log_old_rest");
    ck_assert_ptr_nonnull(leaf);
    ck_assert_str_eq(leaf->of->name, "log_old");
    ck_assert_str_eq(leaf->of->of->name, "log");
    ck_assert_ptr_null(leaf->of->of->of);
}
END_TEST

START_TEST(test_odd_names_are_read_as_the_server_has_them)
{
    take_file("tests/fixtures/nasty-15.sql");
    static const struct expected odd[] = {
        {ITEM_SCHEMA, "", "Odd \"schema\"", 0, NULL},
        {ITEM_TABLE, "Odd \"schema\"", "Table; DROP", 0, NULL},
        {ITEM_SEQUENCE, "Odd \"schema\"", "Table; DROP_id \" x_seq", ITEM_IDENTITY, NULL},
        {ITEM_POLICY, "public.secret", "read; own", 0, NULL},
        {ITEM_ROLE_REF, "", "nasty \"quote\"", 0, NULL},
        {ITEM_ROLE_REF, "", "nasty Reader", 0, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(odd); i++)
        expect(&odd[i]);
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "Odd \"schema\"", "Table; DROP"), 1);
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "public", "back\\slash"), 1);
    ck_assert_uint_eq(n_filled(ITEM_SEQUENCE, "Odd \"schema\"", "Table; DROP_id \" x_seq"), 1);
    ck_assert_int_eq(inventory_find(&inv, ITEM_SEQUENCE, "public", "child_id_seq")->value, 1000);
    ck_assert_uint_eq(inv.n[ITEM_REACH], 0); /* what the body of f only quotes */
    ck_assert_uint_eq(inventory_count(&inv, ITEM_REACH), 0);
}
END_TEST

START_TEST(test_pieces_never_change_it)
{
    static const char *const paths[] = {"tests/fixtures/kinds-15.sql",
                                        "tests/fixtures/nasty-15.sql"};
    static const size_t pieces[] = {1, 7, 4096};
    struct slice sql = file(paths[_i]);
    struct source *whole = source_mem(a, sql.p, sql.n);
    take(&inv, whole);
    source_cleanup(&whole);
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct inventory other;
        inventory_begin(&other, a);
        struct source *in =
            source_fault(a, source_mem(a, sql.p, sql.n), (struct fault){.piece_bytes = pieces[i]});
        take(&other, in);
        source_cleanup(&in);
        ck_assert_str_eq(told(&other), told(&inv));
        inventory_cleanup(&other);
    }
}
END_TEST

START_TEST(test_unqualified_names_lie_in_the_search_path)
{
    take_text("CREATE TABLE t (a integer);\n"
              "SET search_path = shop, pg_catalog;\n"
              "CREATE TABLE t (a integer);\nCOPY t (a) FROM stdin;\n1\n\\.\n"
              "SET search_path = \"$user\", \"Odd\";\nCREATE SEQUENCE s;\n"
              "SELECT setval('s', 7);\n"
              "SELECT pg_catalog.set_config('search_path', '', false);\n"
              "CREATE TABLE public.u ();\n");
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_TABLE, "public", "t"));
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_TABLE, "shop", "t"));
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "shop", "t"), 1);
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_SEQUENCE, "Odd", "s"));
    ck_assert_int_eq(inventory_find(&inv, ITEM_SEQUENCE, "Odd", "s")->value, 7);
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_TABLE, "public", "u"));
}
END_TEST

START_TEST(test_inserts_are_counted_by_table)
{
    take_text("INSERT INTO public.t VALUES (1);\nINSERT INTO public.t VALUES (2);\n"
              "INSERT INTO public.t2 VALUES (1);\nINSERT INTO public.t (a) VALUES (3);\n"
              "insert into public.t(a) values (4);\nINSERT INTO \"T\" VALUES (5);\n");
    take_text("INSERT INTO tt(a) VALUES (1);\nINSERT INTO t (b) VALUES (2);\n"
              "INSERT INTO tt(a) VALUES (3);\n");
    ck_assert_uint_eq(inventory_find(&inv, ITEM_INSERT, "public", "tt")->n, 2);
    ck_assert_uint_eq(inv.n[ITEM_INSERT], 9);
    ck_assert_uint_eq(inventory_find(&inv, ITEM_INSERT, "public", "t")->n, 5);
    ck_assert_uint_eq(inventory_find(&inv, ITEM_INSERT, "public", "t2")->n, 1);
    ck_assert_uint_eq(inventory_find(&inv, ITEM_INSERT, "public", "T")->n, 1);
    ck_assert_uint_eq(inv.grammar.n_parsed, 0);
}
END_TEST

START_TEST(test_joined_dumps_make_things_twice)
{
    take_file("tests/fixtures/nasty-15.sql");
    take_file("tests/fixtures/nasty-15.sql");
    ck_assert_uint_eq(inventory_find(&inv, ITEM_TABLE, "public", "secret")->n, 2);
    ck_assert_uint_eq(n_filled(ITEM_TABLE, "public", "secret"), 2);
    ck_assert_int_eq(inventory_find(&inv, ITEM_SEQUENCE, "public", "child_id_seq")->value, 1000);
}
END_TEST

static bool has_role(const char *name)
{
    const struct item *role = inventory_find(&inv, ITEM_ROLE_REF, "", name);
    return role != NULL && role->n > 0;
}

START_TEST(test_roles_are_found_wherever_they_are_named)
{
    take_text("ALTER TABLE t OWNER TO r1;\nGRANT SELECT ON TABLE t TO r2, GROUP \"R 3\" "
              "WITH GRANT OPTION GRANTED BY r4;\nREVOKE ALL ON SCHEMA s FROM r5 CASCADE;\n"
              "CREATE POLICY p ON t TO r6 USING (true);\n"
              "ALTER DEFAULT PRIVILEGES FOR ROLE r7, r8 IN SCHEMA s GRANT ALL ON TABLES TO r9;\n"
              "ALTER DEFAULT PRIVILEGES FOR ROLE r7 REVOKE ALL ON FUNCTIONS FROM r10;\n"
              "SET SESSION AUTHORIZATION 'r11';\nSET ROLE r12;\n"
              "CREATE SCHEMA s AUTHORIZATION r13;\nALTER ROLE r14 SET work_mem = '1MB';\n"
              "CREATE DATABASE d OWNER = r15 TABLESPACE = space;\n"
              "ALTER DATABASE d OWNER TO r16;\nGRANT r17 TO r18;\nSET ROLE NONE;\n"
              "GRANT ALL ON TABLE t TO PUBLIC, CURRENT_USER;\n");
    for (int i = 1; i <= 18; i++)
        if (i != 17) /* who is given away is created in every dump that does so */
            ck_assert_msg(has_role(i == 3 ? "R 3" : arena_printf(a, "r%d", i)), "r%d", i);
    ck_assert(!has_role("public") && !has_role("none") && !has_role("current_user"));
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_TABLESPACE_REF, "", "space"));
}
END_TEST

START_TEST(test_reach_is_seen_in_code_and_not_in_what_it_quotes)
{
    take_text("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$BEGIN\n"
              "-- dblink('x')\n PERFORM 'lo_import(1)'; \"pg_ls_dir\" := 1; END$x$;\n");
    ck_assert_uint_eq(inventory_count(&inv, ITEM_REACH), 0);
    take_text("CREATE FUNCTION g() RETURNS void SET search_path TO 'a', 'b' LANGUAGE sql "
              "AS 'SELECT pg_ls_dir(''.'')';\n"
              "CREATE FUNCTION h() RETURNS void BEGIN ATOMIC SELECT lo_import('x'); END;\n"
              "DO 'BEGIN PERFORM dblink(1); END';\n");
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_REACH, "g()", "server_file"));
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_REACH, "h()", "server_file"));
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_REACH, "", "network"));
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_REACH, "", "do"));
}
END_TEST

START_TEST(test_memory_is_bounded_and_what_is_not_kept_is_counted)
{
    enum { TABLES = INVENTORY_ITEMS_MAX + 1000, LINE_BYTES = 64, ARENA_MAX = 34 << 20 };
    char *line = arena_alloc(a, LINE_BYTES);
    struct statement s = {.text = {line, 0}};
    for (int i = 0; i < TABLES; i++) {
        s.text.n =
            (size_t)snprintf(line, LINE_BYTES, "CREATE TABLE public.table_%d (a integer)", i);
        inventory_statement(&inv, &s);
    }
    ck_assert_uint_eq(inv.n[ITEM_TABLE], TABLES);
    ck_assert_uint_eq(inv.items.n, INVENTORY_ITEMS_MAX);
    ck_assert_uint_eq(inv.n_not_kept, 1000);
    ck_assert_uint_lt(arena_used_bytes(a), ARENA_MAX);
    ck_assert_uint_eq(inv.grammar.n_passed_over, TABLES - GRAMMAR_STATEMENTS_MAX);
}
END_TEST

/* What nobody asks for by name is counted, and so nothing is missing. */
START_TEST(test_a_million_objects_are_judged)
{
    enum { GROUPS = 100000, LINE_BYTES = 128, ARENA_MAX = 24 << 20 };
    static const char *const others[][2] = {
        {"CREATE INDEX index_a_", " ON app.t USING btree (a)"},
        {"CREATE INDEX index_b_", " ON app.t USING btree (b)"},
        {"ALTER TABLE ONLY app.t ADD CONSTRAINT k_", " PRIMARY KEY (a)"},
        {"CREATE TRIGGER t_", " BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION f()"},
        {"CREATE VIEW app.v_", " AS SELECT 1"},
        {"CREATE TYPE app.y_", " AS (a integer)"},
        {"CREATE DOMAIN app.d_", " AS text"},
        {"CREATE RULE r_", " AS ON DELETE TO app.t DO INSTEAD NOTHING"},
        {"CREATE POLICY p_", " ON app.t TO reader USING (true)"},
    };
    char *line = arena_alloc(a, LINE_BYTES);
    struct statement s = {.text = {line, 0}};
    inv.grammar.bytes = GRAMMAR_BYTES_MAX; /* not what this is about */
    for (int i = 0; i < GROUPS; i++) {
        s.text.n = (size_t)snprintf(line, LINE_BYTES, "CREATE TABLE app.t%d (a integer)", i);
        inventory_statement(&inv, &s);
        for (size_t k = 0; k < COUNT_OF(others); k++) {
            s.text.n = (size_t)snprintf(line, LINE_BYTES, "%s%d%s", others[k][0], i, others[k][1]);
            inventory_statement(&inv, &s);
        }
    }
    ck_assert_uint_eq(inv.n_not_kept, 0);
    ck_assert_uint_eq(inventory_count(&inv, ITEM_TABLE), GROUPS);
    ck_assert_uint_eq(inventory_count(&inv, ITEM_INDEX), (size_t)GROUPS * 2);
    ck_assert_uint_eq(inventory_count(&inv, ITEM_CONSTRAINT), GROUPS);
    ck_assert_uint_eq(inventory_find(&inv, ITEM_ROLE_REF, "", "reader")->n, GROUPS);
    ck_assert_ptr_nonnull(inventory_find(&inv, ITEM_TABLE, "app", "t99999"));
    ck_assert_uint_lt(arena_used_bytes(a), ARENA_MAX);
}
END_TEST

START_TEST(test_large_objects_are_counted_however_many_there_are)
{
    enum { OBJECTS = INVENTORY_ITEMS_MAX + 1000, LINE_BYTES = 64 };
    char *line = arena_alloc(a, LINE_BYTES);
    struct statement s = {.text = {line, 0}};
    for (int i = 0; i < OBJECTS; i++) {
        s.text.n = (size_t)snprintf(line, LINE_BYTES, "SELECT pg_catalog.lo_create('%d')", i);
        inventory_statement(&inv, &s);
        s.text.n = (size_t)snprintf(line, LINE_BYTES, "ALTER LARGE OBJECT %d OWNER TO o", i);
        inventory_statement(&inv, &s);
    }
    ck_assert_uint_eq(inventory_count(&inv, ITEM_LARGE_OBJECT), OBJECTS);
    ck_assert_uint_eq(inv.n_not_kept, 0);
}
END_TEST

START_TEST(test_halves_of_statements_do_no_harm)
{
    struct slice sql = file("tests/fixtures/kinds-15.sql");
    struct statement s = {.text = {NULL, 0}};
    for (size_t from = 0; from < sql.n; from += 101)
        for (size_t n = 0; n < 200 && from + n < sql.n; n += 3) {
            s.text = (struct slice){arena_strndup(a, sql.p + from, n), n};
            inventory_statement(&inv, &s);
        }
    ck_assert_uint_gt(inv.n[ITEM_REST], 0);
}
END_TEST

/* The number may be anything where it is not kept, and is part of the name where it is. */
START_TEST(test_statements_that_differ_in_a_number_count_each)
{
    enum { OBJECTS = GRAMMAR_STATEMENTS_MAX + 100 };
    CLEANUP(buf_cleanup) struct buf sql = {0};
    for (unsigned i = 0; i < OBJECTS; i++)
        buf_printf(&sql,
                   "SELECT pg_catalog.lo_create('%u');\nALTER LARGE OBJECT %u OWNER TO shop;\n", i,
                   i);
    take_text(buf_text(&sql));
    ck_assert_uint_eq(inventory_count(&inv, ITEM_LARGE_OBJECT), OBJECTS);
    ck_assert_uint_eq(inventory_find(&inv, ITEM_ROLE_REF, "", "shop")->n, OBJECTS);
    ck_assert_uint_eq(inv.n[ITEM_REST], OBJECTS);
    ck_assert_uint_eq(inv.grammar.n_parsed, OBJECTS);
    ck_assert_uint_eq(inv.grammar.n_passed_over, 0);
}
END_TEST

START_TEST(test_a_number_that_means_something_is_read)
{
    take_text("ALTER TABLE t OWNER TO \"role 1\";\nALTER TABLE t OWNER TO \"role 2\";\n"
              "GRANT a TO \"b 1 c\";\nGRANT a TO \"b 2 c\";\n"
              "ALTER LARGE OBJECT 7 OWNER TO x;\nALTER LARGE OBJECT 8 OWNER TO y;\n"
              "ALTER LARGE OBJECT 9 OWNER TO x;\nALTER LARGE OBJECT 1.5.2 OWNER TO x;\n"
              "SELECT setval('s', 1);\nSELECT setval('s', 2);\n"
              "SELECT lo_create('1');\nSELECT lo_open('1', 2);\nSELECT lo_create('2');\n"
              "SELECT lo_open('2', 2);\nSELECT lo_open('3', 2);\n");
    static const struct {
        const char *role;
        uint64_t n;
    } roles[] = {{"role 1", 1}, {"role 2", 1}, {"b 1 c", 1}, {"b 2 c", 1}, {"x", 3}, {"y", 1}};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        const struct item *role = inventory_find(&inv, ITEM_ROLE_REF, "", roles[i].role);
        ck_assert_msg(role != NULL && role->n == roles[i].n, "%s", roles[i].role);
    }
    ck_assert_uint_eq(inv.grammar.n_refused, 1);
    ck_assert_int_eq(inventory_find(&inv, ITEM_SEQUENCE, "public", "s")->value, 2);
    ck_assert_uint_eq(inventory_count(&inv, ITEM_LARGE_OBJECT), 2);
}
END_TEST

Suite *suite_dump_inventory(void)
{
    Suite *s = suite_create("dump_inventory");
    TCase *tc = tcase_create("inventory");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_every_kind_of_object_is_found, 0, (int)COUNT_OF(kinds));
    tcase_add_test(tc, test_what_fills_them_is_counted_with_them);
    tcase_add_test(tc, test_counts_are_those_of_the_catalogue);
    tcase_add_test(tc, test_partition_knows_its_parent);
    tcase_add_test(tc, test_odd_names_are_read_as_the_server_has_them);
    tcase_add_loop_test(tc, test_pieces_never_change_it, 0, 2);
    tcase_add_test(tc, test_unqualified_names_lie_in_the_search_path);
    tcase_add_test(tc, test_inserts_are_counted_by_table);
    tcase_add_test(tc, test_joined_dumps_make_things_twice);
    tcase_add_test(tc, test_roles_are_found_wherever_they_are_named);
    tcase_add_test(tc, test_reach_is_seen_in_code_and_not_in_what_it_quotes);
    tcase_add_test(tc, test_memory_is_bounded_and_what_is_not_kept_is_counted);
    tcase_add_test(tc, test_a_million_objects_are_judged);
    tcase_add_test(tc, test_large_objects_are_counted_however_many_there_are);
    tcase_add_test(tc, test_halves_of_statements_do_no_harm);
    tcase_add_test(tc, test_statements_that_differ_in_a_number_count_each);
    tcase_add_test(tc, test_a_number_that_means_something_is_read);
    suite_add_tcase(s, tc);
    return s;
}
