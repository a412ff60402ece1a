-- The heaps and B-trees that amcheck can look at, each with the question to ask: no row is sound,
-- a row (or error XX001, XX002) tells what is damaged. $1: schema of the extension, quoted. What
-- looks for each row of the heap in the index came with 11, what looks at heaps with 14.
SELECT CASE c.relkind WHEN 'i' THEN 'index' ELSE 'heap' END AS kind,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS subject,
       CASE c.relkind
            WHEN 'i' THEN pg_catalog.format(
                'SELECT ''never''::text WHERE %s.bt_index_check(%s::oid::regclass%s) IS NULL',
                $1::text, c.oid,
                CASE WHEN pg_catalog.to_regprocedure($1::text || '.bt_index_check(regclass,boolean)')
                          IS NOT NULL
                     THEN ', true' END)
            ELSE pg_catalog.format(
                'SELECT pg_catalog.format(''block %%s, line pointer %%s: %%s'', v.blkno, v.offnum, '
                'v.msg) FROM %s.verify_heapam(%s::oid::regclass, true, true) v',
                $1::text, c.oid)
       END AS question
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
 WHERE c.relpersistence <> 't'
   AND (n.nspname = 'pg_toast' OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
   AND CASE WHEN c.relkind = 'i' THEN am.amname = 'btree' AND i.indisvalid AND i.indisready
            WHEN c.relkind IN ('r', 'm', 't') THEN
                am.amname = 'heap'
                AND pg_catalog.to_regprocedure($1::text || '.verify_heapam(regclass,boolean,boolean,text,bigint,bigint)')
                    IS NOT NULL
            ELSE false
       END
   AND c.oid >= 16384
 ORDER BY kind, subject
