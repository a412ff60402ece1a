-- SPDX-License-Identifier: PostgreSQL
-- Odd but legal: what breaks careless readers and writers of dumps. Statement after statement,
-- for a superuser in an empty UTF8 database. Its roles are the server's and stay behind.
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'e2e owner') THEN
        CREATE ROLE "e2e owner" NOLOGIN;
        CREATE ROLE e2e_reader NOLOGIN;
        CREATE ROLE "e2e ""quoted""" NOLOGIN;
    END IF;
END
$do$;

CREATE SCHEMA "Weird Schema" AUTHORIZATION "e2e owner";
CREATE SCHEMA "schema.with.dots";
CREATE EXTENSION pg_trgm;

-- ---- types ----
CREATE TYPE public.mood AS ENUM ('sad', 'it''s ok', 'naïve – ünïcode', '');
CREATE TYPE public.pair AS (left_part integer, right_part text);
CREATE TYPE public.span AS RANGE (subtype = numeric);
CREATE DOMAIN public.percent_value AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);

-- ---- functions: dollar quotes in dollar quotes, and bodies without any ----
CREATE FUNCTION public.nested(x integer) RETURNS text LANGUAGE plpgsql AS $outer$
BEGIN
    -- a quote that never ends: '
    EXECUTE $inner$ SELECT $$COPY public.x FROM stdin;$$ $inner$;
    RETURN $a$it's $$ fine; \. $a$ || x;
END
$outer$;
CREATE FUNCTION public.standard(a integer, b integer DEFAULT 7) RETURNS integer
    LANGUAGE SQL IMMUTABLE BEGIN ATOMIC SELECT a + b; SELECT a * b; END;
CREATE PROCEDURE public.do_nothing() LANGUAGE SQL AS 'SELECT 1; SELECT 2';
CREATE FUNCTION public."odd ""func;tion"""() RETURNS trigger LANGUAGE plpgsql AS $_$
BEGIN
    NEW.touched := true;
    RETURN NEW;
END $_$;
CREATE AGGREGATE public.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
CREATE OPERATOR public.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE CAST (integer AS public.mood) WITH INOUT;

-- ---- names ----
CREATE TABLE public."select" ("from" integer PRIMARY KEY, "a""b" text, "tab	column" text, "Ümläut €" text);
INSERT INTO public."select" SELECT i, repeat('x"', i % 5), E'\t', 'ü€' FROM generate_series(1, 50) i;
CREATE TABLE "Weird Schema"."Table; DROP TABLE x; --" ("id" bigserial PRIMARY KEY, "what?" text);
INSERT INTO "Weird Schema"."Table; DROP TABLE x; --" ("what?") SELECT 'row ' || i FROM generate_series(1, 20) i;
CREATE TABLE "schema.with.dots"."table.with.dots" ("col.umn" integer PRIMARY KEY);
INSERT INTO "schema.with.dots"."table.with.dots" SELECT generate_series(1, 10);
CREATE TABLE public."new
line" ("col
umn" integer PRIMARY KEY, body text);
INSERT INTO public."new
line" VALUES (1, 'one'), (2, E'two\nlines');
CREATE TABLE public."  spaces  " (id integer PRIMARY KEY);
INSERT INTO public."  spaces  " VALUES (1);
CREATE TABLE public."back\slash" (id integer PRIMARY KEY);
INSERT INTO public."back\slash" VALUES (1), (2);
CREATE TABLE public.a_name_that_is_as_long_as_postgres_permits_it_to_be_63_bytes_xx (id integer PRIMARY KEY);
INSERT INTO public.a_name_that_is_as_long_as_postgres_permits_it_to_be_63_bytes_xx VALUES (1);

