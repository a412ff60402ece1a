-- Collations whose library has another version now than when they were made.
WITH collations AS (
    SELECT n.nspname, c.collname, c.collversion,
           pg_catalog.pg_collation_actual_version(c.oid) AS actual
      FROM pg_catalog.pg_collation c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
), bad AS (
    SELECT pg_catalog.format('%I.%I', nspname, collname) AS subject,
           pg_catalog.format('made with version %s of its library, which is %s now',
                             collversion, actual) AS text
      FROM collations
     WHERE collversion IS NOT NULL
       AND actual IS NOT NULL
       AND collversion <> actual
)
SELECT total.n, bad.subject, bad.text
  FROM (SELECT pg_catalog.count(*) AS n FROM collations) total
  LEFT JOIN bad ON true
 ORDER BY bad.subject
