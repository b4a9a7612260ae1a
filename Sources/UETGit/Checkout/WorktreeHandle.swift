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
