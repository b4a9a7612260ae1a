import UETModel

/// Another plan for a run that is going on.
package struct PlanChange: Hashable, Sendable {
  package var plan: DispatchPlan
  /// The commit that holds it.
  package var commit: ObjectID
  /// Not in the new plan any more.
  package var removed: [WorkstreamID]
  /// To be done in another way than before.
  package var revised: [WorkstreamID]
  package var reason: String

  package init(
    plan: DispatchPlan, commit: ObjectID, removed: [WorkstreamID] = [],
    revised: [WorkstreamID] = [], reason: String
  ) {
    self.plan = plan
    self.commit = commit
    self.removed = removed
    self.revised = revised
    self.reason = reason
  }
}

extension WorkstreamState {
  /// Whether what a workstream is may still be changed: not once it runs or has a result.
  package var allowsRevision: Bool {
    [.pending, .ready, .failed, .cancelled, .quarantined].contains(self)
  }
}

extension DispatchMachine {
  /// The new plan, then what it means for what was there: the removed are cancelled, and the
  /// revised that had been given up are tried again.
  func changePlan(_ change: PlanChange) throws(DispatchError) -> [EventDraft] {
    for id in change.removed + change.revised {
      guard let record = state[id] else { throw .unknown(id) }
      guard record.state.allowsRevision, record.state != .failed || !change.removed.contains(id)
      else { throw .notPossible(id, record.state) }
    }
    let listed = Set(change.plan.items.map(\.id))
    for record in state.workstreams where !listed.contains(record.id) {
      guard change.removed.contains(record.id) || record.state.isSettled else {
        throw .notPossible(record.id, record.state)
      }
    }
    let entries = try withFoundDependencies(change.plan).entries
    let changed = Told<Fact.PlanChanged> {
      ($0.plan, $0.reason, $0.workstreams) = (change.commit, change.reason, entries)
    }
    var drafts = [EventDraft(.planChanged(changed), anchors: [change.commit])]
    for id in change.removed where state[id]?.state.isSettled == false {
      drafts.append(
        EventDraft(
          .taskCancelled(.init { $0.reason = "it was taken out of the plan" }), workstream: id))
    }
    for id in change.revised {
      guard let record = state[id], record.culprit == nil,
        record.state == .cancelled || record.state == .quarantined
      else { continue }
      drafts.append(
        EventDraft(.taskRetried(.init { $0.reason = "its bundle was changed" }), workstream: id))
    }
    return drafts + staff(change.plan)
  }

  /// The plan with the dependencies that were found while the run went on; refuses circles.
  private func withFoundDependencies(
    _ next: DispatchPlan
  ) throws(DispatchError) -> DispatchPlan {
    let places = Dictionary(
      next.items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var items = next.items
    for place in items.indices {
      items[place].startsAfter = []
      guard let old = self.place(items[place].id) else { continue }
      let planned = Set(plan.items[old].dependsOn)
      let found = index.dependencies[old].filter { !planned.contains($0) }
        .compactMap { places[plan.items[$0].id] }
      items[place].dependsOn += found.filter { !items[place].dependsOn.contains($0) }
    }
    return try DispatchPlan(items: items, conflicts: next.conflicts)
  }

  /// More workers, where there were as many as were of use and more are of use now.
  private func staff(_ next: DispatchPlan) -> [EventDraft] {
    let live = state.liveWorkers
    guard !isElastic, !state.status.isOver, live > 0, live >= min(policy.workers, plan.items.count)
    else {
      return []
    }
    return (try? spawn(upTo: policy.workers, of: next.items.count, beside: live)) ?? []
  }
}
