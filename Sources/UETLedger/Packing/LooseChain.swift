import UETGit
import UETModel
import UETSystem

/// An object in a file of its own, with the name by which git finds what it resembles.
struct LooseObject: Hashable, Sendable {
  let id: ObjectID
  let name: String
}

/// The part of a chain that is not packed yet.
///
/// Packing takes the oldest commits, and removes what it packed from the inside out and the oldest
/// commits first. So what is loose begins at the chain's end and stops at the first commit that is
/// not, whatever was interrupted; nothing has to be remembered.
struct LooseChain {
  let reader: LedgerReader
  private let objects: String
  private var seen: Set<ObjectID> = []
  private var found: [LooseObject] = []

  init(_ reader: LedgerReader) {
    self.reader = reader
    objects = reader.repository.commonDirectory + "/objects"
  }

  static func path(_ id: ObjectID, in objects: String) -> String {
    let hex = id.hex
    return "\(objects)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// The loose objects of at most `limit` commits, the oldest: newer commits before older ones,
  /// each before its trees, and those before their blobs.
  mutating func list(to tip: ObjectID, limit: Int) throws(LedgerError) -> [LooseObject] {
    var commits: [ObjectID] = []
    var next: ObjectID? = tip
    while let id = next, isLoose(id) {
      commits.append(id)
      next = try reader.commit(id).previous
    }
    (seen, found) = ([], [])
    for id in commits.suffix(limit) { try add(try reader.commit(id)) }
    return found
  }

  private func isLoose(_ id: ObjectID) -> Bool { Files.exists(Self.path(id, in: objects)) }

  /// Notes an object; false where it is known or not loose.
  private mutating func note(_ id: ObjectID, _ name: String) -> Bool {
    guard seen.insert(id).inserted, isLoose(id) else { return false }
    found.append(LooseObject(id: id, name: name))
    return true
  }

  private mutating func add(_ commit: ChainCommit) throws(LedgerError) {
    guard note(commit.id, "") else { return }
    for anchor in commit.anchors { try add(bundle: anchor, of: commit) }
    try add(tree: commit.tree, "", of: commit)
  }

  /// Adds a commit that stands between the chain and its many anchors; others are not the ledger's.
  private mutating func add(bundle id: ObjectID, of commit: ChainCommit) throws(LedgerError) {
    guard isLoose(id), let bundle = try? reader.repository.commit(id),
      bundle.message == ChainMessage.ofAnchors(commit.message.run), note(id, "")
    else { return }
    for parent in bundle.parents { try add(bundle: parent, of: commit) }
    try add(tree: bundle.tree, "", of: commit)
  }

  private mutating func add(
    tree id: ObjectID, _ path: String, of commit: ChainCommit
  ) throws(LedgerError) {
    guard note(id, path) else { return }
    let entries: [TreeEntry]
    do {
      entries = try reader.repository.tree(id)
    } catch {
      throw .broken(commit: commit.id, reason: "its tree cannot be read: \(error)")
    }
    for entry in entries {
      let name = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
      switch entry.mode {
      case .tree: try add(tree: entry.id, name, of: commit)
      case .submodule: continue
      case .file, .executable, .symlink: _ = note(entry.id, name)
      }
    }
  }
}
