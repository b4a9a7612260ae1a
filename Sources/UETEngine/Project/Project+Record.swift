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
