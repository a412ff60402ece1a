-- The names of all roles of the server.
SELECT r.rolname
FROM pg_catalog.pg_roles r
ORDER BY r.rolname;
