import GRDB
import UETModel

/// Reads the new part of one chain into rows, folding the events of a main chain on the way.
struct ChainFold {
  private let target: CacheImport
  private let chain: LedgerReader.Chain
  private let isMain: Bool
  private let rows: EventRows
  private var costs: CostRows
  /// nil where it is not folded.
  private(set) var state: RunState?
  private(set) var sequence: Int
  private(set) var count = 0
  /// Why the chain could not be read to its end; what comes before stays.
  private(set) var problem: String?

  init(
    _ target: CacheImport, _ chain: LedgerReader.Chain, _ state: RunState?, from sequence: Int
  ) {
    self.target = target
    self.chain = chain
    self.state = state
    isMain = chain.writer == LedgerNames.mainWriter
    rows = EventRows(run: chain.run.rawValue)
    costs = CostRows(run: chain.run)
    self.sequence = sequence
  }

  /// False when `known` is not in the chain; nothing has been written then.
  mutating func run(after known: ObjectID?) throws -> Bool {
    var failure: (any Error)?
    let found: Bool
    do throws(LedgerError) {
      found = try target.reader.walkEvents(
        to: chain.tip, after: known, readsAhead: known == nil
      ) { commit, events in
        guard failure == nil, problem == nil else { return }
        do { try add(commit, events) } catch { failure = error }
      }
    } catch {
      guard case .broken(let commit, let reason) = error else { throw error }
      if let failure { throw failure }
      // What comes after a problem is not looked at.
      problem = problem ?? "commit \(commit): \(reason)"
      try costs.write(target.database)
      return true
    }
    if let failure { throw failure }
    try costs.write(target.database)
    return found
  }

  private mutating func add(_ commit: ChainCommit, _ events: [Event]) throws {
    for event in events {
      if isMain, state != nil {
        do {
          try state?.apply(event)
        } catch {
          problem = "commit \(commit.id): event \(error.seq): \(error.message)"
          return
        }
      } else if event.seq != sequence + 1 {
        problem = "commit \(commit.id): event \(event.seq): expected \(sequence + 1)"
        return
      }
      sequence = event.seq
      count += 1
      try rows.insert(event, isMain: isMain, target.database)
      if isMain, case .usageRecorded(let fact) = event.fact {
        try costs.add(fact, of: event, target.database)
      }
    }
    if isMain, let checkpoint = commit.message.checkpoint {
      try target.database.execute(
        sql: "INSERT OR REPLACE INTO execution_checkpoints VALUES (?, ?, ?, ?)",
        arguments: [
          chain.run.rawValue, checkpoint, commit.id.hex, commit.at.microseconds,
        ])
    }
  }
}
