import UETGit
import UETLedger
import UETModel

/// What one attempt or one of its gates printed.
package struct RecordedLog: Hashable, Sendable {
  /// As `ws-a.1.log`, or `ws-a.1.GATE_UNIT.log`.
  package let name: String
  package let bytes: [UInt8]
}

extension Project {
  /// Where the logs of a run lie while it goes on.
  func logs(of run: RunID) -> AttemptLogs {
    AttemptLogs(folder: "\(stateDirectory)/runs/\(run)", redaction: redaction)
  }

  /// The output of an attempt, the last one unless `attempt` says which, and with the last that of
  /// the queue's gates: from the files where they are, else from the record.
  package func logs(
    of record: WorkstreamRecord, in run: RunID, attempt: Int?
  ) throws -> [RecordedLog] {
    let last = record.lastAttempt?.number
    let number = attempt ?? last
    var prefixes = number.map { ["\(record.id).\($0)."] } ?? []
    // A branch that no run made has no attempts, but gates of the queue like any other.
    if number == last { prefixes += ["\(record.id).integration.", "\(record.id).resolver."] }
    return try logs(prefixes, in: run)
  }

  /// The output of the gates that ran on the results of a wave.
  package func logs(ofWave number: Int, in run: RunID) throws -> [RecordedLog] {
    try logs(["wave-\(number)."], in: run)
  }

  /// The logs whose names begin with one of the prefixes.
  func logs(_ prefixes: [String], in run: RunID) throws -> [RecordedLog] {
    let files = logs(of: run).all(prefixes)
    if !files.isEmpty {
      return files.map { RecordedLog(name: $0.name, bytes: $0.bytes) }
        .sorted { LogName.precedes($0.name, $1.name) }
    }
    return try recordedLogs(prefixes, run)
  }

  /// Looks through the chain from the newest commit back; of one name the newest counts.
  private func recordedLogs(_ prefixes: [String], _ run: RunID) throws -> [RecordedLog] {
    var found: [String: ObjectID] = [:]
    var next: ObjectID? = try reader.tip(of: run)
    while let id = next {
      let commit = try reader.commit(id)
      if let folder = try repository.entry(at: "logs", in: commit.tree) {
        for entry in try repository.tree(folder.id)
        where found[entry.name] == nil && prefixes.contains(where: { entry.name.hasPrefix($0) }) {
          found[entry.name] = entry.id
        }
      }
      next = commit.previous
    }
    return try found.sorted { LogName.precedes($0.key, $1.key) }.map {
      RecordedLog(name: $0.key, bytes: try repository.blob($0.value))
    }
  }
}
