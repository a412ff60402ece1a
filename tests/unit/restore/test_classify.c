/* SPDX-License-Identifier: PostgreSQL */
#include "restore/classify.h"
#include "restore/tables.h"

#include <check.h>

#include <string.h>

static struct arena *a;
static const struct meaning closed = {.closed = true}, open = {.schema = "public"}, unknown;

static void setup(void)
{
    a = arena_new();
}

static void teardown(void)
{
    arena_free(a);
}

static struct kind kind_of(const char *sql)
{
    return classify(a, slice_of(sql), &closed);
}

static const struct {
    const char *sql;
    enum class class;
} rows[] = {
    {"SET statement_timeout = 0", CLASS_SESSION},
    {"SELECT pg_catalog.set_config('search_path', '', false)", CLASS_SESSION},
    {"SELECT pg_catalog.set_config('search_path', public.f(), false)", CLASS_LOST},
    {"SELECT public.f()", CLASS_LOST},
    {"SET LOCAL x = 1", CLASS_LOST},
    {"RESET ALL", CLASS_LOST},
    {"DISCARD ALL", CLASS_LOST},
    {"DO $$BEGIN END$$", CLASS_LOST},
    {"BEGIN", CLASS_BEGIN},
    {"COMMIT", CLASS_DATA},
    {"SELECT pg_catalog.setval('public.s', 3, true)", CLASS_DATA},
    {"SELECT pg_catalog.lo_create('17')", CLASS_DATA},
    {"SELECT pg_catalog.pg_sleep(1)", CLASS_FENCE},
    {"INSERT INTO public.t VALUES (1)", CLASS_DATA},
    {"CREATE TABLE public.t (x integer)", CLASS_TABLE},
    {"CREATE TEMPORARY TABLE t (x integer)", CLASS_FENCE},
    {"ALTER TABLE ONLY public.t ATTACH PARTITION public.p FOR VALUES IN (1)", CLASS_TABLE},
    {"ALTER TABLE public.t OWNER TO me", CLASS_FENCE},
    {"ALTER TABLE ONLY public.t ALTER COLUMN x SET DEFAULT nextval('public.s'::regclass)",
     CLASS_FENCE},
    {"ALTER TABLE ONLY public.t ALTER COLUMN x SET DEFAULT public.f()", CLASS_CHANGE},
    {"ALTER TABLE public.t RENAME TO u", CLASS_CHANGE},
    {"ALTER TABLE public.t DISABLE TRIGGER ALL", CLASS_CHANGE},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK ((x > 0)) NOT VALID", CLASS_CAREFUL},
    {"DROP TABLE public.t", CLASS_CHANGE},
    {"CREATE TRIGGER x AFTER INSERT ON public.t EXECUTE FUNCTION public.f()", CLASS_SIDE},
    {"CREATE RULE r AS ON INSERT TO public.t DO NOTHING", CLASS_SIDE},
    {"CREATE DOMAIN public.d AS text CHECK ((VALUE ~~ '%@%'::text))", CLASS_FENCE},
    {"CREATE DOMAIN public.d AS text CHECK (public.f(VALUE))", CLASS_SIDE},
    {"CREATE INDEX i ON public.t USING btree (x)", CLASS_INDEX},
    {"CREATE INDEX i ON public.t USING btree (lower(x)) WHERE (y > 0)", CLASS_INDEX},
    {"CREATE INDEX i ON public.t USING btree (public.f(x))", CLASS_CAREFUL},
    {"CREATE INDEX i ON public.t USING btree (x) WHERE (x OPERATOR(public.<+>) 1)", CLASS_INDEX},
    {"CREATE OPERATOR public.<+> (FUNCTION = public.f, LEFTARG = integer)", CLASS_SIDE},
    {"CREATE OPERATOR CLASS public.c FOR TYPE integer USING btree AS STORAGE integer", CLASS_FENCE},

    {"CREATE INDEX ON public.t (x)", CLASS_FENCE},
    {"CREATE INDEX IF NOT EXISTS i ON public.t (x)", CLASS_FENCE},
    {"CREATE INDEX CONCURRENTLY i ON public.t (x)", CLASS_FENCE},
    {"CREATE INDEX i ON t (x)", CLASS_FENCE},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT k PRIMARY KEY (x)", CLASS_INDEX},
    {"ALTER TABLE public.t ADD CONSTRAINT k PRIMARY KEY (x)", CLASS_CAREFUL},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE USING INDEX i", CLASS_CAREFUL},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT k EXCLUDE USING gist (x WITH =)", CLASS_INDEX},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE (x), ADD CONSTRAINT l UNIQUE (y)",
     CLASS_CHANGE},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES public.r(y)",
     CLASS_FOREIGN_KEY},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES r(y)", CLASS_CHANGE},
    {"COMMENT ON INDEX public.i IS 'CREATE TABLE'", CLASS_RIDER},
    {"COMMENT ON CONSTRAINT k ON public.t IS 'x'", CLASS_RIDER},
    {"COMMENT ON CONSTRAINT k ON DOMAIN public.d IS 'x'", CLASS_FENCE},
    {"ALTER TABLE public.t CLUSTER ON i", CLASS_RIDER},
    {"ALTER TABLE ONLY public.t REPLICA IDENTITY USING INDEX i", CLASS_RIDER},
    {"ALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS 100", CLASS_RIDER},
    {"ALTER INDEX public.i ATTACH PARTITION public.j", CLASS_FENCE},
    {"ALTER INDEX public.i RENAME TO j", CLASS_FENCE},
    {"CREATE VIEW public.v AS SELECT 1", CLASS_FENCE},
    {"REFRESH MATERIALIZED VIEW public.m", CLASS_FENCE},
    {"/* x */ create index I on \"S\".\"T\" (x) -- y", CLASS_INDEX},
};

