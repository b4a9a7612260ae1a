-- The cache as all migrations together make it; to look at it: sqlite3 .git/uet/cache.sqlite

CREATE TABLE chains (
  run TEXT NOT NULL,
  writer TEXT NOT NULL,
  tip TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  problem TEXT,
  digest TEXT NOT NULL,
  PRIMARY KEY (run, writer)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
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

CREATE TABLE workstreams (
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

CREATE TABLE steps (
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

CREATE TABLE workers (
  run TEXT NOT NULL,
  worker TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  workstream TEXT,
  PRIMARY KEY (run, worker)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
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

CREATE TABLE cost_tracking (
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

CREATE TABLE merge_conflicts (
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

CREATE TABLE gates (
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

CREATE TABLE execution_checkpoints (
  run TEXT NOT NULL,
  seq INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE cost_sums (
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

CREATE INDEX events_by_time ON events (run, at, writer, seq);

CREATE INDEX events_by_type ON events (run, type, at, writer, seq);

CREATE INDEX events_by_workstream
  ON events (run, workstream, at, writer, seq) WHERE workstream IS NOT NULL;

CREATE INDEX cost_by_workstream ON cost_tracking (run, workstream);

CREATE INDEX conflicts_by_workstream ON merge_conflicts (run, workstream, seq);

CREATE INDEX events_by_workstream_and_type
  ON events (run, workstream, type, at, writer, seq) WHERE workstream IS NOT NULL;
