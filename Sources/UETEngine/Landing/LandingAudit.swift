import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning

/// Proves every landing of a run again, from the repository alone: what the queue landed, what
/// others put into the target by hand, on record or not.
package struct LandingAudit: Sendable {
  /// What came of one landing.
  package struct Finding: Hashable, Sendable {
    package let run: RunID
    /// Full name of the branch, the commit that landed, and the event that says so.
    package let target: String
    package var commit: ObjectID
    package let event: Int
    package let workstreams: [WorkstreamID]
    package var gates: [String]
    /// Others put it there, by commits that are not the queue's.
    package var isByHand = false
    /// The run that landed those commits, where it was another.
    package var by: RunID?
    /// Whether the record says so; else only the target does, and `event` is the number that it
    /// would get.
    package var isRecorded = true
    /// The target does not hold it any more, though nobody took it out: it was moved back, or
    /// rewritten.
    package var isLost = false
    /// No gate has spoken of a tree with it.
    var isUntested = false
    /// The merges that the queue made for it.
    var brings: [ObjectID] = []
    /// Those that were taken out again since.
    package var undone: [WorkstreamID] = []
    /// What does not hold; empty when it is proven.
    package var problems: [String] = []
    /// What else is true of it.
    package var notes: [String] = []
  }

  /// One event that says that something landed, and the fold up to it.
  struct Landing: Sendable {
    let fact: Told<Fact.Landing>
    let event: Int
    let state: RunState
    /// The last one that was begun.
    let started: LandingProof?
    let isRecorded: Bool
  }

  let project: Project
  let run: RunID
  /// Names of the gates that every landed tree must have passed.
  let required: [String]
  /// Those of them that declare what they read.
  let reading: [Gate]
  let cuts: GateCuts

  /// The landings of a run, or of all, in order, each proven or with what fails.
  package static func findings(
    of run: RunID?, in project: Project
  ) async throws -> [Finding] {
    let all = try project.reader.runs()
    var findings: [Finding] = []
    for id in run.map({ [$0] }) ?? all { findings += try await Self.findings(id, project) }
    // What others brought in may be what another run of this clone has proven.
    if let run, findings.contains(where: { $0.isByHand && !$0.problems.isEmpty }) {
      for id in all where id != run { findings += (try? await Self.findings(id, project)) ?? [] }
    }
    let judged = landedAgain(try testedElsewhere(findings, project.repository))
    return judged.filter { run == nil || $0.run == run }
  }

  private static func findings(_ run: RunID, _ project: Project) async throws -> [Finding] {
    let root = try project.reader.root(of: run)
    let (configuration, problems) = Configuration.load(root.configuration, file: "config.yaml")
    return try await LandingAudit(
      project: project, run: run,
      required: problems.hasErrors ? [] : configuration.integration.gates,
      reading: problems.hasErrors ? [] : QueuePolicy.reading(configuration, []),
      cuts: GateCuts(project.repository)
    ).findings()
  }

  private func findings() async throws -> [Finding] {
    let report = try project.reader.verify(run)
    var (landings, state) = try recorded()
    landings += await unrecorded(after: state)
    state = landings.last?.state ?? state
    var findings: [Finding] = []
    for landing in landings {
      let fact = landing.fact
      var finding = Finding(
        run: run, target: fact.target ?? "", commit: fact.commit ?? .zero, event: landing.event,
        workstreams: fact.workstreams ?? [], gates: LandingProof(fact)?.gates.map(\.name) ?? [],
        isRecorded: landing.isRecorded)
      do throws(GitError) {
        if fact.status == RunState.found {
          try await examineFound(&finding, landing, state)
        } else {
          try await examine(&finding, landing)
        }
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

  private func recorded() throws -> ([Landing], RunState) {
    var landings: [Landing] = []
    var started: LandingProof?
    var last = RunState(run: run)
    try project.reader.replay(run) { (event, state) throws(LedgerError) in
      last = state
      note(event, state, &started, isRecorded: true, &landings)
    }
    return (landings, last)
  }

  private func note(
    _ event: Event, _ state: RunState, _ started: inout LandingProof?, isRecorded: Bool,
    _ landings: inout [Landing]
  ) {
    if case .landingStarted(let fact) = event.fact { started = LandingProof(fact) ?? started }
    guard case .landed(let fact) = event.fact, fact.status != RunState.nothing else { return }
    landings.append(
      Landing(
        fact: fact, event: event.seq, state: state, started: started, isRecorded: isRecorded))
  }

  /// What the target shows and nobody has recorded yet; nothing where that cannot be told.
  private func unrecorded(after last: RunState) async -> [Landing] {
    var landings: [Landing] = []
    do {
      let recorded = try RecordedPlan(reading: run, in: project)
      let drafts = try await TargetNotice.drafts(
        last, QueuePolicy(recorded.project, recorded.plan), recorded.project.configuration,
        project.git)
      var state = last
      var started: LandingProof?
      for draft in drafts {
        let event = state.foreseen(draft)
        try state.apply(event)
        note(event, state, &started, isRecorded: false, &landings)
      }
    } catch {}
    return landings
  }

  private func examine(_ finding: inout Finding, _ landing: Landing) async throws(GitError) {
    guard let proof = LandingProof(landing.fact) else {
      finding.problems.append("it was recorded by a version that kept no proof")
      return
    }
    finding.brings = proof.merges.map(\.commit)
    finding.notes += proof.sameInputs
    let examination = LandingExamination(
      repository: project.repository, state: landing.state, required: required,
      reading: reading, cuts: cuts)
    finding.problems += try examination.problems(of: proof)
    finding.problems += try await examination.undoneInputs(of: proof, project.git)
    if proof.merges.map(\.workstream) != finding.workstreams {
      finding.problems.append("its merges are not those of the candidates that it names")
    }
    // The last one that began is the one that ended: an epoch's holder has one under way at a time.
    if landing.started?.commit != proof.commit || landing.started?.old != proof.old {
      finding.problems.append("no record that its holder began to move the target before it did")
    }
    guard let place = try place(of: finding, holding: proof.commit) else { return }
    guard try project.repository.isAncestor(proof.commit, of: place.tip) else {
      finding.isLost = true
      finding.problems.append("'\(RunNames.short(place.name))' does not contain it any more")
      return
    }
    let presence = try TargetPresence(project.git, target: place.name, tip: place.tip)
    defer { presence.close() }
    for merge in proof.merges where project.repository.contains(merge.commit) {
      finding.note(try await presence.standing(ofLanded: merge.commit), of: merge.workstream)
    }
  }

  /// The target here, or as it was fetched: the first that holds the commit, else the first.
  func place(
    of finding: Finding, holding commit: ObjectID
  ) throws(GitError) -> (name: String, tip: ObjectID)? {
    let name = RunNames.short(finding.target)
    let names =
      [finding.target]
      + (try project.repository.references(under: "refs/remotes").map(\.name)
        .filter { $0.hasSuffix("/" + name) })
    let isThere = project.repository.contains(commit)
    var first: (name: String, tip: ObjectID)?
    for name in names {
      guard let tip = try project.repository.reference(name) else { continue }
      if isThere, try project.repository.isAncestor(commit, of: tip) { return (name, tip) }
      first = first ?? (name, tip)
    }
    return first
  }
}

extension LandingAudit.Finding {
  /// Says what became of it since.
  mutating func note(_ standing: TargetPresence.Standing, of id: WorkstreamID) {
    guard case .undone(let removal) = standing else { return }
    undone.append(id)
    notes.append("'\(id)' was \(removal.words)")
  }
}
