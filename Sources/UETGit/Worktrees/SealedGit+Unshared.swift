import UETModel
import UETSystem

extension SealedGit {
  /// A commit of a submodule that others cannot get.
  package struct UnsharedSubmodule: Hashable, Sendable {
    /// Where the submodule stands.
    package let path: String
    package let commit: ObjectID
    /// Whether it is here at all.
    package let isHere: Bool
  }

  /// The commits of submodules that `new` names and `old` does not, as far as no remote of the
  /// submodule is known to have them. Of a submodule that was never filled here nothing is known.
  package func unsharedSubmodules(
    from old: ObjectID, to new: ObjectID
  ) async throws(GitError) -> [UnsharedSubmodule] {
    let changes = try repository.changes(from: old, to: new)
      .compactMap { change in
        change.new.flatMap { $0.mode == .submodule ? (change.path, $0.id) : nil }
      }
    guard !changes.isEmpty,
      let file = try repository.entry(at: ".gitmodules", in: repository.treeID(of: new)),
      file.mode == .file
    else { return [] }
    let declared = Self.declaredSubmodules(try repository.blob(file.id))
    var result: [UnsharedSubmodule] = []
    for (path, commit) in changes {
      guard let name = declared.first(where: { $0.path == path })?.name else { continue }
      let store = "\(repository.commonDirectory)/modules/\(name)"
      guard Files.isFile(store + "/HEAD") else { continue }
      let output = try await run([
        "--git-dir=\(store)", "for-each-ref", "--count=1", "--format=%(refname)",
        "--contains=\(commit.hex)", "refs/remotes",
      ])
      if output.status == 0, !output.text.isEmpty { continue }
      result.append(
        UnsharedSubmodule(path: path, commit: commit, isHere: output.status == 0))
    }
    return result
  }
}
