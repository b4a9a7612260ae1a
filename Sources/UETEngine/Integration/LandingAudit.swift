import UETGit
import UETLedger
import UETModel
import UETPlanning

/// Proves every landing of a run again, from the repository alone.
package struct LandingAudit: Sendable {
  /// What came of one landing.
  package struct Finding: Hashable, Sendable {
    package let run: RunID
    /// Full name of the branch, the commit that landed, and the event that says so.
    package let target: String
    package let commit: ObjectID
    package let event: Int
    package let workstreams: [WorkstreamID]
    package let gates: [String]
    /// What does not hold; empty when it is proven.
    package var problems: [String]
    /// What could not be compared here.
    package var notes: [String] = []
  }

  private let project: Project
  private let run: RunID

  /// The landings of a run in order, each proven or with what fails.
  package static func findings(
    of run: RunID, in project: Project
  ) throws(EngineError) -> [Finding] {
    do {
      return try LandingAudit(project: project, run: run).findings()
    } catch {
      throw EngineError(error)
    }
  }

  private func findings() throws -> [Finding] {
    let report = try project.reader.verify(run)
    var findings: [Finding] = []
    var started: [LandingProof] = []
    let required = try requiredGates()
    try project.reader.replay(run) { (event, state) throws(LedgerError) in
      if event.type == .landingStarted, let proof = LandingProof(event) { started.append(proof) }
      guard event.type == .landed else { return }
      var finding = Finding(
        run: run, target: event.text(.target) ?? "", commit: event.commit(.commit) ?? .zero,
        event: event.seq, workstreams: event.workstreams(.workstreams),
        gates: LandingProof(event)?.gates.map(\.name) ?? [], problems: [])
      do throws(GitError) {
        try examine(&finding, event, state, started, required)
      } catch {
        finding.problems.append("\(error)")
      }
      if !report.isSound {
        finding.problems.append("the record of the run is damaged: git uet verify \(run)")
      }
      findings.append(finding)
    }
    return findings
  }

  /// The gates of the configuration that the run recorded at its start.
  private func requiredGates() throws -> [String] {
    let root = try project.reader.root(of: run)
    let (configuration, problems) = Configuration.load(root.configuration, file: "config.yaml")
    return problems.hasErrors ? [] : configuration.integration.gates
  }

  private func examine(
    _ finding: inout Finding, _ event: Event, _ state: RunState, _ started: [LandingProof],
    _ required: [String]
  ) throws(GitError) {
    guard let proof = LandingProof(event) else {
      finding.problems.append("it was recorded by a version that kept no proof")
      return
    }
    let examination = LandingExamination(
      repository: project.repository, state: state, required: required)
    finding.problems += try examination.problems(of: proof)
    if proof.merges.map(\.workstream) != finding.workstreams {
      finding.problems.append("its merges are not those of the candidates that it names")
    }
    // The last one that began is the one that ended: an epoch's holder has one under way at a time.
    if started.last?.commit != proof.commit || started.last?.old != proof.old {
      finding.problems.append("no record that its holder began to move the target before it did")
    }
    try compareTarget(&finding)
  }

  /// The target here, or as it was fetched, still contains what landed.
  private func compareTarget(_ finding: inout Finding) throws(GitError) {
    let name = RunNames.short(finding.target)
    var candidates = [finding.target]
    candidates += try project.repository.references(under: "refs/remotes").map(\.name)
      .filter { $0.hasSuffix("/" + name) }
    var places: [String] = []
    for candidate in candidates {
      guard let tip = try project.repository.reference(candidate) else { continue }
      if try project.repository.isAncestor(finding.commit, of: tip) { return }
      places.append(RunNames.short(candidate))
    }
    if let place = places.first {
      finding.problems.append("'\(place)' does not contain it any more")
    } else {
      finding.notes.append("there is no branch '\(name)' here to compare with")
    }
  }
}
