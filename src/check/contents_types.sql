-- Tables with a column whose text depends on settings of the session or on the major version:
-- (schema, name, what), where `what` is one of timestamptz, bytea, money, float. Arrays, domains,
-- ranges, multiranges and composite types of such types are such types, too.
WITH RECURSIVE depends (oid, what) AS (
    SELECT t.oid,
           CASE WHEN t.typname IN ('float4', 'float8', 'point', 'lseg', 'path', 'box', 'polygon',
                                   'line', 'circle') THEN 'float'
                ELSE t.typname::pg_catalog.text END
    FROM pg_catalog.pg_type t
    WHERE t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
      AND t.typname IN ('timestamptz', 'bytea', 'money', 'float4', 'float8', 'point', 'lseg',
                        'path', 'box', 'polygon', 'line', 'circle')
    UNION
    SELECT m.oid, d.what
    FROM depends d
    CROSS JOIN LATERAL (
        SELECT t.oid
        FROM pg_catalog.pg_type t
        WHERE (t.typelem = d.oid AND t.typlen = -1) OR t.typbasetype = d.oid
        UNION ALL
        SELECT u.oid
        FROM pg_catalog.pg_range r
        CROSS JOIN LATERAL (VALUES
            (r.rngtypid),
            ((pg_catalog.to_jsonb(r) OPERATOR(pg_catalog.->>) 'rngmultitypid')::pg_catalog.oid)
        ) u(oid)
        WHERE r.rngsubtype = d.oid AND u.oid IS NOT NULL
        UNION ALL
        SELECT k.reltype
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class k ON k.oid = a.attrelid
        WHERE a.atttypid = d.oid AND a.attnum > 0 AND NOT a.attisdropped AND k.reltype <> 0
    ) m
)
SELECT n.nspname AS schema, c.relname AS name, pg_catalog.string_agg(DISTINCT d.what, ' ') AS what
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN depends d ON d.oid = a.atttypid
WHERE c.relkind IN ('r', 'p')
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
GROUP BY n.nspname, c.relname
