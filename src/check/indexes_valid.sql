-- Indexes that a query would not use or a write would not maintain.
WITH indexes AS (
    SELECT n.nspname, c.relname, t.relname AS table_name, i.indisvalid, i.indisready, i.indislive
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname <> 'information_schema'
       AND n.nspname !~ '^pg_'
), bad AS (
    SELECT pg_catalog.format('%I.%I', nspname, relname) AS subject,
           pg_catalog.format('the index on %I is %s', table_name,
                             CASE WHEN NOT indislive THEN 'being dropped'
                                  WHEN NOT indisready THEN 'not ready'
                                  ELSE 'not valid' END) AS text
      FROM indexes
     WHERE NOT (indisvalid AND indisready AND indislive)
)
SELECT total.n, bad.subject, bad.text
  FROM (SELECT pg_catalog.count(*) AS n FROM indexes) total
  LEFT JOIN bad ON true
 ORDER BY bad.subject
