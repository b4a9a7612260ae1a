import UETModel
import UETSystem

/// The files by which a worktree and its repository find each other: whoever changes them has the
/// next git that works there read another repository's settings.
package struct WorktreeLinks: Sendable {
  private var files: [WatchedFile]
  private let folders: [String]

  /// `name` is what people know the worktree by.
  package init(_ worktree: WorktreeHandle, name: String) {
    let own = worktree.gitDirectory
    folders = [worktree.path, own]
    files = [
      WatchedFile("\(worktree.path)/.git", .link, name: "\(name)/.git"),
      WatchedFile("\(own)/commondir", .link, name: "\(name)/commondir"),
      WatchedFile("\(own)/gitdir", .link, name: "\(name)/gitdir"),
    ]
  }

  /// What is not as it was, which is put back; what stood there is kept in `folder`.
  package mutating func changes(keepingIn folder: String) -> [SharedChange] {
    // A worktree that was removed is made anew.
    guard folders.allSatisfy(Files.isDirectory) else { return [] }
    var changes: [SharedChange] = []
    for place in files.indices where files[place].hasChanged() {
      let isRestored = files[place].restore(keepingIn: folder)
      changes.append(
        SharedChange(.link, files[place].name, isProtected: true, isRestored: isRestored))
    }
    return changes
  }
}
