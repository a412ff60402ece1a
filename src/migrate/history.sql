-- Which migrations were applied, when, from which file. Lives in the migrated database. (A name that begins
-- with pg_ is reserved for the system.)
CREATE SCHEMA IF NOT EXISTS rehearse;
CREATE TABLE IF NOT EXISTS rehearse.schema_migrations (
    version text PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    took_us bigint NOT NULL
);
