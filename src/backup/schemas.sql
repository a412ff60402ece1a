-- Schemas of the user whose name matches the regular expression $1.
SELECT n.nspname
FROM pg_catalog.pg_namespace n
WHERE n.nspname OPERATOR(pg_catalog.~) $1
ORDER BY n.nspname;
