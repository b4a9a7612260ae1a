/// The files of a ledger commit's tree.
enum LedgerFile {
  static let events = "events.jsonl"
  static let holder = "holder.json"
  static let logs = "logs"
  static let checkpoint = "checkpoint"
  static let run = "run.json"
  static let plan = "plan.json"
  static let configuration = "config.yaml"
  static let bundles = "bundles"
  static let workstreams = "workstreams"
}
