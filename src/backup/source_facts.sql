-- What the source says of itself under the snapshot of the dump, for the manifest: (kind, name,
-- value), sorted. Values of settings with a dot in their name are left out: applications keep
-- secrets there. Columns that only some majors have are read through to_jsonb.
SELECT f.kind, f.name, f.value
FROM (
    SELECT 'extension' AS kind, e.extname::pg_catalog.text AS name, e.extversion AS value
    FROM pg_catalog.pg_extension e
    UNION ALL
    SELECT 'collation',
           n.nspname OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) c.collname,
           coalesce(pg_catalog.to_jsonb(c) OPERATOR(pg_catalog.->>) 'collversion', '')
    FROM pg_catalog.pg_collation c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
    WHERE n.nspname <> 'pg_catalog'
    UNION ALL
    SELECT 'collation',
           'of the database',
           pg_catalog.to_jsonb(d) OPERATOR(pg_catalog.->>) 'datcollversion'
    FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database()
      AND pg_catalog.to_jsonb(d) OPERATOR(pg_catalog.->>) 'datcollversion' IS NOT NULL
    UNION ALL
    SELECT 'setting', s.name, s.setting
    FROM pg_catalog.pg_settings s
    WHERE s.name IN ('block_size', 'bytea_output', 'data_checksums', 'DateStyle', 'default_transaction_isolation',
                     'extra_float_digits', 'IntervalStyle', 'lc_monetary', 'max_connections',
                     'max_locks_per_transaction', 'max_prepared_transactions', 'search_path',
                     'shared_preload_libraries', 'standard_conforming_strings', 'TimeZone',
                     'wal_level')
    UNION ALL
    SELECT 'setting',
           CASE WHEN r.setrole = 0 THEN 'database' ELSE 'role ' END
           OPERATOR(pg_catalog.||)
           CASE WHEN r.setrole = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(r.setrole)::pg_catalog.text END
           OPERATOR(pg_catalog.||) ': ' OPERATOR(pg_catalog.||)
           pg_catalog.split_part(c.one, '=', 1),
           CASE WHEN pg_catalog.strpos(pg_catalog.split_part(c.one, '=', 1), '.') > 0 THEN '…'
                ELSE pg_catalog.substr(c.one, pg_catalog.strpos(c.one, '=') + 1) END
    FROM pg_catalog.pg_db_role_setting r
    CROSS JOIN LATERAL pg_catalog.unnest(r.setconfig) AS c(one)
    WHERE r.setdatabase IN (0, (SELECT d.oid
                                FROM pg_catalog.pg_database d
                                WHERE d.datname = pg_catalog.current_database()))
    UNION ALL
    SELECT 'row security',
           n.nspname OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) c.relname,
           CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'enabled' END
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity
    UNION ALL
    SELECT 'policy',
           p.schemaname OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) p.tablename
           OPERATOR(pg_catalog.||) ': ' OPERATOR(pg_catalog.||) p.policyname,
           p.cmd OPERATOR(pg_catalog.||) ' for ' OPERATOR(pg_catalog.||)
           pg_catalog.array_to_string(p.roles, ', ')
    FROM pg_catalog.pg_policies p
) f
ORDER BY f.kind COLLATE pg_catalog."C", f.name COLLATE pg_catalog."C", f.value COLLATE pg_catalog."C"