START_TEST(test_statements_are_of_the_class_that_is_safe)
{
    ck_assert_msg(kind_of(rows[_i].sql).class == rows[_i].class, "%s: class %d", rows[_i].sql,
                  (int)kind_of(rows[_i].sql).class);
}
END_TEST

START_TEST(test_tables_and_objects_are_told_by_their_full_names)
{
    struct kind index = kind_of("CREATE INDEX i ON \"s.t\".u (x)");
    struct kind key = kind_of("ALTER TABLE ONLY S.\"T\" ADD CONSTRAINT k UNIQUE (x)");
    struct kind foreign =
        kind_of("ALTER TABLE s.t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES q.r(y) MATCH FULL");
    ck_assert_str_eq(index.table, name_key(a, "s.t", "u"));
    ck_assert_str_ne(index.table, name_key(a, "s", "t.u"));
    ck_assert_str_eq(index.object, name_key(a, "s.t", "i"));
    ck_assert(!index.exclusive && key.exclusive && key.only && !foreign.only);
    ck_assert_str_eq(key.table, name_key(a, "s", "T"));
    ck_assert_str_eq(foreign.table, name_key(a, "s", "t"));
    ck_assert_str_eq(foreign.other, name_key(a, "q", "r"));
    ck_assert_str_eq(kind_of("COMMENT ON CONSTRAINT k ON s.\"T\" IS 'x'").object, key.object);
    ck_assert_str_eq(kind_of("COMMENT ON INDEX s.k IS 'x'").object, key.object);
}
END_TEST

START_TEST(test_names_without_schema_are_known_where_the_path_has_one)
{
    struct kind kind = classify(a, slice_of("CREATE INDEX i ON t USING btree (x)"), &open);
    ck_assert_int_eq(kind.class, CLASS_INDEX);
    ck_assert_str_eq(kind.table, name_key(a, "public", "t"));
    kind = classify(a, slice_of("CREATE INDEX i ON t USING btree (f(x))"), &open);
    ck_assert_int_eq(kind.class, CLASS_CAREFUL);
    kind = classify(a, slice_of("CREATE INDEX i ON t (x)"), &unknown);
    ck_assert_int_eq(kind.class, CLASS_FENCE);
}
END_TEST

START_TEST(test_only_a_plain_copy_is_told)
{
    const char *t = name_key(a, "public", "t");
    ck_assert_str_eq(classify_copy(a, slice_of("COPY public.t (x) FROM stdin"), &closed), t);
    ck_assert_str_eq(classify_copy(a, slice_of("COPY t FROM STDIN"), &open), t);
    ck_assert_ptr_null(classify_copy(a, slice_of("COPY t FROM STDIN"), &closed));
    ck_assert_ptr_null(
        classify_copy(a, slice_of("COPY public.t FROM STDIN WITH (FREEZE)"), &closed));
    ck_assert_str_eq(classify_insert(a, slice_of("INSERT INTO public.t VALUES (1)"), &closed), t);
}
END_TEST

/* ---- tables ------------------------------------------------------------------------------------
 */

static struct table *table_made_by(struct tables *tables, const char *name, const char *sql)
{
    tables_note(tables, slice_of(sql), &closed);
    return tables_at(tables, name_key(a, "public", name));
}

