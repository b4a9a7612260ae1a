import Synchronization
import UETGit
import UETMergeQueue
import UETModel
import UETSystem

/// What gates of the queue were seen to read, on its way into the record.
final class KeptReads: Sendable {
  private let kept = Mutex<[GateName: [UInt8]]>([:])

  func keep(_ bytes: [UInt8], _ name: GateName) { kept.withLock { $0[name] = bytes } }

  func take(_ name: GateName) -> [UInt8]? { kept.withLock { $0.removeValue(forKey: name) } }
}

/// What was read of what stands in a bench, beside the bench's mark.
struct BenchReads {
  private let path: String

  init(_ worktree: WorktreeHandle) { path = "\(worktree.gitDirectory)/uet-reads" }

  /// nil where what stands there was not built of this tree, or nobody looked.
  func read(builtOf tree: ObjectID) -> TreeReads? {
    guard let bytes = Files.content(of: path), let end = bytes.firstIndex(of: 0x0A),
      String(decoding: bytes[..<end], as: UTF8.self) == tree.hex
    else { return nil }
    return TreeReads(Array(bytes[(end + 1)...]))
  }

  /// What was read of what was brought from another place.
  func take(_ seed: Seed) {
    if let reads = BenchReads(seed.source).read(builtOf: seed.tree) {
      write(reads, builtOf: seed.tree)
    }
  }

  func remove() { try? Files.remove(path) }

  func write(_ reads: TreeReads, builtOf tree: ObjectID) {
    try? Files.write(Array(tree.hex.utf8) + [0x0A] + reads.bytes, to: path)
  }
}

extension LearnedReads {
  /// Takes in what came of a run, and gives that the name under which it counts.
  /// `tally` says by whom it was looked at, where that is not the queue.
  func note(
    _ result: inout GateResult, of tree: ObjectID?, _ key: String, tally: String? = nil
  ) {
    switch result.learning?.outcome {
    case .reads(let reads)?:
      let bytes = reads.bytes
      let id = Repository.hashBlob(bytes)
      result.learned = (id, add(reads, id, key).filter { $0 != tree }, bytes)
    case .unknown(let reason)?: fail(tally ?? key, reason, looksElsewhere: false)
    case .elsewhere(let reason)?: fail(tally ?? key, reason, looksElsewhere: true)
    case nil: break
    }
  }
}
