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
