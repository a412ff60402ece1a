-- Our own settings for a session that restores: no timeout but statement_timeout, which is set
-- beside this; at least 256 MB to build indexes; nobody waits for the disk at each commit.
SELECT pg_catalog.set_config(s.name, w.value, false)
FROM (VALUES ('lock_timeout', '0'), ('idle_session_timeout', '0'),
             ('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'),
             ('synchronous_commit', 'off'), ('maintenance_work_mem', '256MB')) AS w (name, value)
JOIN pg_catalog.pg_settings s ON s.name = w.name
WHERE s.name <> 'maintenance_work_mem' OR s.setting::pg_catalog.int8 < 262144;
