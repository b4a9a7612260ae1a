import UETGit
import UETModel
import UETPlanning

/// What there is to see of a result beside its record.
package struct ReviewLook: Sendable {
  /// How a file changed; nil lines for what is no text.
  package struct Change: Hashable, Sendable {
    package let path: String
    package let added: Int?
    package let removed: Int?
  }

  package let workstream: Workstream?
  package let changes: [Change]
  /// The end of what its tool printed.
  package let log: String

  package var added: Int { changes.reduce(0) { $0 + ($1.added ?? 0) } }
  package var removed: Int { changes.reduce(0) { $0 + ($1.removed ?? 0) } }
}

/// What of a run waits for a person's word, beside results.
package enum PersonalWait: Hashable, Sendable {
  /// An attempt asks, and waits perhaps.
  case question(WorkstreamID, QuestionRecord)
  /// Its money is used up: it goes on when a person gives more.
  case budget(WorkstreamID, String)
  /// The whole run is halted by a budget.
  case halted(BudgetScope?, String)
}

extension Reviews {
  private static let logTokens = 300

  /// How the results look, by workstream.
  package func looks(at entries: [Entry], in state: RunState) async -> [WorkstreamID: ReviewLook] {
    let planned = (try? project.planned(state)) ?? [:]
    var looks: [WorkstreamID: ReviewLook] = [:]
    for entry in entries {
      looks[entry.record.id] = ReviewLook(
        workstream: planned[entry.record.id], changes: await changes(of: entry),
        log: log(of: entry, state.run))
    }
    return looks
  }

  private func changes(of entry: Entry) async -> [ReviewLook.Change] {
    guard let base = entry.base,
      let output = try? await project.git.check([
        "diff-tree", "-r", "--numstat", "--no-renames", "-z", base.description,
        entry.tip.description,
      ])
    else { return [] }
    return output.stdout.split(separator: 0).compactMap { line in
      let parts = String(decoding: line, as: UTF8.self)
        .split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      return ReviewLook.Change(
        path: String(parts[2]), added: Int(parts[0]), removed: Int(parts[1]))
    }
  }

  private func log(of entry: Entry, _ run: RunID) -> String {
    let attempt = entry.record.attempts.last { $0.tip == entry.tip }
    let logs = try? project.logs(of: entry.record, in: run, attempt: attempt?.number)
    guard let own = logs?.first(where: { LogName($0.name)?.gate == nil }) else { return "" }
    return PromptText.end(of: own.bytes, tokens: Self.logTokens)
  }

  /// What waits for an answer or for money.
  static func waits(of state: RunState) -> [PersonalWait] {
    var waits: [PersonalWait] = []
    for record in state.workstreams {
      waits += record.open.map { .question(record.id, $0) }
      if record.state == .quarantined, record.lastAttempt?.error == .budgetExceeded {
        waits.append(.budget(record.id, record.reason ?? "its money is used up"))
      }
    }
    if state.status == .halted {
      waits.append(.halted(state.spending.halt, state.reason ?? "a budget is used up"))
    }
    return waits
  }
}
