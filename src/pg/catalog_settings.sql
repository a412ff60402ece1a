-- What bears on speed and on what survives a crash, as SHOW gives it. Only what is named here is ever
-- taken over from a source: nothing that reaches out, writes elsewhere or loads a library.
SELECT s.name, pg_catalog.current_setting(s.name) AS value
FROM pg_catalog.pg_settings s
WHERE s.name IN
    -- durability and WAL
    ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'wal_compression', 'wal_buffers',
     'wal_writer_delay', 'wal_init_zero', 'wal_recycle', 'commit_delay', 'commit_siblings',
     'checkpoint_timeout', 'checkpoint_completion_target', 'max_wal_size', 'min_wal_size',
    -- memory
     'shared_buffers', 'work_mem', 'hash_mem_multiplier', 'maintenance_work_mem', 'temp_buffers',
     'effective_cache_size', 'max_connections', 'max_locks_per_transaction',
    -- workers
     'max_worker_processes', 'max_parallel_workers', 'max_parallel_workers_per_gather',
     'max_parallel_maintenance_workers', 'effective_io_concurrency', 'maintenance_io_concurrency',
     'bgwriter_delay', 'bgwriter_lru_maxpages', 'bgwriter_lru_multiplier', 'backend_flush_after',
    -- vacuum
     'autovacuum', 'autovacuum_max_workers', 'autovacuum_naptime', 'autovacuum_vacuum_threshold',
     'autovacuum_vacuum_scale_factor', 'autovacuum_analyze_threshold', 'autovacuum_analyze_scale_factor',
     'autovacuum_vacuum_cost_delay', 'autovacuum_vacuum_cost_limit', 'vacuum_cost_delay',
     'vacuum_cost_limit',
    -- planner
     'random_page_cost', 'seq_page_cost', 'cpu_tuple_cost', 'cpu_index_tuple_cost', 'cpu_operator_cost',
     'parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size',
     'min_parallel_index_scan_size', 'default_statistics_target', 'plan_cache_mode',
     'from_collapse_limit', 'join_collapse_limit', 'geqo', 'geqo_threshold', 'constraint_exclusion',
     'enable_bitmapscan', 'enable_hashagg', 'enable_hashjoin', 'enable_indexonlyscan',
     'enable_indexscan', 'enable_material', 'enable_memoize', 'enable_mergejoin', 'enable_nestloop',
     'enable_partitionwise_aggregate', 'enable_partitionwise_join', 'enable_seqscan', 'enable_sort',
     'jit', 'jit_above_cost', 'jit_inline_above_cost', 'jit_optimize_above_cost',
    -- transactions
     'default_transaction_isolation', 'deadlock_timeout')
ORDER BY s.name COLLATE pg_catalog."C"
