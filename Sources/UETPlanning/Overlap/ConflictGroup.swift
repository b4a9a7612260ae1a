import UETModel

/// A set of workstreams that conflict, in the compact form of the machine output.
package struct ConflictGroup: Hashable, Sendable {
  package let reason: Conflict.Reason
  /// The pattern that `members` share, or the narrower one of two that overlap.
  package var pattern: String?
  /// The name of the `conflict_group`.
  package var name: String?
  /// Ascending; each conflicts with each other one.
  package let members: [Int]
  /// Each member conflicts with each of these too; nil where `members` says it all.
  package var others: [Int]?
  /// The members conflict with every workstream there is.
  package var withAll = false

  /// More ids than this are not written out as sets of two patterns' members; see `others`.
  private static let maximumMembers = 200_000

  /// All conflicts of a graph.
  package static func all(_ graph: ConflictGraph) -> [ConflictGroup] {
    var result: [ConflictGroup] = []
    var budget = maximumMembers
    for (index, lock) in graph.locks.enumerated() {
      var others: [Int] = []
      for other in lock.clashes where other > index {
        let second = graph.locks[other]
        budget -= lock.members.count + second.members.count
        if budget > 0 {
          let members = Array(Set(lock.members + second.members)).sorted()
          result.append(group(second, members))
        } else {
          others += second.members
        }
      }
      let isShared = lock.members.count > 1
      guard isShared || !others.isEmpty else { continue }
      var own = group(lock, lock.members)
      if !others.isEmpty { own.others = Array(Set(others)).sorted() }
      result.append(own)
    }
    if !graph.exclusive.isEmpty {
      result.append(ConflictGroup(reason: .serial, members: graph.exclusive, withAll: true))
    }
    return result
  }

  private static func group(_ lock: ConflictGraph.Lock, _ members: [Int]) -> ConflictGroup {
    switch lock.kind {
    case .pattern(let pattern):
      ConflictGroup(reason: .scope, pattern: pattern.normalized, members: members)
    case .group(let name):
      ConflictGroup(reason: .conflictGroup, name: name, members: members)
    case .coarse: ConflictGroup(reason: .scope, members: members)
    }
  }
}
