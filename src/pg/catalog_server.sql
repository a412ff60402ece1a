-- What this server and this database are. Columns that only some majors have are read through
-- to_jsonb, which gives null for one that is not there: provider from 15, ICU locale from 15
-- (daticulocale) and 17 (datlocale).
SELECT pg_catalog.current_setting('server_version') AS version,
       pg_catalog.current_setting('server_version_num') AS version_num,
       d.datname AS database,
       current_user AS "user",
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS "collate",
       d.datctype AS ctype,
       coalesce(CASE j.columns OPERATOR(pg_catalog.->>) 'datlocprovider'
                    WHEN 'i' THEN 'icu'
                    WHEN 'b' THEN 'builtin'
                END,
                'libc') AS locale_provider,
       coalesce(j.columns OPERATOR(pg_catalog.->>) 'datlocale',
                j.columns OPERATOR(pg_catalog.->>) 'daticulocale') AS icu_locale,
       pg_catalog.pg_database_size(d.oid) AS size_bytes,
       (SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p')
          AND n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg\_%') AS tables,
       pg_catalog.current_setting('max_connections') AS max_connections,
       pg_catalog.pg_is_in_recovery() AS standby
FROM pg_catalog.pg_database d
CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(d) AS columns) j
WHERE d.datname = pg_catalog.current_database()
