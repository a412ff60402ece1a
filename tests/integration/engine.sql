-- A database whose restore goes wrong when a statement is done too early: checks, generated columns
-- and indexes that read other tables, keys in circles, partitions, children, views over views.
CREATE ROLE engine_one;
CREATE ROLE "engine Two";
CREATE SCHEMA app;
GRANT ALL ON SCHEMA app TO PUBLIC;
CREATE TABLE app.a_zones (id integer PRIMARY KEY, name text UNIQUE);
CREATE FUNCTION app.zone(i integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE found text;
BEGIN
    SELECT name INTO found FROM app.a_zones WHERE id = i;
    IF found IS NULL THEN RAISE EXCEPTION 'no zone %', i; END IF;
    RETURN found;
END$$;
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
INSERT INTO app.a_zones SELECT i, 'zone ' || i FROM generate_series(1, 100) i;

-- wide enough for transactions of their own
CREATE TABLE app.big (id bigint, zone integer, "the text" text, n app.positive);
INSERT INTO app.big SELECT i, 1 + i % 100, repeat(md5(i::text), 4), 1 + i FROM generate_series(1, 20000) i;
ALTER TABLE app.big ADD CONSTRAINT big_key PRIMARY KEY (id);
CREATE INDEX big_zone ON app.big (zone) WHERE zone > 3;
CREATE INDEX big_text ON app.big (lower("the text"), id DESC);
CREATE INDEX big_named ON app.big (app.zone(zone));
CREATE UNIQUE INDEX "big Odd" ON app.big (n);
COMMENT ON INDEX app.big_text IS 'COMMENT ON INDEX app.big_zone IS ''no''';
COMMENT ON CONSTRAINT big_key ON app.big IS 'the key';
ALTER TABLE app.big CLUSTER ON big_key;
ALTER TABLE app.big ALTER COLUMN n SET NOT NULL;
ALTER TABLE app.big REPLICA IDENTITY USING INDEX "big Odd";
ALTER INDEX app.big_text ALTER COLUMN 1 SET STATISTICS 17;
ALTER TABLE app.big ADD CONSTRAINT big_fits FOREIGN KEY (zone) REFERENCES app.a_zones;

-- "a" is loaded before what its check reads, so that only file order with the zones first works
CREATE TABLE app.zz_checked (id integer CONSTRAINT zone_there CHECK (app.zone(id) <> ''));
INSERT INTO app.zz_checked SELECT generate_series(1, 50);
CREATE TABLE app.zz_made (id integer, zone text GENERATED ALWAYS AS (app.zone(id)) STORED);
INSERT INTO app.zz_made SELECT generate_series(1, 50);

-- keys in a circle
CREATE TABLE app.hen (id integer PRIMARY KEY, egg integer);
CREATE TABLE app.egg (id integer PRIMARY KEY, hen integer REFERENCES app.hen);
INSERT INTO app.hen SELECT i, i FROM generate_series(1, 200) i;
INSERT INTO app.egg SELECT i, i FROM generate_series(1, 200) i;
ALTER TABLE app.hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES app.egg DEFERRABLE INITIALLY DEFERRED;
GRANT ALL ON app.hen, app.egg TO PUBLIC;
ALTER TABLE app.hen OWNER TO engine_one;
ALTER TABLE app.egg OWNER TO "engine Two";

-- a tree of partitions with keys in it and to it
CREATE TABLE app.log (id integer, at date, zone integer REFERENCES app.a_zones, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE app.log_1 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE app.log_2 PARTITION OF app.log FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY LIST (at);
CREATE TABLE app.log_2a PARTITION OF app.log_2 FOR VALUES IN ('2026-02-03', '2026-02-04');
CREATE TABLE app.log_2b PARTITION OF app.log_2 DEFAULT;
CREATE INDEX log_zone ON app.log (zone);
CREATE INDEX log_1_only ON app.log_1 (at);
INSERT INTO app.log SELECT i, date '2026-01-01' + i % 59, 1 + i % 7 FROM generate_series(1, 30000) i;
CREATE TABLE app.notes (id integer REFERENCES app.hen, log integer, at date, FOREIGN KEY (log, at) REFERENCES app.log);
INSERT INTO app.notes SELECT 1 + i % 200, i, date '2026-01-01' + i % 59 FROM generate_series(1, 500) i;
ALTER TABLE app.log_2a ADD CONSTRAINT own FOREIGN KEY (zone) REFERENCES app.a_zones;

CREATE TABLE app.parent (id integer, CONSTRAINT checked CHECK (app.zone(id) <> ''));
CREATE TABLE app.child (more text UNIQUE) INHERITS (app.parent);
INSERT INTO app.parent VALUES (1);
INSERT INTO app.child SELECT i, 'm' || i FROM generate_series(1, 90) i;
CREATE INDEX child_id ON app.child (id);

CREATE TABLE app.busy (during int4range, EXCLUDE USING gist (during WITH &&));
INSERT INTO app.busy SELECT int4range(i * 2, i * 2 + 1) FROM generate_series(1, 300) i;
CREATE STATISTICS app.big_stats ON zone, n FROM app.big;
CREATE MATERIALIZED VIEW app.m1 AS SELECT zone, count(*) AS n FROM app.big GROUP BY zone;
CREATE UNIQUE INDEX m1_zone ON app.m1 (zone);
CREATE MATERIALIZED VIEW app.a_m2 AS SELECT sum(n) AS n FROM app.m1;
CREATE TABLE app.audit (what text);
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO app.audit VALUES (TG_TABLE_NAME); RETURN NEW; END';
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON app.hen FOR EACH ROW EXECUTE FUNCTION app.note();
ALTER TABLE app.egg ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.egg USING (hen > 1);
CREATE SEQUENCE app.counter;
SELECT setval('app.counter', 4711);
SELECT lo_from_bytea(1234, repeat('large', 1000)::bytea);
COMMENT ON LARGE OBJECT 1234 IS 'x';
ALTER LARGE OBJECT 1234 OWNER TO engine_one;
