-- The names of all tablespaces of the server.
SELECT t.spcname
FROM pg_catalog.pg_tablespace t
ORDER BY t.spcname;
