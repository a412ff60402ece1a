-- One of every kind of object that PostgreSQL 15 can dump, or nearly so.
CREATE EXTENSION postgres_fdw;
CREATE SCHEMA kinds;
SET search_path = kinds, pg_catalog;
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TYPE shell;
CREATE TYPE pair AS (x integer, y text COLLATE "C");
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s \ fine');
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = spans);
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
    ss spans,
    twice integer GENERATED ALWAYS AS (y * 2) STORED,
    body text COMPRESSION pglz,
    x xml, j json, jb jsonb, b bit varying(9), i inet, mac macaddr8, ts tsvector, tq tsquery, pt path, iv interval,
    f4 real, f8 double precision, n numeric, d date, ttz time with time zone, lsn pg_lsn, o oid, c "char",
    PRIMARY KEY (id) INCLUDE (code),
    CONSTRAINT positive CHECK (id > 0) NO INHERIT
) WITH (fillfactor = 70, autovacuum_enabled = false);
INSERT INTO plain (code, p, s, ss, body, x, j, jb, b, i, mac, ts, tq, pt, iv, f4, f8, n, d, ttz, lsn, o, c)
SELECT E'\\.' || i, ROW(i, E'a\tb\nc\\N')::pair, span(i, i + 1), spans(span(1, 2)), repeat(E'\\', i), '<a b="&lt;"/>',
       '{"a" : [1,  2]}', '{"a\\": "\\u00e9"}', B'1011', '::1/64', '08:00:2b:01:02:03:04:05', 'a:1 b:2', 'a & !b',
       '[(0,0),(1,1)]', '-1 mon +2 days', 'NaN', '-Infinity', 'Infinity', '0044-03-15 BC', '12:00+14', '16/B374D848', i, E'\\377'
FROM pg_catalog.generate_series(1, 50) i;
INSERT INTO plain DEFAULT VALUES;
ALTER TABLE plain REPLICA IDENTITY FULL;
ALTER TABLE plain ALTER code SET STORAGE EXTERNAL, ALTER code SET STATISTICS 500, ALTER code SET (n_distinct = -0.5);
CREATE TABLE typed OF pair (PRIMARY KEY (x));
CREATE TABLE base (a integer NOT NULL);
CREATE TABLE derived (b text) INHERITS (base);
INSERT INTO derived VALUES (1, 'x');
CREATE TABLE on_heap2 (a integer) USING heap2;
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
CREATE UNIQUE INDEX odd_index ON plain (lower(code) COLLATE "C" DESC NULLS LAST) INCLUDE (y) NULLS NOT DISTINCT WHERE id > 5;
ALTER TABLE plain CLUSTER ON plain_pkey;
CREATE STATISTICS together (ndistinct, mcv) ON code, y FROM plain;
CREATE VIEW seen WITH (security_barrier, security_invoker, check_option = local) AS SELECT id, code FROM plain WHERE id > 1;
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
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', dbname 'x''y');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'u');
CREATE FOREIGN TABLE distant (a integer OPTIONS (column_name 'b')) SERVER far OPTIONS (table_name 't');
CREATE PUBLICATION some_rows FOR TABLE plain (id, code) WHERE (id > 0) WITH (publish = 'insert');
CREATE PUBLICATION whole_schema FOR TABLES IN SCHEMA public;
CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION pg_catalog.prsd_lextype(internal));
COMMENT ON COLUMN plain.code IS E'first line\n-- second; line\n\\connect elsewhere\n\\.';
COMMENT ON SCHEMA kinds IS '';
ALTER DEFAULT PRIVILEGES IN SCHEMA kinds GRANT SELECT ON TABLES TO PUBLIC;
REVOKE ALL ON FUNCTION fired() FROM PUBLIC;
GRANT SELECT (id) ON plain TO PUBLIC;
SELECT pg_catalog.lo_from_bytea(0, 'bytes \\. of a large object');
