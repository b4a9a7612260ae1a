import UETModel

/// The writer's memory: what is staged, what is being written, and who waits for it.
struct Staging: Sendable {
  typealias Waiter = CheckedContinuation<Result<Void, LedgerError>, Never>

  /// The fold of everything staged; nil on a chain that is an inbox, and while somebody else folds.
  var state: RunState?
  /// The fold of what is to be written next, as somebody else made it.
  var lent: RunState?
  var sequence: Int
  /// The time of the last event: no later one gets an earlier time.
  var lastTime: Timestamp?
  var batch = Batch()
  var checkpointer: Checkpointer
  /// Set for good by what no retry can mend.
  var failure: LedgerError?
  private var waiting: [Waiter] = []
  private var inFlight: [Waiter] = []
  private var isWriting = false
  private var isDraining = false

  init(state: RunState?, sequence: Int, lastTime: Timestamp?, checkpointer: Checkpointer) {
    self.state = state
    self.sequence = sequence
    self.lastTime = lastTime
    self.checkpointer = checkpointer
  }

  /// What the caller of `flush` has to do.
  enum Waiting {
    case done(Result<Void, LedgerError>)
    /// Start draining the batches.
    case start
    case queued
  }

  mutating func wait(_ waiter: Waiter) -> Waiting {
    if let failure { return .done(.failure(failure)) }
    if batch.isEmpty {
      guard isWriting else { return .done(.success(())) }
      inFlight.append(waiter)
      return .queued
    }
    waiting.append(waiter)
    guard !isDraining else { return .queued }
    isDraining = true
    return .start
  }

  /// The next batch to write; nil when nobody waits, which ends the draining.
  mutating func take() -> Batch? {
    guard !waiting.isEmpty, failure == nil else {
      isDraining = false
      return nil
    }
    var taken = batch
    batch = Batch()
    if let state = state ?? lent, checkpointer.isDue(state) { taken.checkpoint = state }
    lent = nil
    (inFlight, waiting) = (waiting, [])
    isWriting = true
    return taken
  }

  /// Drops what is staged; its places are given to what comes next.
  mutating func discard() {
    if let events = batch.events { sequence = events.lowerBound - 1 }
    batch = Batch()
  }

  /// Ends the writing of `taken` and gives back who waited for it. What was not written is staged
  /// again, so that a later flush writes it, unless the failure is for good.
  mutating func finish(_ taken: Batch, _ result: Result<Void, LedgerError>) -> [Waiter] {
    var done = inFlight
    (inFlight, isWriting) = ([], false)
    guard case .failure(let error) = result else { return done }
    var again = taken
    again.append(batch)
    batch = again
    if error.isFinal {
      failure = error
      done += waiting
      waiting = []
    }
    return done
  }
}

extension LedgerError {
  /// Whether the writer that met it can never write again.
  var isFinal: Bool {
    switch self {
    case .fenced, .released, .durabilityUnknown, .broken: true
    default: false
    }
  }
}
