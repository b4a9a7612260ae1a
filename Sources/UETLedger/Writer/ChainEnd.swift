import UETGit
import UETModel
import UETSystem

/// The end of a chain as its one writer knows it; every change of the chain goes through `write`.
struct ChainEnd: Sendable {
  let run: RunID
  let writer: String
  let holder: Holder
  /// The last commit; zero before the first.
  private(set) var tip: ObjectID
  private(set) var epoch: Int
  /// The commit that took the epoch.
  private var claim: ObjectID?
  private var anchors: AnchorSet
  private var checkpoints = CheckpointTree()
  /// How much it has written that is to be packed, in objects with files of their own.
  private(set) var files = 0
  let packs: WrittenPacks
  private let seal: CloneSeal?
  let repository: Repository
  let options: LedgerOptions

  init(
    run: RunID, writer: String, holder: Holder, tip: ObjectID, epoch: Int, claim: ObjectID? = nil,
    anchors: AnchorSet, repository: Repository, options: LedgerOptions
  ) {
    self.run = run
    self.writer = writer
    self.holder = holder
    self.tip = tip
    self.epoch = epoch
    self.claim = claim
    self.anchors = anchors
    self.repository = repository
    self.options = options
    seal = options.isSealed ? CloneSeal.load(repository) : nil
    packs = WrittenPacks(repository, PackFolder(repository, run, holder), options)
  }

  var reference: String { options.names.chain(run, writer) }

  /// Files for a commit's tree beside those of its batch; called again when they have to be.
  typealias Extra = (inout ObjectLog) throws(GitError) -> [TreeEntry]

  /// Takes the chain: one commit that says who holds it, with the first events where there are
  /// some.
  mutating func claim(
    _ batch: Batch, at time: Timestamp, root: Extra = { _ in [] }
  ) throws(LedgerError) {
    let previous = (epoch, claim)
    (epoch, claim) = (epoch + 1, nil)
    var batch = batch
    batch.at = batch.at ?? time
    let document = LedgerFile.bytes(holder.json)
    do {
      try write(batch, isClaim: true) { (log) throws(GitError) in
        let id = try log.writeBlob(document)
        return try root(&log) + [TreeEntry(name: LedgerFile.holder, mode: .file, id: id)]
      }
    } catch {
      (epoch, claim) = previous
      throw error
    }
    claim = tip
    // Once a claim: its reference, and the folders of its objects, may be the first of their kind.
    let common = repository.commonDirectory
    Files.sync(from: "\(common)/\(reference)", upTo: common)
    Files.sync(from: "\(common)/objects", upTo: "\(common)/objects")
  }

  /// Makes a batch durable: objects first, the reference last.
  mutating func write(
    _ batch: Batch, isClaim: Bool = false, extra: Extra = { _ in [] }
  ) throws(LedgerError) {
    var rounds = 0
    while true {
      rounds += 1
      let fresh = try LedgerError.wrap { () throws(GitError) in
        try anchors.missing(batch.anchors, in: repository)
      }
      var log = ObjectLog(repository)
      let commit: ObjectID
      do throws(LedgerError) {
        commit = try writeObjects(batch, fresh, isClaim, extra, &log)
        try log.syncWhatWasThere()
        options.reached(.objectsWritten)
        try move(to: commit, subject: batch.subject.text)
      } catch {
        // What no reference leads to may be taken away before it is tried again.
        checkpoints.forget()
        guard error.mayPass, rounds < Self.rounds else { throw error }
        options.patience.pause()
        continue
      }
      let failure = LedgerError.durabilityUnknown(run, cause: .objectMissing(commit))
      try Outlasting(repository: repository, options: options)
        .hold(commit, &log, failure: failure) { (log) throws(LedgerError) in
          // After objects were taken away nothing is known to be in the repository.
          checkpoints.forget()
          _ = try writeObjects(batch, fresh, isClaim, extra, &log)
        }
      tip = commit
      files += log.files
      packs.settle()
      options.reached(.referenceMoved)
      // What is not noted as reached is anchored once more: no reason to fail what is durable.
      try? anchors.add(fresh, in: repository)
      return
    }
  }

  /// How often a batch is written when a collection keeps taking away what it needs.
  private static let rounds = 8

