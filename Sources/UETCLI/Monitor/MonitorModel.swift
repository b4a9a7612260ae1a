import UETModel

/// What the monitor shows, and what keys do: no terminal, no clock, no files.
struct MonitorModel: Sendable {
  var facts: MonitorFacts { didSet { settle() } }
  var shape: ScreenShape { didSet { settle() } }
  /// Never nil while there is something to select.
  private(set) var selected: WorkstreamID?
  /// The first row of the table that is shown.
  private(set) var top = 0
  /// Words that each row must hold.
  var filter = "" { didSet { settle() } }
  var isTyping = false
  var showsHelp = false
  /// What is done once a person says yes.
  var question: MonitorDeed?
  var detail: MonitorDetail?
  /// What came of the last deed.
  var message: String?

  init(_ facts: MonitorFacts, _ shape: ScreenShape) {
    (self.facts, self.shape) = (facts, shape)
    settle()
  }

  var record: WorkstreamRecord? { selected.flatMap { facts.state[$0] } }

  /// What is shown in the table: what is at work first, then what waits for somebody, what goes on
  /// by itself, and what is done.
  var rows: [WorkstreamRecord] {
    let words = filter.lowercased().split(separator: " ")
    let found =
      words.isEmpty
      ? Array(facts.state.workstreams)
      : facts.state.workstreams.filter { record in
        let text =
          "\(record.id) \(record.state.rawValue) \(record.lastAttempt?.worker ?? "")".lowercased()
        return words.allSatisfy { text.contains($0) }
      }
    return Self.Rank.allCases.flatMap { rank -> [WorkstreamRecord] in
      let members = found.filter { Self.Rank(of: $0) == rank }
      guard rank == .running else { return members }
      // By worker, of which the names end in numbers.
      return members.sorted { left, right in
        let (one, other) = (left.lastAttempt?.worker ?? "", right.lastAttempt?.worker ?? "")
        return (one.count, one, left.id) < (other.count, other, right.id)
      }
    }
  }

  private enum Rank: CaseIterable {
    case running, asking, queued, failed, ready, pending, succeeded, done, cancelled

    init(of record: WorkstreamRecord) {
      self =
        switch record.state {
        case .running: .running
        case .queued: .queued
        case .failed, .quarantined, .ejected: record.open.isEmpty ? .failed : .asking
        case .ready: record.open.isEmpty ? .ready : .asking
        case .pending: .pending
        case .succeeded: record.waitsForReview ? .asking : .succeeded
        case .integrated, .landed: .done
        case .cancelled, .rolledBack: .cancelled
        }
    }
  }

  /// Selects the row so many below.
  mutating func move(by count: Int) {
    let ids = rows.map(\.id)
    guard !ids.isEmpty else { return }
    let place = selected.flatMap { ids.firstIndex(of: $0) } ?? 0
    selected = ids[min(max(0, place + count), ids.count - 1)]
    settle()
  }

  /// Keeps what is selected in what is shown.
  private mutating func settle() {
    let ids = rows.map(\.id)
    if !(selected.map(ids.contains) ?? false) { selected = ids.first }
    let place = selected.flatMap { ids.firstIndex(of: $0) } ?? 0
    let height = max(1, tableHeight)
    top = min(max(top, place - height + 1), place)
    top = max(0, min(top, ids.count - height))
  }
}

/// What a person may ask for.
enum MonitorDeed: Hashable, Sendable {
  case pause, resume
  case cancel(WorkstreamID)
  case retry(WorkstreamID)
  /// The result that was looked at.
  case approve(WorkstreamID, ObjectID)
  case open(WorkstreamID)

  var question: String {
    switch self {
    case .pause: "let the run start nothing more?"
    case .resume: "let the run go on?"
    case .cancel(let id): "give up \(id), and what depends on it?"
    case .retry(let id): "try \(id) again?"
    case .approve(let id, let commit): "approve \(id) at \(commit.short)?"
    case .open(let id): "open \(id) in a worktree, with your shell?"
    }
  }
}

/// What is to be done because a key was pressed.
enum MonitorEffect: Hashable, Sendable {
  case quit, interrupt, suspend, redraw
  case perform(MonitorDeed)
  /// The page of what is looked at is wanted.
  case load(WorkstreamID, MonitorDetail.Page)
}

/// One workstream, looked at closely.
struct MonitorDetail: Hashable, Sendable {
  enum Page: String, CaseIterable, Hashable, Sendable { case log, diff, attempts }

  let id: WorkstreamID
  var page = Page.log
  /// nil until it is there.
  var lines: [String]?
  var top = 0
  /// Whether its end stays in sight.
  var follows = true

  /// More is not kept of a page.
  static let mostLines = 20_000
}
