-- Foreign keys with an index on the referencing side, largest referencing table first: the children
-- of a parent. Columns: parent's schema and name, number of key columns, the parent's columns as
-- texts, condition on the child with $1 …, child's bytes, parent's rows, child's schema and name.
SELECT pn.nspname, p.relname, k.n, k.cells, k.condition, s.bytes, s.rows, cn.nspname, c.relname
FROM pg_catalog.pg_constraint AS con
JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = con.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
    WITH RECURSIVE tree (side, oid) AS (
        SELECT 'c', c.oid
        UNION ALL
        SELECT 'p', p.oid
        UNION ALL
        SELECT t.side, i.inhrelid
        FROM tree AS t
        JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.oid
    )
    SELECT (pg_catalog.sum(pg_catalog.pg_relation_size(t.oid::pg_catalog.regclass))
                FILTER (WHERE t.side = 'c'))::pg_catalog.int8 AS bytes,
           (pg_catalog.sum(CASE WHEN x.relkind = 'r' AND x.reltuples > 0 THEN x.reltuples ELSE 0 END)
                FILTER (WHERE t.side = 'p'))::pg_catalog.int8 AS rows
    FROM tree AS t
    JOIN pg_catalog.pg_class AS x ON x.oid = t.oid
) AS s
CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS n,
           pg_catalog.string_agg(pg_catalog.format('%I::pg_catalog.text', pa.attname), ', ' ORDER BY u.place) AS cells,
           pg_catalog.string_agg(pg_catalog.format('%I = $%s', ca.attname, u.place), ' AND ' ORDER BY u.place) AS condition
    FROM ROWS FROM (pg_catalog.unnest(con.conkey), pg_catalog.unnest(con.confkey))
        WITH ORDINALITY AS u (child, parent, place)
    JOIN pg_catalog.pg_attribute AS ca ON ca.attrelid = con.conrelid AND ca.attnum = u.child
    JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = con.confrelid AND pa.attnum = u.parent
) AS k
-- Those of partitions came with 11, which names the parent's; to_jsonb gives null before.
WHERE con.contype = 'f'
  AND coalesce(pg_catalog.to_jsonb(con) OPERATOR(pg_catalog.->>) 'conparentid', '0') = '0'
  AND NOT c.relispartition
  AND cn.nspname <> 'information_schema' AND cn.nspname !~ '^pg_'
  AND EXISTS (
    SELECT FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = con.conrelid AND i.indisvalid AND i.indpred IS NULL
      AND (i.indkey::pg_catalog.int2[])[0:pg_catalog.cardinality(con.conkey) - 1]
          OPERATOR(pg_catalog.@>) con.conkey)
ORDER BY s.bytes DESC, cn.nspname, c.relname, con.conname
LIMIT 20
