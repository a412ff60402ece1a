-- The largest tables with a primary key, and how to look a row up by it. Columns: schema, name,
-- number of key columns, key columns as texts, condition with $1 …, bytes, rows.
WITH RECURSIVE member (root, oid) AS (
    SELECT c.oid, c.oid
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    UNION ALL
    SELECT m.root, i.inhrelid
    FROM member AS m
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = m.oid
), size AS (
    SELECT m.root,
           pg_catalog.sum(pg_catalog.pg_relation_size(m.oid::pg_catalog.regclass)) AS bytes,
           pg_catalog.sum(CASE WHEN c.relkind = 'r' AND c.reltuples > 0 THEN c.reltuples ELSE 0 END) AS rows
    FROM member AS m
    JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
    GROUP BY m.root
)
SELECT n.nspname, c.relname, k.n, k.cells, k.condition, s.bytes::pg_catalog.int8, s.rows::pg_catalog.int8
FROM size AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.root
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_constraint AS con ON con.conrelid = c.oid AND con.contype = 'p'
CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS n,
           pg_catalog.string_agg(pg_catalog.format('%I::pg_catalog.text', a.attname), ', ' ORDER BY u.place) AS cells,
           pg_catalog.string_agg(pg_catalog.format('%I = $%s', a.attname, u.place), ' AND ' ORDER BY u.place) AS condition
    FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS u (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = u.number
) AS k
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY s.bytes DESC, n.nspname, c.relname
LIMIT 20
