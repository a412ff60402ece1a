-- Foreign keys and checks that the rows were never held to. to_jsonb: conenforced came with 18, and
-- so did NOT NULL that may be not valid; those that are valid are every column's, and not counted.
WITH constraints AS (
    SELECT n.nspname, t.relname, c.conname, c.contype, c.convalidated
      FROM pg_catalog.pg_constraint c
      JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
     WHERE (c.contype IN ('c', 'f') OR (c.contype = 'n' AND NOT c.convalidated))
       AND coalesce((pg_catalog.to_jsonb(c) ->> 'conenforced')::boolean, true)
       AND n.nspname <> 'information_schema'
       AND n.nspname !~ '^pg_'
), bad AS (
    SELECT pg_catalog.format('%I.%I', nspname, relname) AS subject,
           pg_catalog.format('%s %I is NOT VALID',
                             CASE contype WHEN 'f' THEN 'foreign key'
                                          WHEN 'n' THEN 'not null'
                                          ELSE 'check' END,
                             conname) AS text
      FROM constraints
     WHERE NOT convalidated
)
SELECT total.n, bad.subject, bad.text
  FROM (SELECT pg_catalog.count(*) AS n FROM constraints) total
  LEFT JOIN bad ON true
 ORDER BY bad.subject, bad.text
