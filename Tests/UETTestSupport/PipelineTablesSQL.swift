/// The tables of the Python pipeline's state, by their names and columns, as its phases made them.
package enum PipelineTablesSQL {
  /// Before there were workers and costs.
  package static let steps = """
    CREATE TABLE runs (run_id TEXT PRIMARY KEY, status TEXT NOT NULL, created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL, metadata_json TEXT);
    CREATE TABLE workstreams (ws_id TEXT PRIMARY KEY, run_id TEXT, status TEXT NOT NULL,
      depends_on TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, metadata_json TEXT);
    CREATE TABLE step_attempts (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL,
      ws_id TEXT NOT NULL, step_name TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT,
      completed_at TEXT, result_json TEXT);
    CREATE TABLE errors (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, ws_id TEXT,
      step_name TEXT, error_code TEXT, signature TEXT, message TEXT, context_json TEXT,
      count INTEGER DEFAULT 1, first_seen_at TEXT, last_seen_at TEXT);
    CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, run_id TEXT,
      ws_id TEXT, event_type TEXT NOT NULL, payload_json TEXT);
    CREATE TABLE schema_meta (key TEXT PRIMARY KEY, value TEXT);
    INSERT INTO schema_meta VALUES ('migration_version', '1');

    """

  /// Phases H and I.
  package static let parallel =
    steps + """
      CREATE TABLE workers (worker_id TEXT PRIMARY KEY, adapter_type TEXT NOT NULL,
        state TEXT NOT NULL, current_task_id TEXT, sandbox_path TEXT, heartbeat_at TEXT,
        spawned_at TEXT NOT NULL, terminated_at TEXT, metadata_json TEXT);
      CREATE TABLE uet_events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT NOT NULL,
        worker_id TEXT, task_id TEXT, run_id TEXT, workstream_id TEXT, timestamp TEXT NOT NULL,
        payload_json TEXT);
      CREATE TABLE cost_tracking (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL,
        workstream_id TEXT, step_id TEXT, worker_id TEXT, input_tokens INTEGER DEFAULT 0,
        output_tokens INTEGER DEFAULT 0, estimated_cost_usd REAL DEFAULT 0.0,
        actual_cost_usd REAL, model_name TEXT, timestamp TEXT NOT NULL);
      CREATE TABLE merge_conflicts (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL,
        workstream_a TEXT NOT NULL, workstream_b TEXT NOT NULL, conflicted_files_json TEXT NOT NULL,
        resolution_status TEXT, resolution_details_json TEXT, created_at TEXT NOT NULL,
        resolved_at TEXT);

      """

  /// A run of two workstreams in the second minute of 2025-11-21 10:00, the second of which fails
  /// once and then has a result; and one that broke off an hour later.
  package static let twoRuns = """
    INSERT INTO runs VALUES
      ('run-1', 'completed', '2025-11-21T10:00:00.000000Z', '2025-11-21T10:05:00Z', '{"max_workers": 2}'),
      ('run-2', 'in_progress', '2025-11-21T11:00:00Z', '2025-11-21T11:00:00Z', NULL);
    INSERT INTO workstreams VALUES
      ('ws-a', 'run-1', 'done', NULL, '2025-11-21T10:00:01Z', '2025-11-21T10:01:01Z', NULL),
      ('ws-b', 'run-1', 'done', 'ws-a', '2025-11-21T10:01:01Z', '2025-11-21T10:05:00Z', NULL),
      ('ws-c', 'run-2', 'editing', NULL, '2025-11-21T11:00:01Z', '2025-11-21T11:00:02Z', NULL);
    INSERT INTO events (timestamp, run_id, ws_id, event_type, payload_json) VALUES
      ('2025-11-21T10:00:01Z', 'run-1', 'ws-a', 'workstream_start', NULL),
      ('2025-11-21T10:01:01Z', 'run-1', 'ws-a', 'workstream_end', '{"final_status": "done"}'),
      ('2025-11-21T10:01:01Z', 'run-1', 'ws-b', 'workstream_start', NULL),
      ('2025-11-21T10:02:00Z', 'run-1', 'ws-b', 'workstream_end', '{"final_status": "failed"}'),
      ('2025-11-21T10:03:00Z', 'run-1', 'ws-b', 'workstream_start', NULL),
      ('2025-11-21T10:05:00Z', 'run-1', 'ws-b', 'workstream_end', '{"final_status": "done"}'),
      ('2025-11-21T11:00:01Z', 'run-2', 'ws-c', 'workstream_start', NULL);
    INSERT INTO step_attempts (run_id, ws_id, step_name, status, started_at, completed_at, result_json) VALUES
      ('run-1', 'ws-a', 'edit', 'success', '2025-11-21T10:00:01Z', '2025-11-21T10:00:41Z',
        '{"tool_id": "aider", "exit_code": 0}'),
      ('run-1', 'ws-a', 'runtime', 'success', '2025-11-21T10:00:41Z', '2025-11-21T10:01:00Z', NULL),
      ('run-1', 'ws-b', 'runtime', 'failed', '2025-11-21T10:01:30Z', '2025-11-21T10:01:59Z',
        '{"stderr": "log\\nE 3 != 4\\n", "timed_out": false}'),
      ('run-1', 'ws-b', 'runtime', 'success', '2025-11-21T10:04:00Z', '2025-11-21T10:04:50Z', NULL);
    INSERT INTO workers VALUES
      ('worker-1', 'aider', 'TERMINATED', NULL, NULL, NULL, '2025-11-21T10:00:00.5+00:00',
        '2025-11-21T11:05:00+01:00', NULL);
    INSERT INTO cost_tracking
      (run_id, workstream_id, worker_id, input_tokens, output_tokens, estimated_cost_usd,
        actual_cost_usd, model_name, timestamp)
    VALUES
      ('run-1', 'ws-a', 'worker-1', 1000, 500, 0.06, NULL, 'gpt-4', '2025-11-21 10:00:40'),
      ('run-1', 'ws-b', 'worker-1', 2000, 0, 0.06, 0.05, 'claude-sonnet-4', '2025-11-21 10:01:01'),
      ('run-1', NULL, NULL, 10, 10, 0.0, NULL, NULL, '2025-11-21 10:04:00');
    INSERT INTO merge_conflicts VALUES
      (1, 'run-1', 'ws-b', 'ws-a', '["src/x.py"]', 'HUMAN_RESOLVED', NULL,
        '2025-11-21T10:04:55Z', '2025-11-21T10:04:58Z');

    """
}
