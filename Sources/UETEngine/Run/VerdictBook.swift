import Synchronization
import UETModel

/// The verdicts on record, for those who run gates beside the loop that records.
///
/// It is filled from the run's own record alone; what stands in notes or in what was fetched never
/// counts.
final class VerdictBook: Sendable {
  private struct Key: Hashable {
    let tree: ObjectID
    let key: String
  }

  private let known = Mutex<[Key: VerdictRecord]>([:])

  func note(_ verdicts: some Sequence<VerdictRecord>) {
    known.withLock { known in
      for verdict in verdicts { known[Key(tree: verdict.tree, key: verdict.key)] = verdict }
    }
  }

  /// A green verdict on this very tree, in this very environment.
  func green(on tree: ObjectID, _ key: String) -> VerdictRecord? {
    known.withLock { $0[Key(tree: tree, key: key)] }.flatMap { $0.passed ? $0 : nil }
  }
}
