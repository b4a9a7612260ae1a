import UETModel
import UETPlanning

extension Replan {
  /// What a worker adds stays within what the worker itself may do, unless the configuration of the
  /// run's start says otherwise: it writes nowhere else, is looked at where the worker's own work
  /// is, and changes nothing of what was planned.
  func require(within worker: WorkstreamID, _ recorded: RecordedPlan) throws {
    if let id = (removed + revised + refused).first {
      throw SteeringRefusal(
        answer: .refused("a worker may only add, and '\(id)' is planned already"))
    }
    guard !recorded.project.configuration.workers.mayWiden,
      let own = recorded.work.items[worker]?.workstream
    else { return }
    let allowed = own.scope.writes + own.scope.creates
    for id in added {
      guard let workstream = work.items[id]?.workstream else { continue }
      let wanted = workstream.scope.writes + workstream.scope.creates
      if let pattern = wanted.first(where: { !ScopePattern.covers(allowed, all: [$0]) }) {
        throw SteeringRefusal(
          answer: .refused(
            "'\(id)' would write '\(pattern.text)', outside the scope of '\(worker)' which adds it",
            hint: "let a person add it: git uet replan, or set 'workers.may_widen: true'"))
      }
      if own.wantsReview, !workstream.wantsReview {
        throw SteeringRefusal(
          answer: .refused(
            "'\(id)' needs 'review: before_merge', as '\(worker)' has, which adds it"))
      }
    }
  }
}
