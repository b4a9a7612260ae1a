import UETGit
import UETModel

extension ChainEnd {
  /// Sees to it that a batch stays whose reference has moved.
  ///
  /// A collection that begins from now on finds the objects by the reference. One that is under way may
  /// have looked before, and with `--prune=now` takes them at any moment until its end: then they are put
  /// into a marked pack, which no collection touches, or, where none can be made, its end is waited for.
  /// What is gone is written again, and is the same: the same bytes give the same names.
  mutating func outlast(
    _ commit: ObjectID, _ log: inout ObjectLog,
    again: (inout ChainEnd, inout ObjectLog) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var rounds = 0
    var isSafe = false
    // Whether the log holds all of the batch: not where writing it again was cut off.
    var isWhole = true
    while !isSafe {
      rounds += 1
      // In this order: a collection that has ended before it is asked for takes nothing afterwards.
      let isCollecting = PackLock.isCollecting(repository)
      let isComplete = isWhole && log.isComplete
      if isComplete {
        isSafe = !isCollecting || isPacked(log)
      } else {
        guard rounds < Self.patience else {
          throw .durabilityUnknown(run, cause: .objectMissing(commit))
        }
        options.notice(.rewroteBatch(commit: commit))
        forgetCheckpoints()
        log = ObjectLog(repository)
        do throws(LedgerError) {
          try again(&self, &log)
          isWhole = true
        } catch {
          // It was taken away once more while it was written.
          guard error.mayPass else { throw error }
          isWhole = false
          options.patience.pause()
        }
        continue
      }
      if !isSafe { options.patience.pause() }
    }
  }

  /// How often a batch that is taken away is written again.
  private static let patience = 1000

  private func isPacked(_ log: ObjectLog) -> Bool {
    guard let git = options.git else { return false }
    return PackWriter(self, git).writeBlocking(log.ids)
  }
}
