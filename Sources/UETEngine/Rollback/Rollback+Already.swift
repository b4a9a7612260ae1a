import UETLedger
import UETModel

extension Rollback {
  /// What took a workstream out that is to go once more.
  package struct Earlier: Hashable, Sendable {
    /// Full name of the branch.
    package let branch: String?
    /// The commit that undid it; nil where others took it out.
    package let commit: ObjectID?
    package let at: Timestamp?
    /// What is on record of how others took it out.
    package let reason: String?
  }

  /// When and by what it was taken out last, from the record of its run.
  static func earlier(_ id: WorkstreamID, _ state: RunState, in project: Project) throws -> Earlier
  {
    var (undoing, last): (ObjectID?, Earlier?) = (nil, nil)
    for event in try project.events(EventQuery(run: state.run)).map(\.event) {
      switch event.fact {
      case .compensationStarted: undoing = nil
      case .compensationStep(let fact) where event.workstream == id: undoing = fact.commit
      case .compensationFinished(let fact)
      where fact.status == RunState.rollbackLanded && fact.workstreams?.contains(id) == true:
        last = Earlier(
          branch: fact.target, commit: undoing, at: event.at, reason: state[id]?.reason)
      default: break
      }
    }
    return last ?? Earlier(branch: nil, commit: nil, at: nil, reason: state[id]?.reason)
  }
}
