import UETGit
import UETLedger
import UETModel

/// Conflicts that were resolved once, kept under `refs/uet/resolutions` to be resolved alike again.
///
/// The tree holds `KK/KEY/preimage`, the conflict with bare markers, and `KK/KEY/postimage`, what became of
/// it; KEY is made of the places in conflict alone. Joining two such trees is putting them together.
struct Resolutions: Sendable {
  private let repository: Repository
  private let git: SealedGit
  private let shared: SharedReference

  init(_ project: Project) {
    repository = project.repository
    git = project.git
    shared = SharedReference(
      repository: project.repository, name: "\(project.refPrefix)/resolutions",
      options: project.ledgerOptions)
  }

  private var reference: String { shared.name }

  /// One path as it was in conflict and as it was resolved.
  struct Entry: Sendable {
    let conflict: ConflictText
    let resolved: [UInt8]
  }

  /// The merged tree, where every conflicted path was resolved before; nil where one was not.
  func resolve(_ conflict: MergeConflict) async throws(GitError) -> ObjectID? {
    guard let known = try repository.reference(reference), !conflict.paths.isEmpty else {
      return nil
    }
    var tree = conflict.tree
    for path in conflict.paths {
      guard let mode = path.fileMode,
        let entry = try repository.entry(at: path.path, in: conflict.tree),
        let text = ConflictText(try repository.blob(entry.id)),
        let resolved = try await resolved(text, known)
      else { return nil }
      tree = try TreeEdit(repository: repository).put(
        repository.writeBlob(resolved), mode, at: path.path, in: tree)
    }
    return tree
  }

  private func resolved(_ text: ConflictText, _ known: ObjectID) async throws(GitError) -> [UInt8]?
  {
    let folder = Self.folder(text.key)
    guard let before = try repository.entry(at: folder + "/preimage", in: known),
      let after = try repository.entry(at: folder + "/postimage", in: known)
    else { return nil }
    let (preimage, postimage) = (try repository.blob(before.id), try repository.blob(after.id))
    if preimage == text.normalised { return postimage }
    // The same places in another surrounding.
    guard
      let merged = try await git.mergeFiles(
        ours: text.normalised, base: preimage, theirs: postimage)
    else { return nil }
    return ConflictMarkers.isMarked(merged) || ConflictText(merged) != nil ? nil : merged
  }

  /// Remembers resolutions; a later one of the same conflict replaces an earlier one.
  func record(_ entries: [Entry], by who: Signature) throws(LedgerError) {
    guard !entries.isEmpty else { return }
    try shared.change("resolution") { (tip, log) throws(LedgerError) in
      do throws(GitError) {
        let old = try tip.map { (id) throws(GitError) in try repository.treeID(of: id) }
        guard let tree = try put(entries, in: old, &log), tree != old else { return nil }
        return try log.writeCommit(
          tree: tree, parents: tip.map { [$0] } ?? [], message: "record a resolution\n", by: who)
      } catch {
        throw .git(error)
      }
    }
  }

  private func put(
    _ entries: [Entry], in old: ObjectID?, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID? {
    let edit = TreeEdit(repository: repository)
    var tree = old
    for entry in entries {
      let folder = Self.folder(entry.conflict.key)
      let before = try log.writeBlob(entry.conflict.normalised)
      tree = try edit.put(before, .file, at: folder + "/preimage", in: tree, &log)
      let after = try log.writeBlob(entry.resolved)
      tree = try edit.put(after, .file, at: folder + "/postimage", in: tree, &log)
    }
    return tree
  }

  /// Keeps each text that was in conflict with what became of it. Only a help: a failure costs nothing else.
  func remember(
    _ conflict: ConflictRecord, onto: ObjectID, as resolved: ObjectID, _ project: Project
  ) async {
    let merged = try? await git.mergeTree(onto, conflict.tip, base: conflict.base)
    guard case .conflict(let torn, let paths, _) = merged else { return }
    do {
      let tree = try repository.treeID(of: resolved)
      var entries: [Entry] = []
      for path in paths where path.fileMode != nil {
        guard let before = try repository.entry(at: path.path, in: torn),
          let after = try repository.entry(at: path.path, in: tree),
          let text = ConflictText(try repository.blob(before.id))
        else { continue }
        entries.append(Entry(conflict: text, resolved: try repository.blob(after.id)))
      }
      try record(entries, by: project.identity())
    } catch {
      project.warn("cannot keep the resolution for the next time: \(error)")
    }
  }

  private static func folder(_ key: ObjectID) -> String {
    "\(key.hex.prefix(2))/\(key.hex.dropFirst(2))"
  }
}

extension ConflictedPath {
  /// The mode that both sides agree on, of a file whose text can be merged; nil for all else.
  var fileMode: FileMode? {
    guard let ours, let theirs, ours.mode == .file || ours.mode == .executable else { return nil }
    return ours.mode == theirs.mode ? ours.mode : nil
  }
}
