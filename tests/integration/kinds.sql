-- SPDX-License-Identifier: PostgreSQL
-- An object of every kind that PostgreSQL can dump, or nearly so, with owners and names that need quotes. What a line
-- "-- from N" has above it is for servers from major N on; the rest is for all, from 13 on. Roles begin with "k".

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'k_user') THEN
        CREATE ROLE k_user;
        CREATE ROLE "k Odd";
    END IF;
END
$$;
CREATE SCHEMA "select" AUTHORIZATION k_user;
CREATE SCHEMA app AUTHORIZATION "k Odd";
GRANT ALL ON SCHEMA app TO PUBLIC;

CREATE TYPE app.mood AS ENUM ('a', 'b');
ALTER TYPE app.mood OWNER TO k_user;
CREATE TYPE app.span AS RANGE (subtype = float8);
CREATE TYPE app.pair AS (x int, y text);
CREATE DOMAIN app.positive AS int CHECK (value > 0);
ALTER DOMAIN app.positive OWNER TO "k Odd";
CREATE FUNCTION app.f(int, text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT $1';
ALTER FUNCTION app.f OWNER TO k_user;
CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
ALTER PROCEDURE app.p OWNER TO k_user;
CREATE AGGREGATE app.total (int) (sfunc = int4pl, stype = int);
ALTER AGGREGATE app.total (int) OWNER TO "k Odd";
CREATE FUNCTION app.same(app.pair, app.pair) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR app.=== (leftarg = app.pair, rightarg = app.pair, function = app.same);
ALTER OPERATOR app.=== (app.pair, app.pair) OWNER TO k_user;
CREATE OPERATOR FAMILY app.family USING btree;
ALTER OPERATOR FAMILY app.family USING btree OWNER TO k_user;
CREATE OPERATOR CLASS app.class FOR TYPE int4 USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int4);
ALTER OPERATOR CLASS app.class USING hash OWNER TO "k Odd";
CREATE COLLATION app.plain FROM "C";
ALTER COLLATION app.plain OWNER TO k_user;
CREATE CONVERSION app.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH DICTIONARY app.words (template = simple);
CREATE TEXT SEARCH CONFIGURATION app.search (copy = simple);
ALTER TEXT SEARCH CONFIGURATION app.search OWNER TO k_user;
CREATE TEXT SEARCH PARSER app.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE app.template (lexize = dsimple_lexize);
CREATE CAST (app.pair AS text) WITH INOUT;
CREATE ACCESS METHOD "k heap" TYPE TABLE HANDLER heap_tableam_handler;

CREATE TABLE app."order" (
    id serial PRIMARY KEY, v text COLLATE app.plain, g int GENERATED ALWAYS AS IDENTITY, m app.mood
);
ALTER TABLE app."order" OWNER TO k_user;
INSERT INTO app."order" (v, m) SELECT 'row ' || i || E'\t\\.\n', 'a' FROM generate_series(1, 100) i;
CREATE TABLE app.child (parent int REFERENCES app."order" (id), n numeric DEFAULT 7 CHECK (n > 0));
GRANT SELECT, REFERENCES ON app.child TO k_user;
ALTER TABLE app.child ALTER parent SET DEFAULT 1;
CREATE INDEX ON app.child (n);
CREATE STATISTICS app.both ON parent, n FROM app.child;
ALTER STATISTICS app.both OWNER TO k_user;
CREATE TABLE app.parts (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE app.part_2020 PARTITION OF app.parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO app.parts VALUES (1, '2020-02-02');
CREATE UNLOGGED TABLE app.unlogged (a int);
INSERT INTO app.unlogged VALUES (1);
CREATE TABLE app.other_method (a int) USING "k heap";
INSERT INTO app.other_method VALUES (1);
CREATE TABLE app.no_columns ();
CREATE TABLE app."two ""lines""
of name" (a int);
INSERT INTO app."two ""lines""
of name" VALUES (5);
CREATE VIEW app.seen AS SELECT * FROM app.child;
ALTER VIEW app.seen OWNER TO "k Odd";
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) FROM app."order";
ALTER MATERIALIZED VIEW app.kept OWNER TO k_user;
CREATE SEQUENCE app.numbers;
ALTER SEQUENCE app.numbers OWNER TO k_user;
SELECT setval('app.numbers', 77);
CREATE RULE nothing AS ON INSERT TO app.seen DO INSTEAD NOTHING;
CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
CREATE TRIGGER fired BEFORE INSERT ON app.child FOR EACH ROW EXECUTE FUNCTION app.fire();
CREATE FUNCTION app.hear() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER heard ON ddl_command_end EXECUTE FUNCTION app.hear();
COMMENT ON EVENT TRIGGER heard IS 'heard';
ALTER TABLE app.child ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON app.child USING (true);
CREATE FOREIGN DATA WRAPPER "k wrapper";
CREATE SERVER far FOREIGN DATA WRAPPER "k wrapper";
CREATE USER MAPPING FOR k_user SERVER far;
CREATE FOREIGN TABLE app.far (a int) SERVER far;
ALTER FOREIGN TABLE app.far OWNER TO k_user;
CREATE PUBLICATION one FOR TABLE app.child;
CREATE PUBLICATION every FOR ALL TABLES;
CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);