  private mutating func writeObjects(
    _ batch: Batch, _ fresh: [ObjectID], _ isClaim: Bool, _ extra: Extra, _ log: inout ObjectLog
  ) throws(LedgerError) -> ObjectID {
    let person = Signature(
      name: options.author.name, email: options.author.email, at: batch.at ?? holder.since,
      offsetMinutes: 0)
    do {
      let tree = try log.together(packs) { (log) throws(GitError) in
        try writeTree(batch, try extra(&log), &log)
      }
      let bundle = AnchorBundle(message: ChainMessage.ofAnchors(run), person: person)
      let (before, others) = (tip.isZero ? [] : [tip], try bundle.parents(fresh, &log))
      let text = message(batch, isClaim).text
      return try log.writeCommit(
        tree: tree, after: before, and: others,
        message: seal?.sealed(text, tree: tree, parents: before + others) ?? text, by: person)
    } catch {
      checkpoints.forget()
      throw .git(error)
    }
  }

  private mutating func writeTree(
    _ batch: Batch, _ extra: [TreeEntry], _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    var entries = extra
    entries.append(
      TreeEntry(name: LedgerFile.events, mode: .file, id: try log.writeBlob(batch.lines)))
    if !batch.attachments.isEmpty {
      var files: [TreeEntry] = []
      for file in batch.attachments {
        files.append(TreeEntry(name: file.name, mode: .file, id: try log.writeBlob(file.bytes)))
      }
      entries.append(
        TreeEntry(name: LedgerFile.logs, mode: .tree, id: try log.writeTree(known: files)))
    }
    if let state = batch.checkpoint {
      let id = try checkpoints.write(state, to: &log)
      entries.append(TreeEntry(name: LedgerFile.checkpoint, mode: .tree, id: id))
    }
    return try log.writeTree(known: entries)
  }

  private func message(_ batch: Batch, _ isClaim: Bool) -> ChainMessage {
    var subject = batch.subject.text
    if batch.events == nil {
      if isClaim {
        subject = "epoch \(epoch) taken by process \(holder.pid)"
      } else if !batch.attachments.isEmpty {
        subject = "output of \(batch.attachments.count) attempts"
      } else {
        subject = "run given up by process \(holder.pid)"
      }
    }
    var message = ChainMessage(subject: subject, run: run, writer: writer, epoch: epoch)
    message.claim = claim
    message.events = batch.events
    message.checkpoint = batch.checkpoint?.sequence
    message.releases = batch.releases
    return message
  }
}

extension ChainEnd {
  /// Moves the reference from `tip` to `commit`, or says why that cannot be.
  func move(to commit: ObjectID, subject: String) throws(LedgerError) {
    var attempt = 0
    var expected = tip
    while true {
      do {
        try repository.setReference(
          reference, to: commit, expecting: expected, message: "uet: \(subject)")
        return
      } catch {
        switch error {
        case .referenceMoved:
          guard let found = setBack(), found != expected else { throw lost() }
          expected = found
          options.notice(.restoredChain(reference))
        case .referenceLocked:
          attempt += 1
          try waitForLock(attempt)
        default: throw uncertain(commit, error)
        }
      }
    }
  }

  /// What the reference is where somebody took it away, or back to what this writer wrote before:
  /// nobody has taken the chain, who would have written on top of its end. nil where somebody may
  /// have.
  private func setBack() -> ObjectID? {
    if tip.isZero { return nil }
    let found: ObjectID?
    do throws(GitError) { found = try repository.reference(reference) } catch { return nil }
    guard let found else { return isPutAway ? nil : .zero }
    return found != tip && (try? repository.isAncestor(found, of: tip)) == true ? found : nil
  }

  /// Whether a person has archived or forgotten the run.
  private var isPutAway: Bool {
    let reader = LedgerReader(repository: repository, names: options.names)
    guard let archived = try? reader.archive.runs() else { return true }
    return archived.contains(run) || RunArchive.forgotten(repository).contains(run.rawValue)
  }

  /// The compare-and-swap was lost: on a new chain the run exists, else another process took it.
  private func lost() -> LedgerError {
    if tip.isZero { return .runExists(run) }
    let reader = LedgerReader(repository: repository, names: options.names)
    return .fenced(run, by: try? reader.claim(of: run, writer: writer).holder)
  }

  /// After any other failure the reference tells: where it moved, only its durability is unknown.
  private func uncertain(_ commit: ObjectID, _ error: GitError) -> LedgerError {
    guard let found = try? repository.reference(reference), found == commit else {
      return .git(error)
    }
    return .durabilityUnknown(run, cause: error)
  }

  private func waitForLock(_ attempt: Int) throws(LedgerError) {
    let path = "\(repository.commonDirectory)/\(reference).lock"
    let lock = StaleReferenceLock(path: path)
    if let evidence = lock.removeIfOwnerIsDead(options.processes) {
      options.notice(.removedStaleLock(path: path, evidence: evidence))
      return
    }
    guard attempt <= options.patience.attempts else {
      throw .referenceLocked(name: reference, path: path)
    }
    options.patience.pause()
  }
}
