-- An extension ($1) that the server could install: the version it would take, the one that this
-- database has (or null), and all versions with a blank around each.
SELECT e.default_version,
       e.installed_version,
       (SELECT pg_catalog.concat(' ', pg_catalog.string_agg(v.version, ' ' ORDER BY v.version), ' ')
        FROM pg_catalog.pg_available_extension_versions v
        WHERE v.name OPERATOR(pg_catalog.=) e.name) AS versions
FROM pg_catalog.pg_available_extensions e
WHERE e.name OPERATOR(pg_catalog.=) $1;
