import UETModel

/// One line of the list of runs.
package struct RunSummary: Hashable, Sendable {
  package let run: RunID
  package let status: RunState.Status
  package let reason: String?
  package let target: String?
  package let imported: ImportedRun?
  package let startedAt: Timestamp?
  package let endedAt: Timestamp?
  package let sequence: Int
  package let updatedAt: Timestamp?
  /// How many workstreams are in each state.
  package let counts: [WorkstreamState: Int]
  /// Why the chain cannot be read to its end; nil when it is sound.
  package let problem: String?
}

extension RunSummary {
  /// What the archive says of a run.
  package init(_ archived: ArchivedRun) {
    self.init(
      run: archived.run, status: archived.status, reason: nil, target: nil,
      imported: nil, startedAt: archived.startedAt, endedAt: archived.endedAt, sequence: 0,
      updatedAt: nil,
      counts: archived.counts, problem: nil)
  }
}

/// All that is known of one workstream in a run.
package struct WorkstreamDetail: Hashable, Sendable {
  package let run: RunID
  package let record: WorkstreamRecord
  /// Place in the plan, from 0.
  package let position: Int
  /// Its events, in order.
  package let events: [Event]
}

/// An event with the run it belongs to.
package struct RunEvent: Hashable, Sendable {
  package let run: RunID
  package let event: Event

  package init(run: RunID, event: Event) {
    self.run = run
    self.event = event
  }
}

/// Which events are asked for; what is nil or empty does not restrict.
package struct EventQuery: Hashable, Sendable {
  package var run: RunID?
  package var types: Set<EventType> = []
  package var workstream: WorkstreamID?
  package var worker: String?
  /// Not before this moment.
  package var since: Timestamp?
  /// The last so many only.
  package var tail: Int?

  package init(run: RunID? = nil) { self.run = run }
}

/// Where a reader that follows the events of runs has got to.
package struct EventCursor: Hashable, Sendable {
  struct Chain: Hashable, Sendable {
    var run: String
    var writer: String
  }

  var seen: [Chain: Int] = [:]

  package init() {}

  /// After an event of a run's main chain.
  package init(_ run: RunID, after sequence: Int) {
    seen[Chain(run: run.rawValue, writer: LedgerNames.mainWriter)] = sequence
  }
}

/// A row of the cache that is not what a fresh build gives.
package struct CacheDifference: Hashable, Sendable {
  package let table: String
  /// The row as the cache has it, and as it must be; nil where there is none.
  package let found: String?
  package let expected: String?
}
