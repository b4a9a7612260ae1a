/// The cache's tables as SQL: the very text of `schema/migrations/`.
///
/// A migration is only ever added. Each is idempotent, so that two processes that open the cache at
/// once may both run it.
enum CacheMigrations {
  /// In the order in which they run; the file names without `.sql`.
  static let all: [(name: String, sql: String)] = [
    ("0001-tables", tables),
    ("0002-indexes", indexes),
    ("0003-cost-totals", costTotals),
    ("0004-cost-sums", costSums),
  ]

  private static let tables = """
    -- The tables of the cache. Everything in them follows from the chains under refs/uet/runs/.
    -- Times are microseconds since 1970 in UTC; ids of git objects are 40 hexadecimal digits, those of
    -- events their 20 bytes. `digest` proves that a row is what was written: a damaged one is not believed.

    -- How far each chain has been read.
    CREATE TABLE IF NOT EXISTS chains (
      run TEXT NOT NULL,
      writer TEXT NOT NULL,
      tip TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      problem TEXT,
      digest TEXT NOT NULL,
      PRIMARY KEY (run, writer)
    ) STRICT, WITHOUT ROWID;

    -- The fold of each main chain; `record` is all of it but the workstreams, as JSON.
    CREATE TABLE IF NOT EXISTS runs (
      run TEXT NOT NULL PRIMARY KEY,
      status TEXT NOT NULL,
      reason TEXT,
      base TEXT,
      target TEXT,
      workers INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      sequence INTEGER NOT NULL,
      updated_at INTEGER,
      record TEXT NOT NULL,
      digest TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS workstreams (
      run TEXT NOT NULL,
      workstream TEXT NOT NULL,
      position INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      attempts INTEGER NOT NULL,
      tip TEXT,
      integrated TEXT,
      record TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (run, workstream)
    ) STRICT, WITHOUT ROWID;

    -- One attempt at one workstream; `position` counts from 1.
    CREATE TABLE IF NOT EXISTS steps (
      run TEXT NOT NULL,
      workstream TEXT NOT NULL,
      position INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      worker TEXT,
      outcome TEXT NOT NULL,
      assigned_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      base TEXT,
      tip TEXT,
      kind TEXT,
      message TEXT,
      salvage TEXT,
      PRIMARY KEY (run, workstream, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS workers (
      run TEXT NOT NULL,
      worker TEXT NOT NULL,
      position INTEGER NOT NULL,
      state TEXT NOT NULL,
      workstream TEXT,
      PRIMARY KEY (run, worker)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS events (
      run TEXT NOT NULL,
      writer TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      workstream TEXT,
      attempt INTEGER,
      worker TEXT,
      id BLOB NOT NULL,
      data TEXT NOT NULL,
      digest INTEGER NOT NULL,
      PRIMARY KEY (run, writer, seq)
    ) STRICT, WITHOUT ROWID;

    -- One usage_recorded event each.
    CREATE TABLE IF NOT EXISTS cost_tracking (
      run TEXT NOT NULL,
      writer TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      workstream TEXT,
      attempt INTEGER,
      worker TEXT,
      model TEXT,
      input_tokens INTEGER,
      output_tokens INTEGER,
      cost_usd REAL,
      PRIMARY KEY (run, writer, seq)
    ) STRICT, WITHOUT ROWID;

    -- One merge_conflict event each; a later conflict_resolved of the workstream resolves it.
    CREATE TABLE IF NOT EXISTS merge_conflicts (
      run TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      workstream TEXT,
      onto TEXT,
      paths TEXT NOT NULL,
      state TEXT NOT NULL,
      resolved_seq INTEGER,
      PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;

    -- One verdict each.
    CREATE TABLE IF NOT EXISTS gates (
      run TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      workstream TEXT,
      attempt INTEGER,
      gate TEXT NOT NULL,
      stage TEXT NOT NULL,
      result TEXT NOT NULL,
      required INTEGER NOT NULL,
      seconds REAL,
      tree TEXT,
      message TEXT,
      PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;

    -- The ledger commits that hold a checkpoint.
    CREATE TABLE IF NOT EXISTS execution_checkpoints (
      run TEXT NOT NULL,
      seq INTEGER NOT NULL,
      commit_id TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;

    """

  private static let indexes = """
    -- The orders in which events are asked for. Each index ends with the table's key by itself.
    CREATE INDEX IF NOT EXISTS events_by_time ON events (run, at, writer, seq);
    CREATE INDEX IF NOT EXISTS events_by_type ON events (run, type, at, writer, seq);
    CREATE INDEX IF NOT EXISTS events_by_workstream
      ON events (run, workstream, at, writer, seq) WHERE workstream IS NOT NULL;
    CREATE INDEX IF NOT EXISTS cost_by_workstream ON cost_tracking (run, workstream);
    CREATE INDEX IF NOT EXISTS conflicts_by_workstream ON merge_conflicts (run, workstream, seq);

    """

  private static let costTotals = """
    -- What was reported in all of a run, so that the question need not add up its events. `workstream` is
    -- empty for what belongs to none, `model` where none was named; `unpriced` counts reports without a cost.
    CREATE TABLE IF NOT EXISTS cost_totals (
      run TEXT NOT NULL,
      workstream TEXT NOT NULL,
      model TEXT NOT NULL,
      reports INTEGER NOT NULL,
      unpriced INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_usd REAL NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (run, workstream, model)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS events_by_workstream_and_type
      ON events (run, workstream, type, at, writer, seq) WHERE workstream IS NOT NULL;

    """

  private static let costSums = """
    -- What was reported in all of a run by each attempt of each model, so that the question need not add up its
    -- events. Takes the place of cost_totals. `workstream` and `worker` are empty and `attempt` is 0 for what belongs
    -- to none, `model` is empty where none was named; `input_tokens` is all input, of which a cache held `cached_tokens`;
    -- `unpriced` counts reports without a cost; where a cost is known as a range only, `least_usd` is its lower end.
    DROP TABLE IF EXISTS cost_totals;
    CREATE TABLE IF NOT EXISTS cost_sums (
      run TEXT NOT NULL,
      workstream TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      worker TEXT NOT NULL,
      model TEXT NOT NULL,
      reports INTEGER NOT NULL,
      unpriced INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cached_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_usd REAL NOT NULL,
      least_usd REAL NOT NULL,
      digest INTEGER NOT NULL,
      PRIMARY KEY (run, workstream, attempt, worker, model)
    ) STRICT, WITHOUT ROWID;

    """
}
