import UETGit
import UETModel

/// Conflicts that were resolved once, kept under `refs/uet/resolutions` to be resolved alike again.
///
/// The tree holds `KK/KEY/preimage`, the conflict with bare markers, and `KK/KEY/postimage`, what became of
/// it; KEY is made of the places in conflict alone. Joining two such trees is putting them together.
struct Resolutions: Sendable {
  private let repository: Repository
  private let git: SealedGit
  private let reference: String

  init(_ repository: Repository, _ git: SealedGit, prefix: String) {
    self.repository = repository
    self.git = git
    reference = "\(prefix)/resolutions"
  }

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
  func record(_ entries: [Entry], by who: Signature) throws(GitError) {
    guard !entries.isEmpty else { return }
    let edit = TreeEdit(repository: repository)
    for attempt in 1... {
      let old = try repository.reference(reference)
      var tree = try old.map { (id) throws(GitError) in try repository.treeID(of: id) }
      for entry in entries {
        let folder = Self.folder(entry.conflict.key)
        let before = try repository.writeBlob(entry.conflict.normalised)
        tree = try edit.put(before, .file, at: folder + "/preimage", in: tree)
        let after = try repository.writeBlob(entry.resolved)
        tree = try edit.put(after, .file, at: folder + "/postimage", in: tree)
      }
      guard let tree else { return }
      let commit = try repository.writeCommit(
        tree: tree, parents: old.map { [$0] } ?? [], message: "record a resolution\n", author: who,
        committer: who)
      do throws(GitError) {
        return try repository.setReference(
          reference, to: commit, expecting: old ?? .zero, message: "git-uet: resolution")
      } catch {
        guard case .referenceMoved = error, attempt < 8 else { throw error }
      }
    }
  }

  /// Keeps each text that was in conflict with what became of it. Only a help: a failure costs nothing else.
  func remember(
    _ conflict: ConflictRecord, onto: ObjectID, as resolved: ObjectID, _ project: Project
  ) async {
    let merged = try? await git.mergeTree(onto, conflict.tip, base: conflict.base)
    guard case .conflict(let torn, let paths, _) = merged else { return }
    do throws(GitError) {
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