static const struct {
    const char *sql; /* makes public.t */
    bool plain;
} tables_made[] = {
    {"CREATE TABLE public.t (x integer, y numeric(10,2) DEFAULT 1)", true},
    {"CREATE UNLOGGED TABLE public.t (x integer CHECK ((x > length('a(b)'))))", true},
    {"CREATE TABLE public.t (g public.geometry(Point,4326), CONSTRAINT c CHECK ((1 > 0)))", true},
    {"CREATE TABLE public.t (x integer CHECK (public.f(x)))", false},
    {"CREATE TABLE public.t (x text CHECK ((x OPERATOR(public.=) 'a'::public.citext)))", true},
    {"CREATE TABLE public.t (x integer, y integer GENERATED ALWAYS AS (public.f(x)) STORED)",
     false},
    {"CREATE TABLE public.t (x integer REFERENCES public.r)", false},
    {"CREATE TABLE public.t (LIKE public.r INCLUDING ALL)", false},
    {"CREATE TABLE public.t (x integer) PARTITION BY RANGE (x)", false},
    {"CREATE TABLE public.t AS SELECT 1", false},
    {"CREATE TABLE public.t () INHERITS (public.nowhere)", false},
    {"CREATE MATERIALIZED VIEW public.t AS SELECT 1 WITH NO DATA", false},
};

START_TEST(test_a_table_is_plain_when_its_rows_concern_no_other_table)
{
    struct tables tables = tables_new(a);
    struct table *t = table_made_by(&tables, "t", tables_made[_i].sql);
    ck_assert_msg(table_is_plain(t, 0) == tables_made[_i].plain, "%s", tables_made[_i].sql);
    tables_forget(&tables, NULL);
    ck_assert(!table_is_plain(t, 0));
    tables_cleanup(&tables);
}
END_TEST

START_TEST(test_defaults_count_where_a_copy_leaves_columns_out)
{
    struct tables tables = tables_new(a);
    const struct table *t = table_made_by(&tables, "t",
                                          "CREATE TABLE public.t (x uuid DEFAULT public.uuid(), "
                                          "y integer, z integer GENERATED ALWAYS AS ((y * 2)) "
                                          "STORED, CONSTRAINT k UNIQUE (y))");
    ck_assert(table_is_plain(t, 0));
    ck_assert(table_is_plain(t, 2));
    ck_assert(!table_is_plain(t, 1));
    tables_cleanup(&tables);
}
END_TEST

START_TEST(test_partitions_and_children_belong_to_one_tree)
{
    struct tables tables = tables_new(a);
    struct table *top = table_made_by(
        &tables, "top", "CREATE TABLE public.top (x integer) PARTITION BY RANGE (public.f(x))");
    struct table *middle = table_made_by(
        &tables, "middle", "CREATE TABLE public.middle (x integer) PARTITION BY LIST (x)");
    struct table *leaf = table_made_by(&tables, "leaf", "CREATE TABLE public.leaf (x integer)");
    ck_assert(table_is_plain(leaf, 1));
    tables_note(&tables,
                slice_of("ALTER TABLE ONLY public.top ATTACH PARTITION public.middle DEFAULT"),
                &closed);
    tables_note(&tables,
                slice_of("ALTER TABLE ONLY public.middle ATTACH PARTITION public.leaf DEFAULT"),
                &closed);
    ck_assert_ptr_eq(table_root(leaf), top);
    ck_assert_ptr_eq(table_root(middle), top);
    ck_assert(!table_is_plain(leaf, 1)); /* whose bounds call a function */
    tables_note(&tables,
                slice_of("ALTER TABLE ONLY public.leaf ATTACH PARTITION public.top DEFAULT"),
                &closed);
    ck_assert(!leaf->known && !top->known);
    tables_cleanup(&tables);
}
END_TEST

Suite *suite_restore_classify(void);
Suite *suite_restore_classify(void)
{
    Suite *s = suite_create("restore/classify");
    TCase *t = tcase_create("classify");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, test_statements_are_of_the_class_that_is_safe, 0, (int)COUNT_OF(rows));
    tcase_add_test(t, test_tables_and_objects_are_told_by_their_full_names);
    tcase_add_test(t, test_names_without_schema_are_known_where_the_path_has_one);
    tcase_add_test(t, test_only_a_plain_copy_is_told);
    tcase_add_loop_test(t, test_a_table_is_plain_when_its_rows_concern_no_other_table, 0,
                        (int)COUNT_OF(tables_made));
    tcase_add_test(t, test_defaults_count_where_a_copy_leaves_columns_out);
    tcase_add_test(t, test_partitions_and_children_belong_to_one_tree);
    suite_add_tcase(s, t);
    return s;
}
