import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// Whatever order inboxes come in, in whatever pieces, and wherever the holder crashes: the same
/// state.
@Suite struct InboxPropertyTests {
  @Test func theOrderOfAdmissionMakesNoDifference() async throws {
    let ledger = try Ledger()
    let seeds = Seeds(short: 12, long: 400)
    for seed in seeds.all {
      do {
        var walk = Walk(ledger, seed: seed)
        try await walk.perform()
      } catch {
        Issue.record(
          "seed \(seed): \(error)\nreplay: UET_SEED=\(seed) swift test --filter InboxPropertyTests")
        return
      }
    }
  }

  fileprivate struct Walk {
    let stage: InboxStage
    var random: SeededGenerator
    let writers = ["clone-00000001", "clone-00000002", "server"]
    /// What the holder itself decided, in its order.
    var own: [EventDraft] = []
    let seed: UInt64

    init(_ ledger: Ledger, seed: UInt64) {
      self.seed = seed
      let start = Ledger.start.advanced(bySeconds: Double(seed))
      stage = InboxStage(ledger, run: RunID(startedAt: start, salt: 1))
      random = SeededGenerator(seed: seed)
    }

    mutating func perform() async throws {
      var holder = try stage.started()
      for step in 0..<40 {
        let writer = writers[Int.random(in: 0..<writers.count, using: &random)]
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: try stage.append(drafts(), as: writer)
        case 2: try stage.show(writer)
        case 3:
          try stage.show(
            writer, back: Int.random(in: 0..<3, using: &random),
            remote: random.oneIn(2) ? "origin" : "other")
        case 4:
          let draft = ownDecision(holder.state)
          own.append(draft)
          try holder.append([draft], at: Ledger.start)
          try await holder.flush()
        case 5:
          // The holder dies between admitting and making it durable.
          try stage.admit(to: holder)
          holder = try stage.taken("\(step)")
        case 6:
          try stage.admit(to: holder)
          try await holder.flush()
        default:
          try stage.admit(to: holder)
          let again = try stage.admission().result(for: holder.state ?? RunState(run: stage.run))
          try Violation.unless(again.drafts.isEmpty, "admitted twice: \(again.drafts)")
          try await holder.flush()
        }
      }
      try await compare(holder)
    }

    /// Brings everything in, and compares with a holder that got all of it at once, in another
    /// order.
    private mutating func compare(_ holder: LedgerWriter) async throws {
      for writer in writers { try stage.show(writer) }
      try stage.admit(to: holder)
      try await holder.release()
      let found = try stage.ledger.reader.state(of: stage.run)
      let report = try stage.ledger.reader.verify(stage.run)
      try Violation.unless(report.isSound, "\(report.problems)")
      let start = Ledger.start.advanced(bySeconds: Double(seed))
      let other = InboxStage(
        stage.ledger, run: RunID(startedAt: start, salt: 2))
      let reference = try other.started()
      var later = own
      if random.oneIn(2) {
        try reference.append(later, at: Ledger.start)
        later = []
      }
      // Chains name their run, so the other run's are written anew from the same events.
      for writer in writers.shuffled(using: &random) {
        try replay(writer, in: other)
        try other.show(writer, remote: "origin")
        try other.admit(to: reference)
      }
      try reference.append(later, at: Ledger.start)
      let expected = reference.state ?? RunState(run: other.run)
      try Violation.unless(
        Self.outline(found) == Self.outline(expected),
        "\(Self.outline(found))\ninstead of\n\(Self.outline(expected))")
    }

    private func replay(_ writer: String, in other: InboxStage) throws {
      guard try stage.tip(of: writer) != nil else { return }
      let reader = LedgerReader(
        repository: stage.ledger.repository, names: InboxStage.elsewhere)
      try reader.events(of: stage.run, writer: writer) { (event) throws(LedgerError) in
        let draft = EventDraft(event.type, workstream: event.workstream, data: event.data)
        do { try other.append([draft], as: writer, at: event.at) } catch {
          throw .cache("\(error)")
        }
      }
    }

    /// What must not depend on the order: everything but the numbers of the main chain itself.
    private static func outline(_ state: RunState) -> String {
      var lines: [String] = []
      for record in state.workstreams {
        for review in record.reviews {
          let seq = review.writer == ReviewRecord.holder ? 0 : review.seq
          lines.append(
            "\(record.id) \(review.writer) \(seq) \(review.decision) \(review.overrules.map(\.seq))"
          )
        }
        let standing =
          switch record.review() {
          case .undecided: "undecided"
          case .approved(let list): "approved by \(list.map(\.writer))"
          case .rejected(let list): "rejected by \(list.map(\.writer))"
          }
        lines.append("\(record.id) \(standing)")
      }
      for inbox in state.inboxes {
        lines.append("\(inbox.writer) \(inbox.sequence) refused \(inbox.refused)")
      }
      return lines.joined(separator: "\n")
    }
  }
}

extension InboxPropertyTests.Walk {
  fileprivate mutating func drafts() -> [EventDraft] {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in draft() }
  }

  private mutating func draft() -> EventDraft {
    let id = InboxStage.workstreams[Int.random(in: 0..<3, using: &random)]
    let known = stage.decision(random.oneIn(2) ? .approved : .rejected, id)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return EventDraft(.heartbeat)
    case 1: return EventDraft(EventType(rawValue: "from_a_newer_version"))
    case 2: return EventDraft(.reviewDecided, workstream: WorkstreamID("ws-none"), data: known.data)
    default: return known
    }
  }

  fileprivate mutating func ownDecision(_ state: RunState?) -> EventDraft {
    let id = InboxStage.workstreams[Int.random(in: 0..<3, using: &random)]
    var draft = stage.decision(random.oneIn(3) ? .rejected : .approved, id)
    let rejections = state?[id]?.reviews.filter {
      $0.decision == .rejected && $0.writer != ReviewRecord.holder
    }
    draft.data[.overrules] = .list(rejections ?? []) { $0.reference.json }
    return draft
  }
}
