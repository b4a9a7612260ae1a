import UETModel
import UETSystem

/// The history of a shallow clone, walked commit by commit.
///
/// libgit2 before 1.7 does not know where such a history is cut off and fails on the missing
/// parents, so the cut commits are read from the `shallow` file and count as roots.
struct ShallowHistory {
  private let repository: Repository
  private let roots: Set<ObjectID>

  init(_ repository: Repository) {
    self.repository = repository
    let content = Files.content(of: repository.commonDirectory + "/shallow") ?? []
    let lines = content.split(separator: UInt8(ascii: "\n"))
    roots = Set(lines.compactMap { ObjectID(hexadecimal: $0) })
  }

  private func parents(_ id: ObjectID) throws(GitError) -> [ObjectID] {
    roots.contains(id) ? [] : try repository.commit(id).parents
  }

  /// All that can be reached from `tips`, themselves included.
  func ancestors(of tips: [ObjectID]) throws(GitError) -> Set<ObjectID> {
    var seen = Set(tips)
    var pending = Array(seen)
    while let next = pending.popLast() {
      for parent in try parents(next) where seen.insert(parent).inserted { pending.append(parent) }
    }
    return seen
  }

  /// Common ancestors that no other common ancestor descends from.
  func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> [ObjectID] {
    let common = try ancestors(of: [a]).intersection(ancestors(of: [b]))
    var covered: Set<ObjectID> = []
    for id in common { covered.formUnion(try parents(id)) }
    return common.subtracting(covered).sorted()
  }

  /// What `tip` has and `bases` have not, parents before children.
  func commits(in tip: ObjectID, notIn bases: [ObjectID]) throws(GitError) -> [ObjectID] {
    let hidden = try ancestors(of: bases)
    var result: [ObjectID] = []
    var seen = hidden
    var stack: [(id: ObjectID, isLeaving: Bool)] = [(tip, false)]
    while let (id, isLeaving) = stack.popLast() {
      if isLeaving {
        result.append(id)
      } else if seen.insert(id).inserted {
        stack.append((id, true))
        for parent in try parents(id).reversed() where !seen.contains(parent) {
          stack.append((parent, false))
        }
      }
    }
    return result
  }
}
