-- Can this database be written, and by us? One row.
SELECT d.datistemplate AS is_template,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only,
       pg_catalog.has_database_privilege(d.oid, 'CREATE') AS may_create,
       pg_catalog.pg_try_advisory_lock(7165432101) AS reserved
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
