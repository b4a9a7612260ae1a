import CLibgit2
import Synchronization
import UETModel

/// An open repository, read and written in process.
///
/// Calls are synchronous and short; one lock guards libgit2's handle, so that any task may call.
/// Whatever runs longer, or where git itself is the better judge, is `SealedGit`'s.
package final class Repository: Sendable {
  /// Where HEAD and the index of this checkout are; no `/` at the end.
  package let gitDirectory: String
  /// Where objects, references and the configuration are: the same but in a linked worktree.
  package let commonDirectory: String
  /// The root of the checkout; nil in a bare repository.
  package let workTree: String?
  /// The root of the main checkout, from whichever one this was opened; nil where there is none, or
  /// where nobody knows.
  package let mainWorkTree: String?
  /// Whether the history is cut off.
  package let isShallow: Bool

  package var isBare: Bool { workTree == nil }

  let configuration: Configuration
  /// Trees that may be written to a disk.
  let judged = JudgedTrees()
  private let handle: Mutex<RepositoryHandle>
  /// Where a push has put objects that are not the repository's yet.
  let quarantine: String?

  init(_ handle: consuming sending RepositoryHandle, facts: Facts, configuration: Configuration) {
    gitDirectory = facts.gitDirectory
    commonDirectory = facts.commonDirectory
    workTree = facts.workTree
    mainWorkTree = facts.mainWorkTree
    isShallow = facts.isShallow
    quarantine = facts.quarantine
    self.configuration = configuration
    self.handle = Mutex(handle)
  }

  /// What opening found out.
  struct Facts: Sendable {
    var gitDirectory: String
    var commonDirectory: String
    var workTree: String?
    var mainWorkTree: String?
    var isShallow: Bool
    var quarantine: String?
  }

  /// Opens it once more, so that libgit2 lets go of what it keeps of packs and objects: some 16 MB
  /// for each pack that was read much of, and packs that were removed since. Where that fails all
  /// stays as it is.
  package func renew() {
    do throws(GitError) {
      try handle.withLock { (handle) throws(GitError) in
        handle.replace(with: try Self.openPointer(gitDirectory))
        if let quarantine { git_odb_add_disk_alternate(handle.objects, quarantine) }
      }
    } catch {
      return
    }
  }

  /// From now on every object and reference that this process writes is synced to the disk.
  package static func enableFsync() {
    Libgit2.start()
    _ = uet_enable_fsync(1)
    syncing.store(true, ordering: .relaxed)
  }

  /// Whether `enableFsync` was called.
  package static var isSyncing: Bool { syncing.load(ordering: .relaxed) }

  private static let syncing = Atomic(false)

  /// Runs `body` with the handle, alone.
  func locked<R: Sendable>(
    _ body: (borrowing RepositoryHandle) throws(GitError) -> R
  ) throws(GitError) -> R {
    try handle.withLock { (handle) throws(GitError) -> R in try body(handle) }
  }
}

extension Repository {
  /// The version of libgit2 that is linked.
  package static var libraryVersion: String {
    var (major, minor, revision) = (Int32(0), Int32(0), Int32(0))
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }
}
