import UETModel

/// A line of what a batch system tells of its jobs.
struct JobRow {
  let id: String
  let name: String?
  /// Nil for a word that nothing explains.
  let meaning: JobMeaning?
  private let word: String
  private let reason: String?
  private let node: String?
  private let exit: Int32?

  /// Nil where the line has no id or state.
  init?(_ line: Substring, _ commands: JobCommands) {
    let words = line.split(whereSeparator: \.isWhitespace)
    func column(_ column: JobColumn) -> Substring? {
      guard let place = commands.columns[column], words.indices.contains(place - 1) else {
        return nil
      }
      return words[place - 1]
    }
    guard let id = column(.id), let word = column(.state) else { return nil }
    self.id = commands.id(ofColumn: id)
    self.word = String(word)
    meaning = commands.states[self.word]
    name = column(.name).map(String.init)
    reason = column(.reason).map(String.init)
    node = column(.node).map(String.init)
    exit = column(.exit).flatMap { Int32($0) }
  }

  var isLiving: Bool {
    switch meaning {
    case .waiting, .held, .running: true
    default: false
    }
  }

  /// Where the job is; `status` is what it left as its exit status. A word that nothing explains
  /// ends nothing.
  func state(_ status: Int32?) -> JobState {
    let words = ([word, reason] + [(status ?? exit).map { "exit status \($0)" }])
      .compactMap { $0 }.joined(separator: " ")
    func ended(_ kind: JobEnding.Kind) -> JobState { .ended(JobEnding(kind, words: words)) }
    switch meaning {
    case .waiting: return .waiting(reason: reason ?? word, isHopeless: false)
    case .held: return .waiting(reason: reason ?? word, isHopeless: true)
    case .running: return .running(node: node)
    case nil: return .waiting(reason: word, isHopeless: false)
    case .cancelled: return ended(.cancelled)
    case .timedOut: return ended(.timedOut)
    case .outOfMemory: return ended(.outOfMemory)
    case .nodeLost: return ended(.nodeLost)
    case .completed: return ended(JobEnding(exitStatus: status ?? exit ?? 0).kind)
    case .failed:
      let kind = JobEnding(exitStatus: status ?? exit ?? 1).kind
      // It left 0 before what made it fail.
      return ended(kind == .completed ? .unknown : kind)
    }
  }
}
