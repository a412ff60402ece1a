)
SELECT o.kind, pg_catalog.count(*) AS n, pg_catalog.min(o.name) AS name
FROM object o
LEFT JOIN member m ON m.classid = o.classid AND m.objid = o.oid
WHERE m.objid IS NULL
GROUP BY o.rank, o.kind
ORDER BY o.rank, o.kind
