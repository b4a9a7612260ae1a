import UETModel

/// Which workstreams must not run at the same time, kept compact.
///
/// A lock stands for a pattern that several scopes touch, or for a conflict group. A workstream
/// needs its locks; two locks clash when their patterns overlap, and a lock clashes with itself
/// when more than one workstream needs it. So 10,000 workstreams on one file are one lock, not 50
/// million pairs.
package struct ConflictGraph: Sendable {
  package struct Lock: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case pattern(ScopePattern)
      case group(String)
      /// Patterns that were not told apart within the bound.
      case coarse
    }

    package let kind: Kind
    /// The workstreams that need it, ascending.
    package var members: [Int] = []
    /// The locks it clashes with, ascending; itself among them when several need it.
    package var clashes: [Int] = []
    /// Of these, without itself, the ones that clash with more locks (by index among equals): each
    /// pair of locks is watched from one side, the one where it is cheap, so that a directory over
    /// 10,000 files is.
    package internal(set) var above: [Int] = []
    /// Whether no two workstreams may hold it at a time.
    package internal(set) var isSingle = false
  }

  package internal(set) var locks: [Lock] = []
  /// For each workstream the locks it needs, ascending.
  package internal(set) var needs: [[Int]]
  /// Workstreams that run alone, ascending.
  package internal(set) var exclusive: [Int] = []
  package internal(set) var isExclusive: [Bool]
  package internal(set) var readWrites: [ReadWrite] = []
  /// Whether some patterns were not told apart within the bound.
  package internal(set) var isCoarse = false
  /// Whether more read-write overlaps exist than `readWrites` holds.
  package internal(set) var readWritesOmitted = false

  /// A workstream that reads what another writes.
  package struct ReadWrite: Hashable, Sendable {
    package let reader: Int
    package let writer: Int
    package let overlap: Conflict.Overlap
  }

  package static let maximumReadWrites = 1_000

  package init(_ workstreams: [Workstream], steps: Int = ScopeIndex.defaultSteps) {
    needs = Array(repeating: [], count: workstreams.count)
    isExclusive = workstreams.map { !$0.parallelOK }
    exclusive = workstreams.indices.filter { !workstreams[$0].parallelOK }
    var builder = Builder(workstreams)
    builder.findOverlaps(steps: steps)
    builder.fill(&self)
  }

  package var count: Int { needs.count }

  /// The workstreams that must not run beside `index`, ascending.
  package func conflicts(with index: Int) -> [Int] {
    if isExclusive[index] { return (0..<count).filter { $0 != index } }
    var result = Set(exclusive)
    for lock in needs[index] {
      for other in locks[lock].clashes { result.formUnion(locks[other].members) }
    }
    result.remove(index)
    return result.sorted()
  }

  package func areInConflict(_ left: Int, _ right: Int) -> Bool {
    guard left != right else { return false }
    if isExclusive[left] || isExclusive[right] { return true }
    return firstClash(left, right) != nil
  }

  /// A lock of each that clash.
  func firstClash(_ left: Int, _ right: Int) -> (Int, Int)? {
    for mine in needs[left] {
      for theirs in needs[right] where clash(mine, theirs) { return (mine, theirs) }
    }
    return nil
  }

  /// The part with these workstreams, ascending.
  func restricted(to kept: [Int]) -> ConflictGraph {
    var place = [Int](repeating: -1, count: count)
    for (index, old) in kept.enumerated() { place[old] = index }
    var result = self
    result.needs = kept.map { needs[$0] }
    result.isExclusive = kept.map { isExclusive[$0] }
    result.exclusive = exclusive.map { place[$0] }.filter { $0 >= 0 }
    for index in locks.indices {
      result.locks[index].members = locks[index].members.map { place[$0] }.filter { $0 >= 0 }
    }
    result.readWrites = []
    return result
  }

  /// What the graph would be if the workstream did not need the lock.
  mutating func remove(_ index: Int, from lock: Int) {
    needs[index].removeAll { $0 == lock }
    locks[lock].members.removeAll { $0 == index }
  }

  /// What the graph would be without the workstream's `parallel_ok: false`.
  mutating func letRunBeside(_ index: Int) {
    isExclusive[index] = false
    exclusive.removeAll { $0 == index }
  }

  func clash(_ left: Int, _ right: Int) -> Bool {
    let list = locks[left].clashes
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < right { low = middle + 1 } else { high = middle }
    }
    return low < list.count && list[low] == right
  }
}
