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
