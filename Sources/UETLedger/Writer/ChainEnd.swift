import UETGit
import UETModel

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
  let repository: Repository
  let options: LedgerOptions

  init(
    run: RunID, writer: String, holder: Holder, tip: ObjectID, epoch: Int, anchors: AnchorSet,
    repository: Repository, options: LedgerOptions
  ) {
    self.run = run
    self.writer = writer
    self.holder = holder
    self.tip = tip
    self.epoch = epoch
    self.anchors = anchors
    self.repository = repository
    self.options = options
  }

  var reference: String { options.names.chain(run, writer) }

  /// Takes the chain: one commit that says who holds it, with the first events where there are some.
  mutating func claim(
    _ batch: Batch, root: [TreeEntry] = [], at time: Timestamp
  ) throws(LedgerError) {
    let next = epoch + 1
    let previous = (epoch, claim)
    (epoch, claim) = (next, nil)
    do {
      let entry = try LedgerError.wrap { () throws(GitError) in
        TreeEntry(
          name: LedgerFile.holder, mode: .file,
          id: try repository.writeBlob(CheckpointTree.bytes(holder.json)))
      }
      var batch = batch
      batch.at = batch.at ?? time
      try write(batch, extra: root + [entry], isClaim: true)
    } catch {
      (epoch, claim) = previous
      throw error
    }
    claim = tip
    // Once a claim: its reference, and the folders of its objects, may be the first of their kind.
    let common = repository.commonDirectory
    FolderSync.sync(from: "\(common)/\(reference)", upTo: common)
    FolderSync.sync(from: "\(common)/objects", upTo: "\(common)/objects")
  }

  /// Makes a batch durable: objects first, the reference last.
  mutating func write(
    _ batch: Batch, extra: [TreeEntry] = [], isClaim: Bool = false
  ) throws(LedgerError) {
    let fresh: [ObjectID]
    let commit: ObjectID
    do {
      fresh = try anchors.missing(batch.anchors, in: repository)
      commit = try writeObjects(batch, extra, fresh, isClaim)
    } catch {
      checkpoints.forget()
      throw .git(error)
    }
    try move(to: commit, subject: batch.subject.text)
    tip = commit
    try LedgerError.wrap { () throws(GitError) in try anchors.add(fresh, in: repository) }
  }

  private mutating func writeObjects(
    _ batch: Batch, _ extra: [TreeEntry], _ fresh: [ObjectID], _ isClaim: Bool
  ) throws(GitError) -> ObjectID {
    let tree = try writeTree(batch, extra)
    let at = batch.at ?? holder.since
    let person = Signature(
      name: options.author.name, email: options.author.email, at: at, offsetMinutes: 0)
    let parents = (tip.isZero ? [] : [tip]) + (try bundled(fresh, by: person))
    return try repository.writeCommit(
      tree: tree, parents: parents, message: message(batch, isClaim).text, author: person,
      committer: person)
  }

  private mutating func writeTree(
    _ batch: Batch, _ extra: [TreeEntry]
  ) throws(GitError) -> ObjectID {
    var entries = extra
    entries.append(
      TreeEntry(
        name: LedgerFile.events, mode: .file, id: try repository.writeBlob(batch.lines)))
    if !batch.attachments.isEmpty {
      var files: [TreeEntry] = []
      for file in batch.attachments {
        files.append(
          TreeEntry(name: file.name, mode: .file, id: try repository.writeBlob(file.bytes)))
      }
      entries.append(
        TreeEntry(name: LedgerFile.logs, mode: .tree, id: try repository.writeTree(files)))
    }
    if let state = batch.checkpoint {
      let id = try checkpoints.write(state, to: repository)
      entries.append(TreeEntry(name: LedgerFile.checkpoint, mode: .tree, id: id))
    }
    return try repository.writeTree(entries)
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

  /// The anchors as parents: themselves while they are few, else commits that have them as parents.
  private func bundled(
    _ anchors: [ObjectID], by person: Signature
  ) throws(GitError) -> [ObjectID] {
    var level = anchors
    while level.count > AnchorSet.limit {
      let empty = try repository.writeTree([])
      var next: [ObjectID] = []
      var start = 0
      while start < level.count {
        let end = min(start + AnchorSet.limit, level.count)
        next.append(
          try repository.writeCommit(
            tree: empty, parents: Array(level[start..<end]),
            message: "anchors of run \(run)\n", author: person, committer: person))
        start = end
      }
      level = next
    }
    return level
  }
}
