import UETGit
import UETLedger
import UETModel
import UETSystem
import UETWorkers

/// Follows what a workstream's attempts and gates print while its run goes on.
package struct LogFollower: Sendable {
  private let project: Project
  private let run: RunID
  private let workstream: WorkstreamID
  /// Nil for the attempts one after the other, until the workstream is settled.
  private let attempt: Int?
  private let gate: String?
  private let redaction: Redaction

  package init(
    _ project: Project, run: RunID, workstream: WorkstreamID, attempt: Int?, gate: String?
  ) {
    self.project = project
    self.run = run
    self.workstream = workstream
    self.attempt = attempt
    self.gate = gate
    redaction = project.redaction
  }

  /// Why the following ended.
  package enum End: Hashable, Sendable {
    /// There will be no more output.
    case settled(WorkstreamState)
    /// The run's process is gone, or was stopped, before that.
    case runStopped
  }

  /// Gives each piece with the name of its log, what is there already first, as it is written;
  /// returns when there will be no more.
  ///
  /// Nothing is polled: the logs, the record and the run's lock file, which the kernel closes with
  /// its holder, are watched.
  package func follow(
    each: (_ name: String, _ bytes: [UInt8]) -> Void
  ) async throws -> End {
    let watch = FolderWatch()
    var changes = watch.changes.makeAsyncIterator()
    var positions: [String: Position] = [:]
    while true {
      for folder in folders { watch.add(folder) }
      // Asked before the last look at the files: what was written until then is shown.
      let end = try end()
      try drain(&positions, each)
      if let end {
        for name in positions.keys.sorted(by: LogName.precedes) {
          let rest = positions[name]?.stream.finish() ?? []
          if !rest.isEmpty { each(name, rest) }
        }
        return end
      }
      if await changes.next() == nil { return .runStopped }
    }
  }

  /// How far a log is shown.
  private struct Position {
    var read = 0
    var stream: RedactedStream

    init(_ redaction: Redaction) { stream = RedactedStream(redaction) }
  }

  private var folders: [String] {
    let state = project.stateDirectory
    let chain = "\(project.repository.commonDirectory)/\(project.ledgerNames.runs)/\(run)"
    return ["\(state)/runs", "\(state)/runs/\(run)", "\(state)/locks", chain]
  }

  private func end() throws -> End? {
    let isLive = try project.liveHolder(of: run) != nil
    let record = try project.state(of: run)[workstream]
    if let attempt {
      let outcome = record?.attempts.first { $0.number == attempt }?.outcome
      if let record, let outcome, outcome != .running { return .settled(record.state) }
    } else if let record, record.state.isSettled {
      return .settled(record.state)
    }
    return isLive ? nil : .runStopped
  }

  private func drain(
    _ positions: inout [String: Position], _ each: (String, [UInt8]) -> Void
  ) throws {
    let folder = project.logs(of: run).folder
    let names = try (Files.list(folder) ?? []).filter(isWanted)
    for name in names.sorted(by: LogName.precedes) {
      let path = "\(folder)/\(name)"
      // A log is emptied when its gate is tried again.
      var position = positions[name] ?? Position(redaction)
      if Files.size(path) < position.read { position = Position(redaction) }
      while true {
        let bytes = Files.read(path, from: position.read, limit: 1 << 16)
        if bytes.isEmpty { break }
        position.read += bytes.count
        let shown = position.stream.take(bytes)
        if !shown.isEmpty { each(name, shown) }
      }
      positions[name] = position
    }
  }

  private func isWanted(_ name: String) -> Bool {
    LogName(name).map {
      $0.workstream == workstream && (attempt == nil || $0.attempt == attempt)
        && (gate == nil || $0.gate == gate)
    } ?? false
  }
}

/// The parts of a log's file name: `ws-a.1.log`, `ws-a.1.GATE_UNIT.log`,
/// `ws-a.integration.GATE_UNIT.log`.
package struct LogName: Hashable, Sendable {
  package let workstream: WorkstreamID
  /// Nil for a gate of the queue.
  package let attempt: Int?
  /// Nil for the tool's own output.
  package let gate: String?

  package init?(_ name: String) {
    guard name.hasSuffix(".log") else { return nil }
    let parts = name.dropLast(4).split(
      separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1, let id = WorkstreamID(String(parts[0])) else { return nil }
    let number = Int(parts[1])
    guard number != nil || parts[1] == "integration" else { return nil }
    workstream = id
    attempt = number
    guard parts.count > 2 else {
      gate = nil
      return
    }
    var text = parts[2]
    if number == nil {
      for end in [Self.alone, Self.target] where text.hasSuffix(end) {
        text = text.dropLast(end.count)
      }
    }
    gate = String(text)
  }

  /// Whether a log comes before another: attempt after attempt, each tool before its gates, the
  /// queue's last.
  static func precedes(_ one: String, _ other: String) -> Bool { rank(one) < rank(other) }

  private static func rank(_ name: String) -> (Int, Int, String) {
    let parts = LogName(name)
    return (parts?.attempt ?? .max, parts?.gate == nil ? 0 : 1, name)
  }

  /// What the queue's gate is followed by where it ran on the candidate without those before it, or
  /// on what it was merged onto.
  static let alone = "-alone"
  static let target = "-target"
}
