import UETEngine
import UETLedger
import UETModel

/// What of a run waits for people, what they decided, and how to look at it.
struct ReviewsView {
  let overview: Reviews.Overview
  /// Empty for all.
  let only: Set<WorkstreamID>
  let terminal: Terminal
  var looks: [WorkstreamID: ReviewLook] = [:]

  var run: RunID { overview.state.run }

  private var entries: [Reviews.Entry] {
    overview.entries.filter { only.isEmpty || only.contains($0.record.id) }
  }

  var lines: [String] {
    var lines: [String] = []
    for entry in entries { lines += block(entry) + [""] }
    lines += waitLines
    if lines.isEmpty { lines.append("nothing of run '\(run)' asks for a review") }
    return lines + inboxLines + hints
  }

  private func block(_ entry: Reviews.Entry) -> [String] {
    let record = entry.record
    let (text, style): (String, Terminal.Style) =
      switch record.review() {
      case .undecided: ("waits for a review", .yellow)
      case .approved: ("approved", .green)
      case .rejected: ("rejected", .red)
      }
    let reason = looks[record.id]?.workstream?.reviewReason.map { "  (\($0.terminalSafe))" } ?? ""
    var lines = ["\(record.id)  " + terminal.styled(text, style) + reason]
    for review in record.reviews where review.tip == entry.tip {
      lines.append(line(review) + (isOverruled(review, record) ? " (overruled)" : ""))
    }
    for draft in pending(record.id) { lines.append(line(draft)) }
    return lines + facts(entry)
  }

  private func line(_ review: ReviewRecord) -> String {
    let clone = review.writer == ReviewRecord.holder ? "" : " in \(review.writer)"
    let message = review.message.map { ": \($0)" } ?? ""
    return "  \(review.decision.rawValue) by \(review.by ?? "somebody")\(clone), "
      .terminalSafe + "\(LocalTime.dateWithZone(review.at))" + message.terminalSafe
  }

  private func isOverruled(_ review: ReviewRecord, _ record: WorkstreamRecord) -> Bool {
    if case .rejected(let standing) = record.review(), standing.contains(review) { return false }
    return review.decision == .rejected
  }

  private func pending(_ id: WorkstreamID) -> [EventDraft] {
    overview.pending.filter { $0.workstream == id }
  }

  private func line(_ draft: EventDraft) -> String {
    let writer = draft.data[Event.from]?["writer"]?.string ?? ""
    let decision = draft.data["decision"]?.string ?? ""
    let by = draft.data["by"]?.string ?? "somebody"
    return "  \(decision) by \(by) in \(writer), not taken yet".terminalSafe
  }

  /// Inboxes of which something does not count.
  private var inboxLines: [String] {
    var lines: [String] = []
    for inbox in overview.state.inboxes {
      for problem in inbox.problems {
        lines.append("inbox \(inbox.writer) is not read on: \(problem.reason.terminalSafe)")
      }
    }
    for inbox in overview.untrusted where overview.isOwn {
      lines.append("inbox \(inbox.writer) waits: it is not trusted here")
    }
    return lines
  }

  private var hints: [String] {
    var hints: [String] = []
    let open = entries.filter {
      $0.record.review() == .undecided && $0.isRequired && pending($0.record.id).isEmpty
    }
    if let first = open.first {
      hints.append("hint: decide: git uet review \(run) \(first.record.id) --approve")
    } else if overview.isOwn,
      entries.contains(where: {
        if case .approved = $0.record.review() { $0.record.state == .succeeded } else { false }
      })
    {
      hints.append("hint: merge what is approved: git uet integrate \(run)")
    }
    if let inbox = overview.untrusted.first, overview.isOwn {
      hints.append("hint: trust it: git config --add uet.inbox.trust \(inbox.writer)")
    }
    return hints
  }
}

extension ReviewsView {
  var json: JSONValue {
    var object = JSONObject([
      ("version", 1), ("run", .string(run.rawValue)), ("own", .bool(overview.isOwn)),
      ("reviews", .array(entries.map(json))),
    ])
    object.append("waits", waitsJSON)
    object.append("inboxes", .array(overview.state.inboxes.map(\.json)))
    object.append("untrusted", .array(overview.untrusted.map { .string($0.writer) }))
    return .object(object)
  }

  private func json(_ entry: Reviews.Entry) -> JSONValue {
    let standing =
      switch entry.record.review() {
      case .undecided: "undecided"
      case .approved: "approved"
      case .rejected: "rejected"
      }
    var object = JSONObject([
      ("workstream", .string(entry.record.id.rawValue)), ("standing", .string(standing)),
      ("required", .bool(entry.isRequired)), ("state", .string(entry.record.state.rawValue)),
      ("tip", .commit(entry.tip)),
    ])
    object.append("base", .commit(entry.base))
    addFacts(of: entry, to: &object)
    object.append(
      "decisions", .array(entry.record.reviews.filter { $0.tip == entry.tip }.map(\.json)))
    object.append("pending", .array(pending(entry.record.id).map { .object($0.data) }))
    return .object(object)
  }
}
