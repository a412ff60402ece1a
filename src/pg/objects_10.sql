-- What objects.sql cannot ask of 9.6: partitions, sequences, statistics objects, publications.
SELECT i.type, i.identity, v.aspect, v.value
FROM (
    SELECT 'pg_class'::regclass AS classid, c.oid AS objid, NULL::oid AS owner, 'partition' AS aspect,
           concat_ws('; ', 'by ' || pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid)) AS value
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE (c.relkind = 'p' OR c.relpartbound IS NOT NULL) AND n.nspname !~ '^pg_'
    UNION ALL
    SELECT 'pg_class'::regclass, s.seqrelid, NULL, 'sequence',
           concat_ws('; ', format_type(s.seqtypid, NULL), 'start ' || s.seqstart,
                     'increment ' || s.seqincrement, 'minimum ' || s.seqmin, 'maximum ' || s.seqmax,
                     'cache ' || s.seqcache, CASE WHEN s.seqcycle THEN 'cycle' END)
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_'
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, x.oid, x.stxowner, 'definition',
           concat_ws('; ', pg_get_statisticsobjdef(x.oid),
                     'target ' || nullif(pg_catalog.to_jsonb(x) ->> 'stxstattarget', '-1'))
    FROM pg_catalog.pg_statistic_ext x
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, p.pubowner, 'definition',
           (pg_catalog.to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text
    FROM pg_catalog.pg_publication p
    UNION ALL
    SELECT 'pg_publication_rel'::regclass, r.oid, NULL, 'definition', ''
    FROM pg_catalog.pg_publication_rel r
) o
CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, 0) i
CROSS JOIN LATERAL (
    SELECT o.aspect, coalesce(o.value, '') AS value
    UNION ALL
    SELECT 'owner', pg_get_userbyid(o.owner)::text WHERE o.owner IS NOT NULL
    UNION ALL
    SELECT 'comment', d.description
    FROM pg_catalog.pg_description d
    WHERE d.classoid = o.classid AND d.objoid = o.objid AND d.objsubid = 0 AND o.aspect = 'definition'
) v
WHERE o.objid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'e')
