import Synchronization
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The records of the worktrees that this process worked with last, so that they need not be read
/// again.
///
/// One is good only as long as the record on the disk is the very file that was there when it was
/// noted; it may then say what was found in the worktree since.
final class CheckoutMemory: Sendable {
  struct Item: Sendable {
    fileprivate(set) var record: CheckoutRecord
    /// The record on the disk, and what the disk says of it.
    fileprivate let path: String
    fileprivate let file: FileStamp
    /// What stood in the worktree beside what is on record, and when that was seen.
    fileprivate(set) var look: Look?
  }

  struct Look: Sendable {
    let walk: FolderWalk
    let at: ContinuousClock.Instant
  }

  private struct State: Sendable {
    var items: [String: Item] = [:]
    /// The worktree that was noted last comes last.
    var order: [String] = []
    var entries = 0

    mutating func remove(_ place: String) {
      guard let item = items.removeValue(forKey: place) else { return }
      entries -= item.record.entries.count
      order.removeAll { $0 == place }
    }
  }

  /// Entries of all records together: some ten megabytes.
  private static let limit = 60_000

  private let state = Mutex(State())

  /// What is known of a worktree; nil where that is not what the disk has on record.
  func item(of worktree: WorktreeHandle) -> Item? {
    guard let item = state.withLock({ $0.items[worktree.gitDirectory] }) else { return nil }
    if FileStamp(at: item.path) == item.file { return item }
    state.withLock { $0.remove(worktree.gitDirectory) }
    return nil
  }

  /// Notes a record that was just saved at `path`.
  func note(_ record: CheckoutRecord, of worktree: WorktreeHandle, at path: String) {
    let file = FileStamp(at: path)
    state.withLock { state in
      state.remove(worktree.gitDirectory)
      guard let file, record.entries.count <= Self.limit else { return }
      state.items[worktree.gitDirectory] = Item(record: record, path: path, file: file)
      state.order.append(worktree.gitDirectory)
      state.entries += record.entries.count
      while state.entries > Self.limit, let oldest = state.order.first { state.remove(oldest) }
    }
  }

  /// Takes another record without saving it; false where none is noted.
  func update(_ record: CheckoutRecord, of worktree: WorktreeHandle) -> Bool {
    guard item(of: worktree) != nil else { return false }
    return state.withLock { state in
      guard let known = state.items[worktree.gitDirectory] else { return false }
      state.entries += record.entries.count - known.record.entries.count
      state.items[worktree.gitDirectory]?.record = record
      state.items[worktree.gitDirectory]?.look = nil
      return true
    }
  }

  /// Notes what a look at the worktree found beside what is on record now; nil for that nothing is
  /// known.
  func note(_ walk: FolderWalk?, in worktree: WorktreeHandle) {
    let look = walk.map { Look(walk: $0, at: ContinuousClock().now) }
    state.withLock { state in
      guard var item = state.items.removeValue(forKey: worktree.gitDirectory) else { return }
      item.look = look
      state.items[worktree.gitDirectory] = item
    }
  }
}

extension FileStamp {
  /// What the disk says of the file or link at `path`; nil where none is.
  init?(at path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