-- ---- contents ----
CREATE TABLE public.texts (id integer PRIMARY KEY, body text);
INSERT INTO public.texts VALUES
    (1, E'\\.'), (2, E'a\n\\.\nb'), (3, ''), (4, NULL), (5, E'\\N'), (6, E'tab\tcr\rlf\nbs\bff\fvt\v'),
    (7, E'--\n-- PostgreSQL database dump complete\n--\n'), (8, 'COPY public.x (id) FROM stdin;'),
    (9, E'\\restrict abc'), (10, E'\\connect other'), (11, '''; DROP TABLE public.texts; --'),
    (12, repeat('long ', 100000)), (13, E'\u00a0\u200b\U0001F600'), (14, '$$'), (15, '/* never closed');
CREATE TABLE public.kinds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), b bytea, j jsonb, js json, x xml, tv tsvector, f real,
    d double precision, n numeric, ts timestamptz, dt date, iv interval, ip inet, c cidr, m macaddr, mo money,
    bi bit(5), bv bit varying, p point, po polygon, r int4range, mr nummultirange, arr integer[], tarr text[],
    e public.mood, pr public.pair, sp public.span, pc public.percent_value, o oid, ch char(7), "B" boolean);
INSERT INTO public.kinds (b, j, js, x, tv, f, d, n, ts, dt, iv, ip, c, m, mo, bi, bv, p, po, r, mr, arr, tarr, e,
                          pr, sp, pc, o, ch, "B")
VALUES ('\x00ff5c2e0a', '{"a": [1, null, "\\."]}', '{ "b" : 1 , "b" : 2 }', '<a b="c">&lt;</a>', 'a:1 b:2A',
        'NaN', '-Infinity', 'NaN', 'infinity', '4713-01-01 BC', '-1 year 3 days', '::1/128', '10.0.0.0/8',
        '08:00:2b:01:02:03', '12.34', B'10101', B'1', '(1,2)', '((0,0),(1,1),(2,0))', '[1,5)', '{[1,2),[3,4)}',
        '{{1,2},{3,4}}', ARRAY['a,b', '"', NULL, '', E'\\'], 'it''s ok', ROW(1, 'x,"y')::public.pair, '[1.5,2.5]',
        99.99, 4294967295, 'abc', true);
INSERT INTO public.kinds (n, d) VALUES (123456789012345678901234567890.123456789, 0.1);
CREATE TABLE public.nothing ();
INSERT INTO public.nothing DEFAULT VALUES;
INSERT INTO public.nothing DEFAULT VALUES;
CREATE TABLE public.empty (id integer PRIMARY KEY, body text);
CREATE UNLOGGED TABLE public.unlogged (id integer PRIMARY KEY);
INSERT INTO public.unlogged SELECT generate_series(1, 5);
CREATE TABLE public.dropped (a integer, gone text, b integer);
INSERT INTO public.dropped VALUES (1, 'x', 2);
ALTER TABLE public.dropped DROP COLUMN gone;

-- ---- generated, identity, sequences ----
CREATE TABLE public.generated (
    id integer GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10) PRIMARY KEY,
    other integer GENERATED BY DEFAULT AS IDENTITY,
    price numeric NOT NULL, amount integer NOT NULL,
    total numeric GENERATED ALWAYS AS (price * amount) STORED,
    touched boolean NOT NULL DEFAULT false);
INSERT INTO public.generated (price, amount) SELECT i, 3 FROM generate_series(1, 30) i;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON public.generated
    FOR EACH ROW WHEN (NEW.price > 1000) EXECUTE FUNCTION public."odd ""func;tion"""();
CREATE SEQUENCE public.downwards INCREMENT -5 MINVALUE -1000 MAXVALUE 0 START 0 CYCLE;
SELECT nextval('public.downwards') FROM generate_series(1, 3);
CREATE SEQUENCE public.never_called AS smallint START 7;
CREATE SEQUENCE public."odd ""seq" OWNED BY public.generated.price;

-- ---- partitions and inheritance ----
CREATE TABLE public.events (id bigint NOT NULL, at date NOT NULL, kind text NOT NULL, body text,
                            PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE public.events_2025 PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
    PARTITION BY HASH (id);
CREATE TABLE public.events_2025_0 PARTITION OF public.events_2025 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "Weird Schema".events_2025_1 PARTITION OF public.events_2025 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE public."events 2026" PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;
INSERT INTO public.events
    SELECT i, date '2024-12-20' + i % 500, 'kind ' || i % 7, md5(i::text) FROM generate_series(1, 20000) i;
CREATE INDEX events_kind ON public.events (kind, at);
CREATE TABLE public.base (id integer PRIMARY KEY, body text);
CREATE TABLE public.derived (more text) INHERITS (public.base);
INSERT INTO public.base VALUES (1, 'base');
INSERT INTO public.derived VALUES (2, 'derived', 'more'), (3, 'derived', NULL);
CREATE TABLE public.typed OF public.pair (left_part WITH OPTIONS PRIMARY KEY);
INSERT INTO public.typed VALUES (1, 'x');

-- ---- keys, constraints, indexes ----
CREATE TABLE public.hens (id integer PRIMARY KEY, egg integer NOT NULL);
CREATE TABLE public.eggs (id integer PRIMARY KEY, hen integer NOT NULL REFERENCES public.hens DEFERRABLE INITIALLY DEFERRED);
BEGIN;
INSERT INTO public.hens VALUES (1, 1), (2, 2);
INSERT INTO public.eggs VALUES (1, 1), (2, 2);
COMMIT;
ALTER TABLE public.hens ADD CONSTRAINT "hen's egg" FOREIGN KEY (egg) REFERENCES public.eggs DEFERRABLE;
CREATE TABLE public.event_notes (event_id bigint, event_at date, note text,
                                 FOREIGN KEY (event_id, event_at) REFERENCES public.events ON DELETE CASCADE);
INSERT INTO public.event_notes SELECT id, at, 'note' FROM public.events WHERE id <= 100;
CREATE TABLE public.bookings (room integer, during int4range, EXCLUDE USING gist (during WITH &&));
INSERT INTO public.bookings SELECT 1, int4range(i * 10, i * 10 + 5) FROM generate_series(1, 20) i;
CREATE TABLE public.checked (id integer PRIMARY KEY, v integer CHECK (v > 0), UNIQUE NULLS NOT DISTINCT (v));
INSERT INTO public.checked VALUES (1, 1), (2, NULL);
ALTER TABLE public.checked ADD CONSTRAINT later CHECK (id < 100) NOT VALID;
CREATE INDEX texts_trgm ON public.texts USING gin (substr(body, 1, 100) gin_trgm_ops);
CREATE INDEX texts_lower ON public.texts (lower(substr(body, 1, 100)) COLLATE "C" DESC NULLS LAST) WHERE id > 2;
CREATE STATISTICS public.events_stat (dependencies) ON kind, at FROM public.events;

-- ---- views, rules, row security ----
CREATE VIEW public."view of ""select""" WITH (security_barrier) AS SELECT "from", "a""b" FROM public."select" WHERE "from" > 3;
CREATE MATERIALIZED VIEW public.per_kind AS SELECT kind, count(*) AS n FROM public.events GROUP BY kind;
CREATE UNIQUE INDEX per_kind_key ON public.per_kind (kind);
CREATE MATERIALIZED VIEW public.per_kind_top AS SELECT max(n) AS top FROM public.per_kind;
CREATE RULE "no deletes" AS ON DELETE TO public.base WHERE old.id = 1 DO INSTEAD NOTHING;
CREATE TABLE public.secrets (id integer PRIMARY KEY, owner text NOT NULL DEFAULT current_user, body text);
INSERT INTO public.secrets SELECT i, CASE WHEN i % 2 = 0 THEN 'e2e_reader' ELSE 'e2e owner' END, 'secret' FROM generate_series(1, 40) i;
ALTER TABLE public.secrets OWNER TO "e2e owner";
ALTER TABLE public.secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows; only" ON public.secrets FOR ALL TO e2e_reader USING (owner = current_user) WITH CHECK (body <> 'it''s');

-- ---- large objects, comments, rights ----
SELECT lo_from_bytea(900001, decode(repeat('00ff5c0a', 5000), 'hex'));
SELECT lo_from_bytea(0, '\x');
ALTER LARGE OBJECT 900001 OWNER TO "e2e owner";
GRANT SELECT ON LARGE OBJECT 900001 TO e2e_reader;
COMMENT ON LARGE OBJECT 900001 IS 'it''s large; \.';
COMMENT ON TABLE public.texts IS E'a comment\nof two lines -- with ''quotes'' and \\.';
COMMENT ON COLUMN public."select"."a""b" IS 'COPY x FROM stdin;';
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO e2e_reader;
GRANT SELECT ("from") ON public."select" TO "e2e ""quoted""" WITH GRANT OPTION;
GRANT USAGE ON SCHEMA "Weird Schema" TO e2e_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE "e2e owner" IN SCHEMA public GRANT SELECT ON TABLES TO e2e_reader;
REVOKE EXECUTE ON FUNCTION public.nested(integer) FROM PUBLIC;
