-- Everything in this database that initdb did not put there: kind and name. What belongs to an
-- extension is not named apart from it, nor what depends on a table, a view or a type.
WITH own AS (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
), member AS (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend d
    WHERE d.deptype = 'e'
), object (classid, oid, rank, kind, name) AS (
    SELECT c.tableoid, c.oid, CASE c.relkind WHEN 'r' THEN 1 WHEN 'p' THEN 1 ELSE 2 END,
           CASE c.relkind
               WHEN 'r' THEN 'table'
               WHEN 'p' THEN 'table'
               WHEN 'v' THEN 'view'
               WHEN 'm' THEN 'materialized view'
               WHEN 'S' THEN 'sequence'
               WHEN 'f' THEN 'foreign table'
               ELSE 'relation'
           END,
           pg_catalog.format('%s.%s', own.nspname, c.relname)
    FROM pg_catalog.pg_class c
    JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind NOT IN ('i', 'I', 'c', 't')
    UNION ALL
    SELECT p.tableoid, p.oid, 3, 'function', pg_catalog.format('%s.%s', own.nspname, p.proname)
    FROM pg_catalog.pg_proc p
    JOIN own ON own.oid = p.pronamespace
    UNION ALL
    SELECT t.tableoid, t.oid, 4, 'type', pg_catalog.format('%s.%s', own.nspname, t.typname)
    FROM pg_catalog.pg_type t
    JOIN own ON own.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typelem = 0 AND (c.oid IS NULL OR c.relkind = 'c')
    UNION ALL
    SELECT o.tableoid, o.oid, 5, 'operator', pg_catalog.format('%s.%s', own.nspname, o.oprname)
    FROM pg_catalog.pg_operator o
    JOIN own ON own.oid = o.oprnamespace
    UNION ALL
    SELECT o.tableoid, o.oid, 5, 'operator class', pg_catalog.format('%s.%s', own.nspname, o.opcname)
    FROM pg_catalog.pg_opclass o
    JOIN own ON own.oid = o.opcnamespace
    UNION ALL
    SELECT o.tableoid, o.oid, 5, 'operator family', pg_catalog.format('%s.%s', own.nspname, o.opfname)
    FROM pg_catalog.pg_opfamily o
    JOIN own ON own.oid = o.opfnamespace
    UNION ALL
    SELECT c.tableoid, c.oid, 5, 'collation', pg_catalog.format('%s.%s', own.nspname, c.collname)
    FROM pg_catalog.pg_collation c
    JOIN own ON own.oid = c.collnamespace
    UNION ALL
    SELECT c.tableoid, c.oid, 5, 'conversion', pg_catalog.format('%s.%s', own.nspname, c.conname)
    FROM pg_catalog.pg_conversion c
    JOIN own ON own.oid = c.connamespace
    UNION ALL
    SELECT c.tableoid, c.oid, 5, 'text search configuration',
           pg_catalog.format('%s.%s', own.nspname, c.cfgname)
    FROM pg_catalog.pg_ts_config c
    JOIN own ON own.oid = c.cfgnamespace
    UNION ALL
    SELECT d.tableoid, d.oid, 5, 'text search dictionary',
           pg_catalog.format('%s.%s', own.nspname, d.dictname)
    FROM pg_catalog.pg_ts_dict d
    JOIN own ON own.oid = d.dictnamespace
    UNION ALL
    SELECT p.tableoid, p.oid, 5, 'text search parser',
           pg_catalog.format('%s.%s', own.nspname, p.prsname)
    FROM pg_catalog.pg_ts_parser p
    JOIN own ON own.oid = p.prsnamespace
    UNION ALL
    SELECT t.tableoid, t.oid, 5, 'text search template',
           pg_catalog.format('%s.%s', own.nspname, t.tmplname)
    FROM pg_catalog.pg_ts_template t
    JOIN own ON own.oid = t.tmplnamespace
    UNION ALL
    SELECT n.tableoid, n.oid, 6, 'schema', n.nspname
    FROM pg_catalog.pg_namespace n
    JOIN own ON own.oid = n.oid
    WHERE n.nspname <> 'public'
    UNION ALL
    SELECT x.tableoid, x.oid, 0, 'extension', x.extname
    FROM pg_catalog.pg_extension x
    WHERE x.extname <> 'plpgsql'
    UNION ALL
    SELECT l.tableoid, l.oid, 6, 'language', l.lanname
    FROM pg_catalog.pg_language l
    WHERE l.lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')
    UNION ALL
    SELECT w.tableoid, w.oid, 6, 'foreign-data wrapper', w.fdwname
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT s.tableoid, s.oid, 6, 'foreign server', s.srvname
    FROM pg_catalog.pg_foreign_server s
    UNION ALL
    SELECT t.tableoid, t.oid, 6, 'event trigger', t.evtname
    FROM pg_catalog.pg_event_trigger t
    UNION ALL
    SELECT m.tableoid, m.oid, 6, 'large object', m.oid::text
    FROM pg_catalog.pg_largeobject_metadata m
    UNION ALL
    -- objects without a schema that initdb made, too, have numbers below 16384 (access/transam.h)
    SELECT m.tableoid, m.oid, 6, 'access method', m.amname
    FROM pg_catalog.pg_am m
    WHERE m.oid >= 16384
    UNION ALL
    SELECT c.tableoid, c.oid, 6, 'cast',
           pg_catalog.format('%s to %s', pg_catalog.format_type(c.castsource, NULL),
                             pg_catalog.format_type(c.casttarget, NULL))
    FROM pg_catalog.pg_cast c
    WHERE c.oid >= 16384
    UNION ALL
    SELECT t.tableoid, t.oid, 6, 'transform', pg_catalog.format_type(t.trftype, NULL)
    FROM pg_catalog.pg_transform t
    UNION ALL
    SELECT a.tableoid, a.oid, 7, 'default privileges', pg_catalog.pg_get_userbyid(a.defaclrole)::text
    FROM pg_catalog.pg_default_acl a
