import UETModel

/// What who pushed a candidate is told of its place, for a terminal of 80 columns with git's
/// `remote: ` before each line.
struct LineWords {
  private let candidate: PushedCandidate
  private let line: LineState
  private let outlook: LineOutlook
  private let isServed: Bool

  init(_ book: LineBook, _ candidate: PushedCandidate, isServed: Bool, now: Timestamp) throws {
    (self.candidate, self.isServed) = (candidate, isServed)
    line = try book.line(of: candidate.branch)
    outlook = LineOutlook(line, try book.candidates(of: candidate.branch), now: now)
  }

  func lines(isKept: Bool, isReplaced: Bool) -> [String] {
    let (topic, branch) = (candidate.topic.terminalSafe, candidate.branch.terminalSafe)
    var lines = [
      isKept
        ? "'\(topic)' is in the line of '\(branch)' already, at \(candidate.tip.short)"
        : (isReplaced ? "queued again: " : "queued ")
          + "'\(topic)' for '\(branch)' at \(candidate.tip.short)"
    ]
    if let place = outlook.place(of: candidate) { lines.append("  " + place) }
    if let reason = line.frozen { lines.append("  nothing lands now: \(reason.terminalSafe)") }
    if !isServed {
      lines.append("  nobody serves the queue now; it waits until 'git uet serve' runs")
    }
    lines.append("  follow it:    git uet queue --remote origin")
    lines.append(
      "  take it back: git push origin "
        + ":refs/for/\(candidate.branch)/\(candidate.topic)".shellQuoted)
    return lines
  }
}

/// Who is where in a line, and when it is likely to be decided.
package struct LineOutlook: Sendable {
  private let line: LineState
  /// In the order in which they are taken.
  package let waiting: [PushedCandidate]
  private let now: Timestamp

  package init(_ line: LineState, _ candidates: [PushedCandidate], now: Timestamp) {
    (self.line, self.now) = (line, now)
    let underWay = Set(line.current?.members.map(\.candidate) ?? [])
    waiting = candidates.filter { $0.state == .waiting && !underWay.contains($0.id) }
  }

  /// The most candidates of one run.
  static let mostAtOnce = 50

  /// From 1; nil for one that does not wait.
  package func rank(of candidate: PushedCandidate) -> Int? {
    waiting.firstIndex { $0.topic == candidate.topic }.map { $0 + 1 }
  }

  /// Whether the run under way has just what was pushed last.
  package func isUnderWay(_ candidate: PushedCandidate) -> Bool {
    line.current?.members.contains { $0.candidate == candidate.id } ?? false
  }

  /// Seconds until it is decided; nil where no run has ended yet to go by.
  package func seconds(until candidate: PushedCandidate) -> Double? {
    guard let mean = line.runSeconds else { return nil }
    let rest = line.current.map { max(0, mean - now.seconds(since: $0.startedAt)) } ?? 0
    if isUnderWay(candidate) { return rest }
    guard let rank = rank(of: candidate) else { return nil }
    return rest + mean * Double((rank - 1) / Self.mostAtOnce + 1)
  }

  /// As people are told it.
  func place(of candidate: PushedCandidate) -> String? {
    let time = seconds(until: candidate).map { ", decided in about \(Self.text($0))" } ?? ""
    if isUnderWay(candidate) { return "it is being tested" + time }
    guard let rank = rank(of: candidate) else { return nil }
    let tested = line.current.map { $0.members.count } ?? 0
    let others = tested > 0 ? "; \(tested) being tested" : ""
    return "number \(rank) in line\(others)\(time)"
  }

  /// Whole seconds, minutes or hours.
  static func text(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(max(1, Int(seconds.rounded()))) s"
    case ..<5400: "\(Int((seconds / 60).rounded())) min"
    default: "\(Int((seconds / 3600).rounded())) h"
    }
  }
}
