import UETGit
import UETModel
import UETTools

/// What a result, or the results of a phase, leave to those who build on them.
package struct HandoffReport: Sendable {
  /// A workstream, or `phase NAME`.
  package let subject: String
  /// The result; nil for those of a phase.
  package let tip: ObjectID?
  package let handoff: Handoff
  /// Of a phase: those with a result, and those without.
  package var finished: [WorkstreamID] = []
  package var open: [WorkstreamID] = []
}

extension Project {
  /// Of the newest result of a workstream; where the record holds none, what follows from the
  /// result.
  package func handoff(of record: WorkstreamRecord, in run: RunID) throws -> HandoffReport {
    guard let tip = record.tip else {
      throw Refusal(
        .usage, "'\(record.id)' has no result yet (\(record.state.rawValue))",
        hint: "see how it stands: git uet show \(run) \(record.id)")
    }
    let result = AttemptRecord.Input(workstream: record.id, commit: tip)
    let recorded = handoff(of: result, in: run)?.handoff
    return HandoffReport(
      subject: record.id.rawValue, tip: tip,
      handoff: try recorded ?? derivedHandoff(of: record, tip, in: run))
  }

  private func derivedHandoff(
    of record: WorkstreamRecord, _ tip: ObjectID, in run: RunID
  ) throws -> Handoff {
    let attempt = record.attempts.last { $0.tip == tip }
    let base = try attempt?.base ?? reader.state(of: run).base
    guard let base else { return Handoff(.derived) }
    return repository.derivedHandoff(from: base, to: tip, printed: "")
      .mapped(redaction.redacted).fitting(tokens: Handoff.mostTokens)
  }

  /// Of a phase: made from those of its workstreams that have a result.
  package func handoff(ofPhase name: String, in run: RunID) throws -> HandoffReport {
    let state = try reader.state(of: run)
    let phases = try RecordedPlan(reading: run, in: self).phases
    guard let phase = phases.first(where: { $0.name == name }) else {
      let known = phases.map { $0.name.quoted(limit: 40) }.joined(separator: ", ")
      throw Refusal(
        .usage, "run \(run) has no phase \(name.quoted(limit: 60))",
        hint: known.isEmpty ? "its bundles declare none" : "its phases: \(known)")
    }
    let records = phase.workstreams.compactMap { state[$0] }
    let finished = records.filter { $0.tip != nil }
    let open = phase.workstreams.filter { state[$0]?.tip == nil }
    let parts = try finished.map {
      (name: $0.id.rawValue, handoff: try handoff(of: $0, in: run).handoff)
    }
    let words = "\(finished.count) of \(phase.workstreams.count) workstreams have a result"
    return HandoffReport(
      subject: "phase \(name)", tip: nil, handoff: .merging(parts, summary: words),
      finished: finished.map(\.id), open: open)
  }
}
