-- Time zones to try, the likely ones first: that of this server, then one of each pair of offsets
-- in winter and summer, those that have two first (Europe and America before others), then all.
SELECT z.name
FROM (
    SELECT pg_catalog.current_setting('TimeZone') AS name, 0 AS rank
    UNION ALL
    SELECT o.name,
           CASE WHEN pg_catalog.row_number() OVER (
                    PARTITION BY o.winter, o.summer
                    ORDER BY o.name !~ '^(Europe|America)/', o.name !~ '/', o.name) > 1 THEN 3
                WHEN o.winter <> o.summer THEN 1
                ELSE 2 END
    FROM (
        SELECT n.name,
               (TIMESTAMPTZ '2024-01-15 00:00:00+00' AT TIME ZONE n.name)
                   - TIMESTAMP '2024-01-15 00:00:00' AS winter,
               (TIMESTAMPTZ '2024-07-15 00:00:00+00' AT TIME ZONE n.name)
                   - TIMESTAMP '2024-07-15 00:00:00' AS summer
        FROM pg_catalog.pg_timezone_names n
        WHERE n.name NOT LIKE 'posix%'
    ) o
) z
GROUP BY z.name
ORDER BY pg_catalog.min(z.rank), z.name !~ '^(Europe|America)/', z.name
