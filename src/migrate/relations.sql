-- Tables and materialized views of the user with the file that holds each, and its size.
SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_relation_filenode(c.oid),
       pg_catalog.pg_table_size(c.oid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
  AND n.nspname <> 'information_schema'
  AND n.nspname !~ '^pg_'
ORDER BY c.oid;
