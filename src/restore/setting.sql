-- Sets a parameter ($1) for the session.
SELECT pg_catalog.set_config($1, $2, false);
