-- Everything outside the system schemas that holds rows of its own or stands for such. Partitions
-- exist from 10 on; to_jsonb gives null where the column does not exist.
SELECT n.nspname AS schema,
       c.relname AS name,
       c.relkind AS kind,
       coalesce(pg_catalog.to_jsonb(c) OPERATOR(pg_catalog.->>) 'relispartition', 'false') = 'true'
           AS is_partition,
       c.relpersistence = 'u' AS is_unlogged,
       EXISTS (SELECT 1
               FROM pg_catalog.pg_depend e
               WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND e.objid = c.oid
                 AND e.deptype = 'e') AS from_extension,
       pg_catalog.pg_total_relation_size(c.oid) AS bytes
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm')
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
ORDER BY n.nspname::pg_catalog.text COLLATE pg_catalog."C",
         c.relname::pg_catalog.text COLLATE pg_catalog."C"
