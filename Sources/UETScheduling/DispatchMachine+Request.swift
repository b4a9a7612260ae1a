import UETModel

/// What a person wants to have tried again.
package struct RetryRequest: Hashable, Sendable {
  package var workstreams: [WorkstreamID]
  /// With those that were cancelled because of them, as far as nothing else stands in their way.
  package var withDependents = false
  /// Without what earlier attempts said.
  package var isFresh = false
  package var reason: String
  /// What the next attempts are told.
  package var note: String?

  package init(
    _ workstreams: [WorkstreamID], withDependents: Bool = false, isFresh: Bool = false,
    reason: String
  ) {
    self.workstreams = workstreams
    self.withDependents = withDependents
    self.isFresh = isFresh
    self.reason = reason
  }
}

extension WorkstreamState {
  /// Whether a person may have it tried again.
  package var allowsRetry: Bool {
    [.failed, .cancelled, .quarantined, .ejected, .rolledBack, .succeeded].contains(self)
  }
}

extension DispatchMachine {
  func retry(_ request: RetryRequest) throws(DispatchError) -> [EventDraft] {
    var wanted: Set<Int> = []
    for id in request.workstreams {
      guard let place = place(id), let record = state[id] else { throw .unknown(id) }
      guard record.state.allowsRetry else { throw .notPossible(id, record.state) }
      wanted.insert(place)
    }
    for place in wanted.sorted() {
      guard let lost = lostDependency(of: place, beside: wanted) else { continue }
      throw .needs(plan.items[place].id, plan.items[lost].id)
    }
    if request.withDependents { wanted.formUnion(dependents(of: wanted)) }
    var drafts: [EventDraft] = []
    for place in wanted.sorted() {
      let id = plan.items[place].id
      // The table knows no way from FAILED to a new beginning but this.
      if state[id]?.state == .failed {
        drafts.append(EventDraft(.taskQuarantined(.because(request.reason)), workstream: id))
      }
      let retried = Told<Fact.TaskRetried> {
        ($0.reason, $0.fresh) = (request.reason, request.isFresh ? true : nil)
        $0.note = request.note
      }
      drafts.append(EventDraft(.taskRetried(retried), workstream: id))
    }
    return drafts
  }

  private func lostDependency(of place: Int, beside wanted: Set<Int>) -> Int? {
    index.dependencies[place].first { other in
      state[plan.items[other].id]?.state.isLost == true && !wanted.contains(other)
    }
  }

  /// Those that were cancelled because of one of these, but for what waits for something else as
  /// well that will not finish.
  private func dependents(of causes: Set<Int>) -> Set<Int> {
    let ids = Set(causes.map { plan.items[$0].id })
    var found = Set(
      plan.items.indices.filter { place in
        guard let record = state[plan.items[place].id], record.state == .cancelled else {
          return false
        }
        return record.culprit.map(ids.contains) ?? false
      })
    while true {
      let stuck = found.filter {
        lostDependency(of: $0, beside: found.union(causes)) != nil
      }
      if stuck.isEmpty { return found }
      found.subtract(stuck)
    }
  }
}
