-- The orders in which events are asked for. Each index ends with the table's key by itself.
CREATE INDEX IF NOT EXISTS events_by_time ON events (run, at, writer, seq);
CREATE INDEX IF NOT EXISTS events_by_type ON events (run, type, at, writer, seq);
CREATE INDEX IF NOT EXISTS events_by_workstream
  ON events (run, workstream, at, writer, seq) WHERE workstream IS NOT NULL;
CREATE INDEX IF NOT EXISTS cost_by_workstream ON cost_tracking (run, workstream);
CREATE INDEX IF NOT EXISTS conflicts_by_workstream ON merge_conflicts (run, workstream, seq);
