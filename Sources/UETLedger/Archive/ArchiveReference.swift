import UETGit
import UETModel

/// Adds to an archive, by compare-and-swap: who loses the race reads again and adds to what is
/// there now.
package struct ArchiveReference: Sendable {
  private let archive: RunArchive
  /// The full name.
  package let name: String
  private let options: LedgerOptions

  package init(repository: Repository, name: String, options: LedgerOptions) {
    archive = RunArchive(repository: repository, names: options.names)
    self.name = name
    self.options = options
  }

  /// Puts runs into the archive; durable when it returns. Nothing is written where all of it is
  /// there already. Gives the archive's last commit; nil where it is still empty.
  @discardableResult
  package func add(_ runs: [ArchivedRun], at time: Timestamp) throws(LedgerError) -> ObjectID? {
    let subject = runs.count == 1 ? "archive run \(runs[0].run)" : "archive \(runs.count) runs"
    return try change(subject) { (tip, log) throws(LedgerError) in
      var entries: [ArchivedRun] = []
      var tips: Set<ObjectID> = []
      for run in runs {
        var entry = run
        if let tip, let known = try archive.readable(run.run, in: tip) {
          entry = try archive.join(known, run)
          if entry == known { continue }
        }
        entries.append(entry)
        tips.formUnion(run.references.values.joined())
      }
      if entries.isEmpty { return nil }
      let tree = try tree(entries, on: tip, &log)
      return Addition(tree: tree, parents: tip.map { [$0] } ?? [], anchors: tips.sorted(), at: time)
    }
  }

  /// Brings in what another clone archived. The result is the same whichever of two clones makes
  /// it.
  @discardableResult
  package func merge(_ theirs: ObjectID) throws(LedgerError) -> ObjectID? {
    try change("merge of what two clones archived") { (tip, log) throws(LedgerError) in
      guard let tip else { return Addition(existing: theirs) }
      let isOld = try wrap { () throws(GitError) in
        try archive.repository.isAncestor(theirs, of: tip)
      }
      if isOld { return nil }
      let tree = try union(tip, theirs, &log)
      let isNew = try wrap { () throws(GitError) in
        guard try archive.repository.isAncestor(tip, of: theirs) else { return false }
        return try archive.repository.treeID(of: theirs) == tree
      }
      // One that goes on from ours and yet lacks something of it was not made by adding.
      if isNew { return Addition(existing: theirs) }
      let times = try [tip, theirs].map { (id) throws(LedgerError) in
        try wrap { () throws(GitError) in try archive.repository.commit(id).committer.at }
      }
      return Addition(
        tree: tree, parents: [tip, theirs].sorted(), anchors: [], at: max(times[0], times[1]))
    }
  }

  /// What the archive's next commit will be.
  private struct Addition {
    var existing: ObjectID?
    var tree = ObjectID.zero
    var parents: [ObjectID] = []
    var anchors: [ObjectID] = []
    var at = Timestamp(seconds: 0)

    init(existing: ObjectID) { self.existing = existing }

    init(tree: ObjectID, parents: [ObjectID], anchors: [ObjectID], at: Timestamp) {
      (self.tree, self.parents, self.anchors, self.at) = (tree, parents, anchors, at)
    }
  }

  private func wrap<Value>(_ body: () throws(GitError) -> Value) throws(LedgerError) -> Value {
    try LedgerError.wrap(body)
  }

  private typealias Change =
    (_ tip: ObjectID?, _ log: inout ObjectLog) throws(LedgerError) -> Addition?

  private func change(_ subject: String, _ body: Change) throws(LedgerError) -> ObjectID? {
    let reference = SharedReference(
      repository: archive.repository, name: name, options: options)
    return try reference.change(subject) { (tip, log) throws(LedgerError) in
      guard let addition = try body(tip, &log) else { return nil }
      return try write(addition, subject, &log)
    }
  }

  private func write(
    _ addition: Addition, _ subject: String, _ log: inout ObjectLog
  ) throws(LedgerError) -> ObjectID {
    if let existing = addition.existing { return existing }
    let person = Signature(
      name: options.author.name, email: options.author.email, at: addition.at, offsetMinutes: 0)
    let bundle = AnchorBundle(message: "anchors of the archive\n", person: person)
    do {
      let anchors = try bundle.parents(addition.anchors, &log)
      return try log.writeCommit(
        tree: addition.tree, parents: addition.parents + anchors, message: subject + "\n",
        by: person)
    } catch {
      throw .git(error)
    }
  }

  /// The tree of `tip` with the entries in it.
  private func tree(
    _ runs: [ArchivedRun], on tip: ObjectID?, _ log: inout ObjectLog
  ) throws(LedgerError) -> ObjectID {
    do {
      let (top, files) = try parts(tip)
      var all = files
      for run in runs {
        let blob = try log.writeBlob(LedgerFile.bytes(run.json))
        let name = RunArchive.file(run.run)
        all[name] = TreeEntry(name: name, mode: .file, id: blob)
      }
      return try tree(top, all, &log)
    } catch {
      throw .git(error)
    }
  }

  private func tree(
    _ top: [String: TreeEntry], _ files: [String: TreeEntry], _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let folder = try log.writeTree(Array(files.values))
    var entries = top
    entries[RunArchive.folder] = TreeEntry(name: RunArchive.folder, mode: .tree, id: folder)
    return try log.writeTree(Array(entries.values))
  }

  /// The entries of an archive's tree, and of its index.
  private func parts(
    _ tip: ObjectID?
  ) throws(GitError) -> (top: [String: TreeEntry], files: [String: TreeEntry]) {
    guard let tip else { return ([:], [:]) }
    let entries = try archive.repository.tree(tip)
    let top = Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    guard let folder = top[RunArchive.folder], folder.mode == .tree else { return (top, [:]) }
    let files = try archive.repository.tree(folder.id)
    return (top, Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The tree with what either of two archives has.
  private func union(
    _ left: ObjectID, _ right: ObjectID, _ log: inout ObjectLog
  ) throws(LedgerError) -> ObjectID {
    let (ours, theirs) = try wrap { () throws(GitError) in (try parts(left), try parts(right)) }
    var files = ours.files
    for (name, entry) in theirs.files where files[name]?.id != entry.id {
      guard let own = files[name] else {
        files[name] = entry
        continue
      }
      files[name] = try join(own, entry, &log)
    }
    var top = ours.top
    for (name, entry) in theirs.top where name != RunArchive.folder {
      if let own = top[name], own.id <= entry.id { continue }
      top[name] = entry
    }
    do { return try tree(top, files, &log) } catch { throw .git(error) }
  }

  /// What can be read is taken before what cannot; of two that this version cannot read, the
  /// smaller id.
  private func join(
    _ left: TreeEntry, _ right: TreeEntry, _ log: inout ObjectLog
  ) throws(LedgerError) -> TreeEntry {
    let sides = [left, right].map { entry in
      (try? archive.repository.blob(entry.id)).flatMap(RunArchive.parse)
        .flatMap { RunArchive.file($0.run) == entry.name ? $0 : nil }
    }
    guard let one = sides[0], let other = sides[1] else {
      if sides[0] != nil { return left }
      return sides[1] != nil || right.id < left.id ? right : left
    }
    let joined = try archive.join(one, other)
    do {
      let blob = try log.writeBlob(LedgerFile.bytes(joined.json))
      return TreeEntry(name: left.name, mode: .file, id: blob)
    } catch {
      throw .git(error)
    }
  }
}
