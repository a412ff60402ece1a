-- 400 rows in most tables; see nasty.h.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nasty_owner') THEN
        CREATE ROLE nasty_owner;
        CREATE ROLE "nasty Reader";
        CREATE ROLE "nasty ""quote""";
    END IF;
END
$$;

CREATE SCHEMA "Odd ""schema""" AUTHORIZATION nasty_owner;
CREATE TYPE public."Mood; x" AS ENUM ('so so', 'it''s', '\.', '"');
CREATE DOMAIN public.positive AS integer CHECK (VALUE > 0);

CREATE TABLE "Odd ""schema"""."Table; DROP" (
    "id "" x" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "a\b" text NOT NULL,
    "TO" bytea,
    mood public."Mood; x"[],
    twice integer GENERATED ALWAYS AS (length("a\b") * 2) STORED,
    at timestamp with time zone DEFAULT now(),
    doc jsonb,
    n numeric(20, 5)
);
INSERT INTO "Odd ""schema"""."Table; DROP" ("a\b", "TO", mood, doc, n)
SELECT E'tab\there\nline\\.\n\\\\N ' || repeat('ä€😀', i % 7) || E'\r\x01', decode(md5(i::text), 'hex'),
       CASE WHEN i % 3 = 0 THEN NULL ELSE ARRAY['it''s', '\.']::public."Mood; x"[] END,
       jsonb_build_object('k', E'\\.', 'i', i), i / 7.0
FROM generate_series(1, 400) i;
ALTER TABLE "Odd ""schema"""."Table; DROP" OWNER TO nasty_owner;
COMMENT ON TABLE "Odd ""schema"""."Table; DROP" IS E'a comment; with ''quotes''\n\\restrict x\n-- and $$dollars$$';
GRANT SELECT ("a\b", "TO") ON "Odd ""schema"""."Table; DROP" TO "nasty Reader";
GRANT ALL ON SCHEMA "Odd ""schema""" TO "nasty ""quote""" WITH GRANT OPTION;

CREATE TABLE public.events (id bigint, at date NOT NULL, payload text) PARTITION BY RANGE (at);
CREATE TABLE public.events_2025 PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE public.events_2026 PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO public.events SELECT i, CASE WHEN i % 2 = 0 THEN date '2025-06-01' ELSE date '2026-06-01' END, md5(i::text)
FROM generate_series(1, 400) i;
CREATE INDEX ON public.events (at, id);

CREATE TABLE public.parent (id public.positive PRIMARY KEY, name text UNIQUE);
CREATE TABLE public.child (
    id serial PRIMARY KEY,
    parent integer REFERENCES public.parent ON DELETE CASCADE,
    CONSTRAINT "odd check" CHECK (id > 0)
);
INSERT INTO public.parent SELECT i, 'name ' || i FROM generate_series(1, 400) i;
INSERT INTO public.child (parent) SELECT i FROM generate_series(1, 400) i;

CREATE TABLE public.secret (id integer, owner text);
INSERT INTO public.secret SELECT i, 'x' FROM generate_series(1, 400) i;
ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY "read; own" ON public.secret FOR SELECT TO "nasty Reader", nasty_owner USING (owner = CURRENT_USER);

CREATE TABLE public.nothing ();
CREATE UNLOGGED TABLE public.empty (id integer);
CREATE TABLE public."back\slash" (id integer);
INSERT INTO public."back\slash" SELECT i FROM generate_series(1, 400) i;

CREATE FUNCTION public.f(x integer) RETURNS text LANGUAGE plpgsql AS $_$
BEGIN
    -- a body with ; and 'quotes' and $1 and $$dollars$$
    RETURN 'COPY t FROM PROGRAM ''id'';' || x;
END
$_$;
ALTER FUNCTION public.f(integer) OWNER TO "nasty ""quote""";
CREATE FUNCTION public.g() RETURNS integer BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.payload := NEW.payload; RETURN NEW; END';
CREATE TRIGGER touch BEFORE INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE VIEW public."View" AS SELECT id, public.f(id) AS f FROM public.child;
CREATE MATERIALIZED VIEW public.totals AS SELECT at, count(*) AS n FROM public.events GROUP BY at;
CREATE UNIQUE INDEX ON public.totals (at);
CREATE RULE nothing AS ON DELETE TO public.nothing DO INSTEAD NOTHING;

ALTER DEFAULT PRIVILEGES FOR ROLE nasty_owner GRANT SELECT ON TABLES TO "nasty Reader";
SELECT lo_from_bytea(4711, 'a large object'::bytea), lo_from_bytea(4712, decode(repeat('00ff', 20000), 'hex'));
ALTER LARGE OBJECT 4711 OWNER TO nasty_owner;
SELECT setval('public.child_id_seq', 1000, false);
