import UETModel

/// What there is to say of a workstream in one line beside its state.
package struct WorkstreamRemark: Sendable {
  private let record: WorkstreamRecord
  private let state: RunState
  private let wait: String?

  /// `wait` is why it does not run, as the live process says.
  package init(_ record: WorkstreamRecord, in state: RunState, waiting wait: String? = nil) {
    (self.record, self.state, self.wait) = (record, state, wait)
  }

  /// Safe to print.
  package var text: String {
    (wait ?? record.reason ?? detail).terminalSafe + emptiness + flaky + foreign
  }

  /// What moved while it ran and is not its own, unless that is why it failed.
  private var foreign: String {
    guard let last = record.lastAttempt, last.error != .security, !last.changes.isEmpty else {
      return ""
    }
    return "; while it ran, changed: \(last.changes.text(1))".terminalSafe
  }

  /// A result that holds nothing, or not what it was to hold.
  private var emptiness: String {
    guard let last = record.lastAttempt, last.outcome == .succeeded else { return "" }
    let missing = last.missing.isEmpty ? "" : "; not made: \(last.missing.listed(3))"
    return ((last.files == 0 ? "; nothing changed" : "") + missing).terminalSafe
  }

  /// Gates whose green says less than it should.
  private var flaky: String {
    let names = Set(record.gates.filter(\.isFlaky).map(\.name)).sorted()
    return names.isEmpty ? "" : "; flaky: \(names.joined(separator: ", "))".terminalSafe
  }

  private var detail: String {
    switch record.state {
    case .running:
      let attempt = record.lastAttempt
      if let question = record.open.last { return "asks: \(question.question)" }
      let percent = attempt?.progress.map { "\($0) % " } ?? ""
      return percent + (attempt?.note ?? "")
    case .pending:
      let open = record.dependsOn.filter { state[$0]?.state.isFinished != true }
      return open.isEmpty
        ? "" : "waits for " + open.prefix(3).map(\.rawValue).joined(separator: ", ")
    case .integrated, .landed: return record.integrated.map { "as \($0.short)" } ?? ""
    case .succeeded:
      if let rejection = record.rejection { return rejection }
      if record.waitsForReview { return "waits for a review" }
      return record.tip.map { "at \($0.short)" } ?? ""
    default: return record.tip.map { "at \($0.short)" } ?? ""
    }
  }
}

extension WorkstreamRecord {
  /// Why its result may not be merged, where a reviewer says so.
  package var rejection: String? {
    guard case .rejected(let reviews) = review(), let last = reviews.max(by: { $0.at < $1.at })
    else { return nil }
    let message = last.message.map { ": \($0)" } ?? ""
    return "rejected by \(last.by ?? last.writer)\(message)"
  }
}
