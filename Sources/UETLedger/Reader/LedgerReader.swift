import UETGit
import UETModel

/// Reads the record of runs from a repository: chains, their events, and the states they fold to.
package struct LedgerReader: Sendable {
  package let repository: Repository
  package let names: LedgerNames
  /// How many commits are held in memory at once on the way through a chain.
  var pieceLength = 1024

  package init(repository: Repository, names: LedgerNames = .standard) {
    self.repository = repository
    self.names = names
  }

  package var archive: RunArchive { RunArchive(repository: repository, names: names) }

  /// A chain and its last commit.
  package struct Chain: Hashable, Sendable {
    package let run: RunID
    package let writer: String
    package let tip: ObjectID
  }

  /// Every chain, or every one of a run, sorted by run and writer.
  package func chains(of run: RunID? = nil) throws(LedgerError) -> [Chain] {
    let folder = names.runs + (run.map { "\($0)/" } ?? "")
    let references = try LedgerError.wrap { () throws(GitError) in
      try repository.references(under: folder)
    }
    return references.compactMap { reference in
      names.parse(chain: reference.name).map {
        Chain(run: $0.run, writer: $0.writer, tip: reference.id)
      }
    }.sorted { ($0.run, $0.writer) < ($1.run, $1.writer) }
  }

  /// The runs that have a main chain, newest first.
  package func runs() throws(LedgerError) -> [RunID] {
    try chains().filter { $0.writer == LedgerNames.mainWriter }.map(\.run).reversed()
  }

  /// The last commit of a chain, of an archived run as well.
  package func tip(
    of run: RunID, writer: String = LedgerNames.mainWriter
  ) throws(LedgerError) -> ObjectID {
    let reference = names.chain(run, writer)
    let tip = try LedgerError.wrap { () throws(GitError) in try repository.reference(reference) }
    // A run is in the archive before its references go, so that whoever looks in this order finds
    // it.
    if let tip { return tip }
    if let tip = try archive.tip(of: run, writer: writer) { return tip }
    throw .noSuchRun(run, writer: writer)
  }

  /// One commit of a chain; anything else than a ledger commit is damage.
  package func commit(_ id: ObjectID) throws(LedgerError) -> ChainCommit {
    let commit: Commit
    do {
      commit = try repository.commit(id)
    } catch {
      throw .broken(commit: id, reason: "the commit cannot be read: \(error)")
    }
    guard let message = ChainMessage(commit.message) else {
      throw .broken(commit: id, reason: "its message has not the trailers of a ledger commit")
    }
    let isRoot = try isRoot(commit, message)
    return ChainCommit(
      id: id, tree: commit.tree, previous: isRoot ? nil : commit.parents.first,
      anchors: isRoot ? commit.parents : Array(commit.parents.dropFirst()), message: message,
      at: commit.committer.at)
  }

  /// The root has `run.json` and no predecessor, so that its first parent is an anchor already.
  private func isRoot(_ commit: Commit, _ message: ChainMessage) throws(LedgerError) -> Bool {
    guard message.epoch == 1, message.claim == nil else { return false }
    return try entry(LedgerFile.run, in: commit.tree, of: commit.id) != nil
  }

  /// A file of a ledger commit's tree.
  func entry(
    _ name: String, in tree: ObjectID, of commit: ObjectID
  ) throws(LedgerError) -> TreeEntry? {
    do {
      return try repository.tree(tree).first { $0.name == name }
    } catch {
      throw .broken(commit: commit, reason: "its tree cannot be read: \(error)")
    }
  }

  func file(_ name: String, of commit: ChainCommit) throws(LedgerError) -> [UInt8]? {
    guard let entry = try entry(name, in: commit.tree, of: commit.id) else { return nil }
    do {
      return try repository.blob(entry.id)
    } catch {
      throw .broken(commit: commit.id, reason: "'\(name)' cannot be read: \(error)")
    }
  }

  /// The events that one commit adds, checked against its trailers.
  package func events(of commit: ChainCommit) throws(LedgerError) -> [Event] {
    guard let range = commit.message.events else { return [] }
    let bytes = try file(LedgerFile.events, of: commit) ?? []
    let events: [Event]
    do {
      events = try EventLines.parse(bytes)
    } catch {
      throw .broken(commit: commit.id, reason: "a line of '\(LedgerFile.events)' is no event")
    }
    guard events.count == range.count,
      zip(events, range).allSatisfy({ $0.seq == $1 && $0.writer == commit.message.writer })
    else {
      throw .broken(
        commit: commit.id,
        reason: "its events are not those of its trailer, \(range.lowerBound)-\(range.upperBound)")
    }
    return events
  }
}
