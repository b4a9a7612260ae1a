import UETModel
import UETSystem

extension SealedGit {
  /// Fills the worktree's submodules that the repository has at hand: those that were filled in the
  /// main work tree, whose objects are then taken from there and from nowhere else.
  ///
  /// Others stay empty, as `git worktree add` leaves them. Throws where git cannot fill one, as
  /// when the commit that is wanted was never fetched.
  package func fillSubmodules(at path: String) async throws(GitError) {
    guard Files.isFile(path + "/.gitmodules"), let worktree = repository.worktree(at: path)
    else { return }
    for (name, place) in Self.declaredSubmodules(at: path) {
      let (store, folder) = moduleStore(name)
      guard Files.isFile(store + "/HEAD"), Files.isDirectory(path + "/" + place),
        let url = repository.config("submodule.\(name).url")
      else { continue }
      // The URL of this one call is a directory of the repository's own, so that transport is safe.
      let own = worktree.gitDirectory + "/modules/" + folder
      // Where git keeps that path in the configuration, it means one for the main work tree alone.
      let named =
        repository.config("submodule.\(name).gitdir") == nil
        ? [] : ["-c", "submodule.\(name).gitdir=\(own)"]
      let arguments =
        named + [
          "-c", "protocol.file.allow=always", "-c", "submodule.\(name).url=\(store)",
          "-c", "submodule.\(name).update=checkout", "submodule", "--quiet", "update", "--force",
          "--", place,
        ]
      try await check(arguments) {
        $0.gitDirectory = worktree.gitDirectory
        $0.workTree = path
      }
      _ = try await run(["config", "--file", own + "/config", "remote.origin.url", url])
    }
  }

  /// The repository's own store of a submodule, and the name of its folder below `modules`: what
  /// `extensions.submodulePathConfig` has git call it, else the submodule's name.
  private func moduleStore(_ name: String) -> (path: String, folder: String) {
    let common = repository.commonDirectory
    guard let configured = repository.config("submodule.\(name).gitdir"),
      let folder = configured.split(separator: "/").last.map(String.init)
    else { return (common + "/modules/" + name, name) }
    let root = repository.mainWorkTree ?? common + "/.."
    return (Files.resolved(configured, against: root), folder)
  }

  /// Name and path of each submodule that `.gitmodules` declares with plain ones.
  static func declaredSubmodules(at root: String) -> [(name: String, path: String)] {
    declaredSubmodules(Files.content(of: root + "/.gitmodules") ?? [])
  }

  /// Those that the content of a `.gitmodules` file declares.
  static func declaredSubmodules(_ bytes: [UInt8]) -> [(name: String, path: String)] {
    let text = String(decoding: bytes, as: UTF8.self)
    var result: [(name: String, path: String)] = []
    var name: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: "\"", omittingEmptySubsequences: false)
      if words.count == 3, words[0].hasSuffix("[submodule ") {
        name = String(words[1])
        continue
      }
      let parts = line.split(separator: "=", maxSplits: 1).map { word in
        String(word.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
      }
      if let name, parts.count == 2, parts[0] == "path", isPlain(name), isPlain(parts[1]) {
        result.append((name, parts[1]))
      }
    }
    return result
  }

  /// Whether a name leads nowhere else, and is no option.
  private static func isPlain(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return !name.hasPrefix("-")
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.lowercased() != ".git"
      }
  }
}

/// A submodule that a worktree has moved to another commit.
package struct MovedSubmodule: Hashable, Sendable {
  package let path: String
  /// Its repository in the worktree.
  package let gitDirectory: String
  /// The repository's own store of it.
  package let store: String
  package let old: ObjectID?
  package let new: ObjectID
}

extension SealedGit {
  /// Those that `tip` has at another commit than `base`, and that are filled in the worktree.
  package func movedSubmodules(
    in worktree: WorktreeHandle, from base: ObjectID, to tip: ObjectID
  ) throws(GitError) -> [MovedSubmodule] {
    guard Files.isDirectory(worktree.gitDirectory + "/modules") else { return [] }
    let declared = Self.declaredSubmodules(at: worktree.path)
    var moved: [MovedSubmodule] = []
    for change in try repository.changes(from: base, to: tip) {
      guard let new = change.new, new.mode == .submodule,
        let module = declared.first(where: { Array($0.path.utf8) == change.pathBytes })
      else { continue }
      let (store, folder) = moduleStore(module.name)
      let own = worktree.gitDirectory + "/modules/" + folder
      guard Files.isDirectory(store), Files.isDirectory(own) else { continue }
      let old = change.old.flatMap { $0.mode == .submodule ? $0.id : nil }
      moved.append(
        MovedSubmodule(
          path: module.path, gitDirectory: own, store: store, old: old, new: new.id))
    }
    return moved
  }

  /// Takes the commits that submodules of the worktree were moved to into the repository's own
  /// store of each, under `reference`, since those in the worktree go with it.
  package func keepSubmodules(
    _ worktree: WorktreeHandle, from base: ObjectID, to tip: ObjectID, as reference: String
  ) async throws(GitError) {
    for module in try movedSubmodules(in: worktree, from: base, to: tip) {
      try await check(
        [
          "-c", "protocol.file.allow=always", "-c", "uploadpack.allowAnySHA1InWant=true",
          "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", module.gitDirectory,
          "+\(module.new.hex):\(reference)",
        ]
      ) {
        $0.gitDirectory = module.store
        $0.environment["GIT_COMMON_DIR"] = module.store
        $0.isDurable = true
      }
    }
  }
}
