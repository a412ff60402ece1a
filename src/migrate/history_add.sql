-- $1 version, $2 name, $3 checksum (SHA-256 of the file), $4 microseconds.
INSERT INTO rehearse.schema_migrations (version, name, checksum, took_us)
VALUES ($1, $2, $3, $4::bigint);
