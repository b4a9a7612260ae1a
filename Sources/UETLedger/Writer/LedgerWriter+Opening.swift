import UETGit
import UETModel

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
    let events = try staging.stage(drafts, writer, at: time, run)
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
