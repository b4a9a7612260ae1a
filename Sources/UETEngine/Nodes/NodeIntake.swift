import UETGit
import UETModel
import UETScheduling
import UETSystem

/// Takes in what a node says came of an attempt: it is data from another machine, and what it made
/// is looked at here as a fetch of anybody's work would be.
struct NodeIntake: Sendable {
  private let attempt: AttemptRunner
  private let base: ObjectID
  private let heard: HeardFacts

  init(_ attempt: AttemptRunner, base: ObjectID, _ heard: HeardFacts) {
    (self.attempt, self.base, self.heard) = (attempt, base, heard)
  }

  /// Reports what the node reported, keeps the logs beside those of other attempts, and gives the
  /// outcome.
  func take(_ end: ObjectID) async throws -> (AttemptOutcome, JSONObject) {
    let context = attempt.context
    let result = try NodeResult(
      end, in: context.repository, of: attempt.order.name, worker: attempt.worker)
    try Files.makeDirectory(context.logs.folder)
    for log in result.logs {
      let path = "\(context.logs.folder)/\(log.name)"
      try Files.write(log.bytes, to: path, mode: 0o600)
      context.written.add(path, of: attempt.order.name)
    }
    let tree = result.tip.flatMap { try? context.repository.treeID(of: $0) }
    for fact in heard.news(in: result.facts).compactMap({ $0.onlyOf(tree) }) {
      _ = attempt.report(fact)
    }
    switch result.outcome {
    case .succeeded(let tip, _):
      do { try await examine(tip) } catch let failure as AttemptFailure {
        return (.failed(try kept(failure, at: tip)), [:])
      }
      return (.succeeded(tip: tip, base: base), result.details)
    case .failed(let failure):
      return (.failed(try kept(failure, at: result.tip)), result.details)
    case .cancelled:
      return (.cancelled(salvage: try keep(result.left)), result.details)
    }
  }

  /// What is refused of a worker here is refused of one elsewhere.
  private func examine(_ tip: ObjectID) async throws {
    let context = attempt.context
    guard attempt.place.isWorktree else {
      if tip != base { throw AttemptFailure(.security, "its result is no commit that it may make") }
      return
    }
    guard try tip == base || context.repository.isAncestor(base, of: tip) else {
      throw AttemptFailure(.security, "its result is not made on its base \(base.short)")
    }
    do { try context.repository.judge(tip, notIn: [base]) } catch {
      throw AttemptFailure(.security, "its result is refused: \(error)")
    }
    try attempt.checkScope(base: base, tip: tip)
    let faults = try ResultSecrets(context.project, in: nil).faults(in: tip, since: base)
    if !faults.isEmpty {
      throw AttemptFailure(.security, "its result is refused: \(faults.text)")
    }
  }

  private func kept(_ failure: AttemptFailure, at tip: ObjectID?) throws -> AttemptFailure {
    var failure = failure
    if failure.salvage == nil, let name = try keep(tip) {
      (failure.salvage, failure.tip) = (name, tip)
    }
    return failure
  }

  private func keep(_ commit: ObjectID?) throws -> String? {
    guard let commit, commit != base else { return nil }
    return try Salvage(attempt.context).point(attempt.order.name, at: commit).name
  }
}

extension EventDraft {
  /// Of gates, what was said of the result itself, and for no other tree: a verdict that is on
  /// record is not asked for again.
  fileprivate func onlyOf(_ tree: ObjectID?) -> EventDraft? {
    var run: Told<Fact.GateRun>
    switch fact {
    case .gateStarted(let told), .gatePassed(let told), .gateFailed(let told): run = told
    default: return self
    }
    guard let tree, run.tree == tree else { return nil }
    (run.inputsTree, run.sameInputs, run.testedTree) = (nil, nil, nil)
    var draft = self
    draft.data = run.members
    return draft
  }
}
