-- Schema, name and rows of every table that has rows of its own in a dump.
SELECT n.nspname, c.relname,
       (pg_catalog.xpath('/row/n/text()', pg_catalog.query_to_xml(
           pg_catalog.format('SELECT pg_catalog.count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname),
           false, true, '')))[1]::pg_catalog.text::pg_catalog.int8
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
