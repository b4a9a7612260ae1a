import UETLedger
import UETModel
import UETReporting

/// What `verify` found of one run.
struct RunReportView {
  let report: RunReport
  /// The notes were made anew since.
  let isRepaired: Bool
  let names: LedgerNames

  /// How many problems of each kind are listed.
  private static let listed = 10

  var lines: [String] {
    let head = "run \(report.run): "
    let signer =
      report.signer.map { ["  its writer's key: \($0.format) \($0.key)".terminalSafe] } ?? []
    if report.isSound { return [head + "sound (\(facts))"] + signer }
    var lines = [head + (isRepaired ? "sound, and its notes are made anew" : state)]
    lines += problems(report.main, "")
    for inbox in report.inboxes where !inbox.isSound {
      lines += problems(inbox, "inbox \(inbox.writer), ")
    }
    lines += cut(
      report.findings.map { "  \($0.kind.rawValue) \($0.commit.short): \($0.reason)" })
    if !report.main.isSound { lines.append("  safe: \(safe(report.main))") }
    return lines.map(\.terminalSafe) + signer + (isRepaired ? [] : hints)
  }

  private var state: String {
    if !report.main.isSound { return "damaged" }
    return report.isDerivedOnly ? "sound, but its notes are not" : "sound, but not all around it"
  }

  private var facts: String {
    let main = report.main
    var parts = [
      "\(main.events.counting("event")) in \(main.commits.counting("commit"))",
      main.checkpoints.counting("checkpoint"),
    ]
    if report.works > 0 { parts.append("\(report.works.counting("commit")) of work") }
    if let notes = report.notes, notes > 0 { parts.append(notes.counting("note")) }
    if !report.inboxes.isEmpty {
      let count = report.inboxes.count
      parts.append("\(count) inbox\(count == 1 ? "" : "es")")
    }
    return parts.joined(separator: ", ")
  }

  private func problems(_ chain: LedgerReport, _ name: String) -> [String] {
    cut(chain.problems.map { "  \(name)commit \($0.commit): \($0.reason)" })
  }

  private func cut(_ lines: [String]) -> [String] {
    let more = lines.count - Self.listed
    return lines.prefix(Self.listed) + (more > 0 ? ["  and \(more) more"] : [])
  }

  /// What can still be relied on.
  private func safe(_ chain: LedgerReport) -> String {
    if let commit = chain.soundUpTo {
      return "events 1 to \(chain.soundEvents), up to commit \(commit)"
    }
    if let sequence = chain.lastCheckpoint {
      return "the state as of event \(sequence), from its checkpoint, but not how it came about"
    }
    return "nothing"
  }

  private var hints: [String] {
    if report.isDerivedOnly {
      return ["hint: make them anew: git uet verify \(report.run) --repair"]
    }
    let reference = names.chain(report.run)
    guard let commit = report.main.soundUpTo, !report.main.isSound else { return [] }
    return [
      "hint: keep the chain as it is: git update-ref \(names.prefix)/salvage/\(report.run)/main \(reference)",
      "hint: then go on from what is safe: git update-ref \(reference) \(commit)",
    ]
  }
}

extension RunReportView {
  var json: JSONValue {
    let findings = report.findings.map { finding -> JSONValue in
      [
        "kind": .string(finding.kind.rawValue), "commit": .commit(finding.commit),
        "reason": .string(finding.reason),
      ]
    }
    var object = JSONObject([
      ("run", .string(report.run.rawValue)), ("sound", .bool(report.isSound || isRepaired)),
      ("repaired", .bool(isRepaired)),
      ("chains", .array(([report.main] + report.inboxes).map(json))),
      ("findings", .array(findings)), ("works", .integer(Int64(report.works))),
    ])
    object.append("signer", report.signer?.json)
    object.append("notes", .integer(report.notes))
    return .object(object)
  }

  private func json(_ chain: LedgerReport) -> JSONValue {
    var object = JSONObject([
      ("writer", .string(chain.writer)), ("sound", .bool(chain.isSound)),
      ("commits", .integer(Int64(chain.commits))), ("events", .integer(Int64(chain.events))),
      ("checkpoints", .integer(Int64(chain.checkpoints))),
      ("epochs", .integer(Int64(chain.epochs))),
      ("sound_events", .integer(Int64(chain.soundEvents))),
    ])
    object.append("sound_up_to", .commit(chain.soundUpTo))
    object.append("checkpoint", .integer(chain.lastCheckpoint))
    object.append(
      "problems",
      .array(
        chain.problems.map { ["commit": .commit($0.commit), "reason": .string($0.reason)] }))
    return .object(object)
  }
}
