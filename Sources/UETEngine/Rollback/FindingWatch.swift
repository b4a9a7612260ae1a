import UETMergeQueue
import UETModel
import UETPlanning

/// Landed work that a policy takes out again.
package struct PolicyRollback: Sendable {
  package let reason: String
  package let end: RollbackEnd
}

/// Takes landed work out again where the record holds a reason for it that the configuration acts
/// upon: the hands of `RollbackPolicy`.
struct FindingWatch {
  let session: RollbackSession
  let phases: [Phase]

  private var policy: RollbackPolicy {
    RollbackPolicy(session.context.configuration.integration, phases)
  }

  /// One after the other, until nothing more is wanted or a person is needed.
  func act() async throws -> [PolicyRollback] {
    var done: [PolicyRollback] = []
    while !session.control.isDraining, let wish = policy.wish(in: await session.state) {
      let record: RollbackRecord
      do {
        record = try await subject.record(of: wish.workstreams)
      } catch let refusal as RollbackRefusal {
        session.context.project.warn(
          "\(wish.finding.reason), but nothing can be taken out: \(refusal)")
        break
      }
      try await session.begin(
        record, reason: wish.finding.reason, becauseOf: wish.finding.event)
      let end = try await session.complete()
      done.append(PolicyRollback(reason: wish.finding.reason, end: end))
      guard case .landed = end else { break }
    }
    return done
  }

  private var subject: RollbackSubject {
    get async {
      RollbackSubject(
        state: await session.state, phases: phases, repository: session.context.repository)
    }
  }
}

extension RollbackPolicy {
  package init(_ settings: Configuration.Integration, _ phases: [Phase]) {
    var kinds: Set<LandedFinding.Kind> = []
    if settings.onRed == .rollback { kinds.insert(.red) }
    if settings.onSecurity == .rollback { kinds.insert(.security) }
    if settings.onBudget == .rollback { kinds.insert(.budget) }
    self.init(
      kinds: kinds,
      phases: Dictionary(phases.map { ($0.name, $0.workstreams) }, uniquingKeysWith: +))
  }
}
