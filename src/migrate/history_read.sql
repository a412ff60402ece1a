-- What was applied before.
SELECT h.version, h.name, h.checksum
FROM rehearse.schema_migrations h
ORDER BY h.applied_at, h.version;
