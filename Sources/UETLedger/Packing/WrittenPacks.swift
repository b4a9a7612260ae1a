import Synchronization
import UETGit

/// The packs that a chain's writer makes itself where a batch has many objects, until the packer
/// takes them over with their marks.
final class WrittenPacks: Sendable {
  private struct State {
    /// No reference leads to them yet.
    var fresh: [String] = []
    var settled: [String] = []
  }

  private let state = Mutex(State())
  let repository: Repository
  let folder: PackFolder
  let options: LedgerOptions

  init(_ repository: Repository, _ folder: PackFolder, _ options: LedgerOptions) {
    self.repository = repository
    self.folder = folder
    self.options = options
  }

  /// Whether there is a packer.
  private var areTakenOver: Bool { options.git != nil }

  /// Writes and syncs a pack.
  func write(_ pack: NewPack) throws(GitError) {
    state.withLock { $0.fresh.append(pack.name) }
    try repository.write(pack, mark: folder.markText)
    options.reached(.batchPacked)
  }

  /// Says that a reference leads to all that was written.
  func settle() {
    let names = state.withLock { state in
      defer { state.fresh = [] }
      if areTakenOver { state.settled += state.fresh }
      return state.fresh
    }
    if areTakenOver { return }
    for name in names { try? folder.removeMark(name) }
  }

  /// Those whose marks are not the packer's yet.
  var names: Set<String> { state.withLock { Set($0.fresh + $0.settled) } }

  /// Those that the packer is to look after from now on.
  func take() -> [String] {
    state.withLock { state in
      defer { state.settled = [] }
      return state.settled
    }
  }
}
