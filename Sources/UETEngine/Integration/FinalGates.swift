import UETGit
import UETMergeQueue
import UETModel
import UETPlanning
import UETWorkers

/// The gates of what is to land, once more in a clean place, where `integration.final` wants it: a
/// green verdict from where something was built before is no proof.
struct FinalGates: Sendable {
  private let context: Ground
  private let recorded: RecordedPlan
  private let control: RollbackControl

  init(_ context: Ground, _ recorded: RecordedPlan, _ control: RollbackControl) {
    (self.context, self.recorded, self.control) = (context, recorded, control)
  }

  /// What came of them.
  struct Answer {
    var drafts: [EventDraft] = []
    var logs: [(name: String, bytes: [UInt8])] = []
    var isRed = false
    /// Why there is no verdict.
    var fault: String?
  }

  /// Whether somebody wants all to end.
  var isEnded: Bool { control.isDraining || control.isEnded }

  /// Asks those gates that passed where something was built before; nil where there are none. What
  /// is red sends all of it through the queue again, which finds out whose doing it is.
  func ask(of state: RunState) async throws -> Answer? {
    let integration = state.integration
    guard context.configuration.integration.final == .cold, let tip = integration.tip,
      let tree = integration.tree, let start = integration.start, let last = integration.chain.last
    else { return nil }
    let open = recorded.queue(state).policy.gates
      .filter { $0.isRequired && !state.passedClean($0.name, on: tree) }
    if open.isEmpty { return nil }
    let bench = TestBench(context, elsewhere: NodeGates(context.facts))
    var answer = Answer()
    for queueGate in open where !answer.isRed && answer.fault == nil && !isEnded {
      guard let gate = Gate(named: queueGate.name, configuration: context.configuration) else {
        continue
      }
      let inputs = try context.facts.cuts.cut(tree, for: gate, queueGate.key)
      await ask(gate, queueGate.key, (tip, tree, inputs), last, bench, &answer)
    }
    await bench.close()
    if answer.isRed {
      let startTree = integration.startTree
      answer.drafts.append(
        EventDraft(
          .integrationRestarted(
            .init {
              ($0.start, $0.startTree) = (start, startTree)
              $0.startInputs = integration.startInputs.nonEmpty
              $0.reason = "it was red in a clean place"
            }), anchors: [start]))
    }
    return answer
  }

  private func ask(
    _ gate: Gate, _ key: String,
    _ subject: (commit: ObjectID, tree: ObjectID, inputs: ObjectID?),
    _ id: WorkstreamID, _ bench: TestBench, _ answer: inout Answer
  ) async {
    let name = "\(id).integration.\(gate.name).clean.log"
    let log = "\(context.logs.folder)/\(name)"
    let result = await bench.run(
      gate, on: subject.commit, log: log, isCold: true, stop: control.end)
    if isEnded { return }
    let facts = GateFacts(
      gate: gate, stage: .integration, tree: subject.tree, workstream: id, attempt: nil, key: key,
      inputs: subject.inputs)
    if case .fault(let reason) = result.verdict {
      answer.fault = "\(gate.name) gave no verdict in a clean place: \(reason)"
      return
    }
    var draft = facts.ended(result)
    if case .gateFailed(var run) = draft.fact {
      // Whoever said that it is green was not asked in a clean place.
      run.again = true
      run.message = (run.message ?? "") + " in a clean place" + context.logs.lastWords(log)
      draft = EventDraft(.gateFailed(run), workstream: id, anchors: [subject.commit])
      answer.isRed = true
    }
    answer.drafts.append(draft)
    if let bytes = context.logs.excerpt(log) { answer.logs.append((name, bytes)) }
  }
}
