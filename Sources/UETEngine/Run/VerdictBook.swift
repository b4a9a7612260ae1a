import Synchronization
import UETModel

/// The verdicts on record, for those who run gates beside the loop that records.
///
/// It is filled from the run's own record alone; what stands in notes or in what was fetched never
/// counts.
final class VerdictBook: Sendable {
  private let known = Mutex(VerdictIndex())

  func note(_ verdicts: some Sequence<VerdictRecord>) {
    known.withLock { $0.note(verdicts.filter { !$0.isOfCommit }) }
  }

  /// A green verdict on this very tree, or one with the same inputs, in this very environment.
  func green(on tree: ObjectID, inputs: ObjectID?, _ key: String) -> VerdictRecord? {
    known.withLock { $0.verdict(on: tree, inputs: inputs, key) }.flatMap { $0.passed ? $0 : nil }
  }
}
