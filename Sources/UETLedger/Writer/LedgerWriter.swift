import Dispatch
import Synchronization
import UETGit
import UETModel

/// The one writer of a chain: stages events in memory, writes them in groups, and acknowledges a
/// group once its objects and then its reference are durable.
///
/// Callers may be many and concurrent. Sequence numbers follow the order of the calls of `append`.
/// What is staged while a group is being written goes into the next one.
package final class LedgerWriter: Sendable {
  package let run: RunID
  package let writer: String
  package let holder: Holder
  /// How often the chain has been taken, this time included.
  package let epoch: Int
  private let repository: Repository
  private let staging: Mutex<Staging>
  private let chain: Mutex<ChainEnd>
  /// Writing blocks on the disk, so it does not run on the threads that tasks share.
  private let queue: DispatchQueue
  private let packer: LedgerPacker?
  private let clearing: @Sendable (String) -> String
  private let packing = Mutex(PackingSchedule())

  init(_ chain: ChainEnd, _ staging: Staging) {
    run = chain.run
    writer = chain.writer
    holder = chain.holder
    epoch = chain.epoch
    repository = chain.repository
    queue = DispatchQueue(label: "uet.ledger.\(chain.run)")
    clearing = chain.options.clearing
    packer = chain.options.git.map { LedgerPacker(chain.run, chain.packs, $0) }
    self.staging = Mutex(staging)
    self.chain = Mutex(chain)
  }

  /// The fold of everything staged so far, durable or not; nil on a chain that is an inbox, and
  /// while it is lent.
  package var state: RunState? { staging.withLock { $0.state } }

  /// Gives the fold to one who folds himself what is staged from now on, so that each event is
  /// folded once. He gives it to each `flush`, for checkpoints, and back in the end.
  package func lend() -> RunState {
    staging.withLock { $0.state.take() } ?? RunState(run: run)
  }

  package func giveBack(_ state: RunState) { staging.withLock { $0.state = state } }

  /// Drops what is staged and not written, after an event that its fold refused.
  package func discard() { staging.withLock { $0.discard() } }

  /// The last commit of the chain.
  package var tip: ObjectID { chain.withLock { $0.tip } }

  /// Stages events and gives them their place in the chain; nothing is written before `flush`.
  ///
  /// All or none: when a draft names a commit that does not exist, or cannot follow what is
  /// recorded, nothing is staged. A time before that of the last event becomes that time.
  /// `isPromised` is true of commits that the caller writes before the next flush.
  @discardableResult
  package func append(
    _ drafts: [EventDraft], at time: Timestamp,
    isPromised: (ObjectID) -> Bool = { _ in false }
  ) throws(LedgerError) -> [Event] {
    for draft in drafts {
      for anchor in draft.anchors where !isPromised(anchor) { try requireCommit(anchor) }
    }
    let cleared = drafts.map { $0.cleared(by: clearing) }
    let result: Result<[Event], LedgerError> = staging.withLock { staging in
      do throws(LedgerError) {
        return .success(try staging.stage(cleared, writer, at: time, run))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Stages a file for `logs/` of the commit that adds the next events.
  package func attach(_ name: String, _ bytes: [UInt8]) throws(LedgerError) {
    guard Self.isFileName(name) else { throw .badAttachmentName(name) }
    let failure = staging.withLock { staging in
      if staging.failure == nil { staging.batch.attach(name, bytes) }
      return staging.failure
    }
    if let failure { throw failure }
  }

  /// Returns when everything staged before the call is durable; concurrent callers share the cost.
  ///
  /// After an error that may pass (a full disk, a lock file) what was not written is still staged.
  /// `fold` is the state after what is staged, of one who was lent it.
  package func flush(_ fold: RunState? = nil) async throws(LedgerError) {
    let result = await withCheckedContinuation { waiter in
      if let fold { staging.withLock { $0.lent = fold } }
      switch staging.withLock({ $0.wait(waiter) }) {
      case .done(let result): waiter.resume(returning: result)
      case .start: queue.async { self.drain() }
      case .queued: break
      }
    }
    try result.get()
  }

  /// Writes what is staged, gives the run up, so that another process may take it at once, and
  /// packs what is loose.
  package func release() async throws(LedgerError) {
    staging.withLock { $0.batch.releases = true }
    try await flush()
    staging.withLock { $0.failure = .released(run) }
    ChainMemory(repository).note(tip, run, writer)
    await packer?.finish()
  }

  /// Packs what is loose now, and returns when that is done; for tests and measurements.
  package func pack() async { await packer?.pack() }

  private func drain() {
    while let batch = staging.withLock({ $0.take() }) {
      let result: Result<Void, LedgerError> = chain.withLock { chain in
        do throws(LedgerError) {
          return .success(try chain.write(batch))
        } catch {
          return .failure(error)
        }
      }
      for waiter in staging.withLock({ $0.finish(batch, result) }) {
        waiter.resume(returning: result)
      }
      packWhenDue(hasCheckpoint: batch.checkpoint != nil)
    }
  }

  private func packWhenDue(hasCheckpoint: Bool) {
    guard let packer else { return }
    let files = chain.withLock { $0.files }
    if packing.withLock({ $0.isDue(files: files, hasCheckpoint: hasCheckpoint) }) {
      Task { await packer.pack() }
    }
  }

  private func requireCommit(_ id: ObjectID) throws(LedgerError) {
    do { _ = try repository.commit(id) } catch { throw .missingAnchor(id) }
  }

  /// One component of a path, of printable characters.
  static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 240 && !name.hasPrefix(".")
      && name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "/" && $0.value != 0x7F }
  }
}

extension Staging {
  /// Gives the drafts their places; on an error nothing has changed.
  mutating func stage(
    _ drafts: [EventDraft], _ writer: String, at time: Timestamp, _ run: RunID
  ) throws(LedgerError) -> [Event] {
    if let failure { throw failure }
    let at = max(time, lastTime ?? time)
    var events: [Event] = []
    for (index, draft) in drafts.enumerated() {
      events.append(
        Event(
          draft, seq: sequence + index + 1, writer: writer, at: at,
          identify: Repository.hashBlob))
    }
    try fold(events)
    for event in events { batch.add(event) }
    batch.add(anchors: drafts.flatMap(\.anchors))
    sequence += events.count
    lastTime = at
    return events
  }

  private mutating func fold(_ events: [Event]) throws(LedgerError) {
    guard state != nil else { return }
    // One event leaves the state alone when it is refused; several need the state before the first.
    let before = events.count > 1 ? state : nil
    do {
      for event in events { try state?.apply(event) }
    } catch {
      if events.count > 1 { state = before }
      throw .illegalEvent(error)
    }
  }
}

extension LedgerWriter {
  /// Starts a chain: the root commit holds the record of the start and the first events.
  package static func create(
    in repository: Repository, run: RunID, writer: String = LedgerNames.mainWriter,
    root: RootRecord, holder: Holder, events drafts: [EventDraft] = [], at time: Timestamp,
    options: LedgerOptions = LedgerOptions()
  ) throws(LedgerError) -> (writer: LedgerWriter, events: [Event]) {
    let isMain = writer == LedgerNames.mainWriter
    var staging = Staging(
      state: isMain ? RunState(run: run) : nil, sequence: 0, lastTime: nil,
      checkpointer: Checkpointer(sequence: 0, time: time))
    let cleared = drafts.map { $0.cleared(by: options.clearing) }
    let events = try staging.stage(cleared, writer, at: time, run)
    var batch = staging.batch
    staging.batch = Batch()
    batch.add(anchors: [root.base])
    for anchor in batch.anchors {
      do { _ = try repository.commit(anchor) } catch { throw .missingAnchor(anchor) }
    }
    var chain = ChainEnd(
      run: run, writer: writer, holder: holder, tip: .zero, epoch: 0, anchors: AnchorSet(),
      repository: repository, options: options)
    try root.checkPaths()
    try chain.claim(batch, at: time) { (log) throws(GitError) in
      try root.write(run: run, writer: writer, to: &log)
    }
    return (LedgerWriter(chain, staging), events)
  }

  /// Takes a chain that is there: one commit says who holds it from now on, and whoever held it
  /// before is fenced. Unless `takingOver`, a holder that is not known to be dead is left alone.
  package static func open(
    in repository: Repository, run: RunID, writer: String = LedgerNames.mainWriter,
    holder: Holder, at time: Timestamp, takingOver: Bool = false,
    options: LedgerOptions = LedgerOptions()
  ) throws(LedgerError) -> LedgerWriter {
    let reader = LedgerReader(repository: repository, names: options.names)
    try OwnChains(reader).requireOwn(run, writer)
    let end = try reader.end(of: run, writer: writer)
    if !takingOver, !end.claim.isReleased, let other = end.claim.holder {
      let liveness = options.processes.liveness(of: other)
      if liveness != .dead { throw .held(run, by: other, liveness: liveness) }
    }
    var chain = ChainEnd(
      run: run, writer: writer, holder: holder, tip: end.tip, epoch: end.claim.epoch,
      anchors: AnchorSet(end.anchors), repository: repository, options: options)
    try chain.claim(Batch(), at: max(time, end.lastTime ?? time))
    let isMain = writer == LedgerNames.mainWriter
    let staging = Staging(
      state: isMain ? end.state : nil, sequence: end.sequence, lastTime: end.lastTime,
      checkpointer: Checkpointer(sequence: end.checkpoint, time: end.lastTime))
    return LedgerWriter(chain, staging)
  }
}
