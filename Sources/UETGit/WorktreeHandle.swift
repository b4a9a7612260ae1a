import UETModel
import UETSystem

/// A linked worktree as the repository itself has it on record.
///
/// What stands in the worktree, its `.git` file above all, belongs to who works there and is not
/// asked; the administrative directory in the repository is.
package struct WorktreeHandle: Hashable, Sendable {
  /// The root of the checkout.
  package let path: String
  /// Its administrative directory, `GIT_COMMON_DIR/worktrees/NAME`.
  package let gitDirectory: String

  package init(path: String, gitDirectory: String) {
    (self.path, self.gitDirectory) = (path, gitDirectory)
  }

  /// Whether the folder is there, and says that it belongs to this administrative directory.
  var isLinkedBack: Bool {
    guard let line = Files.text(path + "/.git"), line.hasPrefix("gitdir: ") else {
      return false
    }
    let named = Files.resolved(String(line.dropFirst(8)), against: path)
    return named == gitDirectory || Files.real(named) == Files.real(gitDirectory)
  }
}

extension WorktreeHandle {
  /// The commit that is being merged there, where a merge has not ended.
  package var mergeHead: ObjectID? {
    Files.line(gitDirectory + "/MERGE_HEAD").flatMap { ObjectID($0) }
  }
}

extension Repository {
  /// The linked worktree that is registered for `path`; nil where there is none.
  package func worktree(at path: String) -> WorktreeHandle? {
    let wanted = Files.real(path) ?? Files.trimmed(path)
    let root = commonDirectory + "/worktrees"
    // Nearly always it has its own name.
    let likely = wanted.split(separator: "/").last.map(String.init) ?? ""
    if let line = Files.text(root + "/" + likely + "/gitdir"), line == wanted + "/.git" {
      return WorktreeHandle(path: wanted, gitDirectory: root + "/" + likely)
    }
    for name in Files.names(in: root) {
      guard let line = Files.text(root + "/" + name + "/gitdir") else { continue }
      let file = Files.resolved(line, against: root + "/" + name)
      guard file.hasSuffix("/.git") else { continue }
      let place = String(file.dropLast(5))
      if place == wanted || Files.real(place) == wanted {
        return WorktreeHandle(path: place, gitDirectory: root + "/" + name)
      }
    }
    return nil
  }

  /// The commit that the worktree's HEAD names; nil where it names none.
  package func head(of worktree: WorktreeHandle) throws(GitError) -> ObjectID? {
    guard let line = Files.line(worktree.gitDirectory + "/HEAD") else { return nil }
    if let id = ObjectID(line) { return id }
    guard line.hasPrefix("ref: ") else { return nil }
    return try reference(String(line.dropFirst(5)))
  }
}
