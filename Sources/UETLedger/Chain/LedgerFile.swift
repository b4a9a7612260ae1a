import UETModel

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

  static func bytes(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    value.encode(into: &bytes, .pretty)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}
