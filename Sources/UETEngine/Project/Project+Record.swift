import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling

extension Project {
  /// The cache of the record; opened by the first question.
  package var cache: Cache { Cache(repository: repository, names: ledgerNames) }

  /// A run's state as the cache has it.
  package func state(of run: RunID) throws -> RunState {
    // The cache has what is not archived.
    if let state = try cache.state(of: run) { return state }
    return try reader.state(of: run)
  }

  /// Brings what is derived from the record up to date: the cache, and the notes on commits. A
  /// failure costs nothing but the view: both can be built anew. `state` is the run's own where it
  /// is at hand.
  func updateViews(of run: RunID, _ state: RunState? = nil) {
    _ = try? cache.catchUp(knowing: state)
    do throws(LedgerError) {
      let notes = LedgerNotes(repository: repository, options: ledgerOptions)
      if let state { try notes.update(state) } else { try notes.update(run) }
    } catch {
      warn("cannot write notes: \(error)")
    }
  }

  /// Where the logs of a run lie while it goes on.
  func logs(of run: RunID) -> AttemptLogs {
    AttemptLogs(folder: "\(stateDirectory)/runs/\(run)", redaction: redaction)
  }
}

/// What one attempt or one of its gates printed.
package struct RecordedLog: Hashable, Sendable {
  /// As `ws-a.1.log`, or `ws-a.1.GATE_UNIT.log`.
  package let name: String
  package let bytes: [UInt8]
}

extension Project {
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

extension Project {
  /// The events of a query; those of an archived run where it is one that is asked for.
  package func events(_ query: EventQuery) throws -> [RunEvent] {
    guard let run = query.run, let archived = try archived(run) else {
      return try cache.events(query)
    }
    return try Cache.events(query, of: archived, reader: reader)
  }

  /// The archived runs, newest first.
  package func archivedRuns() throws -> [RunSummary] {
    let archive = reader.archive
    return try archive.runs().compactMap { run in
      try archive.find(run).map { RunSummary($0) }
    }
  }

  /// What the archive has of a run that has no references of its own any more.
  package func archived(_ run: RunID) throws -> ArchivedRun? {
    if try repository.reference(ledgerNames.chain(run)) != nil { return nil }
    return try reader.archive.find(run)
  }
}

extension Project {
  /// Gives the events of a query as they come, until the run is over and nobody works on it.
  package func follow(
    _ query: EventQuery, each: @Sendable (RunEvent) -> Void
  ) async throws {
    let cache = cache
    var cursor = EventCursor()
    do {
      while true {
        let isLast = try query.run.map { try isAtRest($0) } ?? false
        for entry in try cache.events(query, after: &cursor) { each(entry) }
        if isLast || Task.isCancelled { return }
        try await Task.sleep(for: .milliseconds(200))
      }
    } catch is CancellationError {
      return
    }
  }

  private func isAtRest(_ run: RunID) throws -> Bool {
    try liveHolder(of: run) == nil
  }
}
