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
    try eachFolderOfLogs(of: run) { folder in
      for entry in try repository.tree(folder)
      where found[entry.name] == nil && entry.name.hasSuffix(".log")
        && prefixes.contains(where: { entry.name.hasPrefix($0) })
      {
        found[entry.name] = entry.id
      }
      return true
    }
    return try found.sorted { LogName.precedes($0.key, $1.key) }.map {
      RecordedLog(name: $0.key, bytes: try repository.blob($0.value))
    }
  }

  /// The newest file of a name that the record keeps beside the events of a run; nil where there is
  /// none.
  func recordedFile(_ name: String, in run: RunID) throws -> [UInt8]? {
    var found: ObjectID?
    try eachFolderOfLogs(of: run) { folder in
      found = try repository.tree(folder).first { $0.name == name }?.id
      return found == nil
    }
    return try found.map { try repository.blob($0) }
  }

  /// From the newest commit of the chain back, as long as `body` wants more.
  private func eachFolderOfLogs(
    of run: RunID, _ body: (ObjectID) throws -> Bool
  ) throws {
    var next: ObjectID? = try reader.tip(of: run)
    while let id = next {
      let commit = try reader.commit(id)
      if let folder = try repository.entry(at: "logs", in: commit.tree), try !body(folder.id) {
        return
      }
      next = commit.previous
    }
  }
}
