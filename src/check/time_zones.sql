-- Time zones to try, the likely ones first: that of this server, then one of each offset and
-- abbreviation, then all.
SELECT z.name
FROM (
    SELECT pg_catalog.current_setting('TimeZone') AS name, 0 AS rank, '' AS abbrev
    UNION ALL
    SELECT n.name,
           CASE WHEN pg_catalog.row_number() OVER (PARTITION BY n.utc_offset, n.abbrev
                                                   ORDER BY n.name) = 1 THEN 1 ELSE 2 END,
           n.abbrev
    FROM pg_catalog.pg_timezone_names n
    WHERE n.name NOT LIKE 'posix%'
) z
GROUP BY z.name
ORDER BY pg_catalog.min(z.rank), z.name
