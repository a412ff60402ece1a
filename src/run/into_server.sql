-- Which server this is, the same for its standbys, and which database of it.
SELECT pg_catalog.concat_ws(' ', s.system_identifier, pg_catalog.current_database())
FROM pg_catalog.pg_control_system() s
