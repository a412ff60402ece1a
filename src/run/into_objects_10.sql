    -- what PostgreSQL has since version 10
    UNION ALL
    SELECT p.tableoid, p.oid, 6, 'publication', p.pubname
    FROM pg_catalog.pg_publication p
    UNION ALL
    SELECT s.tableoid, s.oid, 6, 'subscription', s.subname
    FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
    WHERE d.datname = pg_catalog.current_database()
    UNION ALL
    SELECT x.tableoid, x.oid, 6, 'statistics object',
           pg_catalog.format('%s.%s', own.nspname, x.stxname)
    FROM pg_catalog.pg_statistic_ext x
    JOIN own ON own.oid = x.stxnamespace
