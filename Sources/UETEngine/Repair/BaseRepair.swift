import UETGit
import UETModel
import UETScheduling
import UETWorkers

/// Deals with two results that conflict where an attempt is to build on both: the resolver where
/// there is one, else a person.
struct BaseRepair: Sendable {
  let context: Ground
  /// The attempt that waits for its base.
  let name: AttemptName
  let stop: StopSwitch
  let report: @Sendable (EventDraft) -> AsyncStream<Void>

  /// Resolves it such that the same base can be made now; throws the failure of the attempt where
  /// it cannot.
  func settle(_ conflict: BaseBuilder.Conflict) async throws {
    let record = record(of: conflict)
    // Whoever resolves it reads it from the record.
    for await _ in report(torn(record)) {}
    var reason =
      "what it builds on conflicts: \(conflict.input.workstream) in \(record.paths.quoted(3))"
    if !conflict.others.isEmpty {
      reason += " with " + conflict.others.map(\.rawValue).joined(separator: ", ")
    }
    let order = context.configuration.integration.repairOrder
    if order.contains(.resolver) {
      guard let failure = try await resolve(conflict, record) else { return }
      reason += "; the resolver failed: \(failure)"
    }
    throw AttemptFailure(
      .mergeConflict, "\(reason); git uet resolve \(context.run) \(name.workstream)")
  }

  /// Why the tool did not resolve it; nil when it did.
  private func resolve(
    _ conflict: BaseBuilder.Conflict, _ record: ConflictRecord
  ) async throws -> String? {
    var repair = Told<Fact.ConflictRepair> {
      ($0.stage, $0.method) = (.attempt, .resolver)
      ($0.onto, $0.tip) = (record.onto, record.tip)
    }
    _ = report(draft(.repairStarted(repair)))
    let work = ResolverWork(
      context: context,
      subject: ConflictSubject(
        id: conflict.input.workstream, label: "\(name.workstream).base", conflict: record,
        salvage: context.names.salvage(name.workstream, attempt: name.number) + "-base"),
      stop: stop)
    switch await work.outcome() {
    case .resolved(let commit, _, let details):
      (repair.status, repair.commit) = (.agent, try keep(commit, record))
      repair.members.complete(with: details)
      _ = report(draft(.conflictResolved(repair), anchors: [commit]))
      return nil
    case .failed(let reason, let kept, let details):
      repair.reason = reason
      repair.members.complete(with: details)
      _ = report(draft(.repairFailed(repair), anchors: [kept].compactMap { $0 }))
      return reason
    case .fault(let message): return message
    }
  }

  /// Of two that resolve the same at once the first one counts.
  private func keep(_ commit: ObjectID, _ record: ConflictRecord) throws -> ObjectID {
    let reference = context.names.base(record.onto, record.tip)
    do throws(GitError) {
      try context.repository.setReference(
        reference, to: commit, expecting: .zero, message: "git-uet: resolved")
      return commit
    } catch {
      if case .referenceMoved(_, let found?) = error { return found }
      throw error
    }
  }

  private func record(of conflict: BaseBuilder.Conflict) -> ConflictRecord {
    var record = ConflictRecord(onto: conflict.onto, tip: conflict.input.commit, seq: 0)
    record.paths = conflict.paths
    record.message = conflict.conflict.message
    record.makers = conflict.others
    record.hunks = ConflictReport(context.repository).places(of: conflict.conflict)
    if context.configuration.integration.repairOrder.contains(.resolutions) {
      record.tries = [
        ConflictRecord.Try(method: .resolutions, reason: "no resolution of it is on record")
      ]
    }
    return record
  }

  private func torn(_ record: ConflictRecord) -> EventDraft {
    draft(
      .mergeConflict(
        .init {
          ($0.stage, $0.onto, $0.tip) = (.attempt, record.onto, record.tip)
          ($0.paths, $0.message) = (record.paths, record.message)
          ($0.makers, $0.hunks) = (record.makers.nonEmpty, record.hunks.nonEmpty)
          $0.tried = record.tries.nonEmpty
        }), anchors: [record.onto, record.tip])
  }

  private func draft(_ fact: Fact, anchors: [ObjectID] = []) -> EventDraft {
    EventDraft(fact, workstream: name.workstream, attempt: name.number, anchors: anchors)
  }
}
