-- Every object of a database that pg_dump writes, with what is said of it: (type, name, aspect,
-- value); type and name are those of pg_identify_object(). Aspects: definition (there for every
-- object), owner, rights, comment, label. Without the members of extensions. PostgreSQL 9.6 and
-- newer; columns that only some majors have are read through to_jsonb. The session's search_path is
-- empty. What may hold secrets (options of servers) is shown by name and a hash.
WITH of_extension AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'
),
relation AS (
    SELECT c.*, c.oid AS relid, pg_catalog.to_jsonb(c) AS j
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM of_extension x
                      WHERE x.classid = 'pg_class'::regclass
                        AND (x.objid = c.oid
                             OR x.objid = (SELECT i.indrelid FROM pg_catalog.pg_index i
                                           WHERE i.indexrelid = c.oid)))
),
object (classid, objid, objsubid, owner, acl, acltype, definition) AS (
    SELECT 'pg_namespace'::regclass, n.oid, 0, n.nspowner, n.nspacl, 'n', ''
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'pg_class'::regclass, c.relid, 0,
           CASE WHEN c.relkind NOT IN ('i', 'I') THEN c.relowner END, c.relacl,
           CASE WHEN c.relkind = 'S' THEN 's' WHEN c.relkind NOT IN ('i', 'I', 'c') THEN 'r' END,
           concat_ws('; ',
               CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.relid)
                    WHEN c.relkind IN ('i', 'I') THEN pg_get_indexdef(c.relid) END,
               CASE WHEN c.relpersistence = 'u' THEN 'unlogged' END,
               (SELECT 'with ' || string_agg(x.o, ', ' ORDER BY x.o)
                FROM unnest(c.reloptions) AS x(o)),
               CASE WHEN c.relkind IN ('r', 'p') AND c.relreplident <> 'd'
                    THEN 'replica identity ' || c.relreplident::text END,
               CASE WHEN c.relrowsecurity THEN 'row security' END,
               CASE WHEN c.relforcerowsecurity THEN 'forced' END,
               CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'not populated' END,
               (SELECT 'in tablespace ' || t.spcname FROM pg_catalog.pg_tablespace t
                WHERE t.oid = c.reltablespace),
               (SELECT 'using ' || a.amname FROM pg_catalog.pg_am a
                WHERE a.oid = c.relam AND c.relkind IN ('r', 'm', 'p') AND a.amname <> 'heap'),
               CASE WHEN c.reloftype <> 0 THEN 'of ' || format_type(c.reloftype, NULL) END,
               (SELECT 'inherits ' || string_agg(h.inhparent::regclass::text, ', '
                                                 ORDER BY h.inhseqno)
                FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.relid),
               (SELECT concat_ws(' ', CASE WHEN x.indisclustered THEN 'clustered' END,
                                 CASE WHEN x.indisreplident THEN 'replica identity' END)
                FROM pg_catalog.pg_index x WHERE x.indexrelid = c.relid),
               (SELECT 'owned by ' || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
                FROM pg_catalog.pg_depend d
                WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.relid
                  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')),
               (SELECT concat_ws(' ', 'server', s.srvname, 'options',
                                 (SELECT string_agg(split_part(x.o, '=', 1), ', ' ORDER BY x.o)
                                         || ' ' || hashtext(string_agg(x.o, ', ' ORDER BY x.o))
                                  FROM unnest(f.ftoptions) AS x(o)))
                FROM pg_catalog.pg_foreign_table f
                JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
                WHERE f.ftrelid = c.relid))
    FROM relation c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c', 'i', 'I')
      -- pg_dump leaves out indexes that are not valid
      AND NOT (c.relkind = 'i' AND EXISTS (SELECT FROM pg_catalog.pg_index x
                                           WHERE x.indexrelid = c.relid AND NOT x.indisvalid))
    UNION ALL
    SELECT 'pg_class'::regclass, c.relid, a.attnum, CASE WHEN a.attacl IS NOT NULL THEN c.relowner END,
           a.attacl, CASE WHEN a.attacl IS NOT NULL THEN 'c' END,
           concat_ws('; ',
               format_type(a.atttypid, a.atttypmod),
               CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.relid)
                    THEN 'place ' || rank() OVER (PARTITION BY c.relid ORDER BY a.attnum) END,
               CASE WHEN a.attnotnull THEN 'not null' END,
               (SELECT CASE coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '')
                            WHEN '' THEN 'default ' ELSE 'generated ' END
                       || pg_get_expr(d.adbin, d.adrelid)
                FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum),
               'identity ' || nullif(pg_catalog.to_jsonb(a) ->> 'attidentity', ''),
               'stored ' || nullif(pg_catalog.to_jsonb(a) ->> 'attgenerated', ''),
               CASE WHEN a.attcollation <> t.typcollation
                    THEN (SELECT 'collate ' || quote_ident(n.nspname) || '.' || quote_ident(l.collname)
                          FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                          WHERE l.oid = a.attcollation) END,
               CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text END,
               'compression ' || nullif(pg_catalog.to_jsonb(a) ->> 'attcompression', ''),
               'statistics ' || nullif(pg_catalog.to_jsonb(a) ->> 'attstattarget', '-1'),
               (SELECT 'options ' || string_agg(x.o, ', ' ORDER BY x.o)
                FROM unnest(a.attoptions) AS x(o)
                WHERE x.o !~ '^pg_attver='), -- which 17.12 puts there by itself
               (SELECT 'foreign options ' || hashtext(string_agg(x.o, ', ' ORDER BY x.o))
                FROM unnest(a.attfdwoptions) AS x(o)))
    FROM relation c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not valid' END)
    FROM pg_catalog.pg_constraint k
    LEFT JOIN relation c ON c.relid = k.conrelid
    WHERE (c.relid IS NOT NULL
           OR (k.contypid <> 0
               AND NOT EXISTS (SELECT FROM of_extension x
                               WHERE x.classid = 'pg_type'::regclass AND x.objid = k.contypid)))
      AND NOT (k.contype = 'f' AND coalesce(pg_catalog.to_jsonb(k) ->> 'conparentid', '0') <> '0')
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 0, NULL, NULL, NULL,
           pg_get_triggerdef(t.oid) || '; enabled ' || t.tgenabled::text
    FROM pg_catalog.pg_trigger t
    JOIN relation c ON c.relid = t.tgrelid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, 0, NULL, NULL, NULL,
           pg_get_ruledef(w.oid) || '; enabled ' || w.ev_enabled::text
    FROM pg_catalog.pg_rewrite w
    JOIN relation c ON c.relid = w.ev_class
    WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', 'for ' || p.polcmd::text,
               CASE WHEN pg_catalog.to_jsonb(p) ->> 'polpermissive' = 'false' THEN 'restrictive' END,
               (SELECT 'to ' || string_agg(CASE WHEN r.o = 0 THEN 'public'
                                                ELSE pg_get_userbyid(r.o)::text END, ', '
                                           ORDER BY 1)
                FROM unnest(p.polroles) AS r(o)),
               'using ' || pg_get_expr(p.polqual, p.polrelid),
               'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_catalog.pg_policy p
    JOIN relation c ON c.relid = p.polrelid
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, p.proowner, p.proacl, 'f',
           CASE WHEN g.aggfnoid IS NULL THEN pg_get_functiondef(p.oid)
                ELSE concat_ws('; ', g.aggtransfn::regprocedure, format_type(g.aggtranstype, NULL),
                               nullif(g.aggfinalfn::oid, 0)::regprocedure,
                               nullif(g.aggmtransfn::oid, 0)::regprocedure, g.agginitval,
                               g.aggkind::text, p.proparallel::text,
                               nullif(g.aggsortop, 0)::regoperator) END
    FROM pg_catalog.pg_proc p
    LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
    WHERE p.oid >= 16384
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, t.typowner, t.typacl, 'T',
           CASE t.typtype
               WHEN 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                              FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
               WHEN 'd' THEN concat_ws('; ', format_type(t.typbasetype, t.typtypmod),
                                       CASE WHEN t.typnotnull THEN 'not null' END,
                                       'default ' || t.typdefault,
                                       CASE WHEN t.typcollation <> b.typcollation THEN 'collate ' || (SELECT l.collname FROM pg_catalog.pg_collation l WHERE l.oid = t.typcollation) END)
               WHEN 'r' THEN (SELECT concat_ws('; ', format_type(r.rngsubtype, NULL),
                                               nullif(r.rngcanonical::oid, 0)::regprocedure,
                                               nullif(r.rngsubdiff::oid, 0)::regprocedure)
                              FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid)
               WHEN 'b' THEN concat_ws('; ', t.typinput::regprocedure, t.typoutput::regprocedure,
                                       t.typlen, t.typalign::text, t.typstorage::text,
                                       t.typcategory::text, t.typdefault)
               ELSE '' END
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    WHERE t.oid >= 16384 AND (c.oid IS NULL OR c.relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
    UNION ALL
    SELECT 'pg_cast'::regclass, k.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', nullif(k.castfunc, 0)::regprocedure, k.castcontext::text, k.castmethod::text)
    FROM pg_catalog.pg_cast k
    UNION ALL
    SELECT 'pg_collation'::regclass, l.oid, 0, l.collowner, NULL, NULL,
           (pg_catalog.to_jsonb(l) - 'oid' - 'collnamespace' - 'collowner' - 'collname' - 'collversion' - 'collencoding')::text
    FROM pg_catalog.pg_collation l
    UNION ALL
    SELECT 'pg_conversion'::regclass, v.oid, 0, v.conowner, NULL, NULL,
           concat_ws('; ', v.conproc::regproc, pg_encoding_to_char(v.conforencoding),
                     pg_encoding_to_char(v.contoencoding), v.condefault)
    FROM pg_catalog.pg_conversion v
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, l.lanowner, l.lanacl, 'l',
           concat_ws('; ', nullif(l.lanplcallfoid, 0)::regprocedure, nullif(l.laninline, 0)::regprocedure,
                     nullif(l.lanvalidator, 0)::regprocedure, l.lanpltrusted)
    FROM pg_catalog.pg_language l
    UNION ALL
    SELECT 'pg_am'::regclass, m.oid, 0, NULL, NULL, NULL, m.amhandler::text FROM pg_catalog.pg_am m
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, o.oprowner, NULL, NULL,
           concat_ws('; ', o.oprcode::regprocedure, nullif(o.oprcom, 0)::regoperator,
                     nullif(o.oprnegate, 0)::regoperator, nullif(o.oprrest::oid, 0)::regproc,
                     nullif(o.oprjoin::oid, 0)::regproc, o.oprcanmerge, o.oprcanhash)
    FROM pg_catalog.pg_operator o
    WHERE o.oprcode <> 0
    UNION ALL
    SELECT 'pg_opfamily'::regclass, f.oid, 0, f.opfowner, NULL, NULL, '' FROM pg_catalog.pg_opfamily f
    UNION ALL
    SELECT 'pg_opclass'::regclass, k.oid, 0, k.opcowner, NULL, NULL,
           concat_ws('; ', format_type(k.opcintype, NULL), k.opcdefault,
                     format_type(nullif(k.opckeytype, 0), NULL))
    FROM pg_catalog.pg_opclass k
    UNION ALL
    SELECT 'pg_amop'::regclass, o.oid, 0, NULL, NULL, NULL, o.amopopr::regoperator::text
    FROM pg_catalog.pg_amop o
    WHERE NOT EXISTS (SELECT FROM of_extension x
                      WHERE x.classid = 'pg_opfamily'::regclass AND x.objid = o.amopfamily)
    UNION ALL
    SELECT 'pg_amproc'::regclass, o.oid, 0, NULL, NULL, NULL, o.amproc::regprocedure::text
    FROM pg_catalog.pg_amproc o
    WHERE NOT EXISTS (SELECT FROM of_extension x
                      WHERE x.classid = 'pg_opfamily'::regclass AND x.objid = o.amprocfamily)
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, 0, d.dictowner, NULL, NULL,
           concat_ws('; ', t.tmplname, d.dictinitoption)
    FROM pg_catalog.pg_ts_dict d
    JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
    UNION ALL
    SELECT 'pg_ts_config'::regclass, f.oid, 0, f.cfgowner, NULL, NULL,
           concat_ws('; ', p.prsname,
               (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary::text, ', '
                                  ORDER BY m.maptokentype, m.mapseqno)
                FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = f.oid))
    FROM pg_catalog.pg_ts_config f
    JOIN pg_catalog.pg_ts_parser p ON p.oid = f.cfgparser
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, p.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype)
    FROM pg_catalog.pg_ts_parser p
    UNION ALL
    SELECT 'pg_ts_template'::regclass, t.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', t.tmplinit, t.tmpllexize)
    FROM pg_catalog.pg_ts_template t
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, t.oid, 0, t.evtowner, NULL, NULL,
           concat_ws('; ', t.evtevent, t.evtfoid::regproc, 'enabled ' || t.evtenabled::text, t.evttags::text)
    FROM pg_catalog.pg_event_trigger t
    UNION ALL
    SELECT 'pg_extension'::regclass, x.oid, 0, NULL, NULL, NULL,
           'in schema ' || (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = x.extnamespace)
    FROM pg_catalog.pg_extension x
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, w.fdwowner, w.fdwacl, 'F',
           concat_ws('; ', nullif(w.fdwhandler, 0)::regproc, nullif(w.fdwvalidator, 0)::regproc,
                     (SELECT hashtext(string_agg(x.o, ', ' ORDER BY x.o))
                      FROM unnest(w.fdwoptions) AS x(o)))
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, s.srvowner, s.srvacl, 'S',
           concat_ws('; ', w.fdwname, s.srvtype, s.srvversion,
               (SELECT 'options ' || string_agg(split_part(x.o, '=', 1), ', ' ORDER BY x.o)
                       || ' ' || hashtext(string_agg(x.o, ', ' ORDER BY x.o))
                FROM unnest(s.srvoptions) AS x(o)))
    FROM pg_catalog.pg_foreign_server s
    JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    UNION ALL
    SELECT 'pg_user_mapping'::regclass, m.umid, 0, NULL, NULL, NULL, '' FROM pg_catalog.pg_user_mappings m
    UNION ALL
    SELECT 'pg_default_acl'::regclass, d.oid, 0, d.defaclrole, d.defaclacl, 'd', '' FROM pg_catalog.pg_default_acl d
    UNION ALL
    SELECT 'pg_largeobject'::regclass, m.oid, 0, m.lomowner, m.lomacl, 'L', ''
    FROM pg_catalog.pg_largeobject_metadata m
    UNION ALL
    SELECT 'pg_transform'::regclass, t.oid, 0, NULL, NULL, NULL,
           concat_ws('; ', nullif(t.trffromsql::oid, 0)::regprocedure, nullif(t.trftosql::oid, 0)::regprocedure)
    FROM pg_catalog.pg_transform t
)
SELECT i.type, i.identity, v.aspect, v.value
FROM object o
CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, o.objsubid) i
CROSS JOIN LATERAL (
    SELECT 'definition' AS aspect, coalesce(o.definition, '') AS value
    UNION ALL
    SELECT 'owner', pg_get_userbyid(o.owner)::text
    WHERE o.owner IS NOT NULL AND o.objsubid = 0 AND o.acltype IS DISTINCT FROM 'd'
    UNION ALL
    SELECT 'rights',
           coalesce((SELECT string_agg(x.who, ', ' ORDER BY x.who COLLATE "C")
                     FROM (SELECT CASE WHEN e.grantee = 0 THEN 'public'
                                       ELSE pg_get_userbyid(e.grantee)::text END
                                  || ' ' || e.privilege_type
                                  || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END AS who
                           FROM aclexplode(CASE WHEN o.acltype IN ('c', 'd') THEN o.acl
                                                ELSE coalesce(o.acl, acldefault(o.acltype::"char", o.owner))
                                                END) e) x), '')
    WHERE o.acltype IS NOT NULL
    UNION ALL
    SELECT 'comment', d.description
    FROM pg_catalog.pg_description d
    WHERE d.classoid = o.classid AND d.objoid = o.objid AND d.objsubid = o.objsubid
    UNION ALL
    SELECT 'label for ' || l.provider, l.label
    FROM pg_catalog.pg_seclabel l
    WHERE l.classoid = o.classid AND l.objoid = o.objid AND l.objsubid = o.objsubid
) v
WHERE (o.objid >= 16384 OR o.classid IN ('pg_namespace'::regclass, 'pg_largeobject'::regclass))
  AND (i.schema IS NULL OR i.schema !~ '^pg_')
  AND NOT EXISTS (SELECT FROM of_extension x WHERE x.classid = o.classid AND x.objid = o.objid)
