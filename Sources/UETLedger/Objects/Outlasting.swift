import UETGit
import UETModel

/// Sees to it that objects stay to which a reference leads since a moment ago.
///
/// A collection that begins from now on finds them by the reference. One that is under way may have
/// looked before, and with `--prune=now` takes them at any moment until its end: then they are put
/// into a pack, which it does not know and so leaves alone, or, where none can be made, its end is
/// waited for. What is gone is written again, and is the same: the same bytes give the same names.
struct Outlasting {
  let repository: Repository
  let options: LedgerOptions

  /// How often what is taken away is written again.
  private static let patience = 1000

  /// `again` writes all of it once more; `failure` is for where that was in vain.
  func hold(
    _ commit: ObjectID, _ log: inout ObjectLog, failure: LedgerError,
    again: (inout ObjectLog) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var rounds = 0
    // Whether the log holds all of it: not where writing it again was cut off.
    var isWhole = true
    while true {
      rounds += 1
      // In this order: a collection that has ended before it is asked for takes nothing afterwards.
      let isCollecting = GitCollection.isUnderWay(in: repository)
      guard isWhole, log.isComplete else {
        guard rounds < Self.patience else { throw failure }
        options.notice(.rewroteBatch(commit: commit))
        log = ObjectLog(repository)
        isWhole = try write(&log, again)
        continue
      }
      if !isCollecting || isPacked(log) { return }
      options.patience.pause()
    }
  }

  /// False where it was taken away once more while it was written.
  private func write(
    _ log: inout ObjectLog, _ again: (inout ObjectLog) throws(LedgerError) -> Void
  ) throws(LedgerError) -> Bool {
    do throws(LedgerError) {
      try again(&log)
      return true
    } catch {
      guard error.mayPass else { throw error }
      options.patience.pause()
      return false
    }
  }

  private func isPacked(_ log: ObjectLog) -> Bool {
    do throws(GitError) {
      return try repository.pack(log.ids)
    } catch {
      return false
    }
  }
}

extension LedgerError {
  /// Whether trying again at once may help. `git gc` and `git pack-refs` remove folders that they
  /// find empty, and objects that no reference leads to yet, under whoever is about to use them.
  var mayPass: Bool {
    switch self {
    case .git(.libgit2), .git(.objectMissing), .git(.invalidTreeEntry): true
    default: false
    }
  }
}
