-- Where amcheck is installed in this database: its schema, quoted.
SELECT pg_catalog.quote_ident(n.nspname)
  FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'amcheck'
