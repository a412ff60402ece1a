-- Which cluster this is and where its write-ahead log stands, as far as this role may ask.
-- Before 10 the functions of the log have other names, so that this fails: the caller says what is
-- not known then.
SELECT (SELECT c.system_identifier FROM pg_catalog.pg_control_system() c) AS system_identifier,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_lsn() END AS lsn
