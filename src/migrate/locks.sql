-- Relations on which this session holds ACCESS EXCLUSIVE.
SELECT l.relation
FROM pg_catalog.pg_locks l
WHERE l.pid = pg_catalog.pg_backend_pid()
  AND l.locktype = 'relation'
  AND l.mode = 'AccessExclusiveLock'
  AND l.granted
ORDER BY l.relation;
