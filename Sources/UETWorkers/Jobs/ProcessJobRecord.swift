import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What is kept of a job that is a process of this machine.
struct ProcessJobRecord {
  /// Why it was told to end.
  enum Mark: String, CaseIterable {
    case cancelled, late
  }

  private let folder: String
  let process: ProcessIdentity
  let name: String
  private let timeLimit: Double?

  /// Nil where there is no such job.
  init?(in folder: String, _ job: JobID) {
    self.folder = "\(folder)/\(job)"
    guard let text = Files.text("\(self.folder)/job") else { return nil }
    let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, let process = ProcessIdentity(String(lines[0])) else { return nil }
    (self.process, timeLimit, name) = (process, Double(lines[1]), String(lines[2]))
  }

  static func write(
    _ process: ProcessIdentity, _ order: JobOrder, in folder: String
  ) throws(SystemFailure) {
    let limit = order.timeLimit.map { "\($0)" } ?? "-"
    try Files.write(Array("\(process)\n\(limit)\n\(order.name)".utf8), to: "\(folder)/job")
  }

  /// Where its exit status is written.
  static func status(in folder: String) -> String { "\(folder)/status" }

  var marks: [Mark] { Mark.allCases.filter { Files.exists("\(folder)/\($0.rawValue)") } }

  func set(_ mark: Mark) {
    _ = try? Files.append([], to: "\(folder)/\(mark.rawValue)")
  }

  /// It runs longer than it may.
  var isLate: Bool {
    guard let timeLimit, let start = Files.time("\(folder)/job") else { return false }
    return Double(time(nil)) - Double(start.seconds) > timeLimit
  }

  var state: JobState {
    // In this order: what it writes, it writes before it ends.
    let isAlive = process.isAlive
    let status = Files.text(Self.status(in: folder)).flatMap(Int32.init)
    if isAlive, status == nil { return .running(node: nil) }
    return .ended(ending(status))
  }

  private func ending(_ status: Int32?) -> JobEnding {
    let words = status.map { "exit status \($0)" } ?? "it left no exit status"
    switch (marks.first, status) {
    case (.cancelled, _): return JobEnding(.cancelled, words: "cancelled, \(words)")
    case (.late, _): return JobEnding(.timedOut, words: "time limit, \(words)")
    case (nil, let status?): return JobEnding(exitStatus: status)
    case (nil, nil):
      return process.boot == ProcessEntry.bootID
        ? JobEnding(.unknown, words: words) : JobEnding(.nodeLost, words: "the machine restarted")
    }
  }
}
