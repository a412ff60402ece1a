-- Materialized views that exist but cannot be read.
WITH views AS (
    SELECT n.nspname, c.relname, c.relispopulated
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'm'
       AND n.nspname <> 'information_schema'
       AND n.nspname !~ '^pg_'
), bad AS (
    SELECT pg_catalog.format('%I.%I', nspname, relname) AS subject,
           'the materialized view has no data' AS text
      FROM views
     WHERE NOT relispopulated
)
SELECT total.n, bad.subject, bad.text
  FROM (SELECT pg_catalog.count(*) AS n FROM views) total
  LEFT JOIN bad ON true
 ORDER BY bad.subject
