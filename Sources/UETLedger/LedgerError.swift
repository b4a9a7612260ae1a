import UETGit
import UETModel
import UETSystem

/// Why the record could not be read or written.
package enum LedgerError: Error, Sendable {
  /// There is no chain of that name.
  case noSuchRun(RunID, writer: String)
  /// A run of that name is there already.
  case runExists(RunID)
  /// Another process has taken the chain: this writer stops for good.
  case fenced(RunID, by: Holder?)
  /// A process that may be alive holds the run.
  case held(RunID, by: Holder, liveness: Liveness)
  /// This writer gave the run up and writes no more.
  case released(RunID)
  /// Another process holds the lock file of a reference and did not let go in time.
  case referenceLocked(name: String, path: String)
  /// An event names a commit that is not in the repository; nothing was written.
  case missingAnchor(ObjectID)
  /// An event cannot follow what is recorded; nothing was written.
  case illegalEvent(RunState.FoldError)
  /// The end of a chain that this clone is to go on with, which it did not write.
  case notWrittenHere(String, ObjectID)
  /// A name that cannot be a file in `logs/`.
  case badAttachmentName(String)
  /// The reference moved, but its durability was not confirmed: nothing more can be promised.
  case durabilityUnknown(RunID, cause: GitError)
  /// A commit of a chain that is damaged; everything before it is sound.
  case broken(commit: ObjectID, reason: String)
  case git(GitError)
  /// Others changed the same references each time that it was tried.
  case contended(String, rounds: Int)
  /// The host has a reference where ours are to go below.
  case nameTaken(String, remote: String)
  /// The cache failed, even after it was built anew.
  case cache(String)
  /// A file operation of the system failed.
  case system(SystemFailure)
}

extension LedgerError {
  /// Whether something that was read is at fault, and not the disk or another process.
  var isOfOneObject: Bool {
    switch self {
    case .broken, .noSuchRun: true
    case .git(let error):
      switch error {
      case .objectMissing, .wrongKind, .corruptObject, .invalidTreeEntry, .libgit2,
        .invalidReferenceName, .referenceCollides:
        true
      default: false
      }
    default: false
    }
  }

  /// Runs `body`, with an error of the repository wrapped in one of the ledger.
  static func wrap<Value>(_ body: () throws(GitError) -> Value) throws(LedgerError) -> Value {
    do { return try body() } catch { throw .git(error) }
  }

  /// The value of a call on files, or its failure as one of the ledger.
  @discardableResult
  static func onDisk<Value>(
    _ call: @autoclosure () throws(SystemFailure) -> Value
  ) throws(LedgerError) -> Value {
    do throws(SystemFailure) { return try call() } catch { throw .system(error) }
  }
}
