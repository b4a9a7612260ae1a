import UETModel

/// What was confirmed.
struct ConfirmationView {
  let confirmed: [WorkstreamID]
  /// Those of them that may touch everything.
  let everything: [WorkstreamID]
  let isDryRun: Bool

  init(_ confirmation: Confirmation, _ workstreams: [Workstream], isDryRun: Bool) {
    confirmed = confirmation.confirmed
    let known = Set(confirmed)
    everything = workstreams.filter { workstream in
      known.contains(workstream.id)
        && workstream.scope.writes.contains { $0.text == "." || $0.text == "**" }
    }.map(\.id)
    self.isDryRun = isDryRun
  }

  var lines: [String] {
    if confirmed.isEmpty { return ["no proposed scope to confirm"] }
    let count = confirmed.count
    let verb = isDryRun ? "would be confirmed" : "confirmed"
    var lines = [
      count == 1 ? "'\(confirmed[0])' \(verb)" : "\(count) workstreams \(verb)"
    ]
    if !everything.isEmpty {
      lines.append(
        "note: \(everything.map { "'\($0)'" }.listed(3)) may touch everything and "
          + (everything.count == 1 ? "runs" : "run") + " alone")
      lines.append("hint: name the paths in 'files_scope' to let others run beside")
    }
    if !isDryRun { lines.append("hint: see what runs when: git uet plan") }
    return lines
  }

  var json: JSONValue {
    [
      "version": 1, "dry_run": .bool(isDryRun),
      "confirmed": .array(confirmed.map { .string($0.rawValue) }),
      "everything": .array(everything.map { .string($0.rawValue) }),
    ]
  }
}
