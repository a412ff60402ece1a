-- What objects.sql cannot ask before 15: which rows, columns and schemas are published.
SELECT i.type, i.identity, 'definition', o.value
FROM (
    SELECT 'pg_publication_namespace'::regclass AS classid, n.oid AS objid, '' AS value
    FROM pg_catalog.pg_publication_namespace n
) o
CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, 0) i
UNION ALL
SELECT i.type, i.identity, 'published',
       concat_ws('; ', pg_get_expr(r.prqual, r.prrelid),
                 (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum)
                  FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::pg_catalog.int2[])))
FROM pg_catalog.pg_publication_rel r
CROSS JOIN LATERAL pg_identify_object('pg_publication_rel'::regclass, r.oid, 0) i
