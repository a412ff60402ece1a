-- One row for each column that takes its values from a sequence, by ownership (serial, identity) or
-- by its default alone, and that a unique index covers: the question to ask about it. A sequence
-- that cycles reuses values on purpose and is left out.
WITH links AS (
    SELECT d.objid AS seqid, d.refobjid AS relid, d.refobjsubid AS attnum
      FROM pg_catalog.pg_depend d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.deptype IN ('a', 'i')
       AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, ad.adrelid, ad.adnum
      FROM pg_catalog.pg_attrdef ad
      JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
       AND d.objid = ad.oid
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
SELECT pg_catalog.format('%I.%I', sn.nspname, sc.relname) AS subject,
       pg_catalog.format(
           'SELECT CASE WHEN q.next NOT BETWEEN %1$s AND %2$s THEN ''exhausted'' '
           'WHEN q.edge %3$s q.next THEN ''behind'' ELSE ''ahead'' END, q.next, q.edge '
           'FROM (SELECT CASE WHEN s.is_called THEN s.last_value::numeric + (%4$s) '
           'ELSE s.last_value::numeric END AS next, '
           '(SELECT pg_catalog.%5$s(%6$I)::numeric FROM %7$I.%8$I) AS edge '
           'FROM %9$I.%10$I s) q',
           seq.seqmin, seq.seqmax,
           CASE WHEN seq.seqincrement > 0 THEN '>=' ELSE '<=' END,
           seq.seqincrement,
           CASE WHEN seq.seqincrement > 0 THEN 'max' ELSE 'min' END,
           a.attname, tn.nspname, t.relname, sn.nspname, sc.relname) AS question,
       pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS column_name
  FROM links l
  JOIN pg_catalog.pg_sequence seq ON seq.seqrelid = l.seqid
  JOIN pg_catalog.pg_class sc ON sc.oid = seq.seqrelid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
  JOIN pg_catalog.pg_class t ON t.oid = l.relid AND t.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = l.attnum
  JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
 WHERE NOT seq.seqcycle
   AND NOT a.attisdropped
   AND coalesce(nullif(y.typbasetype, 0), y.oid) IN (20, 21, 23, 1700)
   AND EXISTS (SELECT 1
                 FROM pg_catalog.pg_index i
                WHERE i.indrelid = t.oid
                  AND i.indisunique
                  AND a.attnum = ANY (i.indkey::pg_catalog.int2[]))
   AND tn.nspname <> 'information_schema'
   AND tn.nspname !~ '^pg_'
 ORDER BY subject, column_name
