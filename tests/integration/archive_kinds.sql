-- SPDX-License-Identifier: PostgreSQL
-- An object of every kind that an archive has an entry for, with owners and names that need quotes.
-- Roles begin with "k"; who runs it has made the tablespace "k space".
CREATE ROLE k_user;
CREATE ROLE "k Odd";
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
) TABLESPACE "k space";
ALTER TABLE app."order" OWNER TO k_user;
INSERT INTO app."order" (v, m) SELECT 'row ' || i || E'\t\\.\n', 'a' FROM generate_series(1, 100) i;
CREATE TABLE app.child (parent int REFERENCES app."order" (id), n numeric DEFAULT 7 CHECK (n > 0));
GRANT SELECT, REFERENCES ON app.child TO k_user;
ALTER TABLE app.child ALTER parent SET DEFAULT 1;
CREATE INDEX ON app.child (n) TABLESPACE "k space";
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
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) FROM app.child;
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
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA app;
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