GRANT UPDATE (n) ON app.child TO "k Odd";
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO k_user;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
COMMENT ON TABLE app.child IS 'child';
COMMENT ON MATERIALIZED VIEW app.kept IS E'two\nlines';
COMMENT ON SCHEMA app IS 'app';

SELECT lo_from_bytea(5001, 'hello'::bytea);
SELECT lo_from_bytea(5002, decode(repeat('00ff5c27', 20000), 'hex'));
SELECT lo_create(5003);
SELECT lo_from_bytea(4000000000, decode(repeat('ab', 16384), 'hex'));
COMMENT ON LARGE OBJECT 5001 IS 'large';
GRANT SELECT ON LARGE OBJECT 5001 TO k_user;
ALTER LARGE OBJECT 5002 OWNER TO k_user;

CREATE EXTENSION postgres_fdw;
CREATE SCHEMA kinds;
SET search_path = kinds, pg_catalog;
CREATE ACCESS METHOD kinds_heap2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TYPE shell;
CREATE TYPE pair AS (x integer, y text COLLATE "C");
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s \ fine');
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE DOMAIN year AS integer DEFAULT 2026 CONSTRAINT sane CHECK (VALUE BETWEEN 1 AND 9999) NOT NULL;
CREATE COLLATION posix2 FROM "C";
CREATE CONVERSION odd_conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE FUNCTION pair_text(pair) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1.y';
CREATE FUNCTION is_less(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 < $2';
CREATE FUNCTION table_of(n integer DEFAULT 3, OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE plpgsql
    COST 5 ROWS 10 SET work_mem = '4MB' AS $body$BEGIN RETURN QUERY SELECT i, $$;$$::text FROM generate_series(1, n) i; END$body$;
CREATE PROCEDURE nothing(INOUT x integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS 'BEGIN x := x + 1; END';
CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION happened() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE CAST (pair AS text) WITH FUNCTION pair_text(pair) AS ASSIGNMENT;
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE OPERATOR <<< (LEFTARG = integer, RIGHTARG = integer, FUNCTION = is_less);
CREATE OPERATOR FAMILY odd_family USING btree;
CREATE OPERATOR CLASS odd_class FOR TYPE integer USING btree FAMILY odd_family AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TEXT SEARCH DICTIONARY odd_dict (TEMPLATE = simple, stopwords = 'english');
CREATE TEXT SEARCH CONFIGURATION odd_config (COPY = simple);
CREATE TEXT SEARCH PARSER odd_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE odd_template (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE SEQUENCE counter AS smallint INCREMENT -2 MINVALUE -30000 MAXVALUE -1 START -7 CACHE 5 CYCLE;
SELECT pg_catalog.nextval('counter');
CREATE TABLE plain (
    id integer GENERATED ALWAYS AS IDENTITY (START WITH 100),
    code text COLLATE "C" UNIQUE DEFERRABLE INITIALLY DEFERRED,
    y year,
    p pair,
    m mood[] DEFAULT '{ok}',
    s span,
    twice integer GENERATED ALWAYS AS (y * 2) STORED,
    body text,
    x xml, j json, jb jsonb, b bit varying(9), i inet, mac macaddr8, ts tsvector, tq tsquery, pt path, iv interval,
    f4 real, f8 double precision, n numeric, d date, ttz time with time zone, lsn pg_lsn, o oid, c "char",
    PRIMARY KEY (id) INCLUDE (code),
    CONSTRAINT positive CHECK (id > 0) NO INHERIT
) WITH (fillfactor = 70, autovacuum_enabled = false);
INSERT INTO plain (code, p, s, body, x, j, jb, b, i, mac, ts, tq, pt, iv, f4, f8, n, d, ttz, lsn, o, c)
SELECT E'\\.' || i, ROW(i, E'a\tb\nc\\N')::pair, span(i, i + 1), repeat(E'\\', i), '<a b="&lt;"/>',
       '{"a" : [1,  2]}', '{"a\\": "\\u00e9"}', B'1011', '::1/64', '08:00:2b:01:02:03:04:05', 'a:1 b:2', 'a & !b',
       '[(0,0),(1,1)]', '-1 mon +2 days', 'NaN', '-Infinity', 'NaN', '0044-03-15 BC', '12:00+14', '16/B374D848', i, E'\\377'
FROM pg_catalog.generate_series(1, 50) i;
INSERT INTO plain DEFAULT VALUES;
ALTER TABLE plain REPLICA IDENTITY FULL;
ALTER TABLE plain ALTER code SET STORAGE EXTERNAL, ALTER code SET STATISTICS 500, ALTER code SET (n_distinct = -0.5);
CREATE TABLE typed OF pair (PRIMARY KEY (x));
CREATE TABLE base (a integer NOT NULL);
CREATE TABLE derived (b text) INHERITS (base);
INSERT INTO derived VALUES (1, 'x');
CREATE TABLE on_kinds_heap2 (a integer) USING kinds_heap2;
CREATE TABLE by_list (k text, v integer) PARTITION BY LIST (k);
CREATE TABLE by_list_a PARTITION OF by_list FOR VALUES IN ('a', NULL);
CREATE TABLE by_list_rest PARTITION OF by_list DEFAULT PARTITION BY HASH (v);
CREATE TABLE by_list_rest_0 PARTITION OF by_list_rest FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO by_list SELECT CASE i % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END, i FROM pg_catalog.generate_series(1, 30) i;
CREATE TABLE refers (
    a integer REFERENCES plain ON UPDATE CASCADE ON DELETE SET NULL,
    during int4range,
    EXCLUDE USING gist (during WITH &&) WHERE (a IS NOT NULL)
);
ALTER TABLE refers ADD CONSTRAINT later CHECK (a < 1000) NOT VALID;
CREATE INDEX ON plain USING hash (code);
CREATE INDEX ON plain USING gin (jb jsonb_path_ops, ts);
CREATE INDEX ON plain USING brin (id) WITH (pages_per_range = 4);
CREATE INDEX ON plain USING spgist (i);
CREATE UNIQUE INDEX odd_index ON plain (lower(code) COLLATE "C" DESC NULLS LAST) INCLUDE (y) WHERE id > 5;
ALTER TABLE plain CLUSTER ON plain_pkey;
CREATE STATISTICS together (ndistinct, mcv) ON code, y FROM plain;
CREATE VIEW seen WITH (security_barrier, check_option = local) AS SELECT id, code FROM plain WHERE id > 1;
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
CREATE MATERIALIZED VIEW known AS SELECT count(*) AS n FROM plain;
CREATE MATERIALIZED VIEW unknown AS SELECT 1 AS n WITH NO DATA;
CREATE RULE say AS ON UPDATE TO seen DO ALSO NOTIFY changed, 'it; did';
CREATE TRIGGER before_row BEFORE UPDATE OF code ON plain FOR EACH ROW WHEN (OLD.code IS DISTINCT FROM NEW.code) EXECUTE FUNCTION fired('a''b');
CREATE CONSTRAINT TRIGGER after_row AFTER INSERT ON plain DEFERRABLE FOR EACH ROW EXECUTE FUNCTION fired();
ALTER TABLE plain DISABLE TRIGGER before_row;
CREATE EVENT TRIGGER on_ddl ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION happened();
ALTER EVENT TRIGGER on_ddl DISABLE;
ALTER TABLE refers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON refers AS RESTRICTIVE FOR UPDATE USING (a > 0) WITH CHECK (a > 1);
CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'true');
CREATE SERVER far_pg FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', dbname 'x''y');
CREATE USER MAPPING FOR CURRENT_USER SERVER far_pg OPTIONS (user 'u');
CREATE FOREIGN TABLE distant (a integer OPTIONS (column_name 'b')) SERVER far_pg OPTIONS (table_name 't');
CREATE PUBLICATION some_rows FOR TABLE plain WITH (publish = 'insert');
CREATE SUBSCRIPTION sub_off CONNECTION 'host=127.0.0.1 dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION pg_catalog.prsd_lextype(internal));
COMMENT ON COLUMN plain.code IS E'first line\n-- second; line\n\\connect elsewhere\n\\.';
COMMENT ON SCHEMA kinds IS '';
ALTER DEFAULT PRIVILEGES IN SCHEMA kinds GRANT SELECT ON TABLES TO PUBLIC;
REVOKE ALL ON FUNCTION fired() FROM PUBLIC;
GRANT SELECT (id) ON plain TO PUBLIC;
SELECT pg_catalog.lo_from_bytea(0, 'bytes \\. of a large object');

-- from 14
CREATE TYPE kinds.spread AS RANGE (subtype = float8, multirange_type_name = kinds.spreads);
CREATE TABLE kinds.since_14 (
    many kinds.spreads DEFAULT '{[1,2)}',
    most numeric DEFAULT '-Infinity',
    body text COMPRESSION pglz,
    n integer
);
INSERT INTO kinds.since_14 (body, n) SELECT pg_catalog.repeat(E'\\', i), i FROM pg_catalog.generate_series(1, 9) i;
CREATE FUNCTION kinds.standard(x integer) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT x + 1;
    SELECT CASE WHEN x > 1 THEN x ELSE 2 END;
END;
CREATE PROCEDURE kinds.sets(OUT x integer) LANGUAGE plpgsql AS 'BEGIN x := 1; END';
CREATE STATISTICS kinds.of_expression ON (n + 1), (pg_catalog.length(body)) FROM kinds.since_14;
CREATE FUNCTION kinds.cut(kinds.spreads) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'x'::text;

-- from 15
CREATE UNLOGGED SEQUENCE kinds.fast;
CREATE TABLE kinds.since_15 (a integer, b text, UNIQUE NULLS NOT DISTINCT (a));
INSERT INTO kinds.since_15 VALUES (NULL, 'x');
CREATE VIEW kinds.as_caller WITH (security_invoker) AS SELECT a FROM kinds.since_15;
CREATE PUBLICATION some_rows_15 FOR TABLE kinds.since_15 (a) WHERE (a > 0);
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA app;
CREATE COLLATION kinds.by_icu (provider = icu, locale = 'en-u-kn-true');

-- from 16
CREATE TABLE kinds.since_16 (a text STORAGE EXTERNAL, j jsonb CHECK (j IS JSON OBJECT WITH UNIQUE KEYS));
INSERT INTO kinds.since_16 VALUES ('a', '{"a": 1}');
CREATE VIEW kinds.made AS SELECT JSON_OBJECT('a': 1, 'b': NULL ABSENT ON NULL) AS o, JSON_ARRAY(1, 2) AS l;
CREATE COLLATION kinds.ruled (provider = icu, locale = 'und', rules = '&V << w <<< W');

-- from 17
CREATE COLLATION kinds.inborn (provider = builtin, locale = 'C.UTF-8');
CREATE TABLE kinds.since_17 (k integer GENERATED BY DEFAULT AS IDENTITY, during int4range,
    EXCLUDE USING gist (during WITH =)) PARTITION BY RANGE (during);
CREATE TABLE kinds.since_17_all PARTITION OF kinds.since_17 DEFAULT;
INSERT INTO kinds.since_17 (during) VALUES ('[1,2)'), ('[2,3)');
CREATE TABLE kinds.parts_on_heap2 (a integer) PARTITION BY LIST (a) USING kinds_heap2;
CREATE TABLE kinds.part_on_heap2 PARTITION OF kinds.parts_on_heap2 DEFAULT;
INSERT INTO kinds.parts_on_heap2 VALUES (1);
GRANT MAINTAIN ON kinds.plain TO k_user;
CREATE FUNCTION kinds.came() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER on_login ON login EXECUTE FUNCTION kinds.came();
ALTER EVENT TRIGGER on_login DISABLE;
CREATE VIEW kinds.of_json AS SELECT j.a, JSON_EXISTS(t.j, 'strict $.a' PASSING 1 AS x) AS e
    FROM kinds.since_16 t, JSON_TABLE(t.j, '$' COLUMNS (a integer PATH '$.a' ERROR ON ERROR)) j;

-- from 18
CREATE EXTENSION btree_gist SCHEMA kinds;
CREATE TABLE kinds.since_18 (
    id integer,
    during daterange,
    twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL,
    thrice integer GENERATED ALWAYS AS (id * 3) STORED,
    CONSTRAINT id_there NOT NULL id,
    CONSTRAINT large CHECK (id > 1000) NOT ENFORCED,
    PRIMARY KEY (id, during WITHOUT OVERLAPS)
);
INSERT INTO kinds.since_18 VALUES (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)');
CREATE TABLE kinds.refers_18 (
    id integer,
    during daterange,
    a integer REFERENCES kinds.plain NOT ENFORCED,
    FOREIGN KEY (id, PERIOD during) REFERENCES kinds.since_18 (id, PERIOD during)
);
INSERT INTO kinds.refers_18 VALUES (1, '[2026-01-15,2026-02-15)', -1);
ALTER TABLE kinds.refers_18 ADD CONSTRAINT later NOT NULL a NOT VALID;
CREATE PUBLICATION generated FOR TABLE kinds.since_18 WITH (publish_generated_columns = stored);
ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO k_user;
