import UETModel
import UETPlanning

/// Which workstreams are taken out, and in which order: those that build on another before it, else
/// in a phase's own order, else what landed last first.
struct RollbackOrder: Sendable {
  private let state: RunState
  /// A workstream's place in the rollback order that its phase declares.
  private let declared: [WorkstreamID: Int]
  /// Those that landed and build on the key.
  private let dependents: [WorkstreamID: Set<WorkstreamID>]

  init(state: RunState, phases: [Phase]) {
    self.state = state
    var declared: [WorkstreamID: Int] = [:]
    for id in phases.flatMap(\.rollbackOrder) where declared[id] == nil {
      declared[id] = declared.count
    }
    self.declared = declared
    var dependents: [WorkstreamID: Set<WorkstreamID>] = [:]
    for record in state.workstreams where record.state == .landed && !record.hasNothing {
      for base in record.buildsOn { dependents[base, default: []].insert(record.id) }
    }
    self.dependents = dependents
  }

  /// The wanted ones, with all that build on them where `withDependents`; otherwise throws
  /// `hasDependents` for the first that has any.
  func order(
    of wanted: [WorkstreamID], withDependents: Bool
  ) throws(RollbackRefusal) -> [WorkstreamID] {
    var chosen = Set(wanted)
    for id in wanted {
      let more = allDependents(of: id).subtracting(chosen)
      if more.isEmpty { continue }
      guard withDependents else {
        throw .hasDependents(id, dependents: more.sorted { isBefore($0, $1) })
      }
      chosen.formUnion(more)
    }
    return sorted(chosen)
  }

  private func allDependents(of id: WorkstreamID) -> Set<WorkstreamID> {
    var found: Set<WorkstreamID> = []
    var open = [id]
    while let next = open.popLast() {
      for dependent in dependents[next] ?? [] where found.insert(dependent).inserted {
        open.append(dependent)
      }
    }
    return found
  }

  /// Of those that nothing chosen builds on any more, the first.
  private func sorted(_ chosen: Set<WorkstreamID>) -> [WorkstreamID] {
    var rest = chosen
    var order: [WorkstreamID] = []
    while !rest.isEmpty {
      let free = rest.filter { rest.isDisjoint(with: dependents[$0] ?? []) }
      // Results cannot contain each other in a circle; were the record so, the order is as good as
      // any.
      guard let next = (free.isEmpty ? rest : free).min(by: { isBefore($0, $1) }) else { break }
      order.append(next)
      rest.remove(next)
    }
    return order
  }

  private func isBefore(_ a: WorkstreamID, _ b: WorkstreamID) -> Bool {
    switch (declared[a], declared[b]) {
    case (let left?, let right?): return left < right
    default: break
    }
    let (left, right) = (place(a), place(b))
    return left == right ? a < b : left > right
  }

  /// When it got its place in the queue: what landed later has a higher one.
  private func place(_ id: WorkstreamID) -> Int { state[id]?.candidate?.admittedAt ?? 0 }
}

extension WorkstreamRecord {
  /// Those whose results its own contains, or was declared to.
  fileprivate var buildsOn: Set<WorkstreamID> {
    let success = attempts.last { $0.outcome == .succeeded }
    let inputs = (success?.inputs ?? []) + (candidate?.inputs ?? [])
    return Set(dependsOn).union(inputs.map(\.workstream))
  }
}
