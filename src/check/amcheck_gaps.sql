-- Indexes whose contents amcheck cannot look at: "3 gin, 1 hnsw".
SELECT pg_catalog.string_agg(pg_catalog.format('%s %s', n, amname), ', ' ORDER BY amname)
  FROM (SELECT am.amname, pg_catalog.count(*) AS n
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace ns ON ns.oid = c.relnamespace
          JOIN pg_catalog.pg_am am ON am.oid = c.relam
         WHERE c.relkind = 'i'
           AND am.amname <> 'btree'
           AND ns.nspname <> 'information_schema'
           AND ns.nspname !~ '^pg_'
         GROUP BY am.amname) others
