import UETGit
import UETModel
import UETSystem

/// Appends to a chain that is an inbox: for what a clone that does not hold a run has to say of it.
///
/// Several processes of one clone may write: the chain has no state that could be out of date, so
/// whoever loses the race reads the end anew and tries again.
package struct InboxWriter: Sendable {
  private let reader: LedgerReader
  private let run: RunID
  private let writer: String
  private let options: LedgerOptions

  package init(
    repository: Repository, run: RunID, writer: String, options: LedgerOptions = LedgerOptions()
  ) {
    reader = LedgerReader(repository: repository, names: options.names)
    self.run = run
    self.writer = writer
    self.options = options
  }

  /// The writer's name of a clone: `clone-` and the first eight digits of its id.
  package static func name(ofClone id: String) -> String {
    let digits = String(id.filter(\.isHexDigit).prefix(8))
    return "clone-" + String(repeating: "0", count: 8 - digits.count) + digits.lowercased()
  }

  /// How often a lost race is tried again.
  private static let rounds = 1000

  /// Appends events, durable when it returns; `base` is the run's own, for the root of a new chain.
  @discardableResult
  package func append(
    _ drafts: [EventDraft], base: ObjectID, program: String, at time: Timestamp
  ) throws(LedgerError) -> [Event] {
    var round = 0
    while true {
      round += 1
      let end = try end()
      do throws(LedgerError) {
        return try append(drafts, base: base, program: program, at: time, after: end)
      } catch {
        switch error {
        case .fenced where round < Self.rounds, .runExists where round < Self.rounds: continue
        default: throw error
        }
      }
    }
  }

  /// Where the chain ends.
  private struct End {
    var tip = ObjectID.zero
    var root: ObjectID?
    var sequence = 0
    var lastTime: Timestamp?
  }

  private func end() throws(LedgerError) -> End {
    let name = options.names.chain(run, writer)
    let found = try LedgerError.wrap { () throws(GitError) in
      try reader.repository.reference(name)
    }
    guard let tip = found else { return End() }
    try OwnChains(reader).requireOwn(run, writer)
    var end = End(tip: tip)
    var next: ObjectID? = tip
    while let id = next {
      let commit = try reader.commit(id)
      if end.lastTime == nil, let last = try reader.events(of: commit).last {
        (end.sequence, end.lastTime) = (last.seq, last.at)
      }
      // The claim that every later commit names is the root: an inbox has one epoch.
      end.root = commit.message.claim ?? commit.id
      next = end.lastTime == nil ? commit.previous : nil
    }
    return end
  }

  private func append(
    _ drafts: [EventDraft], base: ObjectID, program: String, at time: Timestamp, after end: End
  ) throws(LedgerError) -> [Event] {
    let at = max(time, end.lastTime ?? time)
    let events = drafts.enumerated().map { index, draft in
      Event(
        draft.cleared(by: options.clearing), seq: end.sequence + index + 1, writer: writer, at: at,
        identify: Repository.hashBlob)
    }
    var batch = Batch()
    for event in events { batch.add(event) }
    batch.add(anchors: drafts.flatMap(\.anchors))
    let holder = SystemProcesses.current(since: at, nonce: "")
    var chain = ChainEnd(
      run: run, writer: writer, holder: holder, tip: end.tip, epoch: 1, claim: end.root,
      anchors: AnchorSet(), repository: reader.repository, options: options)
    if end.root == nil {
      let root = RootRecord(base: base, programVersion: program)
      batch.anchors.insert(base, at: 0)
      try chain.write(batch, isClaim: true) { (log) throws(GitError) in
        let document = LedgerFile.bytes(root.document(run: run, writer: writer))
        return [
          TreeEntry(name: LedgerFile.run, mode: .file, id: try log.writeBlob(document))
        ]
      }
      let common = reader.repository.commonDirectory
      Files.sync(from: "\(common)/\(options.names.chain(run, writer))", upTo: common)
    } else {
      try chain.write(batch)
    }
    return events
  }
}
